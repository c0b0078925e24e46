/**
 * The memory that reads go into, used again and bounded: when too much is lent, the next read waits for something to
 * come back.
 * @module
 */
import type { Lent } from "@bittern/host";

/** Bytes. A buffer holds one read: a block, four, sixteen, 1 MiB, 2 MiB and 4 MiB, each with room for frames. */
const SIZES: readonly number[] = [17 * 1024, 68 * 1024, 272 * 1024, 1088 * 1024, 2176 * 1024, 4160 * 1024];

export class ScratchPool {
  readonly #lentMax: number;
  readonly #idleMax: number;
  readonly #idle: ArrayBuffer[][] = SIZES.map(() => []);
  #idleLength = 0;
  #lentLength = 0;
  readonly #waiting: { readonly byteLength: number; readonly taken: (buffer: ArrayBuffer) => void }[] = [];

  /** Bytes lent at most, and bytes kept for the next read at most. */
  constructor(lentMax: number, idleMax: number) {
    this.#lentMax = lentMax;
    this.#idleMax = idleMax;
  }

  get lentLength(): number {
    return this.#lentLength;
  }

  /** Gives a buffer of at least `byteLength` bytes, now or when there is room; its bytes are whatever they were. */
  take(byteLength: number, taken: (buffer: ArrayBuffer) => void): void {
    if (this.#waiting.length > 0 || !this.#hasRoom(byteLength)) this.#waiting.push({ byteLength, taken });
    else taken(this.#lend(byteLength));
  }

  give(buffer: ArrayBuffer): void {
    this.#lentLength -= buffer.byteLength;
    const size = SIZES.indexOf(buffer.byteLength);
    if (size >= 0 && this.#idleLength + buffer.byteLength <= this.#idleMax) {
      this.#idle[size]?.push(buffer);
      this.#idleLength += buffer.byteLength;
    }
    for (let next = this.#waiting[0]; next !== undefined && this.#hasRoom(next.byteLength); next = this.#waiting[0]) {
      this.#waiting.shift();
      next.taken(this.#lend(next.byteLength));
    }
  }

  /** `length` bytes of `buffer`, whose release gives it back here. */
  lent(buffer: ArrayBuffer, length: number): Lent {
    let isLent = true;
    return {
      bytes: new Uint8Array(buffer, 0, length),
      release: () => {
        if (!isLent) return;
        isLent = false;
        this.give(buffer);
      },
    };
  }

  /** One read is always possible, however little may be lent. */
  #hasRoom(byteLength: number): boolean {
    return this.#lentLength === 0 || this.#lentLength + sizeFor(byteLength) <= this.#lentMax;
  }

  #lend(byteLength: number): ArrayBuffer {
    const size = sizeFor(byteLength);
    const kept = this.#idle[SIZES.indexOf(size)]?.pop();
    if (kept !== undefined) this.#idleLength -= kept.byteLength;
    const buffer = kept ?? new ArrayBuffer(size);
    this.#lentLength += buffer.byteLength;
    return buffer;
  }
}

/** Bytes of the buffer a read of `byteLength` gets. */
function sizeFor(byteLength: number): number {
  return SIZES.find((size) => size >= byteLength) ?? byteLength;
}
