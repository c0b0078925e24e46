/**
 * The one line that tells how far a piece of work is.
 * @module
 */
import { clip, displayWidth, printable } from "./text.ts";
import { count, formatBytes, formatDuration, formatPercent, formatRate } from "./units.ts";

/** What a progress line is made from; fields that mean nothing for a kind of work stay away. */
export interface ProgressView {
  /** What is done, in a word or two: "downloading", "checking", "hashing". */
  readonly activity: string;
  /** 0 to 1. */
  readonly fraction: number;
  /** Bytes done of bytes in all. */
  readonly done?: number;
  readonly total?: number;
  readonly downRate?: number;
  readonly upRate?: number;
  readonly secondsLeft?: number | undefined;
  readonly peers?: number;
  readonly seeds?: number;
  /** Why nothing moves. */
  readonly reason?: string;
}

const BAR_WIDTH_MAX = 30;
const BAR_WIDTH_MIN = 8;

/** `[#####-----]`, `width` columns with its brackets. */
export function bar(fraction: number, width: number): string {
  const inside = Math.max(0, width - 2);
  const filled = Math.floor(Math.min(1, Math.max(0, fraction)) * inside);
  return `[${"#".repeat(filled)}${"-".repeat(inside - filled)}]`;
}

/**
 * One line of at most `width` columns. The bar takes what the words leave; where that is too little, the sizes go first and
 * then the rate of uploading.
 */
export function progressLine(view: ProgressView, width: number): string {
  const { done: _done, total: _total, ...withoutSizes } = view;
  const { upRate: _upRate, ...withoutUpload } = withoutSizes;
  for (const shown of [view, withoutSizes, withoutUpload]) {
    const words = progressWords(shown);
    const left = width - displayWidth(words) - 1;
    if (left >= BAR_WIDTH_MIN) return `${bar(view.fraction, Math.min(left, BAR_WIDTH_MAX))} ${words}`;
  }
  return clip(progressWords(withoutUpload), width);
}

/** The same without a bar, for files and pipes. */
export function progressWords(view: ProgressView): string {
  const words = [`${printable(view.activity)} ${formatPercent(view.fraction)}`];
  if (view.done !== undefined && view.total !== undefined) words.push(`${formatBytes(view.done)} of ${formatBytes(view.total)}`);
  if (view.downRate !== undefined) words.push(`down ${formatRate(view.downRate)}`);
  if (view.upRate !== undefined) words.push(`up ${formatRate(view.upRate)}`);
  if (view.secondsLeft !== undefined) words.push(`${formatDuration(view.secondsLeft)} left`);
  if (view.peers !== undefined) words.push(peersWords(view.peers, view.seeds ?? 0));
  return words.join(", ") + (view.reason === undefined ? "" : `: ${printable(view.reason)}`);
}

/** `4 peers (2 seeds)`. */
export function peersWords(peers: number, seeds: number): string {
  return seeds === 0 ? count(peers, "peer") : `${count(peers, "peer")} (${count(seeds, "seed")})`;
}
