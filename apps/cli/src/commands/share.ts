/**
 * `bittern share`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parsePort, parsePorts, parseRate } from "../arguments.ts";
import { checked, describedCommand, STATE_ENVIRONMENT, withCommonOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";
import { SUPER_SEED_WORDS } from "./get.ts";

export function shareCommand(): Command {
  const command = describedCommand("share", {
    summary: "publish a file or folder: torrent, tracker, page and seed in one",
    description: `Makes the torrent of PATH, runs a tracker for it, serves a page with the magnet link, the .torrent and a QR code, seeds, and
prints the link to give away. The page, the .torrent and the tracker share one HTTP port. Nothing is written beside PATH.

Other machines must be able to reach both ports; --public-host is the name or address they know this machine by (default:
its first address in the local network).

With --json the first line is {"type":"sharing","page","torrent","magnet","infoHash","infoHashV2","announce","port"}; progress
follows about once a second.`,
    examples: [
      ["in the local network", "bittern share holiday-photos"],
      ["to the world, under a name, on fixed ports", "bittern share disc.iso --public-host files.example.org --http 8080 --port 6881"],
      ["to one person, then end", "bittern share report.pdf --once"],
    ],
    environment: STATE_ENVIRONMENT,
  })
    .argument("<path>", "file or folder")
    .option("--port <port>", "port for peers: N, N-M (the first free one), or 0 for any (default: 6881-6999)", checked(parsePorts))
    .option("--http <port>", "port of page and tracker, or 0 for any free one (default: 8080, or the next free one)", checked(parsePort))
    .option("--public-host <name>", "name or address in all links")
    .option("--once", "end after one full copy has gone out")
    .option("--comment <text>", "a remark for people, in the torrent and on the page")
    .option("--all", "take hidden files and litter too")
    .option("--super-seed", SUPER_SEED_WORDS)
    .option("--max-up <rate>", "bytes per second, such as 500KiB; 0 is unlimited", checked(parseRate));
  return withCommonOptions(withStateOption(command)).action(
    lazily(async () => (await import("../actions/share.ts")).share, { streaming: true }),
  );
}
