/**
 * The lists inside a torrent as cells of text: files, peers, trackers.
 * @module
 */
import type { FileItem, PeerItem, Priority, TrackerItem } from "../snapshot.ts";
import { printable } from "../text.ts";
import { formatBytes, formatDuration, formatPercent, formatRate } from "../units.ts";
import type { Tone } from "./tone.ts";

/** A column; those with the highest `rank` are left out first where there is no room. */
export interface TableColumn {
  readonly title: string;
  /** Columns of the screen; the one that grows takes what is left, and at least this. */
  readonly width: number;
  readonly align: "left" | "right";
  readonly grows?: boolean;
  readonly rank: number;
}

export interface TableRow {
  readonly cells: readonly string[];
  readonly tone: Tone;
}

const column = (title: string, width: number, rank: number, align: "left" | "right" = "right"): TableColumn => ({
  title,
  width,
  align,
  rank,
});
const growing = (title: string, width: number): TableColumn => ({ title, width, align: "left", grows: true, rank: 0 });

export const LIST_COLUMNS: readonly TableColumn[] = [
  growing("name", 16),
  column("size", 10, 6),
  column("", 14, 8, "left"),
  column("done", 7, 1),
  column("down", 12, 2),
  column("up", 12, 4),
  column("left", 11, 3),
  column("ratio", 6, 7),
  column("peers", 5, 5),
];

export const FILE_COLUMNS: readonly TableColumn[] = [
  growing("file", 16),
  column("priority", 8, 2, "left"),
  column("size", 10, 1),
  column("done", 7, 1),
];

const PRIORITY_WORDS: Readonly<Record<Priority, string>> = { 0: "skip", 1: "normal", 4: "high", 7: "first" };

export function fileRow(file: FileItem): TableRow {
  const tone = file.priority === 0 ? "dim" : file.progress === 1 ? "good" : "plain";
  return { tone, cells: [printable(file.path), PRIORITY_WORDS[file.priority], formatBytes(file.length), formatPercent(file.progress)] };
}

export const PEER_COLUMNS: readonly TableColumn[] = [
  growing("peer", 21),
  column("client", 14, 4, "left"),
  column("flags", 6, 3, "left"),
  column("has", 7, 2),
  column("down", 12, 1),
  column("up", 12, 1),
  column("taken", 10, 5),
  column("given", 10, 6),
];

export function peerRow(peer: PeerItem): TableRow {
  const rate = (value: number): string => (value < 1 ? "" : formatRate(value));
  const bytes = (value: number): string => (value === 0 ? "" : formatBytes(value));
  const cells = [peer.endpoint, printable(peer.client), peer.flags, formatPercent(peer.progress), rate(peer.downRate), rate(peer.upRate)];
  return {
    tone: peer.downRate >= 1 || peer.upRate >= 1 ? "plain" : "dim",
    cells: [...cells, bytes(peer.downloaded), bytes(peer.uploaded)],
  };
}

export interface PeerFacts {
  readonly isChokingUs: boolean;
  readonly areWeInterested: boolean;
  readonly isChokedByUs: boolean;
  readonly isInterestedInUs: boolean;
  readonly isSnubbed: boolean;
  readonly dialledByUs: boolean;
  readonly isSeed: boolean;
}

/** The letters other clients use as well. */
export const PEER_FLAGS: readonly (readonly [letter: string, meaning: string, holds: (peer: PeerFacts) => boolean])[] = [
  ["D", "we download from it", (peer) => peer.areWeInterested && !peer.isChokingUs],
  ["d", "it has what we want and lets us wait", (peer) => peer.areWeInterested && peer.isChokingUs],
  ["U", "it downloads from us", (peer) => peer.isInterestedInUs && !peer.isChokedByUs],
  ["u", "it wants something and we let it wait", (peer) => peer.isInterestedInUs && peer.isChokedByUs],
  ["S", "it promised blocks and sends none", (peer) => peer.isSnubbed],
  ["I", "it came to us", (peer) => !peer.dialledByUs],
  ["*", "it has everything", (peer) => peer.isSeed],
];

export function peerFlags(peer: PeerFacts): string {
  return PEER_FLAGS.filter(([, , holds]) => holds(peer))
    .map(([letter]) => letter)
    .join("");
}

export const TRACKER_COLUMNS: readonly TableColumn[] = [
  growing("tracker", 24),
  column("tier", 4, 5),
  column("state", 10, 1, "left"),
  column("seeds", 6, 3),
  column("peers", 6, 3),
  column("next", 11, 4),
  column("message", 16, 2, "left"),
];

export function trackerRow(tracker: TrackerItem): TableRow {
  const number = (value: number | null): string => (value === null ? "" : String(value));
  const next = tracker.nextSeconds === null || tracker.state === "idle" ? "" : formatDuration(tracker.nextSeconds);
  const tones = { idle: "dim", announcing: "accent", working: "good", failed: "bad" } as const;
  return {
    tone: tones[tracker.state],
    cells: [
      printable(tracker.url),
      String(tracker.tier + 1),
      tracker.state,
      number(tracker.seeds),
      number(tracker.peers),
      next,
      printable(tracker.message),
    ],
  };
}
