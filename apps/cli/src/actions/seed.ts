/**
 * `bittern seed`: checks what is there and gives it to others.
 * @module
 */

import { resolve } from "node:path";
import { Session, type Torrent } from "@bittern/client";
import { printable } from "@bittern/faces";
import { CommandError } from "../failure.ts";
import type { Action } from "../invocation.ts";
import { openSession, type SessionArguments } from "../open-session.ts";
import type { Output } from "../output.ts";
import { ProgressDisplay } from "../render/display.ts";
import { readTorrentArgument } from "../source.ts";
import { Transfer } from "../transfer.ts";

interface SeedOptions extends SessionArguments {
  readonly dir?: string;
  readonly peer?: readonly string[];
  readonly check: boolean;
  readonly superSeed?: boolean;
}

/** Milliseconds. */
const LOOK_MILLIS = 200;

export const seed: Action<SeedOptions> = async (invocation, [argument = ""], options) => {
  const { stop, output } = invocation;
  Session.prepare();
  const metainfo = await readTorrentArgument(argument, invocation, options.interface);
  const session = await openSession(invocation, options);
  try {
    const path = resolve(options.dir ?? ".");
    const torrent = await session.add(metainfo, {
      path,
      readOnly: true,
      seedMode: !options.check,
      peers: options.peer ?? [],
      superSeed: options.superSeed === true,
    });
    await checked(torrent, output, stop.signal);
    refuseIncomplete(torrent, path);
    const transfer = new Transfer(invocation, session, torrent);
    stop.endsWellIf(() => !transfer.isDamaged);
    transfer.tellListening();
    output.note(output.messages.transfer.seeding(printable(torrent.name)));
    await transfer.run({ exit: false, seedRatio: undefined, seedMinutes: undefined });
    if (stop.reason === "cancel") await session.remove(torrent, { forget: true });
    return transfer.isDamaged ? 1 : stop.status;
  } finally {
    await session.close();
  }
};

/** Waits for the check and shows how far it is. */
async function checked(torrent: Torrent, output: Output, signal: AbortSignal): Promise<void> {
  const display = new ProgressDisplay(output);
  const timer = setInterval(() => {
    if (!display.isDue) return;
    const { progress, state } = torrent.status();
    if (state === "checking") display.update({ activity: output.messages.checking, fraction: progress });
  }, LOOK_MILLIS);
  try {
    await torrent.checked({ signal });
  } finally {
    clearInterval(timer);
    display.clear();
  }
}

function refuseIncomplete(torrent: Torrent, path: string): void {
  const { piecesDone, pieceCount } = torrent.status();
  if (piecesDone === pieceCount) return;
  const missing = pieceCount - piecesDone;
  const what = piecesDone === 0 ? "nothing of it is" : `${missing} of ${pieceCount} pieces are damaged or not`;
  throw new CommandError("DATA_INCOMPLETE", `${torrent.name}: ${what} in ${path}; \`bittern get\` with --dir ${path} completes it`);
}
