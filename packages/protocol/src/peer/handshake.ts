/**
 * The first 68 bytes each way (BEP 3), with the feature bits of BEP 5, 6, 10 and 52.
 *
 *     <19> "BitTorrent protocol" <reserved: 8> <info hash: 20> <peer id: 20>
 * @module
 */
import { assert, equalBytes, ProtocolError, utf8 } from "../base/index.ts";

/** Bytes. */
export const HANDSHAKE_LENGTH: number = 68;
/** Bytes of an info hash on the wire (that of a v2 torrent is cut) and of a peer id. */
export const ID_LENGTH: number = 20;

/** What every stream begins with: the length of the name, and the name. */
const GREETING: Uint8Array = utf8("\u0013BitTorrent protocol");
const RESERVED_AT = 20;
const INFO_HASH_AT = 28;
const PEER_ID_AT = 48;

/** Which reserved byte, and which bit of it. */
const EXTENDED = { at: RESERVED_AT + 5, bit: 0x10 };
const FAST = { at: RESERVED_AT + 7, bit: 0x04 };
const DHT = { at: RESERVED_AT + 7, bit: 0x01 };
const V2 = { at: RESERVED_AT + 7, bit: 0x10 };

/** What a side can do; a feature is in force when both say so. */
export interface HandshakeFeatures {
  /** BEP 10. */
  readonly extended: boolean;
  /** BEP 6. */
  readonly fast: boolean;
  /** BEP 5: will send its DHT port. */
  readonly dht: boolean;
  /** BEP 52: speaks v2, also where the info hash is that of v1. */
  readonly v2: boolean;
}

/** All of a handshake but the peer id. */
export interface HandshakeHead {
  /** 20 bytes. */
  readonly infoHash: Uint8Array;
  readonly features: HandshakeFeatures;
}

export interface Handshake extends HandshakeHead {
  /** 20 bytes. */
  readonly peerId: Uint8Array;
}

/** The 68 bytes of the wire. */
export function encodeHandshake(handshake: Handshake): Uint8Array<ArrayBuffer> {
  const { infoHash, peerId, features } = handshake;
  assert(infoHash.length === ID_LENGTH && peerId.length === ID_LENGTH, "info hash and peer id have 20 bytes");
  const bytes = new Uint8Array(HANDSHAKE_LENGTH);
  bytes.set(GREETING);
  if (features.extended) setBit(bytes, EXTENDED);
  if (features.fast) setBit(bytes, FAST);
  if (features.dht) setBit(bytes, DHT);
  if (features.v2) setBit(bytes, V2);
  bytes.set(infoHash, INFO_HASH_AT);
  bytes.set(peerId, PEER_ID_AT);
  return bytes;
}

/** Reads a whole handshake whose greeting was checked; the ids are copies. */
export function decodeHandshake(bytes: Uint8Array): Handshake {
  assert(bytes.length >= HANDSHAKE_LENGTH && equalBytes(bytes.subarray(0, GREETING.length), GREETING), "the handshake is whole");
  return { ...headOf(bytes), peerId: Uint8Array.from(bytes.subarray(PEER_ID_AT, HANDSHAKE_LENGTH)) };
}

/** What so much of a handshake says before its peer id; `undefined` below 48 bytes. The info hash is a copy. */
export function decodeHandshakeHead(bytes: Uint8Array, length: number): HandshakeHead | undefined {
  return length >= PEER_ID_AT ? headOf(bytes) : undefined;
}

function headOf(bytes: Uint8Array): HandshakeHead {
  return {
    infoHash: Uint8Array.from(bytes.subarray(INFO_HASH_AT, PEER_ID_AT)),
    features: { extended: hasBit(bytes, EXTENDED), fast: hasBit(bytes, FAST), dht: hasBit(bytes, DHT), v2: hasBit(bytes, V2) },
  };
}

/** Throws as soon as a byte differs from the greeting; `bytes` continue a stream of which `before` bytes were checked. */
export function checkGreeting(bytes: Uint8Array, before: number): void {
  const end = Math.min(bytes.length, GREETING.length - before);
  for (let at = 0; at < end; at++) {
    if (bytes[at] !== GREETING[before + at]) throw new ProtocolError("NOT_A_HANDSHAKE", `byte ${before + at} is no BitTorrent handshake`);
  }
}

function setBit(bytes: Uint8Array, { at, bit }: { at: number; bit: number }): void {
  bytes[at] = (bytes[at] as number) | bit;
}

function hasBit(bytes: Uint8Array, { at, bit }: { at: number; bit: number }): boolean {
  return ((bytes[at] as number) & bit) !== 0;
}
