/**
 * The two sides of a link as an onlooker knows them: who has which pieces, who chokes whom, what was asked.
 * @module
 */
import type { SimulatedHost } from "../host.ts";
import { ID, u32, type WireMessage } from "./wire.ts";

/** One side: what it has said so far. */
export class Side {
  readonly host: SimulatedHost;
  /** The side it speaks to; set when both are known. */
  other: Side | undefined;
  infoHash = "";
  /** Whether it offered the fast extension (BEP 6). */
  offersFast = false;
  /** It chokes the other. */
  chokes = true;
  isInterested = false;
  isClosed = false;
  /** Messages after the handshake. */
  messageCount = 0;
  /** Pieces it announced. */
  readonly announced: Set<number> = new Set();
  /** Pieces it lets the other have although it chokes. */
  readonly allowedFast: Set<number> = new Set();
  /** What it asked for and neither got nor took back. */
  readonly open: Set<string> = new Set();
  /** Answers it may still get for a block: one for each time it asked, also when it took that back. */
  readonly owed: Map<string, number> = new Map();
  /** Payload bytes sent. */
  sentLength = 0;

  constructor(host: SimulatedHost) {
    this.host = host;
  }

  get isFast(): boolean {
    return this.offersFast && this.other?.offersFast === true;
  }
}

/** A block as a key. */
export function blockKey({ payload, payloadLength, id }: WireMessage): string {
  const length = id === ID.piece ? payloadLength - 8 : u32(payload, 8);
  return `${u32(payload, 0)}:${u32(payload, 4)}:${length}`;
}

/** Takes in what a side said, after all rules have looked at it. */
export function apply(side: Side, message: WireMessage, pieceCount: number): void {
  const { other } = side;
  side.messageCount++;
  switch (message.id) {
    case ID.choke:
      side.chokes = true;
      // Without the fast extension a choke throws all requests away; with it each is rejected by itself.
      if (other !== undefined && !side.isFast) {
        other.open.clear();
        other.owed.clear();
      }
      return;
    case ID.unchoke:
      side.chokes = false;
      return;
    case ID.interested:
      side.isInterested = true;
      return;
    case ID.notInterested:
      side.isInterested = false;
      return;
    case ID.have:
      side.announced.add(u32(message.payload, 0));
      return;
    case ID.bitfield:
      for (let piece = 0; piece < pieceCount; piece++) if (hasBit(message.payload, piece)) side.announced.add(piece);
      return;
    case ID.haveAll:
      for (let piece = 0; piece < pieceCount; piece++) side.announced.add(piece);
      return;
    case ID.allowedFast:
      side.allowedFast.add(u32(message.payload, 0));
      return;
    case ID.request:
      ask(side, blockKey(message));
      return;
    case ID.cancel:
      side.open.delete(blockKey(message));
      return;
    case ID.reject:
      if (other !== undefined) settle(other, blockKey(message));
      return;
    case ID.piece:
      side.sentLength += message.payloadLength - 8;
      if (other !== undefined) settle(other, blockKey(message));
      return;
  }
}

function ask(side: Side, key: string): void {
  side.open.add(key);
  side.owed.set(key, (side.owed.get(key) ?? 0) + 1);
}

/** One answer came: to the first time it was asked for, which may have been taken back while a second one waits. */
function settle(side: Side, key: string): void {
  const left = (side.owed.get(key) ?? 0) - 1;
  if (left > 0) {
    side.owed.set(key, left);
    return;
  }
  side.owed.delete(key);
  side.open.delete(key);
}

/** Whether a bitfield message has a piece. */
export function hasBit(payload: Uint8Array, piece: number): boolean {
  return (((payload[piece >> 3] ?? 0) >> (7 - (piece & 7))) & 1) === 1;
}
