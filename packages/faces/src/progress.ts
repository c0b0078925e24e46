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

/** The words between the figures, in one language. */
export interface ProgressWords {
  readonly of: (done: string, total: string) => string;
  readonly down: (rate: string) => string;
  readonly up: (rate: string) => string;
  readonly left: (time: string) => string;
  readonly peers: (peers: number, seeds: number) => string;
}

const ENGLISH: ProgressWords = {
  of: (done, total) => `${done} of ${total}`,
  down: (rate) => `down ${rate}`,
  up: (rate) => `up ${rate}`,
  left: (time) => `${time} left`,
  peers: peersWords,
};

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
export function progressLine(view: ProgressView, width: number, words: ProgressWords = ENGLISH): string {
  const { done: _done, total: _total, ...withoutSizes } = view;
  const { upRate: _upRate, ...withoutUpload } = withoutSizes;
  for (const shown of [view, withoutSizes, withoutUpload]) {
    const text = progressWords(shown, words);
    const left = width - displayWidth(text) - 1;
    if (left >= BAR_WIDTH_MIN) return `${bar(view.fraction, Math.min(left, BAR_WIDTH_MAX))} ${text}`;
  }
  return clip(progressWords(withoutUpload, words), width);
}

/** The same without a bar, for files and pipes. */
export function progressWords(view: ProgressView, words: ProgressWords = ENGLISH): string {
  const parts = [`${printable(view.activity)} ${formatPercent(view.fraction)}`];
  if (view.done !== undefined && view.total !== undefined) parts.push(words.of(formatBytes(view.done), formatBytes(view.total)));
  if (view.downRate !== undefined) parts.push(words.down(formatRate(view.downRate)));
  if (view.upRate !== undefined) parts.push(words.up(formatRate(view.upRate)));
  if (view.secondsLeft !== undefined) parts.push(words.left(formatDuration(view.secondsLeft)));
  if (view.peers !== undefined) parts.push(words.peers(view.peers, view.seeds ?? 0));
  return parts.join(", ") + (view.reason === undefined ? "" : `: ${printable(view.reason)}`);
}

/** `4 peers (2 seeds)`. */
export function peersWords(peers: number, seeds: number): string {
  return seeds === 0 ? count(peers, "peer") : `${count(peers, "peer")} (${count(seeds, "seed")})`;
}
