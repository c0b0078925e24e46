/**
 * `btlaunchmany`: downloads and seeds every torrent of a folder, and prints a line for each of them every second.
 * @module
 */
import { basename } from "node:path";
import { printable } from "@bittern/faces";
import type { WatchEvent } from "../../watch/folder-session.ts";
import { isInBackground } from "../background.ts";
import type { LauncherTable } from "../options/launcher.ts";
import type { ClassicAction } from "../program.ts";
import { Launch, nameOf } from "./launch.ts";
import { launchLines } from "./lines.ts";

/** Seconds. More often than this nobody can read. */
const INTERVAL_MIN = 0.1;

export const launchMany: ClassicAction<LauncherTable> = async (invocation, args) => {
  const { stop } = invocation;
  const say = (text: string): void => {
    if (!isInBackground()) process.stdout.write(`${text}\n`);
  };
  say("btlaunchmany starting..");
  const launch = await Launch.start(invocation, args, "beside", {
    tell: (event) => say(eventWords(event)),
    complain: (message) => say(`ERROR: ${printable(message)}`),
  });
  const timer = setInterval(() => say(launchLines(launch.rows()).join("\n")), Math.max(INTERVAL_MIN, args.values.display_interval) * 1000);
  try {
    await stop.requested();
    return stop.status(true);
  } finally {
    clearInterval(timer);
    say("shutting down");
    await launch.close();
  }
};

/** What happened to a torrent, in a line. */
export function eventWords(event: WatchEvent): string {
  const name = printable(nameOf(event.path));
  switch (event.type) {
    case "added":
      return `New torrent: ${printable(basename(event.path))}`;
    case "removed":
      return `Torrent ${name} stopped`;
    case "complete":
      return `Torrent ${name} complete`;
    case "satisfied":
      return `Torrent ${name} seeded enough`;
    case "failed":
      return `Torrent ${name} died: ${printable(event.message)}`;
  }
}
