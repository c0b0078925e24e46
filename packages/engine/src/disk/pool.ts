/**
 * The memory that pieces are gathered in: buffers are used again, and their sum has a limit.
 *
 * A fresh buffer a piece costs 1.4 CPU seconds per GiB (measured: page faults and clearing), so buffers come back. The
 * pool counts bytes, also those lent to the disk: an empty pool is what stops the requests, and with them the download.
 * Kept buffers of one length make room for another length when it is asked for: a session holds torrents of many.
 * @module
 */
import { assert, BLOCK_LENGTH, MIB } from "@bittern/protocol/base";
import { keptLength } from "./kept.ts";

/**
 * Bytes. Of one torrent, as much waits for the disk at most before its requests stop. Enough to outlast a tenth of a second at
 * 160 MB/s; more would only grow old: a network faster than the disk filled the whole pool, and the disk's thread then found every
 * piece in far memory, and the collector its external memory grown by 64 MiB (measured: 40 MiB more memory).
 */
const STORING_LENGTH_MAX: number = 16 * MIB;

/** Of the pool, as much may wait for disks that refused it, of all torrents together: the others go on with the rest. */
const HELD_SHARE_MAX = 0.25;

export class PiecePool {
  /** Of its buffers, as all lengths below. */
  readonly byteLengthMax: number;
  /** Bytes of one torrent that may be at the disk before its requests stop. */
  readonly storingLengthMax: number;
  /** Bytes that are kept of each block. */
  readonly keptBlockLength: number;
  /** Idle buffers by length. */
  readonly #idle = new Map<number, ArrayBuffer[]>();
  #idleLength = 0;
  #lentLength = 0;
  #heldLength = 0;

  /** `byteLengthMax`: bytes of pieces; the buffers are as much shorter as less is kept of each block. */
  constructor(byteLengthMax: number, keptBlockLength: number = BLOCK_LENGTH) {
    this.byteLengthMax = keptLength(byteLengthMax, keptBlockLength);
    this.storingLengthMax = Math.min(this.byteLengthMax, keptLength(STORING_LENGTH_MAX, keptBlockLength));
    this.keptBlockLength = keptBlockLength;
  }

  /** Bytes taken and not given back. */
  get lentLength(): number {
    return this.#lentLength;
  }

  /** Bytes kept for the next taker. */
  get idleLength(): number {
    return this.#idleLength;
  }

  /** True when `take` would give. */
  canTake(byteLength: number): boolean {
    return this.#lentLength + keptLength(byteLength, this.keptBlockLength) <= this.byteLengthMax;
  }

  /** A buffer for exactly so many bytes of a piece, its own being whatever they were; `undefined` when too much is lent already. */
  take(byteLength: number): ArrayBuffer | undefined {
    if (!this.canTake(byteLength)) return undefined;
    const bufferLength = keptLength(byteLength, this.keptBlockLength);
    const idle = this.#idle.get(bufferLength)?.pop();
    this.#lentLength += bufferLength;
    if (idle !== undefined) {
      this.#idleLength -= bufferLength;
      return idle;
    }
    this.#makeRoom();
    return new ArrayBuffer(bufferLength);
  }

  /** Takes a buffer back; it may be another object than the one taken, of the same length. */
  give(buffer: ArrayBuffer): void {
    const byteLength = buffer.byteLength;
    assert(byteLength <= this.#lentLength, "only what was lent comes back");
    this.#lentLength -= byteLength;
    const idle = this.#idle.get(byteLength);
    if (idle === undefined) this.#idle.set(byteLength, [buffer]);
    else idle.push(buffer);
    this.#idleLength += byteLength;
  }

  /** A buffer that was taken for so many bytes will never come back (its holder is gone). */
  forget(byteLength: number): void {
    const bufferLength = keptLength(byteLength, this.keptBlockLength);
    assert(bufferLength <= this.#lentLength, "only what was lent can be lost");
    this.#lentLength -= bufferLength;
  }

  /** Whether a lent buffer of so many bytes may be kept until its disk takes it; then `unhold` follows. */
  hold(bufferLength: number): boolean {
    if (this.#heldLength + bufferLength > this.byteLengthMax * HELD_SHARE_MAX) return false;
    this.#heldLength += bufferLength;
    return true;
  }

  /** It is handed over again, or given back. */
  unhold(bufferLength: number): void {
    assert(bufferLength <= this.#heldLength, "only what is held is let go");
    this.#heldLength -= bufferLength;
  }

  /** Lets go of all idle buffers. */
  trim(): void {
    this.#idle.clear();
    this.#idleLength = 0;
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    let idleLength = 0;
    for (const [byteLength, idle] of this.#idle) {
      for (const buffer of idle) assert(buffer.byteLength === byteLength, "an idle buffer is whole and lies with its like");
      idleLength += byteLength * idle.length;
    }
    assert(idleLength === this.#idleLength, "idle bytes are counted");
    assert(this.#heldLength >= 0 && this.#heldLength <= this.#lentLength, "what is held was lent");
    assert(this.#lentLength >= 0 && this.#lentLength <= this.byteLengthMax, "no more is lent than the limit");
    assert(this.#lentLength + this.#idleLength <= this.byteLengthMax, "lent and kept together stay under the limit");
  }

  /** Drops idle buffers of other lengths until lent and idle fit under the limit together. */
  #makeRoom(): void {
    for (const [byteLength, idle] of this.#idle) {
      while (this.#lentLength + this.#idleLength > this.byteLengthMax && idle.length > 0) {
        idle.pop();
        this.#idleLength -= byteLength;
      }
      if (idle.length === 0) this.#idle.delete(byteLength);
      if (this.#lentLength + this.#idleLength <= this.byteLengthMax) return;
    }
  }
}
