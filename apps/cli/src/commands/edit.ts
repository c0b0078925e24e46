/**
 * `bittern edit`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parseSwitch, parseTier, parseWebSeed } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";

/** An empty text takes the web seeds away. */
function parseWebSeedOrNone(text: string): string {
  return text === "" ? text : parseWebSeed(text);
}

export function editCommand(): Command {
  const command = describedCommand("edit", {
    summary: "change what may change in a .torrent",
    description: `Changes trackers, web seeds, comment and the private mark of TORRENT, in place or, with -o, into another file.
What is given replaces what was there; an empty text takes it away.

Trackers, web seeds and the comment stand outside what is hashed: the info hash stays. The private mark and the source are
inside: the info hash changes, which makes it another torrent with another swarm; the command says so.`,
    examples: [
      ["move to another tracker", "bittern edit album.torrent -t http://new.example/announce"],
      ["a private copy", "bittern edit album.torrent --private true -o private.torrent"],
      ["no comment", 'bittern edit album.torrent --comment ""'],
    ],
  })
    .argument("<torrent>", "path of the .torrent, or - for standard input (then -o is needed)")
    .option("-t, --tracker <url>", "announce URL; each -t is a tier of its own, `a,b` one tier of two", gathered(parseTier))
    .option("--comment <text>", "a remark for people")
    .option("--source <text>", "a mark that makes the info hash another one")
    .option("--web-seed <url>", "an HTTP mirror of the data; may be given several times", gathered(parseWebSeedOrNone))
    .option("--private <bool>", "true or false", checked(parseSwitch))
    .option("-o, --output <file>", "write here and leave TORRENT as it is; - is standard output")
    .option("--force", "overwrite an existing file that -o names");
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/edit.ts")).edit));
}
