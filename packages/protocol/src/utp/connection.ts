/**
 * One uTP connection (BEP 29): bytes in order, both ways, over datagrams that may be lost, doubled and out of order.
 *
 *     dial ──► syn-sent ──► connected ──► ending ──► over
 *     syn  ──► syn-received ──►│  the other side's number came back: it is no spoofed address
 *
 * Nothing but one small answer goes to an address that has not proven that it gets what we send (threat: reflection), and
 * nothing is told of the connection before.
 *
 * Practice where it differs from the text: a `state` packet has the number of the packet that follows it and takes none of its
 * own, so who dialled counts from one before the number of the answer (libutp, libtorrent).
 * @module
 */
import type { Millis } from "../base/index.ts";
import { Congestion } from "./congestion.ts";
import { Outbox } from "./outbox.ts";
import { encodeUtp, HEAD_LENGTH, type UtpHead, type UtpPacket, type UtpPacketType, writeHead } from "./packet.ts";
import { QueueingDelay } from "./queueing-delay.ts";
import { ReceiveWindow } from "./receive-window.ts";
import { RoundTrip } from "./round-trip.ts";
import { SendWindow, type SentPacket } from "./send-window.ts";
import { advance, type Sequence } from "./sequence.ts";

/**
 * Bytes of a whole packet: with the heads of IP and UDP it passes tunnels (1,420) and lines over PPPoE (1,492) in one part. A packet
 * keeps its bytes when it is sent again, so one that is too large for its way would never arrive.
 */
const PACKET_LENGTH = 1380;
const PAYLOAD_LENGTH = PACKET_LENGTH - HEAD_LENGTH;
/** Silences in a row after which nobody is there: 3 for a dial (7 s), 6 for a connection (half a minute and more). */
const DIAL_SILENCES_MAX = 3;
const SILENCES_MAX = 6;
/** How long what was written may take to arrive after `close`. */
const ENDING_MILLIS: Millis = 10_000;
/** A router forgets a way nothing goes by, some after half a minute. */
const KEEPALIVE_MILLIS: Millis = 29_000;
/** A window of 0 may have been opened by a packet that was lost. */
const CLOSED_WINDOW_MILLIS: Millis = 5_000;

export type UtpEvent =
  /** To the other side. */
  | { readonly type: "send"; readonly bytes: Uint8Array }
  /** The connection stands: both sides have heard of each other. */
  | { readonly type: "connected" }
  /** Bytes in order; a view that may die with the turn. */
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  /** The bytes of this ticket are in packets of our own now, or will never be. */
  | { readonly type: "written"; readonly ticket: number }
  /** Nothing waits to be sent, after something did. */
  | { readonly type: "drained" }
  /** Once, and last but for `send`. */
  | { readonly type: "closed"; readonly fault: UtpFault | undefined };

export type UtpFault = "timeout" | "reset" | "refused";

type State = "syn-sent" | "syn-received" | "connected" | "ending" | "over";

export interface UtpIds {
  /** The id of packets to us. */
  readonly receiveId: number;
  readonly sendId: number;
}

export class UtpConnection {
  readonly #ids: UtpIds;
  readonly #sent: SendWindow;
  readonly #congestion = new Congestion(PACKET_LENGTH);
  readonly #roundTrip = new RoundTrip();
  readonly #delay = new QueueingDelay();
  readonly #outbox = new Outbox();
  #received: ReceiveWindow | undefined;
  #state: State;
  /** What our answers say of how late the last packet came. */
  #lateness = 0;
  /** Bytes the other side has room for. */
  #window = PACKET_LENGTH;
  #isAnswerDue = false;
  #isReading = true;
  #isClosedTold = false;
  #isFinSent = false;
  #silences = 0;
  /** Since then an answer is waited for. */
  #waitsSince: Millis;
  #sentAt: Millis;
  #endsAt = Number.POSITIVE_INFINITY;

  /** Dials: a `syn` goes out. */
  static dial(ids: UtpIds, first: Sequence, now: Millis, out: UtpEvent[]): UtpConnection {
    const connection = new UtpConnection(ids, first, "syn-sent", now);
    const bytes = new Uint8Array(HEAD_LENGTH);
    const packet = connection.#sent.add("syn", bytes, 0, now);
    connection.#post(packet, now, out);
    return connection;
  }

  /** Answers a `syn`. `first`: drawn, so that only who gets our answer can know it. */
  static answer(syn: UtpPacket, first: Sequence, now: Millis, out: UtpEvent[]): UtpConnection {
    const ids = { receiveId: advance(syn.connectionId, 1), sendId: syn.connectionId };
    const connection = new UtpConnection(ids, first, "syn-received", now);
    connection.#received = new ReceiveWindow(syn.sequence);
    connection.#hear(syn, now);
    connection.#answer(now, out);
    return connection;
  }

  private constructor(ids: UtpIds, first: Sequence, state: State, now: Millis) {
    this.#ids = ids;
    this.#sent = new SendWindow(first);
    this.#state = state;
    this.#waitsSince = now;
    this.#sentAt = now;
  }

  get receiveId(): number {
    return this.#ids.receiveId;
  }

  /** Nothing more happens here. */
  get isOver(): boolean {
    return this.#state === "over";
  }

  /** Bytes written that are in no packet yet. */
  get unsentLength(): number {
    return this.#outbox.byteLength;
  }

  // ---- what arrives

  receive(packet: UtpPacket, now: Millis, out: UtpEvent[]): void {
    if (this.#state === "over") return;
    if (packet.type === "reset") return this.#break(this.#state === "syn-sent" ? "refused" : "reset", out);
    if (packet.type === "syn") {
      // Our answer was lost.
      if (this.#state === "syn-received") this.#isAnswerDue = true;
      return;
    }
    if (!this.#sent.isPlausible(packet.acknowledged)) return;
    if (this.#state === "syn-sent" && !this.#open(packet, now, out)) return;
    if (this.#state === "syn-received") {
      // The number before ours was drawn: only who got our answer can say that it did.
      if (packet.acknowledged !== advance(this.#sent.next, -1)) return;
      this.#stand(now, out);
    }
    this.#hear(packet, now);
    this.#settle(packet, now);
    if (packet.type === "data" || packet.type === "fin") this.#take(packet, out);
    this.#endIfDone(now, out);
  }

  /** The answer to our `syn`. */
  #open(packet: UtpPacket, now: Millis, out: UtpEvent[]): boolean {
    if (packet.type !== "state" || packet.acknowledged !== advance(this.#sent.next, -1)) return false;
    this.#received = new ReceiveWindow(advance(packet.sequence, -1));
    this.#stand(now, out);
    return true;
  }

  #stand(now: Millis, out: UtpEvent[]): void {
    this.#state = "connected";
    this.#silences = 0;
    this.#waitsSince = now;
    out.push({ type: "connected" });
  }

  #hear(packet: UtpPacket, now: Millis): void {
    this.#lateness = (micros(now) - packet.timestamp) >>> 0;
    this.#window = packet.window;
    this.#silences = 0;
  }

  /** What of ours arrived, what is lost, and how much may be on its way from now on. */
  #settle(packet: UtpPacket, now: Millis): void {
    const { acknowledged, selection } = packet;
    const wasFull = this.#sent.inFlight + PAYLOAD_LENGTH > this.#congestion.window;
    const patience = 1.5 * this.#roundTrip.mean;
    const news = this.#sent.acknowledge({ acknowledged, selection, isRepeat: packet.type === "state", patience }, now);
    if (news.roundTrip !== undefined) this.#roundTrip.add(news.roundTrip);
    if (news.lostCount > 0) this.#congestion.lost(this.#roundTrip.mean, now);
    if (news.isFinished) this.#endsAt = now;
    if (news.byteLength === 0) return;
    this.#roundTrip.answered();
    this.#waitsSince = now;
    const delay = packet.lateness === 0 ? 0 : this.#delay.add(packet.lateness, now);
    this.#congestion.acknowledged(news.byteLength, delay, wasFull);
  }

  #take(packet: UtpPacket, out: UtpEvent[]): void {
    const received = this.#received as ReceiveWindow;
    this.#isAnswerDue = true;
    if (packet.type === "fin") received.endsAt(packet.sequence);
    received.take(packet.sequence, packet.payload, (bytes) => {
      if (bytes.length === 0 || this.#state === "ending") return;
      if (this.#isReading) out.push({ type: "bytes", bytes });
      else received.wait(bytes);
    });
  }

  #endIfDone(now: Millis, out: UtpEvent[]): void {
    if (this.#received?.isFinished !== true || this.#state === "ending") return;
    // They send no more, and read no more either: none of the programs of the field closes one way only.
    this.#outbox.clear((ticket) => out.push({ type: "written", ticket }));
    if (this.#isReading) this.#tellClosed(undefined, out);
    this.#state = "ending";
    this.#endsAt = now + ENDING_MILLIS;
  }

  // ---- what is to be sent

  /** The bytes are lent until `written` names the ticket. */
  write(bytes: Uint8Array, ticket: number, out: UtpEvent[]): void {
    if (this.#state === "ending" || this.#state === "over") {
      out.push({ type: "written", ticket });
      return;
    }
    this.#outbox.add(bytes, ticket);
  }

  pauseReading(): void {
    this.#isReading = false;
  }

  resumeReading(out: UtpEvent[]): void {
    if (this.#isReading) return;
    this.#isReading = true;
    for (const bytes of this.#received?.takeWaiting() ?? []) out.push({ type: "bytes", bytes });
    // They may have been told that there is no room.
    this.#isAnswerDue = true;
    if (this.#received?.isFinished === true) this.#tellClosed(undefined, out);
  }

  /** Sends what was written, then ends; `closed` comes at once, and the rest goes on by itself for some seconds. */
  close(now: Millis, out: UtpEvent[]): void {
    if (this.#state === "over" || this.#state === "ending") return this.#tellClosed(undefined, out);
    const wasOpen = this.#state === "connected";
    this.#state = wasOpen ? "ending" : "over";
    this.#endsAt = now + ENDING_MILLIS;
    if (!wasOpen) this.#outbox.clear((ticket) => out.push({ type: "written", ticket }));
    this.#tellClosed(undefined, out);
  }

  /** Sends all that may go now: lost packets, new ones, and an answer where none of them carried it. */
  flush(now: Millis, out: UtpEvent[]): void {
    if (this.#state === "over") return;
    if (this.#state === "connected" || this.#state === "ending") {
      for (let lost = this.#sent.nextLost(); lost !== undefined && this.#hasRoomFor(lost.payloadLength); lost = this.#sent.nextLost()) {
        this.#sent.sentAgain(lost, now);
        this.#post(lost, now, out);
      }
      this.#sendNew(now, out);
    }
    if (this.#isAnswerDue) this.#answer(now, out);
  }

  #sendNew(now: Millis, out: UtpEvent[]): void {
    const had = this.#outbox.byteLength > 0;
    while (this.#outbox.byteLength > 0) {
      const length = Math.min(PAYLOAD_LENGTH, this.#outbox.byteLength);
      if (!this.#sent.hasRoom || !this.#hasRoomFor(length)) return;
      const bytes = new Uint8Array(HEAD_LENGTH + length);
      this.#outbox.take(bytes, HEAD_LENGTH, (ticket) => out.push({ type: "written", ticket }));
      this.#sendPacket("data", bytes, length, now, out);
    }
    if (had && this.#state === "connected") out.push({ type: "drained" });
    if (this.#state === "ending" && !this.#isFinSent && this.#sent.hasRoom) {
      this.#isFinSent = true;
      this.#sendPacket("fin", new Uint8Array(HEAD_LENGTH), 0, now, out);
    }
  }

  #hasRoomFor(length: number): boolean {
    const { inFlight } = this.#sent;
    return inFlight === 0 ? this.#window > 0 : inFlight + length <= Math.min(this.#congestion.window, this.#window);
  }

  #sendPacket(type: UtpPacketType, bytes: Uint8Array, length: number, now: Millis, out: UtpEvent[]): void {
    if (this.#sent.isEmpty) this.#waitsSince = now;
    this.#post(this.#sent.add(type, bytes, length, now), now, out);
  }

  #post({ type, bytes, sequence }: SentPacket, now: Millis, out: UtpEvent[]): void {
    writeHead(bytes, this.#head(type, sequence, now));
    this.#sentAt = now;
    // An answer is in every packet, but not the mask of what came early.
    if (this.#received?.hasGap !== true) this.#isAnswerDue = false;
    out.push({ type: "send", bytes });
  }

  #answer(now: Millis, out: UtpEvent[]): void {
    this.#isAnswerDue = false;
    this.#sentAt = now;
    out.push({ type: "send", bytes: encodeUtp(this.#head("state", this.#sent.next, now), this.#received?.selection()) });
  }

  #head(type: UtpPacketType, sequence: Sequence, now: Millis): UtpHead {
    return {
      type,
      connectionId: type === "syn" ? this.#ids.receiveId : this.#ids.sendId,
      timestamp: micros(now),
      lateness: this.#lateness,
      window: this.#received?.room ?? PACKET_LENGTH,
      sequence,
      acknowledged: this.#received?.acknowledged ?? 0,
    };
  }

  // ---- time

  /** Some times a second. */
  tick(now: Millis, out: UtpEvent[]): void {
    if (this.#state === "over") return;
    if (now >= this.#endsAt) return this.#finish();
    if (this.#isSilent(now)) this.#timeOut(now, out);
    else if (this.#outbox.byteLength > 0 && this.#window === 0 && now - this.#sentAt >= CLOSED_WINDOW_MILLIS) this.#window = PACKET_LENGTH;
    else if (this.#state === "connected" && now - this.#sentAt >= KEEPALIVE_MILLIS) this.#isAnswerDue = true;
    this.flush(now, out);
  }

  #isSilent(now: Millis): boolean {
    return (!this.#sent.isEmpty || this.#state === "syn-received") && now - this.#waitsSince >= this.#roundTrip.timeout;
  }

  #timeOut(now: Millis, out: UtpEvent[]): void {
    this.#silences++;
    this.#waitsSince = now;
    this.#roundTrip.timedOut();
    const isYoung = this.#state === "syn-sent" || this.#state === "syn-received";
    if (this.#silences >= (isYoung ? DIAL_SILENCES_MAX : SILENCES_MAX)) return this.#break("timeout", out);
    if (this.#state === "syn-received") return;
    this.#congestion.timedOut();
    this.#sent.loseAll();
    const first = this.#sent.nextLost();
    if (first === undefined) return;
    this.#sent.sentAgain(first, now);
    this.#post(first, now, out);
  }

  /** Ends at once, whatever is under way. */
  #break(fault: UtpFault, out: UtpEvent[]): void {
    this.#outbox.clear((ticket) => out.push({ type: "written", ticket }));
    this.#state = "over";
    this.#tellClosed(fault, out);
  }

  #finish(): void {
    this.#state = "over";
  }

  #tellClosed(fault: UtpFault | undefined, out: UtpEvent[]): void {
    if (this.#isClosedTold) return;
    this.#isClosedTold = true;
    out.push({ type: "closed", fault });
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    this.#sent.check();
    this.#received?.check();
  }
}

/** Microseconds of our clock, 32 bits that wrap. */
function micros(now: Millis): number {
  return (now * 1000) >>> 0;
}
