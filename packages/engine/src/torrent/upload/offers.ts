/**
 * Who may ask next, where many want something of one uplink (`by_turn`).
 *
 * A downloader asks for a piece the moment it hears of it, and so all ask the first that has it: he sends it to everybody, one after
 * the other, while those who have it by then, or have something else, idle: what they could give is asked for elsewhere already. (Simulated
 * with a hundred equal links, an eighth of all uplinks idled in that way, and a third while the first pieces spread.)
 * Nobody but an uplink itself knows that it is about to idle. So in a crowd it is the uplink that speaks first: who speaks `by_turn` waits until it is offered a piece,
 * and asks then, for whichever it wants most and nobody brings yet. Nothing waits in long queues, so nothing has to be taken back from them.
 *
 * Offers go to anybody who wants something, by the dice: any preference sends everybody to the same ones. Three pieces are asked for or offered at a time, or what
 * leaves in a fifth of a second, so that the way there and back costs the uplink nothing. Who passes is left alone for a moment. Who is sending us a piece answers
 * behind it, and is offered something only by an uplink with nothing to do: among eight most are sending to each other all the time, and one of them had
 * nobody to speak to for seconds (measured beside a fast seed).
 * @module
 */
import { type Bitfield, below, type Millis, type Random, type Rate } from "@bittern/protocol/base";
import { encodeTurn, type TurnWord } from "@bittern/protocol/extension";
import { encodeMessage } from "@bittern/protocol/peer";
import type { Guest, Peer } from "../../peers/peer.ts";
import type { SessionOutput } from "../../session/output.ts";

/** Pieces that are asked for or offered at a time, at least. */
const AHEAD_PIECES = 3;
/** And seconds of the rate: offer and request are one way each. */
const AHEAD_SECONDS = 0.2;
/** Milliseconds after which an answer is waited for no more: it may stand behind a piece that comes the same way. */
const PATIENCE_MILLIS: Millis = 60;
/** Milliseconds for an answer; who gives none is left alone for so long. */
const ANSWER_MILLIS_MAX: Millis = 2_000;
/**
 * Milliseconds for which one that passed is left alone, for each of those who speak `by_turn`: an uplink that nobody wants anything of says 500 words a second at most.
 * Most pass because enough is on its way to them, and want more a moment later.
 */
const REST_MILLIS: Millis = 2;
/** Peers looked at for one offer: in a crowd of thousands nearly everybody wants something. */
const LOOKED_AT_MAX = 200;
/** When nobody can be offered anything, it is looked again so soon. */
const LOOK_MILLIS: Millis = 50;

export interface OffersOptions {
  readonly random: Random;
  readonly have: Bitfield;
  /** Bytes. */
  readonly pieceLength: number;
  /** So many want to be served that they take turns. */
  readonly isCrowded: () => boolean;
  /** Bytes that were asked for and have not left. */
  readonly pendingLength: () => number;
  /** What leaves. */
  readonly rate: (now: Millis) => Rate;
  /** It took and did not give: others come first. */
  readonly owes: (peer: Peer) => boolean;
}

export class Offers {
  readonly #options: OffersOptions;
  readonly #guests: Guest[] = [];
  /** Those who were offered something and have not answered yet, in order; who takes long is not waited for. */
  readonly #open = new Set<Guest>();
  #isCrowded = false;
  /** Somebody came, or the mode changed: they have to be told. */
  #hasNews = false;
  #lookAt: Millis | undefined;
  /** Somebody wants something, now or soon. */
  #isWanted = false;
  /** Everybody was looked at and nobody may be offered anything: until this moment only who is heard from can change that; `undefined` otherwise. */
  #nobodyUntil: Millis | undefined;
  /** The first moment at which one that was left alone in the last look is ready again. */
  #readyAt: Millis = Infinity;
  /** That look was one of an uplink with nothing to do, which is less particular. */
  #wasIdle = false;

  constructor(options: OffersOptions) {
    this.#options = options;
  }

  /** Somebody speaks `by_turn`: words to it may wait. */
  get isSpokenTo(): boolean {
    return this.#guests.length > 0;
  }

  /** When offers are to be made whatever happens; `undefined` while nobody waits for any. */
  get deadline(): Millis | undefined {
    return this.#lookAt;
  }

  /** The peer told how it is spoken to; it may do so again, and not speak `by_turn` any more (BEP 10). */
  introduced(peer: Peer): void {
    if (peer.extensions.turn === 0) return this.left(peer);
    if (peer.guest !== undefined) return;
    const guest: Guest = { peer, isWaiting: false, offeredAt: undefined, restsUntil: 0 };
    peer.guest = guest;
    this.#guests.push(guest);
    this.#hasNews = true;
    this.#nobodyUntil = undefined;
  }

  left(peer: Peer): void {
    const { guest } = peer;
    if (guest === undefined) return;
    this.#close(guest);
    peer.guest = undefined;
    this.#guests.splice(this.#guests.indexOf(guest), 1);
  }

  /** It asks for something: that is the answer, when it was offered something. */
  asked(peer: Peer): void {
    const { guest } = peer;
    if (guest?.offeredAt === undefined) return;
    this.#close(guest);
  }

  /** It has nothing to ask for. */
  passed(peer: Peer, now: Millis): void {
    const { guest } = peer;
    if (guest?.offeredAt === undefined) return;
    this.#close(guest);
    guest.restsUntil = now + REST_MILLIS * this.#guests.length;
  }

  #close(guest: Guest): void {
    this.#open.delete(guest);
    guest.offeredAt = undefined;
    this.#nobodyUntil = undefined;
  }

  /** The same as `make` after a read from this peer: where nobody could be offered anything, nobody else is looked at. Hot: once a read. */
  makeAfterRead(peer: Peer, now: Millis, out: SessionOutput[]): void {
    if (this.#nobodyUntil !== undefined && now < this.#nobodyUntil && this.#options.isCrowded()) {
      const { guest } = peer;
      const isNews = guest !== undefined && this.#wantsSomething(peer) && !isServed(peer) && this.#isReady(guest, now);
      if (!isNews && (this.#wasIdle || this.#options.pendingLength() > 0)) return;
    }
    this.make(now, out);
  }

  /** Makes the offers that are due. Hot: most times enough is asked for. */
  make(now: Millis, out: SessionOutput[]): void {
    this.#lookAt = undefined;
    this.#nobodyUntil = undefined;
    if (this.#guests.length === 0) return;
    this.tellMode(out);
    if (!this.#isCrowded) return;
    const { pendingLength, pieceLength, rate } = this.#options;
    const pending = pendingLength();
    const lengthMax = Math.max(AHEAD_PIECES * pieceLength, AHEAD_SECONDS * rate(now));
    if (pending >= lengthMax) return;
    for (const guest of this.#open) {
      // In the same terms as the moment we ask to be woken at: a difference may fall short of what a sum makes of it.
      if (now < (guest.offeredAt ?? 0) + PATIENCE_MILLIS) break;
      this.#open.delete(guest);
    }
    this.#isWanted = false;
    while (pending + this.#open.size * pieceLength < lengthMax) {
      const guest = this.#choose(pending === 0, now);
      if (guest === undefined) {
        if (this.#isWanted) this.#lookAt = now + LOOK_MILLIS;
        if (this.#guests.length <= LOOKED_AT_MAX) this.#rest(pending === 0, now);
        return;
      }
      guest.offeredAt = now;
      this.#open.add(guest);
      tell(guest.peer, "offer", out);
    }
    // With nothing to send, who is slow to answer is not waited for until something else happens to be read.
    if (pending === 0) this.#lookAt = this.#patientUntil(now);
  }

  /** When the first one that has not answered is no longer waited for; never without one. */
  #patientUntil(now: Millis): Millis {
    for (const { offeredAt } of this.#open) return (offeredAt ?? now) + PATIENCE_MILLIS;
    return Infinity;
  }

  /** Remembers that there was nobody, and until when waiting alone cannot change that. */
  #rest(isIdle: boolean, now: Millis): void {
    this.#nobodyUntil = Math.min(this.#patientUntil(now), this.#readyAt);
    this.#wasIdle = isIdle;
  }

  /**
   * Tells whoever has not heard it whether to wait for offers. Before anybody hears of pieces to ask for: who heard of them first asks for all of
   * them at once, and nobody else may bring what waits here.
   */
  tellMode(out: SessionOutput[]): void {
    if (this.#guests.length === 0) return;
    if (this.#options.isCrowded() !== this.#isCrowded) {
      this.#isCrowded = !this.#isCrowded;
      this.#hasNews = true;
    }
    if (!this.#hasNews) return;
    this.#hasNews = false;
    for (const guest of this.#guests) {
      if (guest.isWaiting === this.#isCrowded) continue;
      this.#close(guest);
      guest.isWaiting = this.#isCrowded;
      tell(guest.peer, this.#isCrowded ? "wait" : "free", out);
    }
  }

  /** Any of those who may be offered something; who sends us something, and then who owes, only when there is nobody else, and nothing else to do. */
  #choose(isIdle: boolean, now: Millis): Guest | undefined {
    const guests = this.#guests;
    const { random, owes } = this.#options;
    let debtor: Guest | undefined;
    let sender: Guest | undefined;
    let chosen: Guest | undefined;
    this.#readyAt = Infinity;
    const end = Math.min(LOOKED_AT_MAX, guests.length);
    for (let look = 0; look < end && chosen === undefined; look++) {
      const guest = drawn(guests, look, random);
      if (!this.#wantsSomething(guest.peer)) continue;
      this.#isWanted = true;
      if (isServed(guest.peer)) continue;
      if (!this.#isReady(guest, now)) {
        this.#readyAt = Math.min(this.#readyAt, guest.offeredAt === undefined ? guest.restsUntil : guest.offeredAt + ANSWER_MILLIS_MAX);
        continue;
      }
      const isSending = guest.peer.requests.outstanding > 0;
      if (owes(guest.peer)) debtor = isSending ? debtor : guest;
      else if (isSending) sender ??= guest;
      else chosen = guest;
    }
    if (chosen !== undefined || !isIdle) return chosen;
    return sender ?? (this.#open.size === 0 ? debtor : undefined);
  }

  /** Who lacks one of our pieces wants it, whether we have heard of its interest or not: that may come a second later. */
  #wantsSomething(peer: Peer): boolean {
    if (peer.isChokedByUs || peer.isSeed || peer.isUploadOnly) return false;
    return peer.isInterested || peer.pieces === undefined || lacksSome(peer.pieces, this.#options.have);
  }

  #isReady(guest: Guest, now: Millis): boolean {
    if (guest.offeredAt === undefined) return now >= guest.restsUntil;
    if (now - guest.offeredAt < ANSWER_MILLIS_MAX) return false;
    this.#close(guest);
    guest.restsUntil = now + ANSWER_MILLIS_MAX;
    return false;
  }
}

/** The next one in an order of the dice, which is made only as far as it is looked at: the guests before `place` were drawn already. */
function drawn(guests: Guest[], place: number, random: Random): Guest {
  const other = place + below(random, guests.length - place);
  const guest = guests[other] as Guest;
  guests[other] = guests[place] as Guest;
  guests[place] = guest;
  return guest;
}

/** Whether one of two fields of a torrent lacks something that the other has. */
function lacksSome(field: Bitfield, other: Bitfield): boolean {
  if (field.count < other.count) return true;
  const { bytes } = field;
  const others = other.bytes;
  for (let at = 0; at < others.length; at++) if (((others[at] as number) & ~(bytes[at] as number)) !== 0) return true;
  return false;
}

/** A piece is asked for or under way to it already, and words would queue behind that. */
function isServed({ uploads }: Peer): boolean {
  return uploads.inFlight > 0 || uploads.queue.length > 0;
}

/**
 * Whether news of our pieces may ride on the next word to this peer: it asks for nothing before we offer, we see by ourselves what it lacks of ours, and
 * nothing is worth knowing of us that would not come with the offer. With a hundred links a piece is a hundred words otherwise, nearly half of all
 * that is read in a crowd. Not so to who never wanted anything: a seed that hides its pieces goes by what it hears.
 */
export function mayWait({ wasInterested, guest }: Peer): boolean {
  return wasInterested && guest?.isWaiting === true;
}

/** The answer to an offer that nothing was asked for. */
export function passUnused(peer: Peer, out: SessionOutput[]): void {
  if (!peer.requests.isOffered) return;
  peer.requests.isOffered = false;
  if (peer.extensions.turn !== 0) tell(peer, "pass", out);
}

function tell({ extensions, link }: Peer, word: TurnWord, out: SessionOutput[]): void {
  out.push({ type: "send", link, bytes: encodeMessage({ type: "extended", id: extensions.turn, payload: encodeTurn(word) }) });
}
