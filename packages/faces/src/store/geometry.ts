/**
 * How the lines of a screen are shared out, known to the store (a page down is how far?) and to the views.
 * @module
 */
import type { ScreenSize } from "./state.ts";

/** Head: totals. Then the titles of the columns. */
const LIST_HEAD = 2;
/** Head: totals, the torrent's line, the tabs; then the titles of the columns. */
const DETAIL_HEAD = 4;
/** A rule, and the line of keys or of a remark. */
const FOOT = 2;
/** Smaller screens are drawn as if they were this large, and cut. */
export const LINES_MIN = 8;
export const COLUMNS_MIN = 40;

/** Lines of torrents on the screen, and the line of the first. */
export function listPlace({ lines }: ScreenSize): { readonly top: number; readonly rows: number } {
  return { top: LIST_HEAD, rows: Math.max(1, lines - LIST_HEAD - FOOT) };
}

/** Lines of a tab's list, and the line of the first. */
export function tabPlace({ lines }: ScreenSize): { readonly top: number; readonly rows: number } {
  return { top: DETAIL_HEAD, rows: Math.max(1, lines - DETAIL_HEAD - FOOT) };
}

/**
 * The first line of a window of `rows` lines over `count`, so that the cursor is inside and stands in the middle where it
 * can: what comes next is seen before it is reached.
 */
export function windowTop(count: number, rows: number, cursor: number): number {
  const middle = cursor - Math.floor(rows / 2);
  return Math.max(0, Math.min(middle, count - rows));
}
