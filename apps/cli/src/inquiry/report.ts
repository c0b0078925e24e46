/**
 * What a running command says of one torrent: how it is, and why.
 *
 * It travels as JSON between two processes of the same user, perhaps of two versions of this program: who reads it believes
 * no field.
 * @module
 */
import { type Cause, maskedUrl, type Torrent } from "@bittern/client";
import type { CauseItem, Explanation, TorrentState } from "@bittern/faces";

/** Causes of one torrent that are believed. */
const CAUSES_MAX = 100;

/** The explanation, and by which hashes it is found. */
export interface TorrentReport extends Explanation {
  readonly infoHash: string | null;
  readonly infoHashV2: string | null;
}

export function reportOf(torrent: Torrent): TorrentReport {
  const status = torrent.status();
  const { pace, causes } = torrent.diagnosis();
  return {
    infoHash: torrent.infoHashes.v1 ?? null,
    infoHashV2: torrent.infoHashes.v2 ?? null,
    name: torrent.name,
    state: status.state,
    pace,
    progress: status.progress,
    totalDone: status.totalDone,
    totalWanted: status.totalWanted,
    downRate: status.downRate,
    upRate: status.upRate,
    peers: status.peers,
    seeds: status.seeds,
    secondsLeft: status.eta === null ? null : Math.ceil(status.eta / 1000),
    causes: causes.map(causeItem),
  };
}

/** Numbers become whole ones, as everywhere in our JSON; a share of 1 stays what it is, and the secret of an announce URL stays here. */
export function causeItem(cause: Cause): CauseItem {
  const entries = Object.entries(cause).map(([name, value]) => [
    name,
    name === "url" ? maskedUrl(String(value)) : wholeNumber(name, value),
  ]);
  return Object.fromEntries(entries) as CauseItem;
}

function wholeNumber(name: string, value: unknown): unknown {
  if (typeof value !== "number" || name === "progress") return value;
  return Number.isFinite(value) ? Math.round(value) : null;
}

const STATES: ReadonlySet<string> = new Set(["metadata", "layers", "checking", "downloading", "finished", "seeding", "paused", "error"]);
const PACES: ReadonlySet<string> = new Set(["stands", "moves", "rests"]);
const WEIGHTS: ReadonlySet<string> = new Set(["stops", "slows", "perhaps"]);

/** `undefined` for what is no report. */
export function parseReport(value: unknown): TorrentReport | undefined {
  if (!isRecord(value) || !STATES.has(String(value["state"])) || !PACES.has(String(value["pace"])) || !Array.isArray(value["causes"])) {
    return undefined;
  }
  const number = (name: string): number => (typeof value[name] === "number" ? value[name] : 0);
  const text = (name: string): string | null => (typeof value[name] === "string" ? value[name] : null);
  return {
    infoHash: text("infoHash"),
    infoHashV2: text("infoHashV2"),
    name: text("name") ?? "",
    state: value["state"] as TorrentState,
    pace: value["pace"] as TorrentReport["pace"],
    progress: number("progress"),
    totalDone: number("totalDone"),
    totalWanted: number("totalWanted"),
    downRate: number("downRate"),
    upRate: number("upRate"),
    peers: number("peers"),
    seeds: number("seeds"),
    secondsLeft: typeof value["secondsLeft"] === "number" ? value["secondsLeft"] : null,
    causes: value["causes"].slice(0, CAUSES_MAX).filter(isCause),
  };
}

function isCause(value: unknown): value is CauseItem {
  return isRecord(value) && typeof value["code"] === "string" && WEIGHTS.has(String(value["weight"]));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
