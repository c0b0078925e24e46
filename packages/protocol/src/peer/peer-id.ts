/**
 * Our own peer id (BEP 20, Azureus style).
 *
 *     -BY<major><minor><patch>0-<12 random letters and digits>
 * @module
 */
import { assert, below, fromLatin1, type Random } from "../base/index.ts";
import { ID_LENGTH } from "./handshake.ts";

/** The one version of all packages. */
export const VERSION: string = "0.1.0";

/** What our peer ids begin with. */
export const PEER_ID_PREFIX: string = `-BY${versionDigits(VERSION)}-`;

/** Letters and digits travel through a URL unescaped, and are pleasant to read in a log. */
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** 20 bytes: the prefix, then random letters and digits. */
export function makePeerId(prefix: string, random: Random): Uint8Array<ArrayBuffer> {
  assert(prefix.length <= ID_LENGTH, "a prefix fits into a peer id");
  let text = prefix;
  while (text.length < ID_LENGTH) text += ALPHABET[below(random, ALPHABET.length)];
  return fromLatin1(text);
}

/** One digit each for major, minor and patch, counting on with letters after 9, and a 0 that means a release. */
function versionDigits(version: string): string {
  const digits = version.split(".").map((part) => Number(part).toString(36).toUpperCase());
  assert(digits.length === 3 && digits.every((digit) => digit.length === 1), "a version has three parts below 36");
  return `${digits.join("")}0`;
}
