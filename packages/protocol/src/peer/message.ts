/**
 * The messages two peers exchange after the handshake (BEP 3, 6, 10, 52).
 *
 *     <length: u32> <id: u8> <payload: length - 1 bytes>        length 0 is a keep-alive
 * @module
 */
import type { PieceIndex } from "../base/index.ts";

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
/** Bytes of a request, prefix included. */
export const REQUEST_LENGTH: number = 17;
/** Bytes of a have, prefix included. */
export const HAVE_LENGTH: number = 9;

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
