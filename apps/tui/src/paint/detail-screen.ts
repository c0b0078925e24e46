/**
 * The screen inside one torrent: overview, files, peers, trackers, log.
 * @module
 */
import {
  type CauseItem,
  currentItem,
  type FaceSnapshot,
  type FaceState,
  type FaceWords,
  fileColumns,
  fileRow,
  formatRate,
  overviewFacts,
  type PieceCell,
  peerColumns,
  peerRow,
  pieceCells,
  printable,
  rateGraph,
  type ScreenSize,
  TABS,
  type TableColumn,
  type TableRow,
  type Tone,
  type TorrentDetail,
  type TorrentItem,
  tabPlace,
  torrentRow,
  trackerColumns,
  trackerRow,
  windowTop,
} from "@bittern/faces";
import type { Glyphs } from "./glyphs.ts";
import { between, EMPTY, type Line, labelled, marked, span } from "./line.ts";
import { barSpans, totalsLine } from "./list-screen.ts";
import { cellText, placeColumns } from "./table.ts";

export function detailLines(state: FaceState, snapshot: FaceSnapshot, size: ScreenSize, glyphs: Glyphs, words: FaceWords): readonly Line[] {
  const item = currentItem(state, snapshot);
  const detail = snapshot.detail?.id === item?.id ? snapshot.detail : null;
  const head = [
    totalsLine(state, snapshot, size, glyphs, words),
    item === undefined ? EMPTY : nameLine(item, size, glyphs, words),
    tabsLine(state, words),
  ];
  if (item === undefined || detail === null) return [...head, EMPTY];
  const { rows } = tabPlace(size);
  switch (state.tab) {
    case "overview":
      return [...head, EMPTY, ...overviewLines(item, detail, { columns: size.columns, lines: rows }, glyphs, words)];
    case "files":
      return [
        ...head,
        ...tableLines(fileColumns(words), detail.files, (file) => fileRow(file, words), state.row, size, words.detail.noFiles),
      ];
    case "peers":
      return [...head, ...tableLines(peerColumns(words), detail.peers, peerRow, state.row, size, words.detail.noPeers)];
    case "trackers": {
      const row = (tracker: TorrentDetail["trackers"][number]): TableRow => trackerRow(tracker, words);
      return [...head, ...tableLines(trackerColumns(words), detail.trackers, row, state.row, size, words.detail.noTrackers)];
    }
    case "log":
      return [...head, ...logLines(detail, state.row, size, words)];
  }
}

function nameLine(item: TorrentItem, size: ScreenSize, glyphs: Glyphs, words: FaceWords): Line {
  const row = torrentRow(item, words);
  const bar = barSpans(row, Math.max(8, Math.floor(size.columns / 5)), glyphs);
  const right = [...bar, span(` ${row.done} `), span(`${row.left} `, row.tone)];
  const used = right.reduce((sum, { text }) => sum + text.length, 0);
  const name = cellText(row.name, {
    at: 0,
    width: Math.max(8, size.columns - used - 4),
    column: { title: "", width: 8, align: "left", rank: 0 },
  });
  return between([span(` ${glyphs.states[row.state]} `, row.tone), span(name, "strong")], right, size.columns);
}

/** ` 1 overview ` … : as wide as the store thinks when it is clicked. */
function tabsLine(state: FaceState, { tabs }: FaceWords): Line {
  return TABS.map((tab, at) => ({
    ...span(` ${at + 1} ${tabs[tab]} `, tab === state.tab ? "strong" : "dim"),
    isMarked: tab === state.tab,
  }));
}

// ---- the overview

const LABEL_WIDTH = 10;
const GRAPH_LINES_MIN = 2;
const GRAPH_LINES_MAX = 12;

function overviewLines(item: TorrentItem, detail: TorrentDetail, size: ScreenSize, glyphs: Glyphs, words: FaceWords): readonly Line[] {
  const { columns, lines } = size;
  const facts = overviewFacts(item, detail, words).map(([label, value], at) =>
    labelled(label, value, LABEL_WIDTH, at === 0 ? torrentRow(item, words).tone : "plain"),
  );
  const causes = detail.causes.slice(0, 3).flatMap((cause, at) => causeLines(cause, at === 0, lines >= 16, words));
  const left = lines - facts.length - causes.length;
  // Both get something where there is room, and the graph what a map of few pieces does not need.
  const mapNeeds = Math.ceil((detail.pieces?.states.length ?? 0) / (columns - 2)) + 2;
  const graphLines = left < 6 ? 0 : Math.min(GRAPH_LINES_MAX, Math.max(GRAPH_LINES_MIN, Math.floor(left / 3), left - mapNeeds));
  const graph = graphLines === 0 ? [] : graphPart(item, detail, { columns, lines: graphLines }, glyphs, words);
  const mapLines = left - graph.length - 1;
  const map = mapLines < 1 || detail.pieces === null ? [] : mapPart(item, detail.pieces, { columns, lines: mapLines }, glyphs, words);
  return [...facts, ...causes, ...graph, ...map];
}

const CAUSE_TONES: Readonly<Record<CauseItem["weight"], Tone>> = { stops: "bad", slows: "warn", perhaps: "dim" };

function causeLines(cause: CauseItem, isFirst: boolean, hasRoom: boolean, words: FaceWords): readonly Line[] {
  const { what, evidence, help } = words.explanation.cause(cause);
  const line = labelled(isFirst ? words.overview.labels.why : "", what, LABEL_WIDTH, CAUSE_TONES[cause.weight]);
  const more = [evidence, help].filter(Boolean).map((text) => labelled("", text, LABEL_WIDTH, "dim"));
  return hasRoom && isFirst ? [line, ...more] : [line];
}

/** The busier direction of the two, scaled to its highest. */
function graphPart(
  item: TorrentItem,
  detail: TorrentDetail,
  { columns, lines }: ScreenSize,
  glyphs: Glyphs,
  words: FaceWords,
): readonly Line[] {
  const { down, up } = detail.rates;
  const isDown = Math.max(0, ...down) >= Math.max(0, ...up) && item.state !== "seeding";
  const { heights, top } = rateGraph(isDown ? down : up, columns - 2, lines);
  const title: Line = [
    span(` ${isDown ? words.columns.down : words.columns.up} `, "dim"),
    span(formatRate(isDown ? item.downRate : item.upRate), "accent"),
    span(words.detail.graph(formatRate(top === 1 ? 0 : top), columns - 2), "dim"),
  ];
  const rows = Array.from({ length: lines }, (_, line) => {
    const floor = (lines - 1 - line) * 8;
    const text = heights.map((height) => glyphs.eighths[Math.max(0, Math.min(8, height - floor))] ?? " ").join("");
    return [span(" "), span(text, isDown ? "accent" : "good")];
  });
  return [title, ...rows];
}

function mapPart(
  item: TorrentItem,
  pieces: NonNullable<TorrentDetail["pieces"]>,
  { columns, lines }: ScreenSize,
  glyphs: Glyphs,
  { detail: words }: FaceWords,
): readonly Line[] {
  const width = columns - 2;
  const cells = pieceCells(pieces, width * lines, item.peers === 0);
  const each = Math.ceil(pieces.states.length / Math.max(1, cells.length));
  const absent = cells.some(({ kind }) => kind === "absent") ? words.absent(glyphs.cells.absent) : "";
  const title: Line = [span(` ${words.map(each)}${absent}`, "dim")];
  const rows: Line[] = [];
  for (let from = 0; from < cells.length; from += width) rows.push([span(" "), ...runs(cells.slice(from, from + width), glyphs)]);
  return [title, ...rows];
}

/** Neighbours of one tone become one span: a frame has hundreds of cells and few changes. */
function runs(cells: readonly PieceCell[], glyphs: Glyphs): Line {
  const spans: { text: string; tone: Tone }[] = [];
  for (const cell of cells) {
    const tone = CELL_TONES[cell.kind];
    const sign = cellSign(cell, glyphs);
    const last = spans.at(-1);
    if (last?.tone === tone) last.text += sign;
    else spans.push({ text: sign, tone });
  }
  return spans;
}

const CELL_TONES: Readonly<Record<PieceCell["kind"], Tone>> = {
  whole: "good",
  busy: "accent",
  absent: "bad",
  missing: "dim",
  unwanted: "dim",
};

function cellSign({ kind, fraction }: PieceCell, { shades, cells }: Glyphs): string {
  if (kind === "unwanted" || (kind === "absent" && fraction === 0)) return cells[kind];
  if (kind === "whole") return shades[4];
  // Begun is not nothing, and almost is not all.
  return shades[Math.min(3, Math.max(kind === "busy" || fraction > 0 ? 1 : 0, Math.floor(fraction * 4)))] as string;
}

// ---- the lists

function tableLines<Item>(
  columns: readonly TableColumn[],
  items: readonly Item[],
  rowOf: (item: Item) => TableRow,
  cursor: number,
  size: ScreenSize,
  emptyText: string,
): readonly Line[] {
  const { rows } = tabPlace(size);
  const placed = placeColumns(columns, size.columns - 2);
  const at = Math.min(cursor, Math.max(0, items.length - 1));
  const top = windowTop(items.length, rows, at);
  const title: Line = [span(` ${placed.map((one) => cellText(one.column.title, one)).join(" ")}`, "dim")];
  if (items.length === 0) return [title, [span(`  ${emptyText}`, "dim")]];
  const body = items.slice(top, top + rows).map((item, place) => {
    const { cells, tone } = rowOf(item);
    const line: Line = [span(` ${placed.map((one) => cellText(cells[one.at] ?? "", one)).join(" ")}`, tone)];
    return top + place === at ? marked(line, size.columns) : line;
  });
  return [title, ...body];
}

const LOG_TONES: Readonly<Record<TorrentDetail["log"][number]["level"], Tone>> = {
  error: "bad",
  warn: "warn",
  info: "plain",
  debug: "dim",
};

/** The newest line at the top: nobody has to scroll to see what just happened. */
function logLines(detail: TorrentDetail, cursor: number, size: ScreenSize, words: FaceWords): readonly Line[] {
  const { rows } = tabPlace(size);
  const top = Math.max(0, Math.min(cursor, detail.log.length - rows));
  if (detail.log.length === 0) return [EMPTY, [span(`  ${words.detail.noLog}`, "dim")]];
  const lines = detail.log.toReversed().slice(top, top + rows);
  return [EMPTY, ...lines.map(({ time, level, text }) => [span(` ${time} `, "dim"), span(printable(text), LOG_TONES[level])])];
}
