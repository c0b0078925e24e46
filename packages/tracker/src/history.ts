/**
 * How the tracker did over time: a sample every five minutes for two days, every hour for ninety.
 * @module
 */

/** How things stood, and what happened since the sample before. */
export interface HistorySample {
  /** Since 1970. */
  readonly wallSeconds: number;
  readonly torrents: number;
  readonly peers: number;
  readonly seeds: number;
  /** Since the sample before. */
  readonly announces: number;
  readonly completed: number;
}

/** Seconds between two samples. */
export const HISTORY_SECONDS: number = 300;
const FINE_COUNT = 2 * 24 * 12;
const COARSE_COUNT = 90 * 24;
const COARSE_SECONDS = 3600;
/** Numbers of a sample in its written form. */
const NUMBERS = 6;

export class History {
  readonly #fine: HistorySample[] = [];
  readonly #coarse: HistorySample[] = [];
  /** Samples that no journal has yet; whoever writes them takes them out. */
  readonly fresh: HistorySample[] = [];
  #announces = 0;
  #completed = 0;

  /** The last two days, oldest first. */
  get fine(): readonly HistorySample[] {
    return this.#fine;
  }
  /** One an hour, oldest first; announces and completions are those of the whole hour. */
  get coarse(): readonly HistorySample[] {
    return this.#coarse;
  }

  /** Everything that is kept, in an order that `restore` makes the same of. */
  get all(): readonly HistorySample[] {
    const first = this.#fine[0]?.wallSeconds ?? Number.POSITIVE_INFINITY;
    // Hours that end before the fine samples begin; the rest follows from those.
    return [...this.#coarse.filter(({ wallSeconds }) => wallSeconds < first), ...this.#fine];
  }

  /** Notes how things stand when it is time; `announces` and `completed` are totals since the start. */
  note(wallSeconds: number, now: Pick<HistorySample, "torrents" | "peers" | "seeds">, announces: number, completed: number): void {
    const last = this.#fine.at(-1)?.wallSeconds ?? 0;
    // A clock that was set back must not stop us until it has caught up.
    if (wallSeconds - last < HISTORY_SECONDS && wallSeconds >= last) return;
    const sample = { wallSeconds, ...now, announces: announces - this.#announces, completed: completed - this.#completed };
    this.#announces = announces;
    this.#completed = completed;
    this.restore(sample);
    this.fresh.push(sample);
  }

  /** Takes a sample that was written earlier; samples come in their order. */
  restore(sample: HistorySample): void {
    this.#fine.push(sample);
    if (this.#fine.length > FINE_COUNT) this.#fine.shift();
    const last = this.#coarse.at(-1);
    const isSameHour =
      last !== undefined && Math.floor(last.wallSeconds / COARSE_SECONDS) === Math.floor(sample.wallSeconds / COARSE_SECONDS);
    if (isSameHour) this.#coarse[this.#coarse.length - 1] = joined(last, sample);
    else this.#coarse.push(sample);
    if (this.#coarse.length > COARSE_COUNT) this.#coarse.shift();
  }
}

function joined(before: HistorySample, after: HistorySample): HistorySample {
  return { ...after, announces: before.announces + after.announces, completed: before.completed + after.completed };
}

/** One number after the other, as 64-bit floats. */
export function encodeSamples(samples: readonly HistorySample[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 * NUMBERS * samples.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { wallSeconds, torrents, peers, seeds, announces, completed } of samples) {
    for (const value of [wallSeconds, torrents, peers, seeds, announces, completed]) {
      view.setFloat64(at, value);
      at += 8;
    }
  }
  return bytes;
}

/** Reads samples up to the first that makes no sense. */
export function* decodeSamples(bytes: Uint8Array): Generator<HistorySample> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 * NUMBERS <= bytes.length; at += 8 * NUMBERS) {
    const value = (index: number): number => view.getFloat64(at + 8 * index);
    const sample = {
      wallSeconds: value(0),
      torrents: value(1),
      peers: value(2),
      seeds: value(3),
      announces: value(4),
      completed: value(5),
    };
    if (!Object.values(sample).every((number) => number >= 0 && number <= Number.MAX_SAFE_INTEGER)) return;
    yield sample;
  }
}
