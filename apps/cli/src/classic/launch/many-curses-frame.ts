/**
 * The full-screen table of `btlaunchmanycurses`: two lines for each torrent, two for all of them, one of status.
 * @module
 */
import { fit, pad, printable } from "@bittern/faces";
import type { ClassicLaunchMessages } from "../../messages/classic/words.ts";
import { drawBox } from "../screen/box.ts";
import { Frame, type FrameSize } from "../screen/frame.ts";
import { sizeWords } from "../words.ts";
import { totalOf } from "./lines.ts";
import type { LaunchRow } from "./view.ts";

const LEFT = 2;
/** Size, download, upload: to the right, each so wide. */
const FIGURE_WIDTH = 13;
const FIGURES_WIDTH = 3 * FIGURE_WIDTH;
const NAME_WIDTH_MIN = 10;
/** The frame, the head and its rule, the totals and theirs, the status. */
const HEAD_ROW = 1;
const FIRST_ROW = 3;
const FOOT_ROWS = 5;

export interface ManyView {
  readonly rows: readonly LaunchRow[];
  /** The newest word of what happened. */
  readonly status: string;
}

export function manyFrame(view: ManyView, size: FrameSize, words: ClassicLaunchMessages): Frame {
  const [name, ...figures] = words.columns;
  const frame = new Frame(size);
  const inner = size.columns - 2 * LEFT;
  const nameWidth = Math.max(NAME_WIDTH_MIN, inner - FIGURES_WIDTH);
  const lines = new Map<number, string>([
    [HEAD_ROW, columns(name, figures, nameWidth)],
    [HEAD_ROW + 1, "-".repeat(Math.max(0, inner))],
  ]);
  const room = Math.max(0, size.rows - FIRST_ROW - FOOT_ROWS);
  const shown = view.rows.flatMap((row) => rowLines(row, nameWidth, words));
  for (const [at, line] of shown.slice(0, room).entries()) lines.set(FIRST_ROW + at, line);
  const foot = size.rows - FOOT_ROWS;
  const total = totalOf(view.rows);
  lines.set(foot, "-".repeat(Math.max(0, inner)));
  lines.set(foot + 1, columns(words.totals, ["", rate(total.downRate), rate(total.upRate)], nameWidth));
  lines.set(foot + 2, columns("", ["", sizeWords(total.downloaded), sizeWords(total.uploaded)], nameWidth));
  const hidden = Math.ceil(Math.max(0, shown.length - room) / 2);
  lines.set(foot + 3, hidden === 0 ? printable(view.status) : `${printable(view.status)} ${words.moreBelow(hidden)}`);
  drawBox(frame, (row) => {
    const line = lines.get(row);
    if (line !== undefined) frame.put(row, LEFT, line, { end: size.columns - LEFT, isBold: row === HEAD_ROW });
  });
  return frame;
}

function rowLines(row: LaunchRow, nameWidth: number, words: ClassicLaunchMessages): readonly string[] {
  const status = row.retry === undefined ? row.status : words.retry(row.retry.tries, row.retry.seconds);
  return [
    columns(printable(row.name), [sizeWords(row.byteLength), rate(row.downRate), rate(row.upRate)], nameWidth),
    columns(`^--- ${printable(status)}`, ["", sizeWords(row.downloaded), sizeWords(row.uploaded)], nameWidth),
  ];
}

function columns(name: string, figures: readonly string[], nameWidth: number): string {
  return pad(fit(name, nameWidth), nameWidth) + figures.map((figure) => pad(figure, FIGURE_WIDTH, "right")).join("");
}

function rate(bytes: number): string {
  return `${sizeWords(bytes)}/s`;
}
