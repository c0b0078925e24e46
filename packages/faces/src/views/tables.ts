/**
 * The lists inside a torrent as cells of text: files, peers, trackers.
 * @module
 */
import type { FileItem, PeerItem, TrackerItem } from "../snapshot.ts";
import { printable } from "../text.ts";
import { formatBytes, formatDuration, formatPercent, formatRate } from "../units.ts";
import type { FaceWords, PeerFlag } from "../words/words.ts";
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

export function listColumns({ columns }: FaceWords): readonly TableColumn[] {
  return [
    growing(columns.name, 16),
    column(columns.size, 10, 6),
    column("", 14, 8, "left"),
    column(columns.done, 7, 1),
    column(columns.down, 12, 2),
    column(columns.up, 12, 4),
    column(columns.left, 11, 3),
    column(columns.ratio, 6, 7),
    column(columns.peers, 5, 5),
  ];
}

export function fileColumns({ columns }: FaceWords): readonly TableColumn[] {
  return [growing(columns.file, 16), column(columns.priority, 8, 2, "left"), column(columns.size, 10, 1), column(columns.done, 7, 1)];
}

export function fileRow(file: FileItem, { priorities }: FaceWords): TableRow {
  const tone = file.priority === 0 ? "dim" : file.progress === 1 ? "good" : "plain";
  return { tone, cells: [printable(file.path), priorities[file.priority], formatBytes(file.length), formatPercent(file.progress)] };
}

export function peerColumns({ columns }: FaceWords): readonly TableColumn[] {
  return [
    growing(columns.peer, 21),
    column(columns.client, 14, 4, "left"),
    column(columns.flags, 6, 3, "left"),
    column(columns.has, 7, 2),
    column(columns.down, 12, 1),
    column(columns.up, 12, 1),
    column(columns.taken, 10, 5),
    column(columns.given, 10, 6),
  ];
}

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
export const PEER_FLAGS: readonly (readonly [letter: PeerFlag, holds: (peer: PeerFacts) => boolean])[] = [
  ["D", (peer) => peer.areWeInterested && !peer.isChokingUs],
  ["d", (peer) => peer.areWeInterested && peer.isChokingUs],
  ["U", (peer) => peer.isInterestedInUs && !peer.isChokedByUs],
  ["u", (peer) => peer.isInterestedInUs && peer.isChokedByUs],
  ["S", (peer) => peer.isSnubbed],
  ["I", (peer) => !peer.dialledByUs],
  ["*", (peer) => peer.isSeed],
];

export function peerFlags(peer: PeerFacts): string {
  return PEER_FLAGS.filter(([, holds]) => holds(peer))
    .map(([letter]) => letter)
    .join("");
}

export function trackerColumns({ columns }: FaceWords): readonly TableColumn[] {
  return [
    growing(columns.tracker, 24),
    column(columns.tier, 4, 5),
    column(columns.state, 10, 1, "left"),
    column(columns.seeds, 6, 3),
    column(columns.peers, 6, 3),
    column(columns.next, 11, 4),
    column(columns.message, 16, 2, "left"),
  ];
}

export function trackerRow(tracker: TrackerItem, { trackerStates }: FaceWords): TableRow {
  const number = (value: number | null): string => (value === null ? "" : String(value));
  const next = tracker.nextSeconds === null || tracker.state === "idle" ? "" : formatDuration(tracker.nextSeconds);
  const tones = { idle: "dim", announcing: "accent", working: "good", failed: "bad" } as const;
  return {
    tone: tones[tracker.state],
    cells: [
      printable(tracker.url),
      String(tracker.tier + 1),
      trackerStates[tracker.state],
      number(tracker.seeds),
      number(tracker.peers),
      next,
      printable(tracker.message),
    ],
  };
}
