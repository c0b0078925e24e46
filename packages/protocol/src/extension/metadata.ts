/**
 * Fetching the info dictionary from peers (BEP 9).
 *
 *     request  d8:msg_typei0e5:piecei<n>ee
 *     data     d8:msg_typei1e5:piecei<n>e10:total_sizei<length>ee <the piece: 16 KiB, the last one shorter>
 *     reject   d8:msg_typei2e5:piecei<n>ee
 * @module
 */
import { assert, concatBytes, MIB, NO_BYTES, ProtocolError } from "../base/index.ts";
import { BencodeDictionary, decodePrefix, encode, LIMITS_MESSAGE } from "../bencode/index.ts";

/** Bytes of every piece but the last. */
export const METADATA_PIECE_LENGTH: number = 16_384;
/** Bytes of the largest info dictionary we fetch: the hashes of 800,000 pieces fit. */
export const METADATA_LENGTH_MAX: number = 16 * MIB;

const PIECES_MAX = METADATA_LENGTH_MAX / METADATA_PIECE_LENGTH;
const TYPES = ["request", "data", "reject"] as const;

export interface MetadataMessage {
  readonly type: "request" | "data" | "reject";
  readonly piece: number;
  /** Bytes of the whole info dictionary; only with `data`. */
  readonly totalSize?: number;
  /** The piece; only with `data`, and always there. A view when received. */
  readonly bytes?: Uint8Array;
}

/** The payload of a `ut_metadata` message. */
export function encodeMetadataMessage(message: MetadataMessage): Uint8Array<ArrayBuffer> {
  const { type, piece, totalSize, bytes } = message;
  const header = encode({ msg_type: TYPES.indexOf(type), piece, total_size: type === "data" ? totalSize : undefined });
  return type === "data" ? concatBytes([header, bytes ?? NO_BYTES]) : header;
}

/** `undefined` for a type of message that is yet to be invented, which BEP 9 asks to ignore. */
export function decodeMetadataMessage(payload: Uint8Array): MetadataMessage | undefined {
  const { value, byteLength } = decodePrefix(payload, LIMITS_MESSAGE);
  const code = value instanceof BencodeDictionary ? value.integer("msg_type") : undefined;
  if (!(value instanceof BencodeDictionary) || code === undefined) throw wrong("metadata message without a type");
  const type = TYPES[code];
  if (type === undefined) return undefined;
  const piece = value.integer("piece");
  if (piece === undefined || piece < 0 || piece >= PIECES_MAX) throw wrong(`metadata piece ${piece}`);
  if (type !== "data") return { type, piece };
  return decodeData(piece, value.integer("total_size"), payload.subarray(byteLength));
}

function decodeData(piece: number, totalSize: number | undefined, bytes: Uint8Array): MetadataMessage {
  if (bytes.length === 0 || bytes.length > METADATA_PIECE_LENGTH) throw wrong(`metadata piece of ${bytes.length} bytes`);
  // Some clients leave the size out, since the handshake has named it already.
  if (totalSize === undefined) return { type: "data", piece, bytes };
  if (totalSize < 1 || totalSize > METADATA_LENGTH_MAX) throw wrong(`metadata of ${totalSize} bytes`);
  if (bytes.length !== pieceLength(piece, totalSize))
    throw wrong(`metadata piece ${piece} of ${bytes.length} bytes, of ${totalSize} in all`);
  return { type: "data", piece, totalSize, bytes };
}

/** 0 or less past the end. */
function pieceLength(piece: number, totalSize: number): number {
  return Math.min(METADATA_PIECE_LENGTH, totalSize - piece * METADATA_PIECE_LENGTH);
}

function wrong(message: string): ProtocolError {
  return new ProtocolError("METADATA_MESSAGE_WRONG", message);
}

/**
 * Puts an info dictionary of a known size together from pieces of several peers. It verifies nothing: whoever takes the
 * whole compares its hash, and starts over without the contributors when it is wrong. Memory follows what has arrived.
 */
export class MetadataAssembly<Peer> {
  /** Bytes of the whole. */
  readonly length: number;
  readonly pieceCount: number;
  readonly #pieces: (Uint8Array<ArrayBuffer> | undefined)[];
  readonly #askedOf: (Peer | undefined)[];
  readonly #contributors: Set<Peer> = new Set();
  #takenCount = 0;
  #takenLength = 0;

  constructor(length: number) {
    assert(length >= 1 && length <= METADATA_LENGTH_MAX, "the metadata is of a length we fetch");
    this.length = length;
    this.pieceCount = Math.ceil(length / METADATA_PIECE_LENGTH);
    this.#pieces = new Array(this.pieceCount);
    this.#askedOf = new Array(this.pieceCount);
  }

  /** The first piece that is neither here nor asked of anybody. */
  get wanted(): number | undefined {
    for (let piece = 0; piece < this.pieceCount; piece++) {
      if (this.#pieces[piece] === undefined && this.#askedOf[piece] === undefined) return piece;
    }
    return undefined;
  }

  has(piece: number): boolean {
    return this.#pieces[piece] !== undefined;
  }

  get isWhole(): boolean {
    return this.#takenCount === this.pieceCount;
  }

  /** Bytes that are here. */
  get takenLength(): number {
    return this.#takenLength;
  }

  /** Remembers who was asked for a piece; a later call replaces an earlier one. */
  ask(piece: number, of: Peer): void {
    assert(piece >= 0 && piece < this.pieceCount && !this.has(piece), "only a missing piece is asked for");
    this.#askedOf[piece] = of;
  }

  /** The piece may be asked of somebody else: it was refused, or did not come in time. */
  release(piece: number, by: Peer): void {
    if (this.#askedOf[piece] === by) this.#askedOf[piece] = undefined;
  }

  /** Keeps a copy of a piece; false when it is past the end, of the wrong length, or here already. */
  take(piece: number, bytes: Uint8Array, from: Peer): boolean {
    if (!Number.isInteger(piece) || piece < 0 || this.has(piece) || bytes.length !== pieceLength(piece, this.length)) return false;
    this.#pieces[piece] = Uint8Array.from(bytes);
    this.#askedOf[piece] = undefined;
    this.#contributors.add(from);
    this.#takenCount++;
    this.#takenLength += bytes.length;
    assert(this.#takenCount <= this.pieceCount, "no piece is taken twice");
    return true;
  }

  /** The info dictionary as the peers say it is; `undefined` while pieces are missing. */
  whole(): Uint8Array<ArrayBuffer> | undefined {
    return this.isWhole ? concatBytes(this.#pieces as Uint8Array[]) : undefined;
  }

  /** Whoever gave a piece, in the order of their first one. */
  contributors(): readonly Peer[] {
    return [...this.#contributors];
  }
}
