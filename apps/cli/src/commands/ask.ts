/**
 * `bittern scrape` and `bittern announce`: the pages and the options.
 * @module
 */
import { type Command, Option } from "commander";
import { parseInteger, parsePort, parseSize, parseTrackerUrl } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import { SOURCE_WORDS } from "./show.ts";

const ADDRESS_WORDS = `The trackers of SOURCE are asked, and those that -t adds; each by IPv4 and by IPv6, and where its host says in DNS that it is
(BEP 34).`;
const PATIENCE: readonly [string, string] = ["--timeout <seconds>", "how long a tracker may take (default: 20)"];

export function scrapeCommand(): Command {
  const command = describedCommand("scrape", {
    summary: "ask trackers how large a swarm is",
    description: `Asks trackers how many seeds and downloaders they know of a torrent, without joining its swarm.

${ADDRESS_WORDS} A hybrid torrent has two swarms, one for each of its hashes.

${SOURCE_WORDS}

JSON: {"trackers": [{"url", "infoHash", "complete", "incomplete", "downloaded", "error"}]}; what a tracker does not say is null.`,
    examples: [
      ["the trackers of a torrent", "bittern scrape album.torrent"],
      ["one tracker, one hash", "bittern scrape 49e2cdab588e7ff0733dbb433afc844945624f04 -t udp://tracker.example:6969"],
    ],
    exit: [["1", "no tracker answered"]],
  })
    .argument("<source>", "the torrent to ask for")
    .option("-t, --tracker <url>", "ask this one too; may be given several times", gathered(parseTrackerUrl))
    .option(...PATIENCE, checked(parseInteger(1, 600)));
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/ask.ts")).scrape));
}

export function announceCommand(): Command {
  const command = describedCommand("announce", {
    summary: "ask trackers for the peers of a torrent",
    description: `Announces to trackers and lists the peers they tell of, with their counts and intervals. Unless --event says what to
announce, this is only a question: a second announce takes us out of the swarm again.

${ADDRESS_WORDS} A hybrid torrent is announced under both of its hashes.

${SOURCE_WORDS}

JSON: {"trackers": [{"url", "infoHash", "address", "interval", "minInterval", "complete", "incomplete", "downloaded", "externalAddress",
"warning", "peers", "error"}], "peers": ["HOST:PORT"]}; what a tracker does not say is null.`,
    examples: [
      ["who is there", "bittern announce album.torrent"],
      ["all addresses, one a line", "bittern announce album.torrent --json | jq -r '.peers[]'"],
      ["as a seed that stays listed", "bittern announce album.torrent --left 0 --port 6881 --event started"],
    ],
    exit: [["1", "no tracker answered"]],
  })
    .argument("<source>", "the torrent to ask for")
    .option("-t, --tracker <url>", "ask this one too; may be given several times", gathered(parseTrackerUrl))
    .option("--port <port>", "port we are reached at (default: 6881)", checked(parsePort))
    .option("--left <size>", "bytes we lack; 0 announces a seed (default: 1)", checked(parseSize))
    .option("--numwant <n>", "peers wanted at most (default: 50)", checked(parseInteger(0, 2000)))
    .addOption(new Option("--event <event>", "what is announced").choices(["started", "completed", "stopped"]))
    .option(...PATIENCE, checked(parseInteger(1, 600)));
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/ask.ts")).announce));
}
