/**
 * Makes one part of a path safe, once, when a torrent is read: only what came through here reaches a storage.
 *
 * POSIX forbids little, so little is replaced: NUL and "/", control characters, the marks that turn text around, and the
 * names "." and "..". `Q: what?.txt` is a legal name and stays. Portable names follow the table of Windows as well.
 * @module
 */
import { fromUtf8, utf8 } from "../base/index.ts";
import { PART_LENGTH_MAX } from "./limits.ts";

/** What replaces a character. */
const SUBSTITUTE = "_";
/** Separators, control characters, and marks that make `exe.gpj` read as `jpg.exe`. */
const UNSAFE = /[/\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** What Windows adds: separators, wildcards, quotes, redirections, and the colon of drives and streams. */
const UNPORTABLE = /[<>:"\\|?*]/g;
/** Windows drops these at the end of a name. */
const DROPPED_ENDING = /[. ]+$/;
/** Names of devices, with or without an extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?=$|[. ])/i;
/** Characters. The longest ending that is kept as an extension when a name is shortened. */
const EXTENSION_LENGTH_MAX = 16;

/** Which rules a name must satisfy. */
export type NameRules = "posix" | "portable";

/** The part as text, what is not UTF-8 as U+FFFD, before anything is replaced. Hot: runs for every part of every path. */
export function partText(bytes: Uint8Array): string {
  // Short ASCII is a third faster by hand than through the decoder.
  if (bytes.length > 64) return fromUtf8(bytes);
  let text = "";
  for (const byte of bytes) {
    if (byte > 127) return fromUtf8(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}

/** A name that means nothing but itself; "" only for an empty part. The same part always gives the same name. */
export function safePart(part: string, rules: NameRules): string {
  let name = part.replace(UNSAFE, SUBSTITUTE);
  if (name === "." || name === "..") name = SUBSTITUTE.repeat(name.length);
  // Shortened first, so that no cut leaves an ending that Windows drops; one byte is left for what marks a device.
  return rules === "portable" ? portablePart(shorten(name, PART_LENGTH_MAX - 1)) : shorten(name, PART_LENGTH_MAX);
}

/** Puts `.1`, `.2`, ... before the extension. */
export function numberedPart(part: string, number: number): string {
  const { stem, extension } = splitName(part);
  const suffix = `.${number}${extension}`;
  return shorten(stem, PART_LENGTH_MAX - utf8(suffix).length) + suffix;
}

function portablePart(part: string): string {
  const name = part.replace(UNPORTABLE, SUBSTITUTE).replace(DROPPED_ENDING, (ending) => SUBSTITUTE.repeat(ending.length));
  return DEVICE.test(name) ? SUBSTITUTE + name : name;
}

/** Cuts between characters, before the extension, until at most `lengthMax` UTF-8 bytes are left. */
function shorten(name: string, lengthMax: number): string {
  if (name.length * 3 <= lengthMax || utf8(name).length <= lengthMax) return name;
  const { stem, extension } = splitName(name);
  let room = lengthMax - utf8(extension).length;
  let kept = "";
  for (const character of stem) {
    room -= utf8(character).length;
    if (room < 0) break;
    kept += character;
  }
  return kept + extension;
}

function splitName(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf(".");
  const isExtension = dot > 0 && name.length - dot <= EXTENSION_LENGTH_MAX;
  return isExtension ? { stem: name.slice(0, dot), extension: name.slice(dot) } : { stem: name, extension: "" };
}
