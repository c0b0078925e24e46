/**
 * `bittern track`: the page and the options.
 * @module
 */
import { type Command, Option } from "commander";
import { parseAmount, parseInteger, parsePort, parseTrackerUrl } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";

const text = (word: string): string => word;
const seconds = checked(parseInteger(1, 21_600));

export function trackCommand(): Command {
  const command = describedCommand("track", {
    summary: "run a tracker",
    description: `Tells peers of each other over HTTP and UDP, on all IPv4 and IPv6 addresses, until it is stopped, and those of WebTorrent over
WebSocket on the port of HTTP (ws://HOST:PORT). Any torrent may be announced unless a list, a folder or --private says otherwise. A
page with the live swarms is at /, beside it /stats.json, /metrics (Prometheus) and /healthz.

--state FILE keeps swarms, counts, users and statistics over restarts; a crash costs the last five seconds at most. Lists and
certificates in files are read anew when they change.

With --json the first line is {"type":"listening","http","udp","announce"}: ports as integers (with --tls-cert also "https"; null for a
door that is shut) and the announce URLs. {"type":"warning","message"} may follow.`,
    examples: [
      ["on the usual port", "bittern track"],
      ["on any free port, for a script", "bittern track --port 0 --json"],
      ["one that forgets nothing", "bittern track --state /var/lib/bittern/tracker.journal"],
      ["the torrents of a folder and no others, their files given out", "bittern track --torrent-dir /srv/torrents --serve-torrents"],
      ["with HTTPS beside HTTP", "bittern track --https 443 --tls-cert chain.pem --tls-key key.pem"],
      ["behind a proxy on this machine", "bittern track --http 8080 --trust-proxy 127.0.0.1 --announce-url https://t.example/announce"],
      [
        "one more torrent on the list of a running one",
        'curl -X PUT -H "Authorization: Bearer $TOKEN" http://t.example:6969/api/torrents/HASH',
      ],
      ["for members, with pass keys", "bittern track --private --users keys.txt --state members.journal"],
    ],
    environment: [["BITTERN_TRACKER_TOKEN", "token of the management API, where no file has it; at least 16 characters"]],
  });
  addDoors(command);
  addAnswers(command);
  addAccess(command);
  addPages(command);
  addState(command);
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/track.ts")).track, { streaming: true }));
}

function addDoors(command: Command): void {
  command
    .option("--port <port>", "port for HTTP and UDP, or 0 for any free one (default: 6969)", checked(parsePort))
    .option("--http <port>", "port for HTTP, where it shall differ", checked(parsePort))
    .option("--udp <port>", "port for UDP, where it shall differ", checked(parsePort))
    .option(
      "--https <port>",
      "port for HTTPS beside HTTP; without it the port of HTTP speaks HTTPS once --tls-cert is given",
      checked(parsePort),
    )
    .option("--no-udp", "no UDP")
    .option("--interface <name>", "network interface or local address to keep to")
    .option("--tls-cert <file>", "certificate chain for HTTPS, in PEM form")
    .option("--tls-key <file>", "its key, in PEM form")
    .option("--trust-proxy <address>", "reverse proxy whose X-Forwarded-For counts; may be given several times", gathered(text))
    .option("--connections <n>", "HTTP connections at once; more make the idlest go (default: 10000)", checked(parseInteger(1, 1_000_000)));
}

function addAnswers(command: Command): void {
  command
    .option("--interval <seconds>", "time between two announces of a peer, at least; grows with the load (default: 1800)", seconds)
    .option("--min-interval <seconds>", "time a client has to wait whatever it wants (default: 60)", seconds)
    .option("--peers <n>", "peers in an answer where the client does not say (default: 50)", checked(parseInteger(0, 1000)))
    .option("--peers-max <n>", "peers in an answer over HTTP at most (default: 100)", checked(parseInteger(0, 1000)))
    .option("--compact-only", "keep no peer ids: half the memory; answers in dictionary form go without them")
    .addOption(new Option("--scrape <which>", "scrapes that are answered (default: all)").choices(["none", "named", "all"]))
    .option("--message <text>", "shown to users by their clients with every answer (warning message)")
    .option("--tracker-id <id>", "name of this tracker in its answers")
    .option("--nat-check [tries]", "dial peers back and hand out first those that answer (default: 3 tries)", checked(parseInteger(0, 100)))
    .option("--only-reachable", "with --nat-check: hand out no others, as the classic tracker does");
}

function addAccess(command: Command): void {
  command
    .option("--torrent-dir <dir>", "track the torrents of this folder of .torrent files and no others")
    .option("--torrent-dir-interval <seconds>", "time between two looks into it (default: 60)", seconds)
    .option("--serve-torrents", "give those files out, at /file?info_hash= and on the pages")
    .addOption(new Option("--allow-list <file>", "track the info hashes in this file and no others").conflicts(["denyList", "torrentDir"]))
    .addOption(new Option("--deny-list <file>", "track all but the info hashes in this file").conflicts("torrentDir"))
    .option(
      "--secret <hash=word>",
      "track this torrent for those whose announce URL has the word; may be given several times",
      gathered(text),
    )
    .option("--private", "ask for a pass key in the announce URL (/KEY/announce), and count what each user gives and takes")
    .option("--users <file>", "pass keys, one a line, for --private")
    .option("--allow-address <network>", "serve these networks and no others; may be given several times", gathered(text))
    .option("--deny-address <network>", "serve no client from here; may be given several times", gathered(text))
    .option("--address-list <file>", "networks, one a line: denied, or allowed with + before them")
    .option("--rate <n>", "announces a second from one address (or one /64 of IPv6), in the long run", checked(parseAmount))
    .option("--burst <n>", "announces from one address at once, with --rate (default: 100)", checked(parseInteger(1, 1_000_000)))
    .option("--api-token-file <file>", "open the management API under /api to whoever has the token in this file (see Environment)")
    .option("--max-torrents <n>", "torrents at most; the smallest go (default: 1000000)", checked(parseInteger(1, 16_000_000)))
    .option("--max-peers <n>", "peers at most; the oldest go (default: 4000000)", checked(parseInteger(1, 1_000_000_000)));
}

function addPages(command: Command): void {
  command
    .addOption(
      new Option("--page <style>", "what stands at /: a page of today, that of the classic tracker, or nothing")
        .choices(["modern", "classic", "none"])
        .default("modern"),
    )
    .option("--title <text>", "heading of the page")
    .option(
      "--announce-url <url>",
      "announce URL that pages name, where the doors are reached by another; may be given several times",
      gathered(parseTrackerUrl),
    )
    .option("--favicon <file>", "icon of the pages");
}

function addState(command: Command): void {
  command
    .option("--state <file>", "journal of swarms, counts, users and statistics")
    .addOption(new Option("--journal <file>", "the same as --state").hideHelp())
    .option(
      "--store <url>",
      "share the swarms with other trackers through redis://HOST:PORT, or several with commas between for a Cluster; needs the package ioredis",
    )
    .option("--dfile <file>", "state file of the classic tracker, read at the start and written from time to time")
    .option("--dfile-interval <seconds>", "time between two writes of it (default: 300)", seconds);
}
