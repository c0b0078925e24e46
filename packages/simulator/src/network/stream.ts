/**
 * One direction of a TCP link: bytes go in at one end and come out at the other, in order, late, and never lost.
 *
 *     write ─► send buffer ─► uplink (shared) ─► latency ─► downlink (shared) ─► read
 *
 * What does not fit the send buffer counts as unsent. The sender waits while a window of bytes is under way or unread,
 * so a receiver that pauses is felt at the other end, and it begins slowly (`congestion.ts`). A block costs two events: it leaves, it arrives.
 * @module
 */
import { assert, HostError, type Millis } from "@bittern/protocol/base";
import { Task } from "../queue.ts";
import type { Timeline } from "../timeline.ts";
import { Chunks } from "./chunks.ts";
import { CongestionWindow } from "./congestion.ts";
import type { Cuts, Stranded } from "./partition.ts";
import type { NetworkSettings } from "./settings.ts";
import type { Station } from "./station.ts";
import type { Sender } from "./uplink.ts";

/** How long a system tries to get bytes through before it gives the link up, as Linux does. */
const GIVE_UP_MILLIS: Millis = 924_600;
/** Bytes of one read at most. */
const READ_LENGTH_MAX = 256 * 1024;
/** Views of it that are kept. */
const VIEWS_MAX = 256;

/** What travels besides bytes. */
export type Signal = "connected" | "end" | "reset";

/** The end at which the bytes come out. */
export interface Receiver {
  readonly isPaused: boolean;
  /** Its process is gone without a word: whoever sends to it is told so. */
  readonly isVanished: boolean;
  receive(bytes: Uint8Array): void;
  signal(signal: Signal): void;
}

/** The end at which they go in. */
export interface Writer {
  /** All that was written fits the send buffer. */
  drained(): void;
  /** The other end does not know this link any more, or the system gave it up. */
  failed(fault: HostError): void;
}

/** What all streams of a world share. */
export interface StreamContext {
  readonly timeline: Timeline;
  readonly settings: NetworkSettings;
  readonly cuts: Cuts;
  /** The one buffer every read goes through. */
  readonly readBuffer: Uint8Array;
  /** A view of its first `length` bytes; good until the next read, as what is read is. */
  readView(length: number): Uint8Array;
  /** One way between two stations. */
  latency(from: Station, to: Station): Millis;
}

/** Reads are of few lengths, a have, some requests, a block: views of the one buffer that were made for a length are kept for it. */
export class ReadBuffer {
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(READ_LENGTH_MAX);
  readonly #views: Map<number, Uint8Array> = new Map();

  view(length: number): Uint8Array {
    let view = this.#views.get(length);
    if (view === undefined) {
      if (this.#views.size === VIEWS_MAX) this.#views.clear();
      // Not `subarray`, which asks for the species.
      view = new Uint8Array(this.bytes.buffer, 0, length);
      this.#views.set(length, view);
    }
    return view;
  }
}

interface Segment {
  readonly arrivesAt: Millis;
  length: number;
  readonly signal: Signal | undefined;
  isAdmitted: boolean;
  next: Segment | undefined;
}

export class Stream extends Task implements Sender, Stranded {
  isListed = false;
  strandedAt: Millis = 0;
  readonly #context: StreamContext;
  readonly #from: Station;
  readonly #to: Station;
  readonly #writer: Writer;
  readonly #receiver: Receiver;
  readonly #chunks: Chunks = new Chunks();
  /** `undefined` where streams begin at full rate. */
  readonly #congestion: CongestionWindow | undefined;
  #written = 0;
  #departed = 0;
  #read = 0;
  #firstSegment: Segment | undefined;
  #lastSegment: Segment | undefined;
  #isEnding = false;
  #isDead = false;
  #isDeaf = false;
  #isStranded = false;
  #isUnsent = false;
  /** It is woken when an acknowledgement makes room. */
  #awaitsRoom = false;

  constructor(context: StreamContext, ends: { from: Station; to: Station; writer: Writer; receiver: Receiver }) {
    super();
    this.#context = context;
    this.#from = ends.from;
    this.#to = ends.to;
    this.#writer = ends.writer;
    this.#receiver = ends.receiver;
    const { initialWindowLength, windowLength } = context.settings;
    if (initialWindowLength < windowLength) this.#congestion = new CongestionWindow({ initialLength: initialWindowLength, windowLength });
  }

  get fromIndex(): number {
    return this.#from.index;
  }
  get toIndex(): number {
    return this.#to.index;
  }

  /** Bytes written that did not fit the send buffer. */
  get unsentLength(): number {
    if (this.#isDead) return 0;
    return Math.max(0, this.#written - this.#bufferEnd);
  }

  get readyLength(): number {
    if (this.#isDead || this.#isStranded) return 0;
    const { settings, timeline } = this.#context;
    if (this.#departed - this.#read >= settings.windowLength || this.#congestion?.hasRoom(timeline.now) === false) return 0;
    return this.#written - this.#departed;
  }

  write(bytes: Uint8Array, release: (() => void) | undefined): void {
    if (this.#isDead || bytes.length === 0) {
      release?.();
      return;
    }
    this.#chunks.push(bytes, this.#written, release);
    this.#written += bytes.length;
    this.#offer();
    if (this.#congestion !== undefined) this.#awaitRoom(this.#congestion);
    this.#settle();
    if (this.unsentLength > 0) this.#isUnsent = true;
  }

  /** Sends a word ahead of all bytes written later. */
  announce(signal: Signal): void {
    this.#send(0, signal);
  }

  /** Sends what was written, then the end. */
  end(): void {
    this.#isEnding = true;
    this.#endIfEmpty();
  }

  /** Drops everything, also what is under way, and tells the other end. */
  abort(): void {
    if (this.#isDead) return;
    this.#drop();
    this.#send(0, "reset");
  }

  /** Drops everything in silence. */
  abandon(): void {
    if (!this.#isDead) this.#drop();
  }

  /** From now on what arrives is thrown away unread. */
  deafen(): void {
    this.#isDeaf = true;
    this.#rouse();
  }

  /** The receiver reads again. */
  resumeReading(): void {
    this.#rouse();
  }

  cut(lengthMax: number): number {
    const { settings, cuts } = this.#context;
    if (cuts.between(this.#from.index, this.#to.index)) {
      this.#strand();
      return 0;
    }
    const length = this.#chunks.segmentLength(this.#departed, lengthMax);
    if (settings.segmentation === "whole") return length;
    // Small cuts as often as large ones: framing breaks on the small.
    return Math.max(1, Math.floor(length ** this.#from.random.unit()));
  }

  depart(length: number): void {
    if (this.#isDead) return;
    this.#departed += length;
    this.#chunks.departed(this.#departed);
    const arrivesAt = this.#send(length, undefined);
    if (this.#congestion !== undefined) this.#spend(this.#congestion, length, arrivesAt);
    this.#endIfEmpty();
    this.#settle();
    if (this.#isUnsent && this.unsentLength === 0) {
      this.#isUnsent = false;
      this.#writer.drained();
    }
  }

  #spend(congestion: CongestionWindow, length: number, arrivesAt: Millis): void {
    const { now } = this.#context.timeline;
    const acknowledgedAt = arrivesAt + this.#to.downlink.backlogMillis(now) + this.#context.latency(this.#to, this.#from);
    congestion.departed(length, this.#written - this.#departed, now, acknowledgedAt);
    this.#awaitRoom(congestion);
  }

  /** The first segment under way arrives, or its bytes have passed the downlink. */
  fire(): void {
    const segment = this.#firstSegment;
    assert(segment !== undefined, "a stream wakes only for a segment");
    const { cuts, timeline } = this.#context;
    if (cuts.between(this.#from.index, this.#to.index)) return this.#strand();
    if (this.#receiver.isVanished) return this.#refuse();
    if (this.#receiver.isPaused && !this.#isDeaf && (segment.signal ?? "end") === "end") return;
    if (!segment.isAdmitted) {
      this.#gather(segment, timeline.now);
      segment.isAdmitted = true;
      const passedAt = this.#to.downlink.admit(segment.length, timeline.now);
      if (passedAt > timeline.now) return timeline.schedule(this, passedAt);
    }
    this.#firstSegment = segment.next;
    if (segment.next === undefined) this.#lastSegment = undefined;
    else timeline.schedule(this, segment.next.arrivesAt);
    if (segment.signal === undefined) this.#deliver(segment.length);
    else this.#deliverSignal(segment.signal);
  }

  resume(at: Millis): void {
    const { timeline } = this.#context;
    timeline.after(at - timeline.now, () => {
      this.#isStranded = false;
      if (this.#isDead) return;
      this.#rouse();
      this.#offer();
    });
  }

  /** Where the send buffer ends. */
  get #bufferEnd(): number {
    return this.#departed + this.#context.settings.sendBufferLength;
  }

  #settle(): void {
    this.#chunks.settle(this.#bufferEnd);
  }

  #offer(): void {
    if (!this.isListed) this.#from.uplink.offer(this);
  }

  /** With more to send than may be under way, it goes on when the next acknowledgement is here. */
  #awaitRoom(congestion: CongestionWindow): void {
    const { timeline } = this.#context;
    if (this.#awaitsRoom || this.#departed === this.#written || congestion.hasRoom(timeline.now)) return;
    const at = congestion.nextAcknowledgedAt;
    assert(at !== undefined, "a full window has something under way");
    this.#awaitsRoom = true;
    timeline.after(at - timeline.now, () => {
      this.#awaitsRoom = false;
      if (this.#isDead) return;
      this.#offer();
      this.#awaitRoom(congestion);
    });
  }

  #endIfEmpty(): void {
    if (!this.#isEnding || this.#isDead || this.#departed < this.#written) return;
    this.#isEnding = false;
    this.#send(0, "end");
  }

  /** Returns when it arrives, if the way in is free. */
  #send(length: number, signal: Signal | undefined): Millis {
    const { timeline, settings } = this.#context;
    const jitter = settings.jitterMillis > 0 ? this.#from.random.between(0, settings.jitterMillis) : 0;
    const soonest = timeline.now + this.#context.latency(this.#from, this.#to) + jitter;
    const last = this.#lastSegment;
    const arrivesAt = last !== undefined && last.arrivesAt > soonest ? last.arrivesAt : soonest;
    const segment: Segment = { arrivesAt, length, signal, isAdmitted: signal !== undefined, next: undefined };
    this.#lastSegment = segment;
    if (last !== undefined) {
      last.next = segment;
    } else {
      this.#firstSegment = segment;
      timeline.schedule(this, arrivesAt);
    }
    return arrivesAt;
  }

  /** What has arrived behind the first segment meanwhile is read with it. */
  #gather(segment: Segment, now: Millis): void {
    let next = segment.next;
    while (next !== undefined && next.signal === undefined && next.arrivesAt <= now) {
      if (segment.length + next.length > READ_LENGTH_MAX) break;
      segment.length += next.length;
      next = next.next;
    }
    segment.next = next;
    if (next === undefined) this.#lastSegment = segment;
  }

  #deliver(length: number): void {
    const { readBuffer, settings } = this.#context;
    const position = this.#read;
    const wasFull = this.#departed - position >= settings.windowLength;
    const end = this.#chunks.read(position, length, readBuffer);
    this.#read += length;
    if (wasFull) this.#offer();
    if (this.#isDeaf) return;
    this.#receiver.receive(this.#context.readView(length));
    if (settings.poisonsReads) readBuffer.fill(0xdb, 0, end);
  }

  #deliverSignal(signal: Signal): void {
    if (signal !== "connected") this.#drop();
    if (!this.#isDeaf) this.#receiver.signal(signal);
  }

  /** Looks again at what may have arrived while nobody wanted it. */
  #rouse(): void {
    const segment = this.#firstSegment;
    if (segment === undefined || this.isScheduled || this.#isStranded) return;
    this.#context.timeline.schedule(this, segment.arrivesAt);
  }

  #strand(): void {
    if (this.#isStranded) return;
    const { timeline, cuts } = this.#context;
    this.#isStranded = true;
    this.strandedAt = timeline.now;
    cuts.strand(this);
    timeline.after(GIVE_UP_MILLIS, () => {
      if (this.#isDead || !this.#isStranded || timeline.now - this.strandedAt < GIVE_UP_MILLIS) return;
      this.#drop();
      this.#writer.failed(new HostError("TIMED_OUT", "nothing was acknowledged for a quarter of an hour"));
    });
  }

  #refuse(): void {
    const { timeline } = this.#context;
    this.#drop();
    timeline.after(this.#context.latency(this.#to, this.#from), () => {
      this.#writer.failed(new HostError("CONNECTION_RESET", "the other end knows nothing of this link"));
    });
  }

  #drop(): void {
    this.#isDead = true;
    this.#firstSegment = this.#lastSegment = undefined;
    this.#context.timeline.cancel(this);
    this.#context.cuts.forget(this);
    this.#chunks.clear();
  }
}
