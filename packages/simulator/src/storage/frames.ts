/**
 * Blocks framed as `piece` messages (BEP 3), on buffers that are used again.
 *
 *     <9 + length: u32> <7: u8> <piece: u32> <begin: u32> <block>
 * @module
 */
import type { BlockSpan, Frames } from "@bittern/host";

/** Bytes before the block. */
export const FRAME_HEAD_LENGTH = 13;

/** Bytes of all frames together. */
export function framedLength(spans: readonly BlockSpan[]): number {
  let length = 0;
  for (const span of spans) length += FRAME_HEAD_LENGTH + span.length;
  return length;
}

/** Writes the head of one frame. */
export function writeHead(target: Uint8Array, at: number, span: BlockSpan): void {
  putU32(target, at, 9 + span.length);
  target[at + 4] = 7;
  putU32(target, at + 5, span.piece);
  putU32(target, at + 9, span.begin);
}

function putU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

/** Buffers that come back are kept while they are few. */
const KEPT_MAX = 32;

/** Lends buffers for what is read. */
export class FramePool {
  readonly #free: Map<number, Uint8Array[]> = new Map();

  /** A buffer of at least `length` bytes behind a view of exactly that; what it holds is undefined. */
  lend(length: number): Frames {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(length, 16 * 1024)));
    const free = this.#free.get(capacity) ?? [];
    this.#free.set(capacity, free);
    const buffer = free.pop() ?? new Uint8Array(capacity);
    let isLent = true;
    return {
      bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, length),
      release: () => {
        if (!isLent) return;
        isLent = false;
        if (free.length < KEPT_MAX) free.push(buffer);
      },
    };
  }
}
