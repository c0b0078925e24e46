/**
 * Buffers that answers leave by, used again as soon as the system has taken them.
 *
 * The machine's own buffer is free for the next answer at once, so the bytes are copied out of it; a slow reader then
 * pins a buffer of about the size of its answer and not more.
 * @module
 */
import type { TcpLink } from "@bittern/host";

/** Bytes of the smallest buffers; each size has twice that of the one before. */
const LENGTH_LEAST = 1024;
/** Buffers of one size that are kept. */
const KEPT_MAX = 64;

export class WritePool {
  readonly #free: Uint8Array<ArrayBuffer>[][] = [];

  /** Sends a copy of `bytes`. */
  write(link: TcpLink, bytes: Uint8Array): void {
    const size = sizeOf(bytes.length);
    this.#free[size] ??= [];
    const free = this.#free[size];
    const buffer = free.pop() ?? new Uint8Array(LENGTH_LEAST * 2 ** size);
    buffer.set(bytes);
    link.write(buffer.subarray(0, bytes.length), () => {
      if (free.length < KEPT_MAX) free.push(buffer);
    });
  }
}

function sizeOf(byteLength: number): number {
  return Math.max(0, Math.ceil(Math.log2(byteLength / LENGTH_LEAST)));
}
