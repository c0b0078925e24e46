/**
 * The screen with all torrents.
 * @module
 */
import {
  displayWidth,
  type FaceSnapshot,
  type FaceState,
  type FaceWords,
  listColumns,
  listPlace,
  listView,
  type ScreenSize,
  type TorrentRow,
  totalsWords,
} from "@bittern/faces";
import type { Glyphs } from "./glyphs.ts";
import { between, EMPTY, type Line, lineText, marked, span } from "./line.ts";
import { cellText, type PlacedColumn, placeColumns } from "./table.ts";

/** Whether it is marked, how it stands, and a space. */
const MARK_WIDTH = 3;

export function listLines(state: FaceState, snapshot: FaceSnapshot, size: ScreenSize, glyphs: Glyphs, words: FaceWords): readonly Line[] {
  const { rows } = listPlace(size);
  const view = listView(state, snapshot, rows, words);
  const columns = placeColumns(listColumns(words), size.columns - MARK_WIDTH - 1);
  const body = view.rows.map((row, at) => {
    const line = rowLine(row, columns, glyphs);
    return at === view.cursor ? marked(line, size.columns) : line;
  });
  if (body.length === 0) body.push(EMPTY, [span(`  ${view.emptyText}`, "dim")]);
  return [totalsLine(state, snapshot, size, glyphs, words), titleLine(columns), ...body.slice(0, rows)];
}

/** Name of the program at the left, what flows at the right. */
export function totalsLine(state: FaceState, snapshot: FaceSnapshot, size: ScreenSize, glyphs: Glyphs, words: FaceWords): Line {
  const parts = [...totalsWords(state, snapshot, words)];
  const left = [span(" Bittern", "strong")];
  const right = (): Line => [span(parts.join(glyphs.dot)), span(" ")];
  // What matters least stands last, and goes first.
  while (parts.length > 1 && displayWidth(lineText([...left, ...right()])) + 1 > size.columns) parts.pop();
  return between(left, right(), size.columns);
}

function titleLine(columns: readonly PlacedColumn[]): Line {
  return [span(" ".repeat(MARK_WIDTH)), span(columns.map((placed) => cellText(placed.column.title, placed)).join(" "), "dim")];
}

export function rowLine(row: TorrentRow, columns: readonly PlacedColumn[], glyphs: Glyphs): Line {
  const cells = [row.name, row.size, "", row.done, row.down, row.up, row.left, row.ratio, row.peers];
  const isPaused = row.state === "paused";
  const spans = columns.flatMap((placed, place) => {
    const gap = place === 0 ? [] : [span(" ")];
    if (placed.at === BAR_AT) return [...gap, ...barSpans(row, placed.width, glyphs)];
    const tone = placed.at === LEFT_AT ? row.tone : isPaused ? ("dim" as const) : ("plain" as const);
    return [...gap, span(cellText(cells[placed.at] ?? "", placed), tone)];
  });
  return [span(row.isMarked ? glyphs.marked : " ", "accent"), span(`${glyphs.states[row.state]} `, row.tone), ...spans];
}

/** Places of the cells that are more than text. */
const BAR_AT = 2;
const LEFT_AT = 6;

export function barSpans(row: Pick<TorrentRow, "fraction" | "tone">, width: number, glyphs: Glyphs): Line {
  const filled = Math.floor(Math.min(1, Math.max(0, row.fraction)) * width);
  return [span(glyphs.barFull.repeat(filled), row.tone), span(glyphs.barEmpty.repeat(width - filled), "dim")];
}
