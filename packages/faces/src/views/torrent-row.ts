/**
 * One torrent as the texts of a line.
 * @module
 */
import { isUnopened, type TorrentItem, type TorrentState } from "../snapshot.ts";
import { printable } from "../text.ts";
import { formatBytes, formatDuration, formatPercent, formatRate } from "../units.ts";
import type { FaceWords } from "../words/words.ts";
import type { Tone } from "./tone.ts";

export interface TorrentRow {
  readonly id: string;
  /** One of several that the next key is for. */
  readonly isMarked: boolean;
  readonly state: TorrentState;
  readonly tone: Tone;
  readonly name: string;
  /** 0 to 1. */
  readonly fraction: number;
  readonly size: string;
  readonly done: string;
  /** Empty where nothing flows: a screen full of zeros hides the rates that are not. */
  readonly down: string;
  readonly up: string;
  readonly left: string;
  readonly ratio: string;
  readonly peers: string;
}

const TONES: Readonly<Record<TorrentState, Tone>> = {
  metadata: "warn",
  layers: "warn",
  checking: "warn",
  downloading: "accent",
  finished: "good",
  seeding: "good",
  paused: "dim",
  error: "bad",
};

export function torrentRow(item: TorrentItem, words: FaceWords, isMarked = false): TorrentRow {
  const { state } = item;
  return {
    id: item.id,
    isMarked,
    state,
    tone: TONES[state],
    name: printable(item.name),
    fraction: item.progress,
    size: item.totalWanted === 0 ? "" : formatBytes(item.totalWanted),
    done: isUnopened(state) ? "" : formatPercent(item.progress),
    down: item.downRate < 1 ? "" : formatRate(item.downRate),
    up: item.upRate < 1 ? "" : formatRate(item.upRate),
    left: leftText(item, words),
    ratio: item.ratio === 0 ? "" : item.ratio.toFixed(2),
    peers: item.peers === 0 ? "" : String(item.peers),
  };
}

/** The time left, or the state where there is none. */
function leftText({ state, secondsLeft, downRate }: TorrentItem, { states, waiting }: FaceWords): string {
  if (state === "downloading") return downRate < 1 || secondsLeft === null ? waiting : formatDuration(secondsLeft);
  return states[state];
}
