/**
 * The messages two peers exchange after the handshake (BEP 3, 6, 10, 52).
 *
 *     <length: u32> <id: u8> <payload: length - 1 bytes>        length 0 is a keep-alive
 *
 * Decoding is the hot path of a download: views instead of copies, one object shape for each type, nothing else allocated.
 * @module
 */
import { assert, type PieceIndex, unreachable } from "../base/index.ts";

/** The id byte of each message. */
export const MESSAGE_ID = {
  choke: 0,
  unchoke: 1,
  interested: 2,
  notInterested: 3,
  have: 4,
  bitfield: 5,
  request: 6,
  piece: 7,
  cancel: 8,
  port: 9,
  suggest: 13,
  haveAll: 14,
  haveNone: 15,
  reject: 16,
  allowedFast: 17,
  extended: 20,
  hashRequest: 21,
  hashes: 22,
  hashReject: 23,
} as const;

/** Bytes of the length that stands before every message. */
export const PREFIX_LENGTH = 4;
/** Bytes before the payload of a `piece` message: prefix, id, piece and begin. */
export const PIECE_HEADER_LENGTH: number = 13;
const REQUEST_LENGTH = 17;
const HASH_LENGTH = 32;

/** Where a block lies. */
export interface BlockRange {
  readonly piece: PieceIndex;
  /** Bytes into the piece. */
  readonly begin: number;
  /** Bytes. */
  readonly length: number;
}

/** Which part of a file's hash tree (BEP 52). */
export interface HashRange {
  /** 32 bytes, the root of the file. */
  readonly root: Uint8Array;
  /** Layers above the leaves. */
  readonly baseLayer: number;
  /** First hash, counted in the base layer. */
  readonly index: number;
  /** Hashes of the base layer. */
  readonly length: number;
  readonly proofLayers: number;
}

/** A message without payload. */
export interface SignalMessage {
  readonly type: "keep-alive" | "choke" | "unchoke" | "interested" | "not-interested" | "have-all" | "have-none";
}
export interface PieceIndexMessage {
  readonly type: "have" | "suggest" | "allowed-fast";
  readonly piece: PieceIndex;
}
export interface BitfieldMessage {
  readonly type: "bitfield";
  readonly bytes: Uint8Array;
}
export interface BlockRangeMessage extends BlockRange {
  readonly type: "request" | "cancel" | "reject";
}
export interface PieceMessage {
  readonly type: "piece";
  readonly piece: PieceIndex;
  readonly begin: number;
  readonly block: Uint8Array;
}
/** The DHT port of BEP 5. */
export interface PortMessage {
  readonly type: "port";
  readonly port: number;
}
export interface ExtendedMessage {
  readonly type: "extended";
  /** 0: the extension handshake; else what the receiver gave the extension. */
  readonly id: number;
  readonly payload: Uint8Array;
}
export interface HashRangeMessage extends HashRange {
  readonly type: "hash-request" | "hash-reject";
}
export interface HashesMessage extends HashRange {
  readonly type: "hashes";
  /** 32 bytes each: the base layer from left to right, then the uncles upwards. */
  readonly hashes: Uint8Array;
}
/** A message of a BEP we do not speak; its payload was skipped. */
export interface UnknownMessage {
  readonly type: "unknown";
  readonly id: number;
}

/** Byte arrays in a received message are views that die with the next `receive`; copy them to keep them. */
export type PeerMessage =
  | SignalMessage
  | PieceIndexMessage
  | BitfieldMessage
  | BlockRangeMessage
  | PieceMessage
  | PortMessage
  | ExtendedMessage
  | HashRangeMessage
  | HashesMessage
  | UnknownMessage;

export const KEEP_ALIVE: PeerMessage = { type: "keep-alive" };
const CHOKE: PeerMessage = { type: "choke" };
const UNCHOKE: PeerMessage = { type: "unchoke" };
const INTERESTED: PeerMessage = { type: "interested" };
const NOT_INTERESTED: PeerMessage = { type: "not-interested" };
const HAVE_ALL: PeerMessage = { type: "have-all" };
const HAVE_NONE: PeerMessage = { type: "have-none" };

/** Reads the message whose id stands at `at`; `length` counts from there and was checked against the limits. Hot. */
export function decodeMessage(bytes: Uint8Array, at: number, length: number): PeerMessage {
  const id = bytes[at] as number;
  const body = at + 1;
  switch (id) {
    case MESSAGE_ID.piece:
      return { type: "piece", piece: u32(bytes, body), begin: u32(bytes, body + 4), block: view(bytes, body + 8, length - 9) };
    case MESSAGE_ID.request:
      return { type: "request", piece: u32(bytes, body), begin: u32(bytes, body + 4), length: u32(bytes, body + 8) };
    case MESSAGE_ID.have:
      return { type: "have", piece: u32(bytes, body) };
    case MESSAGE_ID.choke:
      return CHOKE;
    case MESSAGE_ID.unchoke:
      return UNCHOKE;
    case MESSAGE_ID.interested:
      return INTERESTED;
    case MESSAGE_ID.notInterested:
      return NOT_INTERESTED;
    case MESSAGE_ID.bitfield:
      return { type: "bitfield", bytes: view(bytes, body, length - 1) };
    case MESSAGE_ID.cancel:
      return { type: "cancel", piece: u32(bytes, body), begin: u32(bytes, body + 4), length: u32(bytes, body + 8) };
    case MESSAGE_ID.reject:
      return { type: "reject", piece: u32(bytes, body), begin: u32(bytes, body + 4), length: u32(bytes, body + 8) };
    case MESSAGE_ID.port:
      return { type: "port", port: ((bytes[body] as number) << 8) | (bytes[body + 1] as number) };
    case MESSAGE_ID.suggest:
      return { type: "suggest", piece: u32(bytes, body) };
    case MESSAGE_ID.allowedFast:
      return { type: "allowed-fast", piece: u32(bytes, body) };
    case MESSAGE_ID.haveAll:
      return HAVE_ALL;
    case MESSAGE_ID.haveNone:
      return HAVE_NONE;
    case MESSAGE_ID.extended:
      return { type: "extended", id: bytes[body] as number, payload: view(bytes, body + 1, length - 2) };
    case MESSAGE_ID.hashRequest:
      return decodeHashRange("hash-request", bytes, body);
    case MESSAGE_ID.hashReject:
      return decodeHashRange("hash-reject", bytes, body);
    case MESSAGE_ID.hashes:
      return decodeHashes(bytes, body, length - 1);
    default:
      return { type: "unknown", id };
  }
}

function decodeHashRange(type: "hash-request" | "hash-reject", bytes: Uint8Array, at: number): HashRangeMessage {
  const root = view(bytes, at, HASH_LENGTH);
  const fields = at + HASH_LENGTH;
  return {
    type,
    root,
    baseLayer: u32(bytes, fields),
    index: u32(bytes, fields + 4),
    length: u32(bytes, fields + 8),
    proofLayers: u32(bytes, fields + 12),
  };
}

function decodeHashes(bytes: Uint8Array, at: number, length: number): HashesMessage {
  const fields = at + HASH_LENGTH;
  const hashesAt = fields + 16;
  return {
    type: "hashes",
    root: view(bytes, at, HASH_LENGTH),
    baseLayer: u32(bytes, fields),
    index: u32(bytes, fields + 4),
    length: u32(bytes, fields + 8),
    proofLayers: u32(bytes, fields + 12),
    hashes: view(bytes, hashesAt, at + length - hashesAt),
  };
}

/** The message with its prefix, in an array of its own. */
export function encodeMessage(message: PeerMessage): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case "keep-alive":
      return new Uint8Array(PREFIX_LENGTH);
    case "choke":
      return frame(MESSAGE_ID.choke, 0);
    case "unchoke":
      return frame(MESSAGE_ID.unchoke, 0);
    case "interested":
      return frame(MESSAGE_ID.interested, 0);
    case "not-interested":
      return frame(MESSAGE_ID.notInterested, 0);
    case "have-all":
      return frame(MESSAGE_ID.haveAll, 0);
    case "have-none":
      return frame(MESSAGE_ID.haveNone, 0);
    case "have":
      return encodeWord(MESSAGE_ID.have, message.piece);
    case "suggest":
      return encodeWord(MESSAGE_ID.suggest, message.piece);
    case "allowed-fast":
      return encodeWord(MESSAGE_ID.allowedFast, message.piece);
    case "bitfield":
      return encodeBytes(MESSAGE_ID.bitfield, message.bytes);
    case "request":
      return encodeRange(MESSAGE_ID.request, message);
    case "cancel":
      return encodeRange(MESSAGE_ID.cancel, message);
    case "reject":
      return encodeRange(MESSAGE_ID.reject, message);
    case "piece":
      return encodePiece(message);
    case "port":
      return encodePort(message.port);
    case "extended":
      return encodeExtended(message);
    case "hash-request":
      return encodeHashRange(MESSAGE_ID.hashRequest, message, 0);
    case "hash-reject":
      return encodeHashRange(MESSAGE_ID.hashReject, message, 0);
    case "hashes":
      return encodeHashes(message);
    case "unknown":
      return frame(message.id, 0);
    default:
      return unreachable(message);
  }
}

/** Many requests in one array, for one write. */
export function encodeRequests(blocks: readonly BlockRange[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(blocks.length * REQUEST_LENGTH);
  let at = 0;
  for (const block of blocks) {
    writeRange(bytes, at, MESSAGE_ID.request, block);
    at += REQUEST_LENGTH;
  }
  return bytes;
}

/** Writes the 13 bytes that stand before a block of `length` bytes; the host puts the block behind them. Hot. */
export function writePieceHeader(target: Uint8Array, at: number, piece: PieceIndex, begin: number, length: number): void {
  writeU32(target, at, PIECE_HEADER_LENGTH - PREFIX_LENGTH + length);
  target[at + 4] = MESSAGE_ID.piece;
  writeU32(target, at + 5, piece);
  writeU32(target, at + 9, begin);
}

/** Prefix, id and room for the payload. */
function frame(id: number, payloadLength: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PREFIX_LENGTH + 1 + payloadLength);
  writeU32(bytes, 0, 1 + payloadLength);
  bytes[PREFIX_LENGTH] = id;
  return bytes;
}

function encodeWord(id: number, word: number): Uint8Array<ArrayBuffer> {
  const bytes = frame(id, 4);
  writeU32(bytes, 5, word);
  return bytes;
}

function encodeBytes(id: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = frame(id, payload.length);
  bytes.set(payload, 5);
  return bytes;
}

function encodeRange(id: number, range: BlockRange): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(REQUEST_LENGTH);
  writeRange(bytes, 0, id, range);
  return bytes;
}

function writeRange(target: Uint8Array, at: number, id: number, range: BlockRange): void {
  writeU32(target, at, REQUEST_LENGTH - PREFIX_LENGTH);
  target[at + 4] = id;
  writeU32(target, at + 5, range.piece);
  writeU32(target, at + 9, range.begin);
  writeU32(target, at + 13, range.length);
}

function encodePiece(message: PieceMessage): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PIECE_HEADER_LENGTH + message.block.length);
  writePieceHeader(bytes, 0, message.piece, message.begin, message.block.length);
  bytes.set(message.block, PIECE_HEADER_LENGTH);
  return bytes;
}

function encodePort(port: number): Uint8Array<ArrayBuffer> {
  const bytes = frame(MESSAGE_ID.port, 2);
  bytes[5] = port >> 8;
  bytes[6] = port & 255;
  return bytes;
}

function encodeExtended(message: ExtendedMessage): Uint8Array<ArrayBuffer> {
  const bytes = frame(MESSAGE_ID.extended, 1 + message.payload.length);
  bytes[5] = message.id;
  bytes.set(message.payload, 6);
  return bytes;
}

function encodeHashRange(id: number, range: HashRange, hashesLength: number): Uint8Array<ArrayBuffer> {
  assert(range.root.length === HASH_LENGTH, "a root has 32 bytes");
  const bytes = frame(id, HASH_LENGTH + 16 + hashesLength);
  const fields = 5 + HASH_LENGTH;
  bytes.set(range.root, 5);
  writeU32(bytes, fields, range.baseLayer);
  writeU32(bytes, fields + 4, range.index);
  writeU32(bytes, fields + 8, range.length);
  writeU32(bytes, fields + 12, range.proofLayers);
  return bytes;
}

function encodeHashes(message: HashesMessage): Uint8Array<ArrayBuffer> {
  const bytes = encodeHashRange(MESSAGE_ID.hashes, message, message.hashes.length);
  bytes.set(message.hashes, bytes.length - message.hashes.length);
  return bytes;
}

/** Big-endian, unsigned. */
export function u32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0
  );
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** A plain Uint8Array even where Node hands in a Buffer: `subarray` would ask for the species, and the shapes would mix. */
function view(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
}
