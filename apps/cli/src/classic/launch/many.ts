/**
 * `btlaunchmany`: downloads and seeds every torrent of a folder, and prints a line for each of them every second.
 * @module
 */
import { basename } from "node:path";
import { printable } from "@bittern/faces";
import type { Catalogue } from "../../messages/catalogue.ts";
import type { WatchEvent } from "../../watch/folder-session.ts";
import { isInBackground } from "../background.ts";
import type { LauncherTable } from "../options/launcher.ts";
import type { ClassicAction } from "../program.ts";
import { Launch, nameOf } from "./launch.ts";
import { launchLines } from "./lines.ts";

/** Seconds. More often than this nobody can read. */
const INTERVAL_MIN = 0.1;

export const launchMany: ClassicAction<LauncherTable> = async (invocation, args) => {
  const { stop, output } = invocation;
  const { launch: words, download } = output.messages.classic;
  const say = (text: string): void => {
    if (!isInBackground()) process.stdout.write(`${text}\n`);
  };
  say(words.starting);
  const launch = await Launch.start(invocation, args, "beside", {
    tell: (event) => say(eventWords(event, output.messages)),
    complain: (message) => say(`${download.error} ${printable(message)}`),
  });
  const timer = setInterval(
    () => say(launchLines(launch.rows(), words).join("\n")),
    Math.max(INTERVAL_MIN, args.values.display_interval) * 1000,
  );
  try {
    stop.endsWellIf(() => true);
    await stop.requested();
    return stop.status;
  } finally {
    clearInterval(timer);
    say(words.ending);
    await launch.close();
  }
};

/** What happened to a torrent, in a line. */
export function eventWords(event: WatchEvent, { classic: { launch: words }, failure }: Pick<Catalogue, "classic" | "failure">): string {
  const name = printable(nameOf(event.path));
  switch (event.type) {
    case "added":
      return words.added(printable(basename(event.path)));
    case "removed":
      return words.stopped(name);
    case "complete":
    case "satisfied":
      return words[event.type](name);
    case "failed":
      return words.died(name, printable(failure(event.code, event.message)));
  }
}
