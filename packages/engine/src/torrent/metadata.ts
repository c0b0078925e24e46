/**
 * The info dictionary from peers (BEP 9): fetched when only its hash is known, served to others when it is here.
 *
 * Peers disagree about its length until one of them is proven right, so an assembly is kept for each length claimed;
 * what does not hash to the info hash is dropped, and everyone who gave to it is blamed.
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
import type { Peer } from "../peers/peer.ts";
import type { SessionOutput } from "../session/output.ts";

/** Requests under way with one peer. */
const REQUESTS_MAX = 4;
/** Lengths believed at the same time: more are liars. */
const ASSEMBLIES_MAX = 4;
/** How long one request may take. */
const REQUEST_TIMEOUT_MILLIS = 10_000;
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

/** Fetches; thrown away once the metadata is whole. */
export class MetadataFetch {
  readonly #infoHashes: { readonly v1?: string; readonly v2?: string };
  readonly #assemblies = new Map<number, MetadataAssembly<Peer>>();
  readonly #asked = new Map<Peer, Asked>();
  readonly #refused = new Set<Peer>();

  constructor(infoHashes: { readonly v1?: string; readonly v2?: string }) {
    this.#infoHashes = infoHashes;
  }

  /** Asks a peer that can give metadata for what is missing. */
  fill(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const length = peer.metadataLength;
    if (peer.extensions.metadata === 0 || length <= 0 || length > METADATA_LENGTH_MAX || this.#refused.has(peer)) return;
    const assembly = this.#assemblyOf(length);
    const asked = this.#asked.get(peer) ?? { length, pieces: new Map() };
    if (assembly === undefined || asked.length !== length) return;
    this.#asked.set(peer, asked);
    while (asked.pieces.size < REQUESTS_MAX) {
      const piece = assembly.wanted;
      if (piece === undefined) return;
      assembly.ask(piece, peer);
      asked.pieces.set(piece, now);
      send(peer, encodeMetadataMessage({ type: "request", piece }), out);
    }
  }

  #assemblyOf(length: number): MetadataAssembly<Peer> | undefined {
    const known = this.#assemblies.get(length);
    if (known !== undefined || this.#assemblies.size >= ASSEMBLIES_MAX) return known;
    const fresh = new MetadataAssembly<Peer>(length);
    this.#assemblies.set(length, fresh);
    return fresh;
  }

  /** Takes a metadata message as it comes; throws `ProtocolError`. */
  receive(peer: Peer, payload: Uint8Array): MetadataArrival {
    const message = decodeMetadataMessage(payload);
    const asked = this.#asked.get(peer);
    if (message === undefined || message.type === "request" || asked?.pieces.delete(message.piece) !== true) return NONE;
    const assembly = this.#assemblies.get(asked.length);
    if (assembly === undefined) return NONE;
    assembly.release(message.piece, peer);
    if (message.type === "reject") {
      this.#refused.add(peer);
      return NONE;
    }
    if (message.bytes === undefined || !assembly.take(message.piece, message.bytes, peer)) return NONE;
    const whole = assembly.whole();
    if (whole === undefined) return NONE;
    if (this.#isRight(whole)) return { type: "whole", bytes: whole };
    this.#assemblies.delete(asked.length);
    const contributors = [...assembly.contributors()];
    const [only] = contributors;
    if (contributors.length === 1 && only !== undefined) this.#refused.add(only);
    return { type: "false", contributors };
  }

  #isRight(bytes: Uint8Array): boolean {
    const { v1, v2 } = this.#infoHashes;
    if (v1 !== undefined && toHex(sha1(bytes)) !== v1) return false;
    return v2 === undefined || toHex(sha256(bytes)) === v2;
  }

  left(peer: Peer): void {
    const asked = this.#asked.get(peer);
    if (asked !== undefined) for (const piece of asked.pieces.keys()) this.#assemblies.get(asked.length)?.release(piece, peer);
    this.#asked.delete(peer);
    this.#refused.delete(peer);
  }

  /** Once a second: what a peer did not answer may be asked of another. */
  tick(now: Millis): void {
    for (const [peer, asked] of this.#asked) {
      for (const [piece, askedAt] of asked.pieces) {
        if (now - askedAt < REQUEST_TIMEOUT_MILLIS) continue;
        asked.pieces.delete(piece);
        this.#assemblies.get(asked.length)?.release(piece, peer);
        this.#refused.add(peer);
      }
    }
    // When everybody refused, everybody gets another chance: a peer may have learnt it meanwhile.
    const isStuck = [...this.#asked].every(([peer, asked]) => asked.pieces.size === 0 && this.#refused.has(peer));
    if (isStuck) this.#refused.clear();
  }
}

/** Serves the info dictionary, at most twice to a peer in ten minutes. */
export class MetadataServe {
  readonly #bytes: Uint8Array;
  readonly #served = new WeakMap<Peer, { since: Millis; count: number }>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
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
    const bytes = this.#bytes.subarray(begin, begin + METADATA_PIECE_LENGTH);
    send(peer, encodeMetadataMessage({ type: "data", piece: message.piece, totalSize: this.#bytes.length, bytes }), out);
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
  out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "extended", id: peer.extensions.metadata, payload }) });
}
