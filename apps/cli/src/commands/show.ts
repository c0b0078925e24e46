/**
 * `bittern show` and `bittern magnet`: the pages and the options.
 * @module
 */
import type { Command } from "commander";
import { describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";

/** What commands take as a source, in the words of their pages. */
export const SOURCE_WORDS: string = `SOURCE is the path of a .torrent, an http(s) URL of one, a magnet link, a bare info hash (40 hex, 32 base32 or 64 hex digits),
or - for a .torrent on standard input.`;

export function showCommand(): Command {
  const command = describedCommand("show", {
    summary: "tell everything a .torrent or a magnet link says",
    description: `Prints name, hashes, sizes, files, trackers, web seeds and remarks.\n\n${SOURCE_WORDS}`,
    examples: [
      ["read a file", "bittern show album.torrent"],
      ["the names of all files", "bittern show album.torrent --json | jq -r '.files[].path'"],
      ["read from a pipe", "curl -s https://example.org/album.torrent | bittern show -"],
    ],
  }).argument("<source>", "what to read");
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/show.ts")).show));
}

export function magnetCommand(): Command {
  const command = describedCommand("magnet", {
    summary: "print the magnet link of a torrent",
    description: `Prints one line: the magnet link with hashes, name, size, trackers and web seeds.\n\n${SOURCE_WORDS}`,
    examples: [
      ["the link of a file", "bittern magnet album.torrent"],
      ["download by link", 'bittern get "$(bittern magnet album.torrent)"'],
    ],
  }).argument("<source>", "what to read");
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/show.ts")).magnet));
}
