/**
 * `bittern watch`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parsePorts, parseRate } from "../arguments.ts";
import { checked, describedCommand, STATE_ENVIRONMENT, withCommonOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";

export function watchCommand(): Command {
  const command = describedCommand("watch", {
    summary: "download and seed whatever lies in a folder",
    description: `Works on every .torrent and .magnet file in DIR and in the folders in it: what is added starts, what is removed stops (its data stays).
A .magnet file holds a magnet link in its first line. Data goes beside the .torrent, or into the same place below --save-to.
What is already there is checked, one torrent at a time, and goes on where it was.

A folder may hold a file .bittern.json with options for its torrents and those in the folders below, the nearest first:
saveTo, select, trackers, sequential, paused, maxDown, maxUp, seedRatio, seedTime. A torrent that cannot be worked on is tried
again after ten seconds, six times.

With --json the lines have a "type": listening (port), added, removed, complete, satisfied (seeded as much as the options say), each
with file and name; progress (one for each torrent about once a second, with infoHash), error.`,
    examples: [
      ["a mirror, data beside the torrents", "bittern watch /srv/mirror"],
      ["a drop box for torrents and links", "bittern watch ~/torrents --save-to ~/downloads"],
      ["for one folder: only films, slowly", `echo '{"select":["*.mkv"],"maxUp":"200KiB"}' > ~/torrents/films/.bittern.json`],
    ],
    keys: [["q", "quit"]],
    environment: STATE_ENVIRONMENT,
  })
    .argument("<dir>", "folder of .torrent and .magnet files")
    .option("--save-to <dir>", "folder for the data (default: beside the .torrent)")
    .option("--poll", "look every second instead of waiting for the system to tell, for network file systems")
    .option("--port <port>", "port to listen on: N, N-M (the first free one), or 0 for any (default: 6881-6999)", checked(parsePorts))
    .option("--max-down <rate>", "bytes per second for all torrents together, such as 2MiB; 0 is unlimited", checked(parseRate))
    .option("--max-up <rate>", "bytes per second for all torrents together, such as 500KiB; 0 is unlimited", checked(parseRate));
  return withCommonOptions(withStateOption(command)).action(
    lazily(async () => (await import("../actions/watch.ts")).watch, { streaming: true }),
  );
}
