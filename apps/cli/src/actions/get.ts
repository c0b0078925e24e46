/**
 * `bittern get`: downloads, then seeds.
 * @module
 */
import { Session, type Torrent } from "@bittern/client";
import { UsageError } from "@bittern/protocol/base";
import type { Action } from "../invocation.ts";
import { openSession, type SessionArguments } from "../open-session.ts";
import { readSourceArgument } from "../source.ts";
import { Transfer } from "../transfer.ts";

interface GetOptions extends SessionArguments {
  readonly dir?: string;
  readonly peer?: readonly string[];
  readonly exit?: boolean;
  readonly select?: readonly string[];
  readonly sequential?: boolean;
  readonly recheck?: boolean;
  readonly seedRatio?: number;
  /** Minutes. */
  readonly seedTime?: number;
}

export const get: Action<GetOptions> = async (invocation, [argument = ""], options) => {
  const { stop } = invocation;
  Session.prepare();
  const known = await readSourceArgument(argument, invocation, options.interface);
  for (const line of invocation.output.messages.transfer.opening(options.dir, known.type === "magnet" ? "magnet" : "torrent"))
    invocation.output.note(line);
  const session = await openSession(invocation, options);
  try {
    const torrent = await session.add(known.type === "metainfo" ? known.metainfo : known.magnet, {
      path: options.dir ?? ".",
      sequential: options.sequential === true,
      recheck: options.recheck === true,
      peers: options.peer ?? [],
      ...(options.select === undefined ? {} : { wanted: { only: options.select } }),
    });
    const transfer = new Transfer(invocation, session, torrent);
    stop.endsWellIf(() => transfer.isComplete);
    transfer.tellListening();
    if (options.select !== undefined) watchSelection(torrent, transfer, options.select);
    transfer.tellEvents();
    await transfer.run({ exit: options.exit === true, seedRatio: options.seedRatio, seedMinutes: options.seedTime });
    if (stop.reason === "cancel") await session.remove(torrent, { forget: true });
    return stop.status;
  } finally {
    await session.close();
  }
};

/** A selection that matches nothing would be complete at once, which nobody means. */
function watchSelection(torrent: Torrent, transfer: Transfer, globs: readonly string[]): void {
  const look = (): void => {
    if (torrent.files.some((file) => file.priority > 0)) return;
    const text = `no file of ${torrent.name} matches ${globs.join(" or ")}; \`bittern show\` lists its files`;
    transfer.fail(new UsageError("SELECTION_EMPTY", text));
  };
  if (torrent.metainfo === null) torrent.once("metadata", look);
  else look();
}
