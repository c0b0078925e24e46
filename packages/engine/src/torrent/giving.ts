/**
 * Carries super-seeding out: when it begins and ends, and what is announced to whom.
 * @module
 */

import type { BlockSpan } from "@bittern/host";
import type { Bitfield, Millis, PieceIndex, Random } from "@bittern/protocol/base";
import { encodeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../peers/peer.ts";
import type { PiecePicker } from "../picker/picker.ts";
import { SuperSeed, UNDER_WAY_MIN } from "../picker/super-seed.ts";
import type { LinkId } from "../session/ids.ts";
import type { SessionOutput } from "../session/output.ts";

/** Fewer pieces are sent faster than they are thought about. */
const PIECES_MIN = 4;
/** Milliseconds without a request for anything that was announced. */
const QUIET_MILLIS_MAX: Millis = 900;

export interface GivingOptions {
  readonly picker: PiecePicker;
  readonly random: Random;
  readonly have: Bitfield;
  readonly pieceByteLength: (piece: PieceIndex) => number;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  /** By hand: also beside other seeds. */
  readonly isForced: boolean;
}

export class Giving {
  readonly #options: GivingOptions;
  #superSeed: SuperSeed | undefined;
  /** Pieces announced beyond the rule, and since when nothing left. */
  #bonus = 0;
  #quietSince: Millis | undefined;

  constructor(options: GivingOptions) {
    this.#options = options;
  }

  /** The content is open: a seed begins to give cleverly. */
  begin(): void {
    const { have, random, picker } = this.#options;
    if (!have.isFull || have.length < PIECES_MIN) return;
    const { pieceByteLength } = this.#options;
    this.#superSeed = new SuperSeed({ pieceCount: have.length, random, pieceByteLength, holders: (piece) => picker.partialHolders(piece) });
  }

  /**
   * True when a newcomer is told of nothing at first. A downloader that finds nobody else here is told of everything: there
   * is nobody to share with, and it may want only some pieces, or all of them in order.
   */
  get isHiding(): boolean {
    return this.#superSeed !== undefined && (this.#options.isForced || this.#options.peers.size > 1);
  }

  joined(peer: Peer): void {
    if (this.isHiding) this.#superSeed?.join(peer.link);
  }

  /** The peer told what it has: another seed, and being clever is over. */
  toldField(peer: Peer, out: SessionOutput[]): void {
    if (this.#superSeed !== undefined && peer.isSeed && !this.#options.isForced) this.#end(out);
  }

  left(peer: Peer): void {
    this.#superSeed?.leave(peer.link);
  }

  /** Blocks left for a peer. */
  sent(peer: Peer, blocks: readonly BlockSpan[]): void {
    this.#bonus = 0;
    this.#quietSince = undefined;
    for (const { piece, length } of blocks) this.#superSeed?.sent(peer.link, piece, length);
  }

  peerHas(peer: Peer, piece: PieceIndex, now: Millis): void {
    this.#superSeed?.peerHas(peer.link, piece, now);
  }

  /** Announces what is due; cheap when nothing is. */
  reveal(now: Millis, out: SessionOutput[]): void {
    const superSeed = this.#superSeed;
    if (superSeed === undefined) return;
    const { peers } = this.#options;
    const mayReceive = (link: LinkId): boolean => {
      const peer = peers.get(link);
      return peer !== undefined && !peer.isChokedByUs && !peer.isSeed;
    };
    for (const { peer, piece } of superSeed.reveal(Math.max(UNDER_WAY_MIN, superSeed.pace) + this.#bonusAt(now), mayReceive, now))
      sendHave(peer, piece, out);
    for (const peer of peers.values()) {
      const piece = peer.isChokedByUs && !peer.isInterested ? superSeed.bait(peer.link, now) : undefined;
      if (piece !== undefined) sendHave(peer.link, piece, out);
      else if (peer.isInterested) superSeed.isInterested(peer.link, now);
      else if (superSeed.isIgnoredBy(peer.link, (one) => peer.has(one), now)) this.#openTo(peer, superSeed, out);
    }
    if (superSeed.isOver) this.#end(out);
  }

  /**
   * When nobody asks for what was announced, more is announced, every second: webtorrent 2.8 forgets haves that come
   * before it has opened its files, and asks again only when it hears of something new.
   */
  #bonusAt(now: Millis): number {
    this.#quietSince ??= now;
    if (now - this.#quietSince < QUIET_MILLIS_MAX) return this.#bonus;
    this.#quietSince = now;
    this.#bonus += UNDER_WAY_MIN;
    return this.#bonus;
  }

  /** The peer wants some files only: it is no longer played with. */
  #openTo(peer: Peer, superSeed: SuperSeed, out: SessionOutput[]): void {
    this.#tellRest(peer, superSeed, out);
    superSeed.leave(peer.link);
  }

  /** Everybody is told of everything. */
  #end(out: SessionOutput[]): void {
    const superSeed = this.#superSeed;
    this.#superSeed = undefined;
    for (const peer of this.#options.peers.values()) if (superSeed !== undefined) this.#tellRest(peer, superSeed, out);
  }

  #tellRest(peer: Peer, superSeed: SuperSeed, out: SessionOutput[]): void {
    const revealed = superSeed.revealedTo(peer.link);
    if (revealed === undefined) return;
    for (const piece of this.#options.have) if (!revealed.has(piece) && !peer.has(piece)) sendHave(peer.link, piece, out);
  }
}

function sendHave(link: LinkId, piece: PieceIndex, out: SessionOutput[]): void {
  out.push({ type: "send", link, bytes: encodeMessage({ type: "have", piece }) });
}
