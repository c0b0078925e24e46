/**
 * `bittern tui`: the terminal face, on a session of its own.
 * @module
 */
import { join } from "node:path";
import type { Logger } from "@bittern/client";
import type { FaceWords } from "@bittern/faces";
import { lockFile } from "@bittern/node";
import { UsageError } from "@bittern/protocol/base";
import { CommandError, failureOf } from "../failure.ts";
import type { Action, Invocation } from "../invocation.ts";
import type { Catalogue } from "../messages/catalogue.ts";
import { openSession, type SessionArguments } from "../open-session.ts";

interface TuiOptions extends SessionArguments {
  readonly dir?: string;
  readonly mouse?: boolean;
  readonly json?: boolean;
  readonly logFile?: string;
}

/** Its folder in the state folder. */
const FOLDER = "tui";

export const tui: Action<TuiOptions> = async (invocation, sources, options) => {
  const { stop, output, stateDir } = invocation;
  const shelfFolder = join(stateDir, FOLDER);
  if (options.json === true) {
    const { shelvedTorrents } = await import("@bittern/tui");
    output.result({ torrents: shelvedTorrents(shelfFolder) }, "");
    return 0;
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY || process.env["TERM"] === "dumb") {
    throw new CommandError(
      "TERMINAL_NEEDED",
      "this needs a terminal; `bittern get` works without one, `bittern tui --json` prints the list",
    );
  }
  const lock = lockShelf(shelfFolder);
  try {
    // Only who opens the screen pays for what draws it.
    const { runFace } = await import("@bittern/tui");
    const session = await openSession(invocation, options, { logger: loggerOf(invocation, options) });
    stop.endsWellIf(() => true);
    try {
      await runFace({
        session,
        shelfFolder: lock === undefined ? undefined : shelfFolder,
        sources,
        saveTo: options.dir ?? ".",
        maxDown: options.maxDown,
        maxUp: options.maxUp,
        usesMouse: options.mouse === true,
        speech: speechOf(output.messages),
        signal: stop.signal,
      });
      // The key q stops as Ctrl-C does: the next one leaves at once.
      if (stop.reason === undefined) stop.request("quit");
      return stop.status;
    } finally {
      await session.close();
    }
  } finally {
    lock?.release();
  }
};

/** The screen says in its language what went wrong, as the command would. */
function speechOf({ face, failure }: Catalogue): { readonly words: FaceWords; readonly failure: (error: unknown) => string } {
  return {
    words: face,
    failure: (error) => {
      // A warning is no error, but has a code and a message as well.
      const { code, message } = error instanceof Error ? failureOf(error) : (error as { readonly code: string; readonly message: string });
      return failure(code, message);
    },
  };
}

/** `undefined` where the state folder cannot be written, which is no reason not to work. */
function lockShelf(folder: string): { release(): void } | undefined {
  try {
    return lockFile(join(folder, "lock"));
  } catch (error) {
    if (!(error instanceof UsageError)) return undefined;
    const owner = /process \d+/.exec(error.message)?.[0] ?? "another process";
    throw new UsageError("TARGET_IN_USE", `bittern tui runs already (${owner}); end it, or give another folder with --state`);
  }
}

/** The screen is taken: a log goes to a file or nowhere. What happens to a torrent stands in its own log on the screen. */
function loggerOf({ log }: Invocation, { logFile }: TuiOptions): Logger {
  const nothing = (): void => undefined;
  return logFile === undefined ? { error: nothing, warn: nothing, info: nothing, debug: nothing } : log;
}
