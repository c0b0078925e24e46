/**
 * `bittern track`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parsePort } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";

export function trackCommand(): Command {
  const command = describedCommand("track", {
    summary: "run a tracker",
    description: `Tells peers of each other over HTTP and UDP, on all IPv4 and IPv6 addresses, until it is stopped. Any torrent may be announced.

With --json the first line is {"type":"listening","http","udp","announce"}: ports as integers and the announce URLs.`,
    examples: [
      ["on the usual port", "bittern track"],
      ["on any free port, for a script", "bittern track --port 0 --json"],
    ],
  })
    .option("--port <port>", "port for HTTP and UDP, or 0 for any free one (default: 6969)", checked(parsePort))
    .option("--http <port>", "port for HTTP, where it shall differ", checked(parsePort))
    .option("--udp <port>", "port for UDP, where it shall differ", checked(parsePort));
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/track.ts")).track, { streaming: true }));
}
