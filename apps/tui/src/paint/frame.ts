/**
 * A whole frame: a pure function from what is known and where the user is to exactly as many lines as the screen has.
 * @module
 */
import { COLUMNS_MIN, type FaceSnapshot, type FaceState, type FaceWords, LINES_MIN, type ScreenSize } from "@bittern/faces";
import { detailLines } from "./detail-screen.ts";
import { dialogLines, lastLines } from "./dialog.ts";
import { type Glyphs, UNICODE } from "./glyphs.ts";
import { EMPTY, framed, type Line, span } from "./line.ts";
import { listLines } from "./list-screen.ts";

export function frameLines(
  state: FaceState,
  snapshot: FaceSnapshot,
  screen: ScreenSize,
  glyphs: Glyphs,
  words: FaceWords,
): readonly Line[] {
  const size = { columns: Math.max(COLUMNS_MIN, screen.columns), lines: Math.max(LINES_MIN, screen.lines) };
  const draw = state.screen === "list" ? listLines : detailLines;
  const body = draw(state, snapshot, size, glyphs, words);
  const last = lastLines(state, size, words);
  const filled = [...body, ...Array.from({ length: size.lines }, () => EMPTY)].slice(0, size.lines - 1 - last.length);
  const lines = [...filled, [span(glyphs.rule.repeat(size.columns), "dim")], ...last];
  const box = state.dialog === undefined ? undefined : dialogLines(state.dialog, size, glyphs, words);
  const whole = box === undefined ? lines : laidOver(lines, box, size);
  return whole.slice(0, screen.lines).map((line) => framed(written(framed(line, screen.columns), glyphs), screen.columns));
}

/** With signs only that this terminal can show. */
function written(line: Line, { replaced }: Glyphs): Line {
  return replaced === UNICODE.replaced
    ? line
    : line.map((one) => ({ ...one, text: one.text.replace(/[…↑↓←→]/g, (sign) => replaced[sign] ?? sign) }));
}

/** The box in the middle; what stands beside it is left empty, so that the question stands alone. */
function laidOver(lines: readonly Line[], box: readonly Line[], size: ScreenSize): readonly Line[] {
  const shown = box.slice(0, size.lines - 2);
  const top = Math.max(0, Math.floor((size.lines - 2 - shown.length) / 2));
  const width = shown[0]?.reduce((sum, { text }) => sum + [...text].length, 0) ?? 0;
  const left = " ".repeat(Math.max(0, Math.floor((size.columns - width) / 2)));
  return lines.map((line, at) => {
    const one = shown[at - top];
    return one === undefined ? line : [span(left), ...one];
  });
}
