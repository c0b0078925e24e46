/**
 * Bytes to peer messages (BEP 3, 6, 10, 52).
 *
 * The hot path of a download: views instead of copies, one object shape for each type, nothing else allocated.
 * @module
 */
import { type HashesMessage, type HashRangeMessage, MESSAGE_ID, type PeerMessage } from "./message.ts";

const HASH_LENGTH = 32;

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

/** Big-endian, unsigned. */
export function u32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0
  );
}

/** A plain Uint8Array even where Node hands in a Buffer: `subarray` would ask for the species, and the shapes would mix. */
export function view(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
}
