/**
 * What is worth knowing of one torrent, as facts with labels.
 * @module
 */
import type { TorrentDetail, TorrentItem } from "../snapshot.ts";
import { printable } from "../text.ts";
import { formatBytes, formatDuration, formatPercent, formatRate } from "../units.ts";
import type { FaceWords, OverviewWords } from "../words/words.ts";

export type Fact = readonly [label: string, value: string];

export function overviewFacts(item: TorrentItem, detail: TorrentDetail, words: FaceWords): readonly Fact[] {
  const { labels, flow, ratio, wasted } = words.overview;
  const limit = (rate: number): readonly string[] => (rate === 0 ? [] : [words.overview.atMost(formatRate(rate))]);
  const down = flow(formatRate(item.downRate), formatBytes(item.downloaded));
  const up = flow(formatRate(item.upRate), formatBytes(item.uploaded));
  return [
    [labels.state, stateWords(item, words)],
    [labels.size, sizeWords(item, detail, words.overview)],
    [labels.down, [down, ...(detail.wasted === 0 ? [] : [wasted(formatBytes(detail.wasted))]), ...limit(detail.downLimit)].join(", ")],
    [labels.up, [up, ratio(item.ratio.toFixed(2)), ...limit(detail.upLimit)].join(", ")],
    [labels.peers, swarmWords(item, detail, words.overview)],
    [labels.folder, printable(detail.path)],
    [labels.infoHash, detail.infoHash],
  ];
}

function stateWords(item: TorrentItem, { states, overview }: FaceWords): string {
  if (item.error !== null) return overview.stopped(printable(item.error));
  const left = item.state === "downloading" && item.secondsLeft !== null ? `, ${overview.left(formatDuration(item.secondsLeft))}` : "";
  if (item.state === "metadata") return overview.fetching;
  if (item.state === "layers") return overview.fetchingLayers;
  return `${states[item.state]}, ${formatPercent(item.progress)}${left}`;
}

function sizeWords(item: TorrentItem, { pieceLength, pieces, piecesDone, files }: TorrentDetail, words: OverviewWords): string {
  if (pieceLength === null || pieces === null) return words.sizeUnknown;
  return [
    words.of(formatBytes(item.totalDone), formatBytes(item.totalWanted)),
    words.pieces(piecesDone, pieces.states.length, formatBytes(pieceLength)),
    ...(files.length === 1 ? [] : [words.files(files.length)]),
  ].join(", ");
}

function swarmWords(item: TorrentItem, detail: TorrentDetail, words: OverviewWords): string {
  const copies = item.peers === 0 ? "" : `, ${words.copies(detail.availability.toFixed(2))}`;
  return `${words.peers(item.peers, item.seeds)}${copies}; ${words.swarm(item.swarmSeeds, item.swarmPeers)}`;
}
