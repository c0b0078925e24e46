/**
 * Cuts the byte stream of a peer into its handshake and its messages (BEP 3).
 *
 * Whole messages are views into what was read: no byte is copied unless a message straddles two reads, then once. The
 * length is judged by the id before a byte is kept, and between two messages nothing is kept at all, so that ten thousand
 * quiet links cost ten thousand small objects.
 * @module
 */
import { assert } from "../base/index.ts";
import { decodeMessage, KEEP_ALIVE, u32 } from "./decode.ts";
import { checkGreeting, decodeHandshake, decodeHandshakeHead, HANDSHAKE_LENGTH, type Handshake, type HandshakeHead } from "./handshake.ts";
import { checkFrameLength, isKnown } from "./limits.ts";
import { MESSAGE_ID, type PeerMessage, PIECE_HEADER_LENGTH, PREFIX_LENGTH } from "./message.ts";
import { blockRunAt, haveRunAt, type MessageRun, requestRunAt, runLength } from "./run.ts";

/** The first event of every link. Its ids are copies. */
export interface HandshakeEvent extends Handshake {
  readonly type: "handshake";
}
/** What is whole; messages that follow each other for blocks that do, and haves that follow each other, are one event. */
export type WireEvent = HandshakeEvent | PeerMessage | MessageRun;

/** Bytes: prefix and id, from which the length can be judged. */
const HEAD_LENGTH = PREFIX_LENGTH + 1;
/** Bytes set aside at once for a message that straddles: a whole block. Longer ones grow as their bytes arrive. */
const HELD_LENGTH_FIRST = PIECE_HEADER_LENGTH + 16 * 1024;

/** Feeds on reads of any size; yields whole messages, in order. After it threw, it is finished. */
export class PeerWire {
  #hasShaken = false;
  /** Length a bitfield has to have, its id counted; 0 while the number of pieces is unknown. */
  #bitfieldLength = 0;
  /** What has come of a handshake or message that straddles reads, prefix included. */
  #held: Uint8Array<ArrayBuffer> | undefined;
  #heldLength = 0;
  /**
   * Memory for the next message that straddles, kept from one read to the next while there is one in each, as in a fast
   * download: fresh memory a read is 64 MiB a GiB to clear and collect.
   */
  #spare: Uint8Array<ArrayBuffer> | undefined;
  /** What straddled until now; events of this call are views into it. */
  #finished: Uint8Array<ArrayBuffer> | undefined;
  /** Bytes of the straddling message when whole; of its head while that is incomplete. */
  #wantedLength = 0;
  /** Bytes of an unknown message still to be passed over. */
  #skipLength = 0;

  /** From now on a bitfield has to fit so many pieces. */
  expectPieces(count: number): void {
    assert(Number.isSafeInteger(count) && count >= 0, "a torrent has a whole number of pieces");
    this.#bitfieldLength = 1 + Math.ceil(count / 8);
  }

  /** Bytes this wire keeps until a message is whole; 0 between messages. */
  get heldLength(): number {
    return (this.#held?.length ?? 0) + (this.#spare?.length ?? 0);
  }

  /**
   * What the handshake says while only its peer id is still missing. Trackers of the first hour check for a NAT with a
   * handshake that ends here, and wait for ours.
   */
  get handshakeHead(): HandshakeHead | undefined {
    return this.#hasShaken || this.#held === undefined ? undefined : decodeHandshakeHead(this.#held, this.#heldLength);
  }

  /** Takes what one read brought and returns the events it completes. Views in them die with the next call. Hot. */
  receive(bytes: Uint8Array): readonly WireEvent[] {
    const events: WireEvent[] = [];
    let at = 0;
    if (this.#held !== undefined) at = this.#resume(bytes, events);
    if (this.#held === undefined) {
      at = this.#takeWhole(bytes, at, events);
      if (at < bytes.length) this.#hold(bytes, at);
    }
    this.#spare = this.#held === undefined ? undefined : this.#finished;
    this.#finished = undefined;
    return events;
  }

  /** Takes all that is whole, from `at` on, and returns where the rest begins. */
  #takeWhole(bytes: Uint8Array, start: number, events: WireEvent[]): number {
    let at = start + this.#skip(bytes.length - start);
    if (!this.#hasShaken) {
      checkGreeting(bytes, 0);
      if (bytes.length < HANDSHAKE_LENGTH) return 0;
      this.#shake(bytes, events);
      at = HANDSHAKE_LENGTH;
    }
    while (bytes.length - at >= HEAD_LENGTH) {
      const length = u32(bytes, at);
      if (length === 0) {
        events.push(KEEP_ALIVE);
        at += PREFIX_LENGTH;
        continue;
      }
      const id = bytes[at + PREFIX_LENGTH] as number;
      checkFrameLength(id, length, this.#bitfieldLength);
      if (!isKnown(id)) {
        at += HEAD_LENGTH;
        at += this.#pass(id, length, bytes.length - at, events);
        continue;
      }
      const end = at + PREFIX_LENGTH + length;
      if (end > bytes.length) return at;
      const run = runAt(id, bytes, at);
      events.push(run ?? decodeMessage(bytes, at + PREFIX_LENGTH, length));
      at = run === undefined ? end : at + runLength(run);
    }
    if (bytes.length - at !== PREFIX_LENGTH || u32(bytes, at) !== 0) return at;
    events.push(KEEP_ALIVE);
    return bytes.length;
  }

  #shake(bytes: Uint8Array, events: WireEvent[]): void {
    const { infoHash, peerId, features } = decodeHandshake(bytes);
    events.push({ type: "handshake", infoHash, peerId, features });
    this.#hasShaken = true;
  }

  /** Reports an unknown message and passes over as much of it as is there. */
  #pass(id: number, length: number, available: number, events: WireEvent[]): number {
    events.push({ type: "unknown", id });
    this.#skipLength = length - 1;
    return this.#skip(available);
  }

  #skip(available: number): number {
    const skipped = Math.min(this.#skipLength, available);
    this.#skipLength -= skipped;
    return skipped;
  }

  /** Keeps the beginning of what is not whole yet. */
  #hold(bytes: Uint8Array, at: number): void {
    const length = bytes.length - at;
    if (!this.#hasShaken) this.#wantedLength = HANDSHAKE_LENGTH;
    else this.#wantedLength = length < HEAD_LENGTH ? HEAD_LENGTH : PREFIX_LENGTH + u32(bytes, at);
    const room = Math.max(length, Math.min(this.#wantedLength, HELD_LENGTH_FIRST));
    this.#held = this.#spare?.length === room ? this.#spare : new Uint8Array(room);
    this.#held.set(bytes.subarray(at));
    this.#heldLength = length;
  }

  /** Continues what straddles; returns how many of `bytes` went into it. */
  #resume(bytes: Uint8Array, events: WireEvent[]): number {
    if (!this.#hasShaken) return this.#resumeHandshake(bytes, events);
    const at = this.#heldLength < HEAD_LENGTH ? this.#resumeHead(bytes, events) : 0;
    if (this.#held === undefined || this.#heldLength < HEAD_LENGTH) return at;
    const taken = this.#append(bytes, at);
    if (this.#heldLength === this.#wantedLength) {
      events.push(decodeMessage(this.#held, PREFIX_LENGTH, this.#wantedLength - PREFIX_LENGTH));
      this.#release();
    }
    return at + taken;
  }

  #resumeHandshake(bytes: Uint8Array, events: WireEvent[]): number {
    checkGreeting(bytes, this.#heldLength);
    const taken = this.#append(bytes, 0);
    if (this.#heldLength === HANDSHAKE_LENGTH) {
      this.#shake(this.#held as Uint8Array, events);
      this.#release();
    }
    return taken;
  }

  /** Byte by byte to the end of the head, and not beyond a keep-alive. */
  #resumeHead(bytes: Uint8Array, events: WireEvent[]): number {
    const head = this.#held as Uint8Array;
    let at = 0;
    while (this.#heldLength < HEAD_LENGTH && at < bytes.length) {
      head[this.#heldLength++] = bytes[at++] as number;
      if (this.#heldLength === PREFIX_LENGTH && u32(head, 0) === 0) {
        events.push(KEEP_ALIVE);
        this.#release();
        return at;
      }
    }
    if (this.#heldLength < HEAD_LENGTH) return at;
    const length = u32(head, 0);
    const id = head[PREFIX_LENGTH] as number;
    checkFrameLength(id, length, this.#bitfieldLength);
    if (isKnown(id)) {
      this.#wantedLength = PREFIX_LENGTH + length;
      return at;
    }
    this.#release();
    return at + this.#pass(id, length, bytes.length - at, events);
  }

  /** Appends what belongs to the straddling message and returns how much that was. */
  #append(bytes: Uint8Array, at: number): number {
    const taken = Math.min(this.#wantedLength - this.#heldLength, bytes.length - at);
    this.#reserve(this.#heldLength + taken).set(bytes.subarray(at, at + taken), this.#heldLength);
    this.#heldLength += taken;
    assert(this.#heldLength <= this.#wantedLength, "no more than one message is held");
    return taken;
  }

  /** Makes room for `length` bytes; memory follows what has arrived, not what was announced. */
  #reserve(length: number): Uint8Array {
    const held = this.#held as Uint8Array<ArrayBuffer>;
    if (length <= held.length) return held;
    const larger = new Uint8Array(Math.min(this.#wantedLength, Math.max(length, 2 * held.length, HELD_LENGTH_FIRST)));
    larger.set(held);
    this.#held = larger;
    return larger;
  }

  #release(): void {
    if (this.#held?.length === HELD_LENGTH_FIRST) this.#finished = this.#held;
    this.#held = undefined;
    this.#heldLength = 0;
  }
}

/** The run that begins with this message, which is whole; its length is judged with it, for all of its messages have the same. */
function runAt(id: number, bytes: Uint8Array, at: number): MessageRun | undefined {
  if (id === MESSAGE_ID.have) return haveRunAt(bytes, at);
  if (id === MESSAGE_ID.piece) return blockRunAt(bytes, at);
  return id === MESSAGE_ID.request ? requestRunAt(bytes, at) : undefined;
}
