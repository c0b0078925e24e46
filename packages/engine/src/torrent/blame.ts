/**
 * Who answers for a false piece: carries blocks and their senders to the parole book, and its convictions back.
 * @module
 */
import { formatEndpoint } from "@bittern/protocol/address";
import { BLOCK_LENGTH, type PieceIndex } from "@bittern/protocol/base";
import { fingerprint } from "../peers/fingerprint.ts";
import { type BlockEvidence, Parole } from "../peers/parole.ts";
import type { Peer } from "../peers/peer.ts";
import { BLOCK_RECEIVED, type PartialPiece } from "./partial-piece.ts";

/** Pieces somebody may send alone and falsely before it is taken for a liar without a good copy to compare with. */
const SOLE_FAILURES_MAX = 3;
/** Senders whose sole failures are counted. */
const COUNTED_MAX = 1_000;

export interface Sentence {
  /** Who, by endpoint as text: it may have left meanwhile. */
  readonly endpoint: string;
  readonly reason: string;
}

export class Blame {
  readonly #parole = new Parole<string>();
  readonly #soleFailures = new Map<string, number>();
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  isOnParole(piece: PieceIndex): boolean {
    return this.#parole.isOnParole(piece);
  }

  /** A piece did not hash to what it should. `bytes` are its content, where it was in one buffer. */
  failed(partial: PartialPiece, bytes: Uint8Array | undefined): readonly Sentence[] {
    const evidence: BlockEvidence<string>[] = [];
    const senders = new Set<string>();
    for (let block = 0; block < partial.blockCount; block++) {
      const from = partial.state(block) === BLOCK_RECEIVED ? partial.from(block) : undefined;
      if (from === undefined) continue;
      senders.add(nameOf(from));
      if (bytes !== undefined) evidence.push({ block, from: nameOf(from), fingerprint: this.#mark(bytes, block) });
    }
    this.#parole.failed(partial.piece, evidence);
    const [only] = senders;
    if (senders.size !== 1 || only === undefined) return [];
    const count = (this.#soleFailures.get(only) ?? 0) + 1;
    if (this.#soleFailures.size >= COUNTED_MAX) this.#soleFailures.clear();
    this.#soleFailures.set(only, count);
    return count >= SOLE_FAILURES_MAX ? [{ endpoint: only, reason: `sent ${count} false pieces` }] : [];
  }

  /** A piece that had failed before is good now. */
  verified(piece: PieceIndex, bytes: Uint8Array | undefined): readonly Sentence[] {
    if (!this.#parole.isOnParole(piece)) return [];
    if (bytes === undefined) {
      this.#parole.drop(piece);
      return [];
    }
    return this.#parole
      .verified(piece, (block) => this.#mark(bytes, block))
      .map(({ peer, block }) => ({ endpoint: peer, reason: `sent a false block ${block} of piece ${piece}` }));
  }

  #mark(bytes: Uint8Array, block: number): number {
    return fingerprint(bytes.subarray(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH), this.#seed);
  }
}

/** Names a peer for longer than its connection. */
export function nameOf(peer: Peer): string {
  return formatEndpoint(peer.remote);
}
