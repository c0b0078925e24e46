/**
 * `bittern demo`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parseSize } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";

export function demoCommand(): Command {
  const command = describedCommand("demo", {
    summary: "the main job from end to end on this machine",
    description: `Makes a folder of real files and one large generated file, makes its torrent, and runs a tracker, one seeder and two downloaders
in processes of their own over real sockets on the loopback address. Then compares every byte, prints the figures and
removes everything again.`,
    examples: [
      ["the show", "bittern demo"],
      ["the figures for a script", "bittern demo --json"],
    ],
  })
    .option("--size <size>", "length of the generated file (default: 96MiB)", checked(parseSize))
    .option("--keep", "leave the folder with everything in it");
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/demo.ts")).demo));
}
