/**
 * What we know of one peer: the four flags of BEP 3, what it has, what it can, what is under way.
 *
 * A passive noun: the corners of `torrent/` decide, each keeping its part of the state here, because almost every
 * decision needs several parts at once.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import type { Bitfield, Millis, PieceIndex } from "@bittern/protocol/base";
import { type Handshake, PeerWire } from "@bittern/protocol/peer";
import { Meter } from "../rate/meter.ts";
import type { LinkId } from "../session/ids.ts";
import type { Transport } from "./candidate.ts";
import { Pipeline } from "./pipeline.ts";

/** A request a peer has queued with us. */
export interface QueuedRequest {
  readonly piece: PieceIndex;
  readonly begin: number;
  readonly length: number;
}

/** How we came to know of a peer. */
export type PeerSource = "tracker" | "user" | "incoming" | "pex" | "dht" | "lsd" | "resume";

/** Message ids the peer chose in its extension handshake (BEP 10); 0 where it has none. */
export interface PeerExtensions {
  exchange: number;
  metadata: number;
  uploadOnly: number;
  dontHave: number;
  wish: number;
  holepunch: number;
  turn: number;
}

/** The part of uploads that concerns one peer. */
export interface UploadState {
  readonly queue: QueuedRequest[];
  /** Requests rejected since its queue was full. */
  overflow: number;
  /** How often it was told again that it may ask. */
  reminders: number;
  /** Payload bytes handed to the host and not yet reported as sent. */
  inFlight: number;
  /** While there are any: since when the system has taken none. What is written to the link since then waits behind them. */
  unsentSince: Millis;
  /** How many of those are padding. */
  paddingInFlight: number;
  /** Payload bytes since the last unchoke. */
  sinceUnchoke: number;
  unchokedAt: Millis;
  /** When its last turn among several began. */
  servedAt: Millis;
  /** It announced a piece in this turn, and may wait for a word of ours (`acknowledge.ts`). */
  hasAnnounced: boolean;
  /** Pieces it may request while choked (BEP 6), as we told it. */
  allowedFast: readonly PieceIndex[];
  /** Bytes of these that it asked for while choked; made with the first. */
  fastTaken: Map<PieceIndex, number> | undefined;
}

/** The part of requests that concerns one peer. */
export interface RequestState {
  /** Requests sent and not answered. */
  outstanding: number;
  readonly pipeline: Pipeline;
  /** The last time we asked, we asked for all that the pipeline holds. */
  isFull: boolean;
  /** When the last payload arrived, or the first request after a pause was sent. */
  progressAt: Millis;
  /** Pieces we may request while choked (BEP 6). */
  readonly allowedFast: Set<PieceIndex>;
  readonly suggested: PieceIndex[];
  /** A piece with blocks of it was verified, and since then none came falsely from it alone. */
  isProven: boolean;
  /** Blocks received from it of pieces that have no verdict yet. */
  unjudged: number;
  /** Payload bytes that nobody had asked for. */
  unsolicited: number;
  /** Pieces it was told that we need soon; made with the first. */
  wished: Set<PieceIndex> | undefined;
  /** It was given a piece that waited elsewhere. */
  hasTakenOver: boolean;
  /** It serves many, and wants to be asked for a piece when it offers one (`torrent/upload/offers.ts`). */
  takesTurns: boolean;
  /** It offered a piece, and has no answer yet. */
  isOffered: boolean;
  /** It did not answer when it was asked to leave requests (BEP 6). */
  keepsCancelled: boolean;
  /** Requests taken back that a fast peer still answers (BEP 6), by block; made when the first is taken back. */
  owed: Map<number, number> | undefined;
}

/** The part of offers (`torrent/upload/offers.ts`) that concerns one peer that speaks `by_turn`. */
export interface Guest {
  readonly peer: Peer;
  /** It was told to wait for offers. */
  isWaiting: boolean;
  /** When it was offered a piece that it has not answered. */
  offeredAt: Millis | undefined;
  /** Until then it is left alone. */
  restsUntil: Millis;
}

export interface PeerOptions {
  readonly link: LinkId;
  readonly remote: Endpoint;
  readonly dialledByUs: boolean;
  /** TCP unless given. */
  readonly transport?: Transport;
  readonly source: PeerSource;
  readonly now: Millis;
}

export class Peer {
  // What is asked of every peer for every piece stands first, then what every read needs: in a crowd each peer is far from the next in
  // memory, and what lies together comes together.

  /** What it has; `undefined` until the piece count is known. */
  pieces: Bitfield | undefined;
  /** It speaks `by_turn`; made when it says so. */
  guest: Guest | undefined;
  /** How many of its pieces we want and lack. */
  wantedPieces = 0;
  areWeInterested = false;
  /** It wanted something of us once: it is no seed that hides what it has. */
  wasInterested = false;
  /** It sent false pieces and no good one: it is asked for nothing (`distrust.ts`). */
  isDistrusted = false;
  readonly link: LinkId;
  readonly requests: RequestState = {
    outstanding: 0,
    pipeline: new Pipeline(),
    isFull: false,
    progressAt: 0,
    allowedFast: new Set(),
    suggested: [],
    isProven: false,
    unjudged: 0,
    unsolicited: 0,
    hasTakenOver: false,
    takesTurns: false,
    isOffered: false,
    keepsCancelled: false,
    wished: undefined,
    owed: undefined,
  };
  readonly uploads: UploadState = {
    queue: [],
    overflow: 0,
    reminders: 0,
    inFlight: 0,
    unsentSince: Number.NEGATIVE_INFINITY,
    paddingInFlight: 0,
    sinceUnchoke: 0,
    unchokedAt: 0,
    servedAt: 0,
    hasAnnounced: false,
    allowedFast: [],
    fastTaken: undefined,
  };
  readonly wire: PeerWire = new PeerWire();
  /** In whole milliseconds: a number with a fraction is an object of its own, which every read would have to fetch. */
  receivedAt: Millis;
  handshake: Handshake | undefined;
  isChokingUs = true;
  isInterested = false;
  isChokedByUs = true;
  isUploadOnly = false;
  isSnubbed = false;
  /** It speaks `by_turn` and is unchoked beside the slots (`torrent/upload/choking.ts`). */
  isGuest = false;
  /** What the choker counts it as (`choker/crowd.ts`). */
  crowdKind = 0;
  sentAt: Millis;
  readonly down: Meter = new Meter();
  readonly up: Meter = new Meter();

  readonly dialledByUs: boolean;
  readonly transport: Transport;
  readonly source: PeerSource;
  /** Where it was dialled, or where it came from. */
  readonly remote: Endpoint;
  /** Where others can reach it; known for incoming peers once they say so (BEP 10 `p`). */
  endpoint: Endpoint;
  readonly openedAt: Millis;
  /** A dialled link stands, or the peer came to us. */
  isConnected: boolean;
  /** Our handshake is on its way to it. */
  isGreeted = false;
  /** That handshake said that we speak version 2 (BEP 52). */
  isToldOfV2 = false;
  /** Hashes may be asked of it: both sides said that they speak version 2, or it came by the name that a torrent has there. */
  speaksV2 = false;
  /** As text of one character a byte; "" before the handshake. */
  peerId = "";
  client = "";
  /** Requests it accepts in its queue: `reqq`, 250 until told. */
  queueMax = 250;
  readonly extensions: PeerExtensions = { exchange: 0, metadata: 0, uploadOnly: 0, dontHave: 0, wish: 0, holepunch: 0, turn: 0 };
  metadataLength = 0;
  /** Unchoked as a trial, without having earned it. */
  isOptimistic = false;
  /** A full or empty field was announced before the piece count was known, or a raw field waits for it. */
  early: { all: boolean; field: Uint8Array | undefined; readonly have: PieceIndex[] } | undefined;
  /** True after the first message that may tell what it has. */
  hasTold = false;
  /** Times it had every piece and took one back. */
  falls = 0;
  /** It took a piece back. */
  hasTakenBack = false;

  constructor(options: PeerOptions) {
    this.link = options.link;
    this.remote = options.remote;
    this.endpoint = options.remote;
    this.dialledByUs = options.dialledByUs;
    this.transport = options.transport ?? "tcp";
    this.source = options.source;
    this.openedAt = options.now;
    this.isConnected = !options.dialledByUs;
    this.receivedAt = Math.floor(options.now);
    this.sentAt = options.now;
  }

  get isSeed(): boolean {
    return this.pieces?.isFull ?? this.early?.all ?? false;
  }

  get canFast(): boolean {
    return this.handshake?.features.fast ?? false;
  }

  has(piece: PieceIndex): boolean {
    return this.pieces?.has(piece) ?? false;
  }
}
