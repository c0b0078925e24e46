/**
 * `bittern create`: the page and the options.
 * @module
 */
import { type Command, Option } from "commander";
import { parseInteger, parseSize, parseTier, parseWebSeed } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";

export function createCommand(): Command {
  const command = describedCommand("create", {
    summary: "make a .torrent of a file or folder",
    description: `Hashes PATH and writes PATH.torrent, or the file that -o names.

Files of a folder are taken in the byte order of their paths. Hidden files and the litter of editors and file managers
(names that begin with a dot or end with ~, Thumbs.db, desktop.ini) are left out unless --all. An existing file is never
overwritten without --force.

A torrent is a hybrid unless --v1 or --v2 says otherwise: clients of both generations can join the same swarm. The piece
length follows from the size of the data (docs/piece-length.md), since it is part of the info hash.`,
    examples: [
      ["a folder, tracked by one tracker", "bittern create album -t http://tracker.example:6969/announce"],
      [
        "two tiers of trackers, the first of two URLs",
        "bittern create disc.iso -t http://a.example/announce,http://b.example/announce -t udp://c.example:6969",
      ],
      ["the info hash only", "bittern create album -o /tmp/album.torrent --json | jq -r .infoHash"],
    ],
  })
    .argument("<path>", "file or folder")
    .option("-t, --tracker <url>", "announce URL; each -t is a tier of its own, `a,b` one tier of two", gathered(parseTier))
    .option("-o, --output <file>", "write here instead of PATH.torrent; - is standard output")
    .option("--piece-length <size>", "length of a piece, such as 1MiB (default: by size)", checked(parseSize))
    .addOption(new Option("--v1", "a v1 torrent only (BEP 3)").conflicts(["v2", "hybrid"]))
    .addOption(new Option("--v2", "a v2 torrent only (BEP 52)").conflicts(["v1", "hybrid"]))
    .addOption(new Option("--hybrid", "both in one (the default)").conflicts(["v1", "v2"]))
    .option("--private", "peers come from the trackers named here only (BEP 27)")
    .option("--comment <text>", "a remark for people")
    .option("--source <text>", "a mark that makes the info hash another one")
    .option("--web-seed <url>", "an HTTP mirror of the data (BEP 19); may be given several times", gathered(parseWebSeed))
    .option("--no-date", "leave out the creation date")
    .option("--name <name>", "name of the file or folder for those who download (default: as it is)")
    .option("--threads <n>", "threads that hash (default: one a processor)", checked(parseInteger(1, 256)))
    .option("--all", "take hidden files and litter too")
    .option("--force", "overwrite an existing .torrent");
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/create.ts")).create));
}
