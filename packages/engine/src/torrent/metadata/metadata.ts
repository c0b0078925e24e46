/**
 * The info dictionary from peers (BEP 9): fetched when only its hash is known, served to others when it is here.
 *
 * Peers disagree about its length until one of them is proven right, so an assembly is kept for each length claimed. What does
 * not hash to the info hash is dropped. Where one peer gave all of it, that one lied; where several did, nobody knows who, and
 * the next try of that length is taken from one peer alone, so that a liar is found and an honest one suffices.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import { toHex } from "@bittern/protocol/base";
import { sha1, sha256 } from "@bittern/protocol/crypto";
import {
  decodeMetadataMessage,
  encodeMetadataMessage,
  METADATA_LENGTH_MAX,
  METADATA_PIECE_LENGTH,
  MetadataAssembly,
} from "@bittern/protocol/extension";
import { encodeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../../peers/peer.ts";
import type { Allowance } from "../../session/allowance.ts";
import type { SessionOutput } from "../../session/output.ts";
import type { Answers } from "./answers.ts";

/** Requests under way with one peer. */
const REQUESTS_MAX = 4;
/** Lengths kept at the same time that no connected peer claims any more; each peer may claim one. */
const ASSEMBLIES_MAX = 4;
/** How long one request may take. */
const REQUEST_TIMEOUT_MILLIS = 10_000;
/** How long one peer alone may take, and for each piece more, before another has its turn. */
const SOLE_MILLIS = 30_000;
const SOLE_PIECE_MILLIS = 1_000;
/** With no memory left for anybody, what did not grow for so long is given up. */
const STALLED_MILLIS = 60_000;
/** Milliseconds in which a peer may take that many full copies. */
const SERVE_PERIOD_MILLIS = 600_000;
const SERVE_COPIES = 2;

export type MetadataArrival =
  | { readonly type: "none" }
  | { readonly type: "whole"; readonly bytes: Uint8Array }
  /** These peers gave to something that is not the metadata. */
  | { readonly type: "false"; readonly contributors: readonly Peer[] };

const NONE: MetadataArrival = { type: "none" };

/** Requests under way with one peer. */
interface Asked {
  /** The length the peer claimed; it may claim another later. */
  readonly length: number;
  /** Pieces, and when they were asked for. */
  readonly pieces: Map<number, Millis>;
}

interface Attempt {
  readonly assembly: MetadataAssembly<Peer>;
  grewAt: Millis;
  /** After a try that several spoiled: the only one that is asked. */
  readonly isOnParole: boolean;
  sole: Peer | undefined;
  readonly beganAt: Millis;
}

/** Fetches; thrown away once the metadata is whole, after `end`. */
export class MetadataFetch {
  readonly #infoHashes: { readonly v1?: string; readonly v2?: string };
  readonly #allowance: Allowance;
  readonly #attempts = new Map<number, Attempt>();
  readonly #asked = new Map<Peer, Asked>();
  readonly #refused = new Set<Peer>();

  /** `allowance`: for the bytes of all torrents that are fetched at the same time. */
  constructor(infoHashes: { readonly v1?: string; readonly v2?: string }, allowance: Allowance) {
    this.#infoHashes = infoHashes;
    this.#allowance = allowance;
  }

  /** Asks a peer that can give metadata for what is missing. */
  fill(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const length = peer.metadataLength;
    if (peer.extensions.metadata === 0 || length <= 0 || length > METADATA_LENGTH_MAX || this.#refused.has(peer)) return;
    if (!this.#allowance.mayTake(METADATA_PIECE_LENGTH)) return;
    const asked = this.#asked.get(peer) ?? { length, pieces: new Map() };
    // A peer has one length: with a new one in each message it would keep everybody else's from being tried.
    if (asked.length !== length) return;
    this.#asked.set(peer, asked);
    const attempt = this.#attemptOf(length, now);
    if (attempt.isOnParole && (attempt.sole ??= peer) !== peer) return;
    const { assembly } = attempt;
    while (asked.pieces.size < REQUESTS_MAX) {
      const piece = assembly.wanted;
      if (piece === undefined) return;
      assembly.ask(piece, peer);
      asked.pieces.set(piece, now);
      send(peer, encodeMetadataMessage({ type: "request", piece }), out);
    }
  }

  #attemptOf(length: number, now: Millis): Attempt {
    const known = this.#attempts.get(length);
    if (known !== undefined) return known;
    this.#forgetUnclaimed();
    return this.#begin(length, false, now);
  }

  #begin(length: number, isOnParole: boolean, now: Millis): Attempt {
    const attempt = { assembly: new MetadataAssembly<Peer>(length), grewAt: now, isOnParole, sole: undefined, beganAt: now };
    this.#attempts.set(length, attempt);
    return attempt;
  }

  /** Lengths of peers that have left make room; those of peers that are here are as many as there are peers at most. */
  #forgetUnclaimed(): void {
    if (this.#attempts.size < ASSEMBLIES_MAX) return;
    const claimed = new Set([...this.#asked.values()].map(({ length }) => length));
    for (const { assembly } of this.#attempts.values()) if (!claimed.has(assembly.length)) this.#giveUp(assembly);
  }

  /** Takes a metadata message as it comes; throws `ProtocolError`. */
  receive(peer: Peer, payload: Uint8Array, now: Millis): MetadataArrival {
    const message = decodeMetadataMessage(payload);
    const asked = this.#asked.get(peer);
    if (message === undefined || message.type === "request" || asked?.pieces.delete(message.piece) !== true) return NONE;
    const attempt = this.#attempts.get(asked.length);
    if (attempt === undefined) return NONE;
    const { assembly } = attempt;
    if (attempt.isOnParole && attempt.sole !== peer) return NONE;
    assembly.release(message.piece, peer);
    if (message.type === "reject") {
      this.#refuse(peer, attempt, now);
      return NONE;
    }
    // What there is no room for is asked for again.
    if (message.bytes === undefined || !this.#allowance.mayTake(message.bytes.length)) return NONE;
    if (!assembly.take(message.piece, message.bytes, peer)) return NONE;
    this.#allowance.take(message.bytes.length);
    attempt.grewAt = now;
    const whole = assembly.whole();
    if (whole === undefined) return NONE;
    if (this.#isRight(whole)) return { type: "whole", bytes: whole };
    this.#giveUp(assembly);
    const contributors = [...assembly.contributors()];
    const [only] = contributors;
    if (contributors.length === 1 && only !== undefined) this.#refused.add(only);
    this.#begin(assembly.length, true, now);
    return { type: "false", contributors };
  }

  /** The peer is not asked again for now; what was to come from it alone is begun anew with somebody else. */
  #refuse(peer: Peer, attempt: Attempt | undefined, now: Millis): void {
    this.#refused.add(peer);
    this.#leave(peer, attempt, now);
  }

  #leave(peer: Peer, attempt: Attempt | undefined, now: Millis): void {
    if (attempt?.sole !== peer) return;
    this.#giveUp(attempt.assembly);
    this.#begin(attempt.assembly.length, true, now);
  }

  #giveUp(assembly: MetadataAssembly<Peer>): void {
    this.#attempts.delete(assembly.length);
    this.#allowance.give(assembly.takenLength);
  }

  /** Gives all memory back. */
  end(): void {
    for (const { assembly } of this.#attempts.values()) this.#giveUp(assembly);
  }

  #isRight(bytes: Uint8Array): boolean {
    const { v1, v2 } = this.#infoHashes;
    if (v1 !== undefined && toHex(sha1(bytes)) !== v1) return false;
    return v2 === undefined || toHex(sha256(bytes)) === v2;
  }

  left(peer: Peer, now: Millis): void {
    const asked = this.#asked.get(peer);
    if (asked !== undefined) {
      for (const piece of asked.pieces.keys()) this.#release(asked, piece, peer);
      this.#leave(peer, this.#attempts.get(asked.length), now);
    }
    this.#asked.delete(peer);
    this.#refused.delete(peer);
  }

  /** Once a second: what a peer did not answer may be asked of another. */
  tick(now: Millis): void {
    for (const [peer, asked] of this.#asked) {
      for (const [piece, askedAt] of asked.pieces) {
        if (now - askedAt < REQUEST_TIMEOUT_MILLIS) continue;
        asked.pieces.delete(piece);
        this.#release(asked, piece, peer);
        this.#refuse(peer, this.#attempts.get(asked.length), now);
      }
    }
    for (const attempt of this.#attempts.values()) {
      const { assembly, sole, beganAt } = attempt;
      if (sole !== undefined && now - beganAt >= SOLE_MILLIS + SOLE_PIECE_MILLIS * assembly.pieceCount) this.#refuse(sole, attempt, now);
    }
    // When everybody refused, everybody gets another chance: a peer may have learnt it meanwhile.
    const isStuck = [...this.#asked].every(([peer, asked]) => asked.pieces.size === 0 && this.#refused.has(peer));
    if (isStuck) this.#refused.clear();
    this.#makeRoom(now);
  }

  #release(asked: Asked, piece: number, peer: Peer): void {
    this.#attempts.get(asked.length)?.assembly.release(piece, peer);
  }

  /** One that does not grow must not keep the others from being fetched. */
  #makeRoom(now: Millis): void {
    for (const { assembly, grewAt } of this.#attempts.values()) {
      if (this.#allowance.mayTake(METADATA_PIECE_LENGTH)) return;
      if (assembly.takenLength > 0 && now - grewAt >= STALLED_MILLIS) this.#giveUp(assembly);
    }
  }
}

/** Serves the info dictionary, at most twice over a connection in ten minutes: who waited long may have asked again. */
export class MetadataServe {
  readonly #bytes: Uint8Array;
  readonly #answers: Answers;
  readonly #served = new WeakMap<Peer, { since: Millis; count: number }>();

  constructor(bytes: Uint8Array, answers: Answers) {
    this.#bytes = bytes;
    this.#answers = answers;
  }

  get length(): number {
    return this.#bytes.length;
  }

  receive(peer: Peer, payload: Uint8Array, now: Millis, out: SessionOutput[]): void {
    const message = decodeMetadataMessage(payload);
    if (message?.type !== "request" || peer.extensions.metadata === 0) return;
    const begin = message.piece * METADATA_PIECE_LENGTH;
    if (begin >= this.#bytes.length || !this.#mayServe(peer, now)) {
      return send(peer, encodeMetadataMessage({ type: "reject", piece: message.piece }), out);
    }
    const { piece } = message;
    const answer = (): Uint8Array => this.#dataMessage(peer, piece);
    const refuse = (): Uint8Array => extendedMessage(peer, encodeMetadataMessage({ type: "reject", piece }));
    this.#answers.asked(peer, { answer, refuse }, out);
  }

  #dataMessage(peer: Peer, piece: number): Uint8Array {
    const begin = piece * METADATA_PIECE_LENGTH;
    const bytes = this.#bytes.subarray(begin, begin + METADATA_PIECE_LENGTH);
    return extendedMessage(peer, encodeMetadataMessage({ type: "data", piece, totalSize: this.#bytes.length, bytes }));
  }

  #mayServe(peer: Peer, now: Millis): boolean {
    const served = this.#served.get(peer);
    if (served === undefined || now - served.since > SERVE_PERIOD_MILLIS) {
      this.#served.set(peer, { since: now, count: 1 });
      return true;
    }
    served.count++;
    return served.count <= SERVE_COPIES * Math.ceil(this.#bytes.length / METADATA_PIECE_LENGTH);
  }
}

/** Refuses what cannot be served because the metadata is not here yet. */
export function rejectMetadata(peer: Peer, payload: Uint8Array, out: SessionOutput[]): void {
  const message = decodeMetadataMessage(payload);
  if (message?.type === "request" && peer.extensions.metadata !== 0) {
    send(peer, encodeMetadataMessage({ type: "reject", piece: message.piece }), out);
  }
}

function send(peer: Peer, payload: Uint8Array, out: SessionOutput[]): void {
  out.push({ type: "send", link: peer.link, bytes: extendedMessage(peer, payload) });
}

function extendedMessage(peer: Peer, payload: Uint8Array): Uint8Array {
  return encodeMessage({ type: "extended", id: peer.extensions.metadata, payload });
}
