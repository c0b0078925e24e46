/**
 * `bittern explain`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parseInteger, parsePeer, parsePorts } from "../arguments.ts";
import { checked, describedCommand, gathered, STATE_ENVIRONMENT, withCommonOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";

export function explainCommand(): Command {
  const command = describedCommand("explain", {
    summary: "say why a torrent is slow or stands still",
    description: `Asks the commands that run (get, seed, share, tui and others with the same state folder) how their torrents are, and says for each why
it is slow or stands still: the cause, the numbers that show it, and what would help.

TORRENT is a path, URL, magnet link or info hash, or a part of the name of a running one. A torrent that runs nowhere is tried
out for a short while: what arrives goes into DIR, or without --dir into a folder that is removed afterwards.

With --json: torrents, each with infoHash, infoHashV2, name, command and pid (null when it was tried out), state, pace (stands,
moves or rests), progress, totalDone, totalWanted, downRate, upRate, peers, seeds, secondsLeft, and causes. A cause has a code, a
weight (stops, slows or perhaps), its numbers, and the texts what, evidence and help.`,
    examples: [
      ["everything that runs", "bittern explain"],
      ["one of them", "bittern explain album"],
      ["a torrent that runs nowhere", "bittern explain album.torrent --for 60"],
    ],
    environment: STATE_ENVIRONMENT,
  })
    .argument("[torrent]", "which torrent (default: all that run)")
    .option("--for <seconds>", "how long to try out what runs nowhere (default: 20)", checked(parseInteger(1, 3600)))
    .option("-d, --dir <dir>", "where its data lies, or shall lie, when it is tried out (default: a folder that is removed)")
    .option("--port <port>", "port to listen on when it is tried out: N, N-M, or 0 for any (default: 6881-6999)", checked(parsePorts))
    .option("--peer <host:port>", "a peer to connect to when it is tried out; may be given several times", gathered(parsePeer));
  return withCommonOptions(withStateOption(command)).action(lazily(async () => (await import("../actions/explain.ts")).explain));
}
