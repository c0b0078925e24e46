/**
 * Who answers for a false piece: carries blocks and their senders to the parole book, and its convictions back.
 * @module
 */
import { formatEndpoint } from "@bittern/protocol/address";
import { BLOCK_LENGTH, type Millis, type PieceIndex } from "@bittern/protocol/base";
import { Distrust } from "../../peers/distrust.ts";
import { fingerprint } from "../../peers/fingerprint.ts";
import { type BlockEvidence, Parole } from "../../peers/parole.ts";
import type { Peer } from "../../peers/peer.ts";
import { BLOCK_RECEIVED, type PartialPiece } from "../content/partial-piece.ts";

export interface Sentence {
  /** Who, by endpoint as text: it may have left meanwhile. */
  readonly endpoint: string;
  readonly reason: string;
}

export class Blame {
  readonly #parole = new Parole<string>();
  readonly #distrust = new Distrust();
  readonly #seed: number;
  readonly #keptBlockLength: number;

  /** `keptBlockLength`: bytes that are kept of each block, and can tell a false one from a good one. */
  constructor(seed: number, keptBlockLength: number = BLOCK_LENGTH) {
    this.#seed = seed;
    this.#keptBlockLength = keptBlockLength;
  }

  isOnParole(piece: PieceIndex): boolean {
    return this.#parole.isOnParole(piece);
  }

  /** It is asked for nothing now. */
  isDistrusted({ remote }: Peer, now: Millis): boolean {
    return this.#distrust.isDistrusted(remote, now);
  }

  /** It may be asked for this piece, which so many connected peers have. */
  mayAskFor(piece: PieceIndex, { remote }: Peer, holders: number, now: Millis): boolean {
    return this.#distrust.mayAskFor(piece, remote, holders, now);
  }

  /** Pieces that came falsely from one peer alone, and have not come right yet. */
  get falsePieceCount(): number {
    return this.#distrust.pieceCount;
  }

  /**
   * A piece did not hash to what it should. `bytes` are its content, where it was in one buffer. Returns who is asked for nothing
   * from now on.
   */
  failed(partial: PartialPiece, bytes: Uint8Array | undefined, now: Millis): Peer | undefined {
    const evidence: BlockEvidence<string>[] = [];
    for (const [block, from] of sendersOf(partial)) {
      if (bytes !== undefined) evidence.push({ block, from: nameOf(from), fingerprint: this.#mark(bytes, block) });
    }
    this.#parole.failed(partial.piece, evidence);
    const only = soleSender(partial);
    // What it sends next waits for a verdict again (`unproven.ts`).
    if (only !== undefined) only.requests.isProven = false;
    return only !== undefined && this.#distrust.failedAlone(only.remote, partial.piece, now) ? only : undefined;
  }

  /** A piece is good; asked before it is forgotten who sent it. */
  succeeded(partial: PartialPiece): void {
    if (this.#distrust.pieceCount === 0) return;
    const only = soleSender(partial);
    if (only !== undefined) this.#distrust.succeededAlone(only.remote);
    this.#distrust.forget(partial.piece);
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
    const kept = this.#keptBlockLength;
    return fingerprint(bytes.subarray(block * kept, (block + 1) * kept), this.#seed);
  }
}

function* sendersOf(partial: PartialPiece): Generator<[block: number, from: Peer]> {
  for (let block = 0; block < partial.blockCount; block++) {
    const from = partial.state(block) === BLOCK_RECEIVED ? partial.from(block) : undefined;
    if (from !== undefined) yield [block, from];
  }
}

/** Who sent all of it; `undefined` when there were several. */
function soleSender(partial: PartialPiece): Peer | undefined {
  let only: Peer | undefined;
  for (const [, from] of sendersOf(partial)) {
    if (only !== undefined && nameOf(only) !== nameOf(from)) return undefined;
    only = from;
  }
  return only;
}

/** Names a peer for longer than its connection. */
export function nameOf(peer: Peer): string {
  return formatEndpoint(peer.remote);
}
