/**
 * `bittern track`: the page and the options.
 * @module
 */
import { type Command, Option } from "commander";
import { parseAmount, parseInteger, parsePort, parseTrackerUrl } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords, SharedHelp } from "../messages/help/words.ts";

type Words = HelpWords["commands"]["track"]["options"];

const text = (word: string): string => word;
const seconds = checked(parseInteger(1, 21_600));

export function trackCommand(help: HelpWords): Command {
  const { options } = help.commands.track;
  const command = describedCommand("track", help);
  addDoors(command, { ...options, interface: help.shared.options.interface });
  addAnswers(command, options);
  addAccess(command, options);
  addPages(command, options);
  addState(command, options);
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/track.ts")).track, { streaming: true }));
}

function addDoors(command: Command, options: Words & Pick<SharedHelp["options"], "interface">): void {
  command
    .option("--port <port>", options.port, checked(parsePort))
    .option("--http <port>", options.http, checked(parsePort))
    .option("--udp <port>", options.udp, checked(parsePort))
    .option("--https <port>", options.https, checked(parsePort))
    .option("--no-udp", options.noUdp)
    .option("--interface <name>", options.interface)
    .option("--tls-cert <file>", options.tlsCert)
    .option("--tls-key <file>", options.tlsKey)
    .option("--trust-proxy <address>", options.trustProxy, gathered(text))
    .option("--connections <n>", options.connections, checked(parseInteger(1, 1_000_000)))
    .option("--threads <n>", options.threads, checked(parseInteger(1, 64)))
    .option("--no-native", options.noNative);
}

function addAnswers(command: Command, options: Words): void {
  command
    .option("--interval <seconds>", options.interval, seconds)
    .option("--min-interval <seconds>", options.minInterval, seconds)
    .option("--peers <n>", options.peers, checked(parseInteger(0, 1000)))
    .option("--peers-max <n>", options.peersMax, checked(parseInteger(0, 1000)))
    .option("--compact-only", options.compactOnly)
    .addOption(new Option("--scrape <which>", options.scrape).choices(["none", "named", "all"]))
    .option("--message <text>", options.message)
    .option("--tracker-id <id>", options.trackerId)
    .option("--nat-check [tries]", options.natCheck, checked(parseInteger(0, 100)))
    .option("--only-reachable", options.onlyReachable);
}

function addAccess(command: Command, options: Words): void {
  command
    .option("--torrent-dir <dir>", options.torrentDir)
    .option("--torrent-dir-interval <seconds>", options.torrentDirInterval, seconds)
    .option("--serve-torrents", options.serveTorrents)
    .addOption(new Option("--allow-list <file>", options.allowList).conflicts(["denyList", "torrentDir"]))
    .addOption(new Option("--deny-list <file>", options.denyList).conflicts("torrentDir"))
    .option("--secret <hash=word>", options.secret, gathered(text))
    .option("--private", options.private)
    .option("--users <file>", options.users)
    .option("--allow-address <network>", options.allowAddress, gathered(text))
    .option("--deny-address <network>", options.denyAddress, gathered(text))
    .option("--address-list <file>", options.addressList)
    .option("--rate <n>", options.rate, checked(parseAmount))
    .option("--burst <n>", options.burst, checked(parseInteger(1, 1_000_000)))
    .option("--api-token-file <file>", options.apiTokenFile)
    .option("--max-torrents <n>", options.maxTorrents, checked(parseInteger(1, 16_000_000)))
    .option("--max-peers <n>", options.maxPeers, checked(parseInteger(1, 1_000_000_000)));
}

function addPages(command: Command, options: Words): void {
  command
    .addOption(new Option("--page <style>", options.page).choices(["modern", "classic", "none"]).default("modern"))
    .option("--title <text>", options.title)
    .option("--announce-url <url>", options.announceUrl, gathered(parseTrackerUrl))
    .option("--favicon <file>", options.favicon);
}

function addState(command: Command, options: Words): void {
  command
    .option("--state <file>", options.state)
    .addOption(new Option("--journal <file>", options.journal).hideHelp())
    .option("--store <url>", options.store)
    .option("--dfile <file>", options.dfile)
    .option("--dfile-interval <seconds>", options.dfileInterval, seconds);
}
