/**
 * What WebTorrent peers say to each other across trackers: the peer's own message, and how many of its offers are given out already.
 *
 *     <offers given: u8> <an announce with offers, or with an answer: JSON>
 *
 * Numbers above those of offers are other signals, see shared-counts.ts. Nobody keeps it: an offer is of use while its maker waits.
 * @module
 */

/** A message for the other trackers; `text` is copied. */
export function writeSharedSignal(given: number, text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + text.length);
  bytes[0] = given;
  bytes.set(text, 1);
  return bytes;
}

/** How many offers of it are given out, and the peer's message; a view. */
export function readSharedSignal(bytes: Uint8Array): { readonly given: number; readonly text: Uint8Array } {
  return { given: bytes[0] ?? 0, text: bytes.subarray(1) };
}
