/**
 * `bittern get` and `bittern seed`: the pages and the options.
 * @module
 */
import type { Command } from "commander";
import { parseAmount, parsePeer, parsePorts, parseRate } from "../arguments.ts";
import { checked, describedCommand, gathered, STATE_ENVIRONMENT, withCommonOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";
import { SOURCE_WORDS } from "./show.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["p", "pause"],
  ["r", "resume"],
  ["s", "show the status"],
  ["c", "cancel: forget the torrent (its files stay) and end"],
  ["q", "quit"],
];

/** Of `seed` and `share`. */
export const SUPER_SEED_WORDS = "give every piece away once before any twice, also beside other seeds (the only seed does so by itself)";

const SIGNALS: readonly (readonly [string, string])[] = [["130, 143", "stopped by Ctrl-C or SIGTERM before the download was complete"]];

export function getCommand(): Command {
  const command = describedCommand("get", {
    summary: "download",
    description: `Downloads into DIR/NAME and goes on seeding until it is stopped; --exit leaves when everything is there and safe on the disk.
Data that is already in place is checked and kept, so an interrupted download goes on where it was.

${SOURCE_WORDS}

With --json the lines have a "type": listening (port), metadata, progress (about once a second: downloaded, uploaded, verified,
total, downRate, upRate, peers, seeds, secondsLeft), piece (hashed and written), complete (every wanted piece: seconds, downloaded,
uploaded), durable (all of it synced and recorded), summary (at the end: name, seconds, downloaded, uploaded, downRate, upRate, ratio,
peers, wasted), error.`,
    examples: [
      ["a torrent, seeding afterwards", "bittern get album.torrent"],
      ["a magnet link into a folder, then end", "bittern get 'magnet:?xt=urn:btih:...' --dir ~/downloads --exit"],
      ["only the films, first parts first", "bittern get series.torrent --select '*.mkv' --sequential"],
      ["from one known peer", "bittern get album.torrent --peer 10.0.0.2:6881 --exit"],
    ],
    keys: KEYS,
    exit: SIGNALS,
    environment: STATE_ENVIRONMENT,
  })
    .argument("<source>", "what to download")
    .option("-d, --dir <dir>", "folder to download into (default: the current one)")
    .option("--port <port>", "port to listen on: N, N-M (the first free one), or 0 for any (default: 6881-6999)", checked(parsePorts))
    .option("--peer <host:port>", "a peer to connect to; may be given several times", gathered(parsePeer))
    .option("--exit", "end once everything is downloaded and safe on the disk")
    .option(
      "--select <glob>",
      "only the files that match, such as '*.mkv' or 'extras/**'; may be given several times",
      gathered((text) => text),
    )
    .option("--sequential", "first pieces first")
    .option("--max-down <rate>", "bytes per second, such as 2MiB; 0 is unlimited", checked(parseRate))
    .option("--max-up <rate>", "bytes per second, such as 500KiB; 0 is unlimited", checked(parseRate))
    .option("--seed-ratio <ratio>", "end after uploading so many times the size", checked(parseAmount))
    .option("--seed-time <minutes>", "end after seeding so many minutes", checked(parseAmount));
  return withCommonOptions(withStateOption(command)).action(
    lazily(async () => (await import("../actions/get.ts")).get, { streaming: true }),
  );
}

export function seedCommand(): Command {
  const command = describedCommand("seed", {
    summary: "give to others what is complete",
    description: `Checks the data at DIR/NAME and gives it to whoever asks, until it is stopped. The files are only read, never written.
If pieces are missing or damaged it says how many and ends: \`bittern get\` with the same folder completes them.

With --json the lines have a "type": listening (port) once peers are accepted, progress about once a second, summary at the
end, error.`,
    examples: [
      ["a folder beside its torrent", "bittern seed album.torrent"],
      ["data elsewhere, trusted without a check", "bittern seed album.torrent --dir /srv/mirror --no-check"],
    ],
    keys: KEYS,
    environment: STATE_ENVIRONMENT,
  })
    .argument("<torrent>", "path or URL of the .torrent, or - for standard input")
    .option("-d, --dir <dir>", "folder that holds the file or folder (default: the current one)")
    .option("--port <port>", "port to listen on: N, N-M (the first free one), or 0 for any (default: 6881-6999)", checked(parsePorts))
    .option("--peer <host:port>", "a peer to connect to; may be given several times", gathered(parsePeer))
    .option("--no-check", "take the data for whole without hashing it first")
    .option("--super-seed", SUPER_SEED_WORDS)
    .option("--max-up <rate>", "bytes per second, such as 500KiB; 0 is unlimited", checked(parseRate));
  return withCommonOptions(withStateOption(command)).action(
    lazily(async () => (await import("../actions/seed.ts")).seed, { streaming: true }),
  );
}
