/**
 * Laws about data: nothing is announced or sent that was not verified, and nobody sends what was not asked for.
 * @module
 */
import { blockKey, hasBit, type Side } from "./conversation.ts";
import { ID, u32, type WireMessage } from "./wire.ts";

/** Which pieces a node has verified. */
export type VerifiedOf = (side: Side) => ReadonlySet<number>;

/** A broken law: its name and a sentence. */
export type Breach = readonly [invariant: string, text: string];

/** Judges a message before it is applied. */
export function judgeData(side: Side, message: WireMessage, pieceCount: number, verifiedOf: VerifiedOf): Breach | undefined {
  const verified = verifiedOf(side);
  switch (message.id) {
    case ID.have: {
      const piece = u32(message.payload, 0);
      return verified.has(piece) ? undefined : ["S6", `announced piece ${piece}, which it has not verified`];
    }
    case ID.bitfield:
      for (let piece = 0; piece < pieceCount; piece++) {
        if (hasBit(message.payload, piece) && !verified.has(piece))
          return ["S6", `its bitfield has piece ${piece}, which it has not verified`];
      }
      return undefined;
    case ID.haveAll:
      return verified.size === pieceCount ? undefined : ["S6", `said it has all of ${pieceCount} pieces, it verified ${verified.size}`];
    case ID.piece:
      return judgePayload(side, message, verified);
    default:
      return undefined;
  }
}

function judgePayload(side: Side, message: WireMessage, verified: ReadonlySet<number>): Breach | undefined {
  const piece = u32(message.payload, 0);
  const key = blockKey(message);
  const { other } = side;
  if (!verified.has(piece)) return ["S6", `sent a block of piece ${piece}, which it has not verified`];
  if (other === undefined) return ["S6", "sent a block to a peer that said nothing yet"];
  if (side.chokes && !side.allowedFast.has(piece)) return ["S6", `sent block ${key} to a peer it chokes`];
  if (!other.owed.has(key)) return ["S15", `sent block ${key}, which nobody asked for`];
  return undefined;
}
