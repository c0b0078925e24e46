/**
 * Why a torrent is slow or stands still, as lines of text.
 * @module
 */
import { peersWords } from "../progress.ts";
import type { CauseItem, TorrentState } from "../snapshot.ts";
import { printable } from "../text.ts";
import { formatPercent, formatRate } from "../units.ts";
import { type CauseWords, causeWords } from "./cause-words.ts";

/** A diagnosis with what it is about. */
export interface Explanation {
  readonly name: string;
  readonly state: TorrentState;
  readonly pace: "stands" | "moves" | "rests";
  /** 0 to 1. */
  readonly progress: number;
  readonly totalDone: number;
  readonly totalWanted: number;
  /** Bytes per second. */
  readonly downRate: number;
  readonly upRate: number;
  readonly peers: number;
  readonly seeds: number;
  readonly secondsLeft: number | null;
  readonly causes: readonly CauseItem[];
}

/** What an explanation is written in: English unless another language is given. */
export interface ExplanationWords {
  readonly cause: (cause: CauseItem) => CauseWords;
  /** How the torrent is. */
  readonly pace: (explanation: Explanation) => string;
  /** What is said where nothing holds it back. */
  readonly fine: (explanation: Explanation) => string;
  /** Stand before the evidence and the help, equally wide. */
  readonly seen: string;
  readonly helps: string;
}

/** `who`: the command it runs in; "" where nobody else does. */
export function explanationLines(explanation: Explanation, who = "", words: ExplanationWords = ENGLISH_EXPLANATION): readonly string[] {
  const head = `${printable(explanation.name)}: ${words.pace(explanation)}${who === "" ? "" : ` (${who})`}`;
  if (explanation.causes.length === 0) return [head, `  ${words.fine(explanation)}`];
  return [head, ...explanation.causes.flatMap((cause) => causeLines(words.cause(cause), words))];
}

function causeLines({ what, evidence, help }: CauseWords, { seen, helps }: ExplanationWords): readonly string[] {
  return [`  - ${what}`, ...(evidence === "" ? [] : [`      ${seen} ${evidence}`]), ...(help === "" ? [] : [`      ${helps} ${help}`])];
}

function paceWords({ pace, state, progress, downRate, upRate, peers, seeds }: Explanation): string {
  const company = peersWords(peers, seeds);
  if (state === "seeding" || state === "finished") return `complete, up ${formatRate(upRate)}, ${company}`;
  if (state === "paused") return `paused at ${formatPercent(progress)}`;
  if (state === "checking") return `checking, ${formatPercent(progress)} done`;
  if (pace === "stands") return `stands still at ${formatPercent(progress)}, ${company}`;
  return `${formatPercent(progress)}, down ${formatRate(downRate)}, up ${formatRate(upRate)}, ${company}`;
}

function fineWords({ pace, state }: Explanation): string {
  if (pace === "stands") return "nothing is known to hold it back yet; ask again in a few seconds";
  return state === "downloading" ? "nothing holds it back" : "all is well";
}

export const ENGLISH_EXPLANATION: ExplanationWords = {
  cause: causeWords,
  pace: paceWords,
  fine: fineWords,
  seen: "seen: ",
  helps: "helps:",
};
