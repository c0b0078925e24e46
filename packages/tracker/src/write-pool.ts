/**
 * Buffers that answers wait in until the system has taken them, used again.
 *
 * The machine's own buffer is free for the next answer at once, so what does not leave by it is copied out of it; a slow
 * reader then pins a buffer of about the size of its answer and not more.
 * @module
 */
import type { TcpLink } from "@bittern/host";
import { Beginnings } from "@bittern/protocol/base";

/** Bytes of the smallest buffers; each size has twice that of the one before. */
const LENGTH_LEAST = 1024;
/** Buffers of one size that are kept. */
const KEPT_MAX = 64;

/** A buffer with all that a write by it needs, made once. */
interface Lent {
  readonly buffer: Uint8Array<ArrayBuffer>;
  readonly beginnings: Beginnings;
  readonly release: () => void;
}

export class WritePool {
  readonly #free: Lent[][] = [];

  /** Sends `bytes`, which may change as soon as this returns. Hot. */
  write(link: TcpLink, bytes: Uint8Array): void {
    const sent = link.writeNow?.(bytes) ?? 0;
    if (sent < bytes.length) this.#writeCopy(link, sent === 0 ? bytes : bytes.subarray(sent));
  }

  #writeCopy(link: TcpLink, bytes: Uint8Array): void {
    const size = sizeOf(bytes.length);
    this.#free[size] ??= [];
    const lent = this.#free[size].pop() ?? lendable(LENGTH_LEAST * 2 ** size, this.#free[size]);
    lent.buffer.set(bytes);
    link.write(lent.beginnings.of(bytes.length), lent.release);
  }
}

function lendable(byteLength: number, free: Lent[]): Lent {
  const buffer = new Uint8Array(byteLength);
  const release = (): void => {
    if (free.length < KEPT_MAX) free.push(lent);
  };
  const lent: Lent = { buffer, beginnings: new Beginnings(buffer), release };
  return lent;
}

function sizeOf(byteLength: number): number {
  return Math.max(0, Math.ceil(Math.log2(byteLength / LENGTH_LEAST)));
}
