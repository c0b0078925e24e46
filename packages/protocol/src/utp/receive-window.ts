/**
 * Packets that arrive, put in order: what comes too early waits here, and what comes twice is dropped.
 * @module
 */
import { assert } from "../base/index.ts";
import { SELECTION_LENGTH_MAX } from "./packet.ts";
import { advance, distance, type Sequence } from "./sequence.ts";

/** Bytes we have room for, the reordered ones and those nobody has read yet. */
export const RECEIVE_LENGTH_MAX: number = 1024 * 1024;
/** Packets past a gap that are kept. */
const EARLY_MAX: number = 8 * SELECTION_LENGTH_MAX;

export class ReceiveWindow {
  #acknowledged: Sequence;
  readonly #early = new Map<Sequence, Uint8Array>();
  #earlyLength = 0;
  /** In order, while the reader rests. */
  #waiting: Uint8Array[] = [];
  #waitingLength = 0;
  #end: Sequence | undefined;

  /** `last`: what counts as the last packet that arrived. */
  constructor(last: Sequence) {
    this.#acknowledged = last;
  }

  /** The last packet that arrived without a gap before it. */
  get acknowledged(): Sequence {
    return this.#acknowledged;
  }

  /** Bytes we have room for. */
  get room(): number {
    return Math.max(0, RECEIVE_LENGTH_MAX - this.#earlyLength - this.#waitingLength);
  }

  /** The other side's last packet is here, and all before it. */
  get isFinished(): boolean {
    return this.#end !== undefined && this.#acknowledged === this.#end;
  }

  get hasGap(): boolean {
    return this.#early.size > 0;
  }

  /** `fin` came: nothing comes after it. */
  endsAt(sequence: Sequence): void {
    this.#end ??= sequence;
  }

  /**
   * Takes the payload of a packet (empty for `fin`) and hands on what is in order now: its own view first, then what had waited.
   * False when it is old, has no room, or lies beyond the end.
   */
  take(sequence: Sequence, payload: Uint8Array, hand: (bytes: Uint8Array) => void): boolean {
    const ahead = distance(this.#acknowledged, sequence);
    if (ahead <= 0 || ahead > EARLY_MAX || (this.#end !== undefined && distance(this.#end, sequence) > 0)) return false;
    if (ahead > 1) return this.#keep(sequence, payload);
    this.#acknowledged = sequence;
    hand(payload);
    for (let next = advance(sequence, 1); this.#early.size > 0; next = advance(next, 1)) {
      const kept = this.#early.get(next);
      if (kept === undefined) break;
      this.#early.delete(next);
      this.#earlyLength -= kept.length;
      this.#acknowledged = next;
      hand(kept);
    }
    return true;
  }

  #keep(sequence: Sequence, payload: Uint8Array): boolean {
    if (this.#early.has(sequence) || payload.length > this.room) return false;
    this.#early.set(sequence, payload.slice());
    this.#earlyLength += payload.length;
    return true;
  }

  /** Keeps bytes in order until somebody reads them. The view may die afterwards. */
  wait(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#waiting.push(bytes.slice());
    this.#waitingLength += bytes.length;
  }

  /** What waited, oldest first; given away. */
  takeWaiting(): readonly Uint8Array[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingLength = 0;
    return waiting;
  }

  /** A mask of what came past the gap (see `UtpPacket`); `undefined` without a gap. */
  selection(): Uint8Array | undefined {
    if (this.#early.size === 0) return undefined;
    const first = advance(this.#acknowledged, 2);
    let last = 0;
    for (const sequence of this.#early.keys()) last = Math.max(last, distance(first, sequence));
    const mask = new Uint8Array(Math.min(SELECTION_LENGTH_MAX, 4 * Math.ceil((last + 1) / 32)));
    for (const sequence of this.#early.keys()) {
      const bit = distance(first, sequence);
      if (bit >> 3 < mask.length) mask[bit >> 3] = (mask[bit >> 3] as number) | (1 << (bit & 7));
    }
    return mask;
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    let early = 0;
    for (const [sequence, bytes] of this.#early) {
      early += bytes.length;
      assert(distance(this.#acknowledged, sequence) > 1, "what is in order does not wait");
    }
    assert(early === this.#earlyLength, "early bytes are counted");
    assert(this.#early.size <= EARLY_MAX, "early packets are bounded");
  }
}
