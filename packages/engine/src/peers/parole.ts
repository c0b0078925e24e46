/**
 * Finds out who spoiled a piece, and accuses nobody without proof.
 *
 * A piece that fails its hash came from several peers, most of them honest. So it is fetched once more, this time every
 * block from one peer. When that attempt is good, each block of the failed attempts is compared with what is now known to
 * be right: whoever sent another content is convicted, everybody else is cleared. Nothing else convicts: a torrent whose
 * own hash is wrong, or a disk of ours that flips bits, must not make us ban a whole swarm.
 *
 * Blocks are compared by fingerprints, taken only of failed pieces and of those on parole. The hash is seeded, so that a
 * peer cannot make a bad block that looks like the good one.
 * @module
 */
import { assert, type PieceIndex } from "@bittern/protocol/base";

/** Fingerprints remembered over all pieces; past it the oldest case is dropped. Half a million blocks never fail honestly. */
export const EVIDENCE_MAX = 65_536;
/** Failed attempts of one piece that are kept: enough for everybody of an usual swarm to have been tried. */
const ATTEMPTS_MAX = 8;

/** Who sent which content as a block. */
export interface BlockEvidence<Peer> {
  /** Position of the block in its piece. */
  readonly block: number;
  readonly from: Peer;
  readonly fingerprint: number;
}

export interface Conviction<Peer> {
  readonly peer: Peer;
  /** One of the blocks it spoiled. */
  readonly block: number;
}

/** `Peer` is whatever names a peer for longer than its connection: an endpoint as text. */
export class Parole<Peer> {
  readonly #cases = new Map<PieceIndex, Case<Peer>>();
  #evidenceCount = 0;

  /** Pieces with an open case. */
  get size(): number {
    return this.#cases.size;
  }

  /** The next attempt of this piece has to come from one peer alone. */
  isOnParole(piece: PieceIndex): boolean {
    return this.#cases.has(piece);
  }

  /** A piece failed. */
  failed(piece: PieceIndex, evidence: readonly BlockEvidence<Peer>[]): void {
    const found = this.#cases.get(piece) ?? { attempts: 0, evidence: [] };
    this.#cases.delete(piece);
    found.attempts++;
    if (found.attempts <= ATTEMPTS_MAX) {
      found.evidence.push(...evidence);
      this.#evidenceCount += evidence.length;
    }
    this.#cases.set(piece, found);
    this.#forgetOldest();
  }

  /** The piece is good at last: convicts everyone whose block differs from the good one. `fingerprint` is asked once a block. */
  verified(piece: PieceIndex, fingerprint: (block: number) => number): readonly Conviction<Peer>[] {
    const found = this.#cases.get(piece);
    if (found === undefined) return [];
    this.#drop(piece);
    const good = new Map<number, number>();
    const convicted = new Map<Peer, Conviction<Peer>>();
    for (const { block, from, fingerprint: seen } of found.evidence) {
      let right = good.get(block);
      if (right === undefined) {
        right = fingerprint(block);
        good.set(block, right);
      }
      if (seen !== right && !convicted.has(from)) convicted.set(from, { peer: from, block });
    }
    return [...convicted.values()];
  }

  /** The piece is no longer wanted, or was found good in another way. */
  drop(piece: PieceIndex): void {
    if (this.#cases.has(piece)) this.#drop(piece);
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    let count = 0;
    for (const { evidence } of this.#cases.values()) count += evidence.length;
    assert(count === this.#evidenceCount, "evidence is counted");
    assert(count <= EVIDENCE_MAX || this.#cases.size === 1, "evidence is bounded");
  }

  #drop(piece: PieceIndex): void {
    this.#evidenceCount -= (this.#cases.get(piece) as Case<Peer>).evidence.length;
    this.#cases.delete(piece);
  }

  /** The case just heard stays, even if it alone is too large. */
  #forgetOldest(): void {
    for (const piece of this.#cases.keys()) {
      if (this.#evidenceCount <= EVIDENCE_MAX || this.#cases.size === 1) return;
      this.#drop(piece);
    }
  }
}

interface Case<Peer> {
  attempts: number;
  readonly evidence: BlockEvidence<Peer>[];
}
