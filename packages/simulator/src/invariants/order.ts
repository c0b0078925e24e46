/**
 * Laws about the order of messages (BEP 3, 6): what may come first, what only once, what only after something else.
 * @module
 */
import { blockKey, type Side } from "./conversation.ts";
import type { Breach } from "./data.ts";
import { ID, u32, type WireMessage } from "./wire.ts";

const REQUEST_LENGTH_MAX = 16 * 1024;
/** Bytes after the id, where they are fixed. */
const PAYLOAD_LENGTHS: Readonly<Record<number, number>> = {
  [ID.choke]: 0,
  [ID.unchoke]: 0,
  [ID.interested]: 0,
  [ID.notInterested]: 0,
  [ID.have]: 4,
  [ID.request]: 12,
  [ID.cancel]: 12,
  [ID.reject]: 12,
  [ID.haveAll]: 0,
  [ID.haveNone]: 0,
  [ID.suggest]: 4,
  [ID.allowedFast]: 4,
};
const FAST_IDS: ReadonlySet<number> = new Set([ID.suggest, ID.haveAll, ID.haveNone, ID.reject, ID.allowedFast]);

/** Judges a message before it is applied. */
export function judgeOrder(side: Side, message: WireMessage, pieceCount: number): Breach | undefined {
  const { id, payload, payloadLength } = message;
  if ((PAYLOAD_LENGTHS[id] ?? payloadLength) !== payloadLength) return ["S15", `message ${id} had ${payloadLength} bytes`];
  if (FAST_IDS.has(id) && !side.isFast) return ["S15", `message ${id} needs the fast extension, which was not agreed on`];
  switch (id) {
    case ID.bitfield:
      if (side.messageCount > 0) return ["S15", "a bitfield came after another message"];
      return payloadLength === Math.ceil(pieceCount / 8) ? undefined : ["S15", `a bitfield of ${payloadLength} bytes`];
    case ID.haveAll:
    case ID.haveNone:
      return side.messageCount > 0 ? ["S15", "have-all or have-none came after another message"] : undefined;
    case ID.have:
      return u32(payload, 0) < pieceCount ? undefined : ["S15", `have of piece ${u32(payload, 0)}`];
    case ID.request:
      return judgeRequest(side, message, pieceCount);
    default:
      return undefined;
  }
}

function judgeRequest(side: Side, message: WireMessage, pieceCount: number): Breach | undefined {
  const piece = u32(message.payload, 0);
  const length = u32(message.payload, 8);
  if (piece >= pieceCount || length === 0 || length > REQUEST_LENGTH_MAX) return ["S15", `asked for ${length} bytes of piece ${piece}`];
  if (side.open.has(blockKey(message))) return ["S7", `asked twice for block ${blockKey(message)}`];
  // What the other announced may still be on its way: only what it never announced is wrong.
  if (side.other !== undefined && !side.other.announced.has(piece))
    return ["S15", `asked for piece ${piece}, which the other never announced`];
  return undefined;
}
