/**
 * Walks the pieces that are in two fields at once, 32 at a time.
 *
 * Most of what a scan reads is nothing: pieces we have, or the peer has not. A word at a time that costs a tenth of a
 * millisecond for two million pieces; a byte at a time it was four times as much.
 * @module
 */
import { assert, type Bitfield, type PieceIndex } from "@bittern/protocol/base";

const WORD_LENGTH = 4;
/** Words below which they are looked at byte by byte: a second view of a small field costs more than it saves. */
const WORDS_MIN = 16;

/**
 * Visits every piece that is in both, from the word that holds `start` to the end and then, if `wraps`, from the beginning;
 * the last up to 31 pieces of the fields come after all whole words. Ends early when `visit` returns true.
 */
export function walkBoth(
  left: Bitfield,
  right: Bitfield,
  { start, wraps }: { start: PieceIndex; wraps: boolean },
  visit: (piece: PieceIndex) => boolean,
): void {
  assert(left.length === right.length, "two fields of one torrent are of one length");
  const leftBytes = left.bytes;
  const rightBytes = right.bytes;
  const count = leftBytes.length >>> 2;
  const isLarge = count >= WORDS_MIN;
  const leftWords = isLarge ? wordsOf(leftBytes) : leftBytes;
  const rightWords = isLarge ? wordsOf(rightBytes) : rightBytes;
  const first = Math.min(start >>> 5, count);
  for (let step = 0; step < (wraps ? count : count - first); step++) {
    const word = first + step < count ? first + step : first + step - count;
    if (isLarge && ((leftWords[word] as number) & (rightWords[word] as number)) === 0) continue;
    if (visitBytes(leftBytes, rightBytes, word * WORD_LENGTH, (word + 1) * WORD_LENGTH, visit)) return;
  }
  visitBytes(leftBytes, rightBytes, count * WORD_LENGTH, leftBytes.length, visit);
}

/** Whether any piece is in both; for small fields, since it begins at the front. */
export function haveCommon(left: Bitfield, right: Bitfield): boolean {
  const leftBytes = left.bytes;
  const rightBytes = right.bytes;
  for (let at = 0; at < leftBytes.length; at++) if (((leftBytes[at] as number) & (rightBytes[at] as number)) !== 0) return true;
  return false;
}

function visitBytes(left: Uint8Array, right: Uint8Array, from: number, to: number, visit: (piece: PieceIndex) => boolean): boolean {
  for (let at = from; at < to; at++) {
    const both = (left[at] as number) & (right[at] as number);
    if (both === 0) continue;
    for (let bit = 0; bit < 8; bit++) if ((both & (128 >> bit)) !== 0 && visit(at * 8 + bit)) return true;
  }
  return false;
}

/** The whole words; which byte of them comes first does not matter to an `and` that only asks for nothing. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  assert(bytes.byteOffset % WORD_LENGTH === 0, "a field owns its memory");
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
}
