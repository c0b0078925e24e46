/**
 * Carries super-seeding out: when it begins and ends, and what is announced to whom.
 * @module
 */
import { addressScope } from "@bittern/protocol/address";
import { type Bitfield, MIB, type Millis, type PieceIndex, ProtocolError, type Random } from "@bittern/protocol/base";
import { encodeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../../peers/peer.ts";
import type { PiecePicker } from "../../picker/picker.ts";
import { SuperSeed, UNDER_WAY_MIN } from "../../picker/super-seed.ts";
import type { LinkId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";

/** Fewer pieces are sent faster than they are thought about. */
const PIECES_MIN = 4;
/** With more, to tell a peer of the rest is megabytes of haves at once, and who is sent those is taken for one that does not read. */
const PIECES_MAX = 262_144;
/** So many more peers put off the next look at all of them by a millisecond: ten thousand are looked at ten times a second. */
const PEERS_A_MILLI = 100;
/** Among more it does not rest: its help is a hundredth of all then, and what is left behind there is found by it first (100 with 4 MiB needed 9.7 s instead of 3.5 with one dice of four). */
const RESTING_PEERS_MAX = 16;
/** Milliseconds without a request for anything that was announced. */
const QUIET_MILLIS_MAX: Millis = 900;
/** Milliseconds after which a downloader that came is taken to be alone: those who wait for a publication come within them. */
const ALONE_MILLIS: Millis = 1000;
/** Milliseconds for which a newcomer may wait for its slot before its interest has to be woken: who is baited asks for a piece that is under way to somebody else. */
const BAIT_MILLIS: Millis = 1000;
/**
 * The share of everything after which it is taken to be alone as well, within these bounds: where no link is limited, a second is half of a download. Programs that start together
 * on one machine come within a quarter of a second, while 16 MiB leave: with two, the first of four was told of everything in two of three runs. Small contents are through
 * before that, and small pieces cost the most to reveal.
 */
const ALONE_SHARE = 1 / 16;
const ALONE_LENGTH_MIN = 2 * MIB;
const ALONE_LENGTH_MAX = 16 * MIB;

export interface GivingOptions {
  readonly picker: PiecePicker;
  readonly random: Random;
  readonly have: Bitfield;
  readonly pieceByteLength: (piece: PieceIndex) => number;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  /** Whether a tracker sends downloaders here. */
  readonly isAnnounced: () => boolean;
  /** By hand: also beside other seeds. */
  readonly isForced: boolean;
  /**
   * Nothing is hidden any more, and everybody is about to be told of everything: who is to wait for offers has to know that first. In a crowd that
   * heard it a moment later everybody had asked the seed for all that was missing: 16 downloaders of 4 MiB waited for it for two of four seconds.
   */
  readonly onOver?: (out: SessionOutput[]) => void;
}

export class Giving {
  readonly #options: GivingOptions;
  #superSeed: SuperSeed | undefined;
  /** Pieces announced beyond the rule, and since when nothing left. */
  #bonus = 0;
  #quietSince: Millis | undefined;
  /** Bytes that left while only one was here, since the last one came. */
  #loneLength = 0;
  /** A downloader was complete, and left. */
  #hasOneCompleted = false;
  /** When all peers are looked at again. */
  #lookAt: Millis = 0;

  constructor(options: GivingOptions) {
    this.#options = options;
  }

  /** The content is open: a seed begins to give cleverly. */
  begin(): void {
    const { have, random, picker } = this.#options;
    if (!have.isFull || have.length < PIECES_MIN || have.length > PIECES_MAX) return;
    const { pieceByteLength } = this.#options;
    this.#superSeed = new SuperSeed({ pieceCount: have.length, random, pieceByteLength, holders: (piece) => picker.partialHolders(piece) });
  }

  /**
   * Whether the newcomer, whose handshake is here, is told of nothing at first. Who does not know the fast extension is told
   * by its bitfield: BEP 3 has no other first word, and the clients and tools of its days wait for it. And where no tracker
   * sends anybody, whoever comes by our address is no part of a swarm.
   */
  hidesFrom(peer: Peer): boolean {
    if (this.#superSeed === undefined) return false;
    return this.#options.isForced || (peer.canFast && this.#options.isAnnounced());
  }

  /** The newcomer was greeted, by `hidesFrom` of this moment. */
  joined(peer: Peer): void {
    this.#loneLength = 0;
    if (this.hidesFrom(peer)) this.#superSeed?.join(peer.link);
  }

  /** The peer told what it has: another seed, and being clever is over. */
  toldField(peer: Peer, out: SessionOutput[]): void {
    if (this.#superSeed !== undefined && peer.isSeed && !this.#options.isForced) this.#end(out);
  }

  left(peer: Peer): void {
    if (peer.isSeed) this.#hasOneCompleted = true;
    this.#superSeed?.leave(peer.link);
  }

  /** What we have is hidden, and revealed piece by piece. */
  get isHiding(): boolean {
    return this.#superSeed !== undefined;
  }

  /** So many bytes of a piece left for a peer. */
  sent(peer: Peer, piece: PieceIndex, byteLength: number): void {
    this.#bonus = 0;
    this.#quietSince = undefined;
    if (this.#options.peers.size === 1) this.#loneLength += byteLength;
    this.#superSeed?.sent(peer.link, piece, byteLength);
  }

  peerHas(peer: Peer, piece: PieceIndex, now: Millis): void {
    this.#superSeed?.peerHas(peer.link, piece, now);
  }

  /** The peer needs the piece soon, for somebody who watches or reads it: it is told of it at once. */
  wished(peer: Peer, piece: PieceIndex, out: SessionOutput[]): void {
    if (piece >= this.#options.have.length)
      throw new ProtocolError("PIECE_INDEX", `wish for piece ${piece} of ${this.#options.have.length}`);
    if (this.#superSeed?.grant(peer.link, piece) === true) sendHave(peer.link, piece, out);
  }

  /** Announces what is due; cheap when nothing is. */
  reveal(now: Millis, out: SessionOutput[]): void {
    const superSeed = this.#superSeed;
    if (superSeed === undefined) return;
    const { peers } = this.#options;
    this.#openToLone(superSeed, now, out);
    const mayReceive = (link: LinkId): boolean => {
      const peer = peers.get(link);
      return peer !== undefined && !peer.isChokedByUs && !peer.isSeed;
    };
    for (const { peer, piece } of superSeed.reveal(Math.max(UNDER_WAY_MIN, superSeed.pace) + this.#bonusAt(now), mayReceive, now))
      sendHave(peer, piece, out);
    if (now >= this.#lookAt) this.#lookAround(superSeed, now, out);
    if (superSeed.isOver(now) && !this.#mayRest(superSeed, now)) this.#end(out);
  }

  /**
   * Everything was given once, and the downloaders bring each other the rest: help would gain next to nothing. Not any more once one of them is complete: it may
   * leave and take its uplink along, and only the last pieces are missing. And not beside one that takes pieces back: it could announce the same one again and
   * again, and pass for many who bring something for ever.
   */
  #mayRest(superSeed: SuperSeed, now: Millis): boolean {
    const { peers, have } = this.#options;
    if (this.#hasOneCompleted || peers.size > RESTING_PEERS_MAX) return false;
    let missing = 0;
    let isLocal = true;
    for (const { isSeed, hasTakenBack, pieces, remote } of peers.values()) {
      if (isSeed || hasTakenBack) return false;
      missing += have.length - (pieces?.count ?? 0);
      isLocal &&= addressScope(remote.address) !== "global";
    }
    return superSeed.mayRest({ missing, all: peers.size * have.length, isLocal }, now);
  }

  /** After every read in a usual swarm; its share of the time is bounded in a large one. */
  #lookAround(superSeed: SuperSeed, now: Millis, out: SessionOutput[]): void {
    const { peers } = this.#options;
    this.#lookAt = now + Math.floor(peers.size / PEERS_A_MILLI);
    for (const peer of peers.values()) {
      const needsBait = peer.isChokedByUs && !peer.isInterested && now - peer.openedAt >= BAIT_MILLIS;
      const piece = needsBait ? superSeed.bait(peer.link, now) : undefined;
      if (piece !== undefined) sendHave(peer.link, piece, out);
      else if (peer.isInterested) superSeed.isInterested(peer.link, now);
      else if (superSeed.isIgnoredBy(peer.link, (one) => peer.has(one), now)) this.#openTo(peer, superSeed, out);
    }
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

  /**
   * A downloader that stays alone is told of everything: there is nobody to share with, and it may want only some pieces, or
   * all of them in order. Not at once: the first of many would be told as well, and would fetch what was just given to the
   * second (with two downloaders the seed sent a tenth of the pieces twice, measured).
   */
  #openToLone(superSeed: SuperSeed, now: Millis, out: SessionOutput[]): void {
    const { peers, have, pieceByteLength } = this.#options;
    const [lone, another] = peers.values();
    if (lone === undefined || another !== undefined || this.#options.isForced) return;
    // It is asked for after every read.
    if (superSeed.revealedTo(lone.link) === undefined) return;
    const aloneLength = Math.max(ALONE_LENGTH_MIN, Math.min(ALONE_LENGTH_MAX, ALONE_SHARE * have.length * pieceByteLength(0)));
    if (now - lone.openedAt >= ALONE_MILLIS || this.#loneLength >= aloneLength) this.#openTo(lone, superSeed, out);
  }

  /** The peer is no longer played with: it is told of everything. */
  #openTo(peer: Peer, superSeed: SuperSeed, out: SessionOutput[]): void {
    this.#tellRest(peer, superSeed, out);
    superSeed.open(peer.link);
  }

  /** Whether the peer keeps what it gets for itself, so that others come first. */
  isMiser(peer: Peer): boolean {
    return this.#superSeed?.isMiser(peer.link) === true;
  }

  /** Everybody is told of everything. */
  #end(out: SessionOutput[]): void {
    const superSeed = this.#superSeed;
    this.#superSeed = undefined;
    this.#options.onOver?.(out);
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
