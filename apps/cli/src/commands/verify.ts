/**
 * `bittern verify`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parseInteger } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";

export function verifyCommand(): Command {
  const command = describedCommand("verify", {
    summary: "check data against the hashes of a .torrent",
    description: `Hashes every piece and tells which are damaged and which files are missing. Nothing is written.

The data is looked for at PATH/NAME, where NAME is the name in the torrent; if there is nothing, PATH itself is taken for
the file or folder. PATH is the current folder unless given.`,
    examples: [
      ["data beside the torrent", "bittern verify album.torrent"],
      ["a file under another name", "bittern verify disc.torrent /backup/disc-copy.iso"],
      ["the damaged pieces", "bittern verify disc.torrent --json | jq .bad"],
    ],
    exit: [["1", "pieces are damaged or missing, or the check itself failed"]],
  })
    .argument("<torrent>", "path or URL of the .torrent, or - for standard input")
    .argument("[path]", "where the data lies")
    .option("--threads <n>", "threads that hash (default: one a processor)", checked(parseInteger(1, 256)));
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/verify.ts")).verify));
}
