/**
 * Reads what one end of a link writes (BEP 3), on its own: a second implementation, so that a mistake of the engine's
 * framing is not repeated here. Payload is skipped, only its place is told.
 *
 *     <19> "BitTorrent protocol" <reserved: 8> <info hash: 20> <peer id: 20>   then   <length: u32> <id: u8> …
 * @module
 */
import { toHex } from "@bittern/protocol/base";

const HANDSHAKE_LENGTH = 68;
const PROTOCOL = "BitTorrent protocol";
/** Of a `piece` message this much is looked at: length, id, piece, begin. */
const PIECE_HEAD_LENGTH = 13;
/** Bytes; no honest message of ours is longer, except `piece` whose payload is not kept. */
const MESSAGE_LENGTH_MAX = 1024 * 1024;

export const ID = {
  choke: 0,
  unchoke: 1,
  interested: 2,
  notInterested: 3,
  have: 4,
  bitfield: 5,
  request: 6,
  piece: 7,
  cancel: 8,
  suggest: 13,
  haveAll: 14,
  haveNone: 15,
  reject: 16,
  allowedFast: 17,
  extended: 20,
} as const;

export interface WireMessage {
  readonly id: number;
  /** What follows the id; of a `piece` only piece and begin. Dies when the visitor returns. */
  readonly payload: Uint8Array;
  /** Bytes after the id. */
  readonly payloadLength: number;
}

/** Who is told. */
export interface WireVisitor {
  handshake(infoHash: string, reserved: Uint8Array): void;
  message(message: WireMessage): void;
  /** Not what we speak, or enciphered: nothing more is read. */
  foreign(why: string): void;
}

export class WireReader {
  readonly #visitor: WireVisitor;
  #rest: Uint8Array = new Uint8Array(0);
  /** Payload of a `piece` that is still to be skipped. */
  #skip = 0;
  #state: "handshake" | "messages" | "foreign" = "handshake";

  constructor(visitor: WireVisitor) {
    this.#visitor = visitor;
  }

  receive(bytes: Uint8Array): void {
    if (this.#state === "foreign") return;
    let view = bytes;
    if (this.#rest.length > 0) {
      view = new Uint8Array(this.#rest.length + bytes.length);
      view.set(this.#rest);
      view.set(bytes, this.#rest.length);
    }
    let at = 0;
    for (let used = -1; used !== 0; at += used) used = this.#take(view, at);
    this.#rest = view.slice(at);
  }

  /** Takes one unit from `at` on; returns its length, 0 when it is not whole yet. */
  #take(view: Uint8Array, at: number): number {
    const left = view.length - at;
    if (this.#state === "foreign" || left === 0) return 0;
    if (this.#state === "handshake") return this.#takeHandshake(view, at);
    if (this.#skip > 0) {
      const skipped = Math.min(left, this.#skip);
      this.#skip -= skipped;
      return skipped;
    }
    if (left < 4) return 0;
    const length = u32(view, at);
    if (length === 0) return 4;
    if (left < 5) return 0;
    const id = view[at + 4] as number;
    if (id === ID.piece) return this.#takePiece(view, at, length);
    if (length > MESSAGE_LENGTH_MAX) return this.#giveUp(`a message of ${length} bytes`);
    if (left < 4 + length) return 0;
    this.#visitor.message({ id, payload: view.subarray(at + 5, at + 4 + length), payloadLength: length - 1 });
    return 4 + length;
  }

  #takePiece(view: Uint8Array, at: number, length: number): number {
    if (view.length - at < PIECE_HEAD_LENGTH) return 0;
    this.#skip = length - 9;
    this.#visitor.message({ id: ID.piece, payload: view.subarray(at + 5, at + PIECE_HEAD_LENGTH), payloadLength: length - 1 });
    return PIECE_HEAD_LENGTH;
  }

  #takeHandshake(view: Uint8Array, at: number): number {
    if (view[at] !== PROTOCOL.length) return this.#giveUp("no handshake");
    if (view.length - at < HANDSHAKE_LENGTH) return 0;
    this.#state = "messages";
    this.#visitor.handshake(toHex(view.subarray(at + 28, at + 48)), view.slice(at + 20, at + 28));
    return HANDSHAKE_LENGTH;
  }

  #giveUp(why: string): number {
    this.#state = "foreign";
    this.#visitor.foreign(why);
    return 0;
  }
}

/** Reads a big-endian number. */
export function u32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0
  );
}
