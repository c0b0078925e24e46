/**
 * What the window of one download shows: plain texts made from a status, in the words of the classic window or in Spanish.
 * @module
 */
import type { TorrentStatus } from "@bittern/client";
import { isUnopened, printable } from "@bittern/faces";
import { CLASSIC_VERSION } from "../classic/release.ts";
import { groupedDigits, rateWords, sizeWords, totalWords } from "../classic/words.ts";
import type { WindowMessages } from "../messages/catalogue.ts";

/** What windows of window managers and scripts are told apart by; the dialog behind "about" says who it is. */
const PROGRAM = `BitTorrent ${CLASSIC_VERSION}`;
/** Steps of the gauge. */
export const GAUGE_STEPS = 1000;

/** How far the window is: it waits for the torrent, for a place, works, is complete, could not go on, or is over. */
export type WindowPhase = "loading" | "choosing" | "working" | "complete" | "failed" | "over";

/** Everything the page shows; it sets these texts and decides nothing. */
export interface WindowView {
  readonly phase: WindowPhase;
  /** Title of the page. */
  readonly title: string;
  readonly name: string;
  readonly size: string;
  /** 0 to `GAUGE_STEPS`. */
  readonly gauge: number;
  readonly timeLeft: string;
  readonly downloadTo: string;
  readonly downRate: string;
  readonly downTotal: string;
  readonly upRate: string;
  readonly upTotal: string;
  /** Cancel, or Close. */
  readonly button: string;
  /** Newest first. */
  readonly errors: readonly string[];
  /** The path that is proposed while a place is chosen, else "". */
  readonly suggestion: string;
}

/** The part of a status that is shown. */
export type ShownStatus = Pick<TorrentStatus, "state" | "progress" | "downRate" | "upRate" | "downloaded" | "uploaded" | "eta" | "peers">;

/** What a view is made from. */
export interface WindowState {
  readonly texts: WindowMessages;
  readonly phase: WindowPhase;
  readonly name: string;
  /** Bytes; `undefined` before it is known. */
  readonly totalLength: number | undefined;
  readonly target: string;
  readonly status: ShownStatus | undefined;
  readonly errors: readonly string[];
  readonly suggestion: string;
}

export function windowView(state: WindowState): WindowView {
  const { texts, phase, status, totalLength } = state;
  const isComplete = phase === "complete";
  const gauge = isComplete ? GAUGE_STEPS : Math.floor(Math.min(1, status?.progress ?? 0) * GAUGE_STEPS);
  const isMoving = status !== undefined && status.state !== "checking" && !isUnopened(status.state);
  return {
    phase,
    title: titleOf(state, gauge),
    name: printable(state.name),
    size: totalLength === undefined ? "" : `${groupedDigits(totalLength)} (${sizeWords(totalLength)})`,
    gauge,
    timeLeft: timeLeftOf(texts, phase, status),
    downloadTo: printable(state.target),
    downRate: isMoving && !isComplete ? rateWords(status.downRate) : "",
    downTotal: isMoving && !isComplete ? totalWords(status.downloaded) : "",
    upRate: isMoving ? rateWords(status.upRate) : "",
    upTotal: isMoving ? totalWords(status.uploaded) : "",
    button: isComplete || phase === "failed" || phase === "over" ? texts.close : texts.cancel,
    errors: state.errors,
    suggestion: phase === "choosing" ? state.suggestion : "",
  };
}

function titleOf({ texts, phase, name }: WindowState, gauge: number): string {
  if (name === "") return PROGRAM;
  const shown = printable(name);
  if (phase === "complete") return `${shown} - ${texts.upload} - ${PROGRAM}`;
  return phase === "working" ? `${Math.floor((gauge * 100) / GAUGE_STEPS)}% ${shown} - ${PROGRAM}` : `${shown} - ${PROGRAM}`;
}

function timeLeftOf(texts: WindowMessages, phase: WindowPhase, status: ShownStatus | undefined): string {
  switch (phase) {
    case "loading":
      return texts.fetching;
    case "choosing":
      return "";
    case "complete":
      return texts.succeeded;
    case "failed":
      return texts.failed;
    case "over":
      return texts.over;
    case "working":
      if (status?.state === "checking") return texts.checking;
      if (status === undefined || isUnopened(status.state)) return texts.fetchingFromPeers;
      if (status.eta === null && status.peers === 0) return texts.connecting;
      return texts.timeLeft(status.eta === null ? undefined : status.eta / 1000);
  }
}
