/**
 * What the only seed of a swarm gives to whom (BEP 16, without its slow start).
 *
 * A seed that is asked by everybody for everything sends the same pieces again and again: two copies of each in a swarm of
 * eight (measured), while every downloader's uplink idles for want of pieces that others lack. So the only seed hides what
 * it has and reveals each piece to one downloader, to the next one when that has it; a piece comes back into the queue
 * only when whoever got it left before anybody else had it.
 *
 * Who is next: whoever has the fewest pieces that it was given and that nobody else announces yet. So pieces go where
 * there is a free uplink to pass them on, and one who passes nothing on, a miser, gets little, and others get the same. Few pieces are on their way at a time,
 * so that each arrives whole and soon, and is passed on soon.
 *
 * When every piece was given away once and is there, the seed rests while the others bring each other the last ones; then it becomes an ordinary one.
 * @module
 */
import { assert, Bitfield, below, MIB, type Millis, type PieceIndex, type Random, type Rate } from "@bittern/protocol/base";
import { ArrivalPace } from "./arrival-pace.ts";
import { GiveQueue } from "./give-queue.ts";
import { Spread } from "./spread.ts";

/** Pieces under way to all peers together, at least. */
export const UNDER_WAY_MIN = 6;
/** Milliseconds from the announcement of a piece until it is taken for arrived once it has left. */
const SENT_MILLIS_MAX: Millis = 3_000;
/** A piece that is not there after so long goes to somebody else as well. */
const GIVEN_MILLIS_MAX: Millis = 20_000;
/** The last pieces are waited for so many times as long as they take at the best rate. */
const LAST_PATIENCE = 2;
/** Who has so many pieces of ours that nobody else has, and passed none on for so long, is taken for one that never will. */
const KEPT_MIN = 8;
const KEPT_MILLIS_MIN: Millis = 3_000;
/** All are looked at so often: after every read it would be a walk over ten thousand peers. */
const MISER_LOOK_MILLIS: Millis = 250;
/**
 * Bytes a second beyond which processors are the limit on a local network, or links that are the same for all: what a seed sends then is sent
 * at the cost of somebody else, or as well by him.
 */
const PROCESSOR_RATE_MIN: Rate = 32 * MIB;
/** Who is not interested so long after a piece was revealed does not want it: a round trip is never that long. */
const IGNORED_MILLIS: Millis = 1000;

export interface Reveal {
  readonly peer: number;
  readonly piece: PieceIndex;
}

interface Receiver {
  /** What we announced to it. */
  readonly revealed: Bitfield;
  /** Pieces on their way to it. */
  underWay: number;
  /** Pieces it has from us and nobody else announces. */
  unspread: number;
  /** It was told of everything, and takes what it likes. */
  isOpen: boolean;
  /** It takes, and passes nothing on. */
  isMiser: boolean;
  /** When another one announced a piece of its, or came; `undefined` while it is alone. */
  spreadAt: Millis | undefined;
  /** When it was last revealed something, or was interested; `undefined` when it has taken all there was. */
  unansweredSince: Millis | undefined;
}

/** A piece that was revealed and is not there yet. */
interface Given {
  readonly peer: number;
  readonly since: Millis;
  /** Bytes of it that left for the peer. */
  sentLength: number;
}

export interface SuperSeedOptions {
  readonly pieceCount: number;
  readonly random: Random;
  readonly pieceByteLength: (piece: PieceIndex) => number;
  /** How many downloaders have the piece. */
  readonly holders: (piece: PieceIndex) => number;
}

export class SuperSeed {
  readonly #options: SuperSeedOptions;
  readonly #receivers = new Map<number, Receiver>();
  readonly #queue: GiveQueue;
  readonly #underWay = new Map<PieceIndex, Given>();
  /** Pieces that somebody fetches who was told of everything: they need no giving while he passes them on. */
  readonly #taken = new Map<PieceIndex, Given>();
  /** Pieces that only misers have: to the others it is as if nobody had them. */
  readonly #kept = new Set<PieceIndex>();
  /** When misers are looked for again. */
  #lookAt: Millis = 0;
  /** Who was given what nobody else has yet. */
  readonly #unspread = new Map<PieceIndex, number>();
  readonly #pace = new ArrivalPace();
  readonly #spread = new Spread();

  constructor(options: SuperSeedOptions) {
    this.#options = options;
    this.#queue = new GiveQueue(options);
  }

  /** Pieces to keep under way, by how fast they arrive. */
  get pace(): number {
    return this.#pace.pieces;
  }

  /**
   * Every piece was given away and has arrived: nothing is left to be clever about. Before that, everybody would ask for
   * the last ones, and the first copy would share the uplink with the second and third. Who is slow for himself holds nobody up.
   */
  isOver(now: Millis): boolean {
    this.#dropHeld();
    if (!this.#queue.isEmpty) return false;
    const patience = LAST_PATIENCE * this.#pace.millisFor(Math.max(UNDER_WAY_MIN, this.#underWay.size));
    for (const { since } of this.#underWay.values()) if (now - since < patience) return false;
    return true;
  }

  /** Whether the last `missing` pieces of `all`, of all downloaders together, may be left to them (`spread.ts`). `isLocal`: all are on our own network. */
  mayRest({ missing, all, isLocal }: { readonly missing: number; readonly all: number; readonly isLocal: boolean }, now: Millis): boolean {
    const { rate } = this.#pace;
    const byteRate = rate * 1000 * this.#options.pieceByteLength(0);
    return this.#spread.isEnough({ missing, rate, all, costsProcessor: isLocal && byteRate >= PROCESSOR_RATE_MIN }, now);
  }

  /** A downloader came; nothing is revealed to it yet. */
  join(peer: number): void {
    const revealed = new Bitfield(this.#options.pieceCount);
    const nothing = { underWay: 0, unspread: 0, isOpen: false, isMiser: false, spreadAt: undefined, unansweredSince: undefined };
    this.#receivers.set(peer, { revealed, ...nothing });
  }

  /** It left: what only it had or was about to have is given again. */
  leave(peer: number): void {
    this.#receivers.delete(peer);
    this.#takeAllBack(peer);
    for (const [piece, receiver] of this.#unspread) {
      if (receiver !== peer) continue;
      this.#unspread.delete(piece);
      this.#kept.delete(piece);
      this.#putBack(piece);
    }
    // What it began to take it does not fetch any more.
    for (const [piece, { peer: receiver }] of this.#taken) {
      if (receiver !== peer) continue;
      this.#taken.delete(piece);
      if (!this.#unspread.has(piece)) this.#putBack(piece);
    }
  }

  /** It has been told of everything: nothing is given to it any more, but whether it passes on what it takes is watched. */
  open(peer: number): void {
    const receiver = this.#receivers.get(peer);
    if (receiver === undefined) return;
    receiver.isOpen = true;
    receiver.underWay = 0;
    this.#takeAllBack(peer);
  }

  /** Whether it keeps for itself what it gets of us. */
  isMiser(peer: number): boolean {
    return this.#receivers.get(peer)?.isMiser === true;
  }

  #takeAllBack(peer: number): void {
    for (const [piece, { peer: receiver }] of this.#underWay) if (receiver === peer) this.#takeBack(piece);
  }

  #takeBack(piece: PieceIndex): void {
    this.#underWay.delete(piece);
    this.#putBack(piece);
  }

  /** The piece is to be given, unless somebody is about to get it. */
  #putBack(piece: PieceIndex): void {
    if (!this.#underWay.has(piece)) this.#queue.putBack(piece);
  }

  /** What the peer was told that we have; `undefined` for one that was told of everything. */
  revealedTo(peer: number): Bitfield | undefined {
    const receiver = this.#receivers.get(peer);
    return receiver?.isOpen === true ? undefined : receiver?.revealed;
  }

  /** Blocks left for a peer. */
  sent(peer: number, piece: PieceIndex, byteLength: number): void {
    const given = this.#underWay.get(piece);
    if (given?.peer === peer) given.sentLength += byteLength;
    else this.#tookItself(peer, piece, byteLength);
  }

  /** Who was told of everything knows that we have the piece, and may not announce it to us: it is here when it has left whole. */
  #tookItself(peer: number, piece: PieceIndex, byteLength: number): void {
    const taken = this.#taken.get(piece) ?? { peer, since: 0, sentLength: 0 };
    this.#taken.set(piece, taken);
    if (taken.peer === peer) taken.sentLength += byteLength;
    const receiver = this.#receivers.get(peer);
    if (receiver?.isOpen !== true || taken.sentLength < this.#options.pieceByteLength(piece) || this.#unspread.has(piece)) return;
    if (taken.peer === peer && this.#options.holders(piece) === 0) this.#keeps(peer, receiver, piece);
  }

  /**
   * A piece that left whole has arrived some time: not everybody tells us of what we have ourselves. A lone downloader is
   * believed at once, so that its pipe never runs dry; of others a `have` says more, because what has left may still wait
   * in a buffer of the system.
   */
  #takeSentForArrived(now: Millis): void {
    const patience = this.#receivers.size <= 1 ? 0 : SENT_MILLIS_MAX;
    for (const [piece, { peer, since, sentLength }] of this.#underWay) {
      if (now - since >= patience && sentLength >= this.#options.pieceByteLength(piece)) this.#arrived(peer, piece);
    }
  }

  #arrived(peer: number, piece: PieceIndex): void {
    this.#underWay.delete(piece);
    this.#kept.delete(piece);
    const receiver = this.#receivers.get(peer);
    if (receiver === undefined) return;
    receiver.underWay--;
    receiver.unansweredSince = undefined;
    // Where a miser has it too, it is up to this one to pass it on.
    if (this.#options.holders(piece) >= 2 && !this.#unspread.has(piece)) return;
    this.#keeps(peer, receiver, piece);
  }

  /** It has a piece of ours that nobody else has. */
  #keeps(peer: number, receiver: Receiver, piece: PieceIndex): void {
    const before = this.#unspread.get(piece);
    if (before !== peer) {
      const keeper = before === undefined ? undefined : this.#receivers.get(before);
      if (keeper !== undefined) keeper.unspread--;
      receiver.unspread++;
      this.#unspread.set(piece, peer);
    }
    if (receiver.isMiser) this.#giveAgain(piece);
  }

  /** Only those from whom we hide what we have tell us what they got, and so where it spreads to. */
  #findMisers(now: Millis): void {
    if (now < this.#lookAt) return;
    this.#lookAt = now + MISER_LOOK_MILLIS;
    let witnesses = 0;
    for (const { isOpen } of this.#receivers.values()) if (!isOpen) witnesses++;
    for (const [peer, receiver] of this.#receivers) {
      const others = receiver.isOpen ? witnesses : witnesses - 1;
      if (others === 0) receiver.spreadAt = undefined;
      else receiver.spreadAt ??= now;
      const { isMiser, unspread, spreadAt = now } = receiver;
      if (isMiser || unspread < KEPT_MIN || now - spreadAt < KEPT_MILLIS_MIN) continue;
      receiver.isMiser = true;
      for (const [piece, keeper] of this.#unspread) if (keeper === peer) this.#giveAgain(piece);
    }
  }

  #giveAgain(piece: PieceIndex): void {
    if (this.#kept.has(piece)) return;
    this.#kept.add(piece);
    this.#putBack(piece);
  }

  /** A downloader announced a piece; its holders are counted already. */
  peerHas(peer: number, piece: PieceIndex, now: Millis): void {
    const given = this.#underWay.get(piece);
    if (given?.peer === peer) {
      this.#pace.arrived(given.since, now);
      return this.#arrived(peer, piece);
    }
    this.#spread.arrived(now);
    const source = this.#unspread.get(piece);
    if (source === undefined || source === peer) return;
    this.#unspread.delete(piece);
    this.#kept.delete(piece);
    const receiver = this.#receivers.get(source);
    if (receiver === undefined) return;
    receiver.unspread--;
    receiver.spreadAt = now;
    receiver.isMiser = false;
  }

  /** Pieces to announce now, to keep `underWayMax` of them under way. `mayReceive` says who can take one. */
  reveal(underWayMax: number, mayReceive: (peer: number) => boolean, now: Millis): readonly Reveal[] {
    const reveals: Reveal[] = [];
    this.#takeSentForArrived(now);
    this.#takeBackLate(now);
    this.#findMisers(now);
    while (this.#underWay.size < underWayMax) {
      this.#dropHeld();
      const peer = this.#queue.isEmpty ? undefined : this.#nextReceiver(mayReceive);
      if (peer === undefined) break;
      const piece = this.#queue.take() as PieceIndex;
      const receiver = this.#receivers.get(peer) as Receiver;
      receiver.underWay++;
      receiver.revealed.add(piece);
      receiver.unansweredSince = now;
      this.#underWay.set(piece, { peer, since: now, sentLength: 0 });
      reveals.push({ peer, piece });
    }
    return reveals;
  }

  /** A piece that somebody has already, or fetches by himself, needs no giving. */
  #dropHeld(): void {
    const needsNone = (piece: PieceIndex): boolean =>
      !this.#kept.has(piece) && (this.#options.holders(piece) > 0 || this.#taken.has(piece));
    for (let next = this.#queue.next; next !== undefined && needsNone(next); next = this.#queue.next) this.#queue.take();
  }

  #takeBackLate(now: Millis): void {
    // The map is in the order of giving: the first that is young ends the search.
    for (const [piece, { peer, since }] of this.#underWay) {
      if (now - since < GIVEN_MILLIS_MAX) return;
      const receiver = this.#receivers.get(peer);
      if (receiver !== undefined) receiver.underWay--;
      this.#takeBack(piece);
    }
  }

  #nextReceiver(mayReceive: (peer: number) => boolean): number | undefined {
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    let equals = 0;
    for (const [peer, { underWay, unspread, isOpen, isMiser }] of this.#receivers) {
      if (isOpen || !mayReceive(peer)) continue;
      const burden = 2 * underWay + unspread + (isMiser ? this.#options.pieceCount : 0);
      if (burden > least) continue;
      equals = burden < least ? 1 : equals + 1;
      least = burden;
      if (below(this.#options.random, equals) === 0) best = peer;
    }
    return best;
  }

  /** A receiver asks for a piece by itself; true when it has to be told of it. What it then takes needs no giving (`sent`). */
  grant(peer: number, piece: PieceIndex): boolean {
    return this.revealedTo(peer)?.add(piece) === true;
  }

  /** One piece that wakes a choked peer's interest; it is not counted as given. `undefined` when it knows of one already. */
  bait(peer: number, now: Millis): PieceIndex | undefined {
    const receiver = this.#receivers.get(peer);
    if (receiver === undefined || !receiver.revealed.isEmpty) return undefined;
    const piece = below(this.#options.random, this.#options.pieceCount);
    receiver.revealed.add(piece);
    receiver.unansweredSince = now;
    return piece;
  }

  /** The peer wants something it was told of. */
  isInterested(peer: number, now: Millis): void {
    const receiver = this.#receivers.get(peer);
    if (receiver?.unansweredSince !== undefined) receiver.unansweredSince = now;
  }

  /** Whether an uninterested peer has left a piece lying that it was told of: it wants only some, and has to see them all to find them. */
  isIgnoredBy(peer: number, has: (piece: PieceIndex) => boolean, now: Millis): boolean {
    const receiver = this.#receivers.get(peer);
    const since = receiver?.unansweredSince;
    if (receiver === undefined || receiver.isOpen || since === undefined || now - since < IGNORED_MILLIS) return false;
    for (const piece of receiver.revealed) if (!has(piece)) return true;
    return false;
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    this.#queue.check();
    const underWay = countOf(Array.from(this.#underWay.values(), ({ peer }) => peer));
    const unspread = countOf(this.#unspread.values());
    for (const [peer, receiver] of this.#receivers) {
      assert(receiver.underWay === (underWay.get(peer) ?? 0), "pieces under way are counted");
      assert(receiver.unspread === (unspread.get(peer) ?? 0), "pieces that only one has are counted");
    }
    for (const piece of this.#underWay.keys()) assert(!this.#queue.has(piece), "a piece is in the queue or under way");
  }
}

/** How often each peer occurs. */
function countOf(peers: Iterable<number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const peer of peers) counts.set(peer, (counts.get(peer) ?? 0) + 1);
  return counts;
}
