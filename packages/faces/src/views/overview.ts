/**
 * What is worth knowing of one torrent, as facts with labels.
 * @module
 */
import { peersWords } from "../progress.ts";
import type { TorrentDetail, TorrentItem } from "../snapshot.ts";
import { printable } from "../text.ts";
import { count, formatBytes, formatDuration, formatPercent, formatRate } from "../units.ts";

export type Fact = readonly [label: string, value: string];

export function overviewFacts(item: TorrentItem, detail: TorrentDetail): readonly Fact[] {
  return [
    ["state", stateWords(item)],
    ["size", sizeWords(item, detail)],
    ["down", `${formatRate(item.downRate)}, ${formatBytes(item.downloaded)} in all${wastedWords(detail)}${limitWords(detail.downLimit)}`],
    ["up", `${formatRate(item.upRate)}, ${formatBytes(item.uploaded)} in all, ratio ${item.ratio.toFixed(2)}${limitWords(detail.upLimit)}`],
    ["peers", swarmWords(item, detail)],
    ["folder", printable(detail.path)],
    ["info hash", detail.infoHash],
  ];
}

function stateWords(item: TorrentItem): string {
  if (item.error !== null) return `stopped: ${printable(item.error)}`;
  const left = item.state === "downloading" && item.secondsLeft !== null ? `, ${formatDuration(item.secondsLeft)} left` : "";
  return item.state === "metadata" ? "fetching the metadata" : `${item.state}, ${formatPercent(item.progress)}${left}`;
}

function sizeWords(item: TorrentItem, detail: TorrentDetail): string {
  if (detail.pieceLength === null || detail.pieces === null) return "not known before the metadata is here";
  const pieces = `${detail.piecesDone} of ${count(detail.pieces.states.length, "piece")} of ${formatBytes(detail.pieceLength)}`;
  const files = detail.files.length === 1 ? "" : `, ${count(detail.files.length, "file")}`;
  return `${formatBytes(item.totalDone)} of ${formatBytes(item.totalWanted)}, ${pieces}${files}`;
}

function wastedWords({ wasted }: TorrentDetail): string {
  return wasted === 0 ? "" : `, ${formatBytes(wasted)} wasted`;
}

function limitWords(limit: number): string {
  return limit === 0 ? "" : `, at most ${formatRate(limit)}`;
}

function swarmWords(item: TorrentItem, detail: TorrentDetail): string {
  const copies = item.peers === 0 ? "" : `, ${detail.availability.toFixed(2)} copies`;
  return `${peersWords(item.peers, item.seeds)}${copies}; the swarm has ${count(item.swarmSeeds, "seed")}, ${count(item.swarmPeers, "other")}`;
}
