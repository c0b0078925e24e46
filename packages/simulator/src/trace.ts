/**
 * What happened, in one number and a short memory.
 *
 * Every event goes into a rolling hash: time, kind, node, length. Two runs of one seed are the same run exactly when
 * their hashes are equal; the marks along the way show where two runs parted, and the last events show what led there.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import { finish } from "./random.ts";

/** What the trace tells apart; the position is the number that is hashed, so new kinds go to the end. */
export const TRACE_KINDS = [
  "timer",
  "dialled",
  "accepted",
  "bytes",
  "drained",
  "closed",
  "datagram",
  "disk",
  "record",
  "name",
  "http",
  "killed",
  "started",
  "note",
] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** The same names as numbers, for the hot path. */
export const KIND: Readonly<Record<TraceKind, number>> = Object.fromEntries(TRACE_KINDS.map((kind, code) => [kind, code])) as Record<
  TraceKind,
  number
>;

export interface TraceEvent {
  readonly index: number;
  readonly at: Millis;
  readonly kind: TraceKind;
  /** Index of the node it happened to. */
  readonly node: number;
  /** Bytes, or a detail of the kind. */
  readonly length: number;
}

/** Events between two marks. */
const MARK_EVERY = 4096;
/** Events that are remembered. */
const MEMORY = 256;

/** The rolling hash. */
export class Trace {
  #high = 0x6a09e667 | 0;
  #low = 0xbb67ae85 | 0;
  #count = 0;
  readonly #marks: string[] = [];
  readonly #times: Float64Array = new Float64Array(MEMORY);
  readonly #rest: Int32Array = new Int32Array(MEMORY * 3);

  /** Takes an event in. Hot. */
  add(at: Millis, kind: number, node: number, length: number): void {
    // Times are sums of the same terms in the same order in every run, so the microsecond is beyond doubt.
    const micros = Math.round(at * 1000);
    this.#mix(micros | 0, Math.floor(micros / 0x1_0000_0000) ^ (kind << 24) ^ node);
    this.#mix(length | 0, kind);
    const slot = this.#count % MEMORY;
    this.#times[slot] = at;
    this.#rest[slot * 3] = kind;
    this.#rest[slot * 3 + 1] = node;
    this.#rest[slot * 3 + 2] = length;
    this.#count++;
    if (this.#count % MARK_EVERY === 0) this.#marks.push(this.hash);
  }

  /** How many events went in. */
  get count(): number {
    return this.#count;
  }

  /** 53 bits in 14 hexadecimal digits. */
  get hash(): string {
    const high = finish(this.#high ^ this.#count) & 0x1f_ffff;
    const low = finish(this.#low ^ this.#high) >>> 0;
    return high.toString(16).padStart(6, "0") + low.toString(16).padStart(8, "0");
  }

  /** The hash after every 4,096th event. */
  get marks(): readonly string[] {
    return this.#marks;
  }

  /** The last events, oldest first. */
  recent(): readonly TraceEvent[] {
    const kept = Math.min(this.#count, MEMORY);
    return Array.from({ length: kept }, (_, position) => {
      const index = this.#count - kept + position;
      const slot = index % MEMORY;
      return {
        index,
        at: this.#times[slot] as number,
        kind: TRACE_KINDS[this.#rest[slot * 3] as number] as TraceKind,
        node: this.#rest[slot * 3 + 1] as number,
        length: this.#rest[slot * 3 + 2] as number,
      };
    });
  }

  #mix(one: number, other: number): void {
    this.#low = Math.imul(this.#low ^ one, 0x9e3779b1);
    this.#low = (this.#low << 13) | (this.#low >>> 19);
    this.#high = Math.imul(this.#high ^ other ^ this.#low, 0x85ebca77);
    this.#high = (this.#high << 17) | (this.#high >>> 15);
  }
}

/** Where two runs parted: the events lie between `from` and `to`; `undefined` when all marks agree. */
export function firstDifference(one: Trace, other: Trace): { readonly from: number; readonly to: number } | undefined {
  const shared = Math.min(one.marks.length, other.marks.length);
  for (let mark = 0; mark < shared; mark++) {
    if (one.marks[mark] !== other.marks[mark]) return { from: mark * MARK_EVERY, to: (mark + 1) * MARK_EVERY };
  }
  if (one.hash === other.hash) return undefined;
  return { from: shared * MARK_EVERY, to: Math.max(one.count, other.count) };
}
