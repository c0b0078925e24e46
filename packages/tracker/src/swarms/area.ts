/**
 * Memory in pieces of one length that go round between all tables, so that what one gives back another takes.
 *
 * Left to the garbage collector, a growing tracker would hold twice what it uses: blocks move from size to size faster
 * than it collects.
 * @module
 */

/** Bytes. */
export const AREA_LENGTH: number = 64 * 1024;
/** Areas kept for the next taker; more are left to the garbage collector. */
const SPARES_MAX = 64;

/** A stretch of memory with the three views the tables use. */
export interface Area {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly halves: Uint16Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
}

/** An area of any length, a multiple of four; zeros. */
export function makeArea(byteLength: number): Area {
  const bytes = new Uint8Array(byteLength);
  return { bytes, halves: new Uint16Array(bytes.buffer), words: new Uint32Array(bytes.buffer) };
}

/** Areas of `AREA_LENGTH`. */
export class AreaPool {
  readonly #spares: Area[] = [];

  /** Whatever was in it is still in it. */
  take(): Area {
    return this.#spares.pop() ?? makeArea(AREA_LENGTH);
  }

  giveBack(area: Area): void {
    if (this.#spares.length < SPARES_MAX) this.#spares.push(area);
  }
}

/** Bytes. Up to here a loop is faster than making a view, and leaves no garbage. */
const LOOP_LENGTH_MAX = 512;

/** Copies between areas. */
export function copyBytes(source: Uint8Array, from: number, target: Uint8Array, to: number, byteLength: number): void {
  if (byteLength > LOOP_LENGTH_MAX) target.set(source.subarray(from, from + byteLength), to);
  else for (let byte = 0; byte < byteLength; byte++) target[to + byte] = source[from + byte] as number;
}
