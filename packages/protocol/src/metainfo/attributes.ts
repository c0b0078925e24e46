/**
 * The attributes of a file (BEP 47), the same in the list of v1 and in the tree of v2.
 * @module
 */
import { equalBytes, utf8 } from "../base/index.ts";
import type { BencodeDictionary, BencodeValue } from "../bencode/index.ts";
import type { FileAttributes } from "./file.ts";
import { type NameRules, partText, safePart } from "./name.ts";

const HIDDEN = 0x68;
const LINK = 0x6c;
const PAD = 0x70;
const EXECUTABLE = 0x78;

/** How BitComet names its pads, which came before BEP 47; a plea to update BitComet follows. */
const BITCOMET_PAD: Uint8Array = utf8("_____padding_file_");

/** Parts of the path a link points to; a longer one is forgotten, since no link is ever made. */
const LINK_ENTRIES_MAX = 128;

/** Whether `attr` marks padding. */
export function isPadding(file: BencodeDictionary): boolean {
  return file.bytes("attr")?.includes(PAD) === true;
}

/** Whether a file of that name is a pad of BitComet's: zeros like any other, and taken for them by libtorrent. */
export function isBitCometPad(name: BencodeValue | undefined): boolean {
  return name instanceof Uint8Array && equalBytes(name.subarray(0, BITCOMET_PAD.length), BITCOMET_PAD);
}

/** Whether the file is a symbolic link and says where to. */
export function isLink(file: BencodeDictionary): boolean {
  return file.bytes("attr")?.includes(LINK) === true && file.has("symlink path");
}

/** `undefined` when nothing was said. Unknown letters mean nothing. */
export function readAttributes(file: BencodeDictionary, rules: NameRules): FileAttributes | undefined {
  const letters = file.bytes("attr");
  if (letters === undefined) return undefined;
  const executable = letters.includes(EXECUTABLE);
  const hidden = letters.includes(HIDDEN);
  const symlink = letters.includes(LINK) ? readLink(file, rules) : undefined;
  if (!executable && !hidden && symlink === undefined) return undefined;
  return symlink === undefined ? { executable, hidden } : { executable, hidden, symlink };
}

function readLink(file: BencodeDictionary, rules: NameRules): readonly string[] | undefined {
  if (file.entryCount("symlink path") > LINK_ENTRIES_MAX) return undefined;
  return file
    .list("symlink path")
    ?.filter((part) => part instanceof Uint8Array)
    .map((part) => safePart(partText(part), rules))
    .filter((part) => part !== "");
}
