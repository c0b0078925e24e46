/**
 * The pieces a newcomer may have while it is choked (BEP 6, "allowed fast").
 *
 *     x = SHA1(masked address ++ info hash), SHA1(x), …        five piece indices from each, four bytes modulo the pieces
 * @module
 */
import { parseAddress } from "../address/index.ts";
import { assert, concatBytes, type PieceIndex } from "../base/index.ts";
import { sha1 } from "../crypto/index.ts";
import { u32 } from "./decode.ts";
import { ID_LENGTH } from "./handshake.ts";

/** Leading bytes of an address that count, so that a second address in the same network wins nothing. */
const NETWORK4_LENGTH = 3;
/** BEP 6 knows no IPv6. A /64 is what one subscriber has, so the rest says nothing. */
const NETWORK6_LENGTH = 8;

/** At most `count` pieces, the same for every peer that computes them for `address`; all pieces when there are no more. */
export function allowedFastSet(infoHash: Uint8Array, address: string, pieceCount: number, count: number): PieceIndex[] {
  assert(infoHash.length === ID_LENGTH, "an info hash on the wire has 20 bytes");
  const bytes = parseAddress(address);
  assert(bytes !== undefined, "an endpoint holds an address");
  // Drawing until the last piece of a small torrent turns up could take long, and the outcome is known.
  if (count >= pieceCount) return Array.from({ length: pieceCount }, (_, piece) => piece);
  const chosen = new Set<PieceIndex>();
  let drawn: Uint8Array = concatBytes([bytes.fill(0, bytes.length === 4 ? NETWORK4_LENGTH : NETWORK6_LENGTH), infoHash]);
  while (chosen.size < count) {
    drawn = sha1(drawn);
    for (let at = 0; at < drawn.length && chosen.size < count; at += 4) chosen.add(u32(drawn, at) % pieceCount);
  }
  return [...chosen];
}
