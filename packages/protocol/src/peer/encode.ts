/**
 * Peer messages to bytes (BEP 3, 6, 10, 52).
 * @module
 */
import { assert, type PieceIndex, unreachable } from "../base/index.ts";
import {
  type BlockRange,
  type ExtendedMessage,
  type HashesMessage,
  type HashRange,
  MESSAGE_ID,
  type PeerMessage,
  PIECE_HEADER_LENGTH,
  type PieceMessage,
  PREFIX_LENGTH,
  REQUEST_LENGTH,
} from "./message.ts";

/** Bytes of one slab, and most that a list of requests takes of it. */
const SLAB_LENGTH = 32 * 1024;
const SLAB_SHARE_MAX = SLAB_LENGTH / 8;
const HASH_LENGTH = 32;

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

/** Many requests in one array, for one write. Hot. */
export function encodeRequests(blocks: readonly BlockRange[]): Uint8Array<ArrayBuffer> {
  const bytes = takeBytes(blocks.length * REQUEST_LENGTH);
  let at = 0;
  for (const block of blocks) {
    writeRange(bytes, at, MESSAGE_ID.request, block);
    at += REQUEST_LENGTH;
  }
  return bytes;
}

/** Writes the 13 bytes that stand before a block of `length` bytes; the host puts the block behind them. Hot. */
export function writePieceHeader(target: Uint8Array, at: number, piece: PieceIndex, begin: number, length: number): void {
  const frameLength = PIECE_HEADER_LENGTH - PREFIX_LENGTH + length;
  target[at] = frameLength >>> 24;
  target[at + 1] = frameLength >>> 16;
  target[at + 2] = frameLength >>> 8;
  target[at + 3] = frameLength;
  target[at + 4] = MESSAGE_ID.piece;
  target[at + 5] = piece >>> 24;
  target[at + 6] = piece >>> 16;
  target[at + 7] = piece >>> 8;
  target[at + 8] = piece;
  target[at + 9] = begin >>> 24;
  target[at + 10] = begin >>> 16;
  target[at + 11] = begin >>> 8;
  target[at + 12] = begin;
}

/**
 * Memory that nobody had before. An array of more than 64 bytes lies outside of V8's heap, and while piece buffers come and go each
 * such allocation starts a collection of young objects (measured: 65 of them a GiB); so one allocation serves many lists.
 */
function takeBytes(byteLength: number): Uint8Array<ArrayBuffer> {
  if (byteLength > SLAB_SHARE_MAX) return new Uint8Array(byteLength);
  if (slab === undefined || slabTaken + byteLength > SLAB_LENGTH) {
    slab = new ArrayBuffer(SLAB_LENGTH);
    slabTaken = 0;
  }
  const bytes = new Uint8Array(slab, slabTaken, byteLength);
  slabTaken += byteLength;
  return bytes;
}
let slab: ArrayBuffer | undefined;
let slabTaken = 0;

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

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
