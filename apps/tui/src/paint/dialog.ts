/**
 * The question in the middle of the screen, and the last line.
 * @module
 */
import {
  clip,
  type Dialog,
  displayWidth,
  type FaceState,
  type FaceWords,
  fit,
  type HelpLine,
  helpLines,
  helpPlace,
  pad,
  printable,
  type ScreenSize,
  type TextField,
  wrap,
} from "@bittern/faces";
import type { Glyphs } from "./glyphs.ts";
import { EMPTY, framed, type Line, span } from "./line.ts";

/** Lines of a remark. */
const NOTICE_LINES_MAX = 3;

/** Lines of a dialog, each as wide as the dialog; `undefined` for one that lives in the last line. */
export function dialogLines(dialog: Dialog, size: ScreenSize, glyphs: Glyphs, words: FaceWords): readonly Line[] | undefined {
  const { dialogs } = words;
  const width = Math.min(76, size.columns - 4);
  switch (dialog.type) {
    case "search":
      return undefined;
    case "help":
      return helpFrame(dialog.top, size, glyphs, words);
    case "remove":
      return boxed(
        dialogs.remove,
        [
          [span(fit(printable(dialog.name), width - 4), "strong")],
          EMPTY,
          [span("k", "strong"), span(`    ${dialogs.removeKeep}`)],
          [span("D", "strong"), span(`    ${dialogs.removeFiles[0]}`), span(dialogs.removeFiles[1], "bad")],
        ],
        dialogs.removeHint,
        width,
        glyphs,
      );
    case "add":
      return boxed(
        dialogs.add,
        [
          ...fieldLines(dialogs.addSource, dialog.source, dialog.focus === 0, width - 4),
          ...fieldLines(dialogs.addFolder, dialog.folder, dialog.focus === 1, width - 4),
          [{ ...span(`[${dialog.isPaused ? "x" : " "}] ${dialogs.addPaused}`), isMarked: dialog.focus === 2 }],
        ],
        dialogs.addHint,
        width,
        glyphs,
      );
    case "limits":
      return boxed(
        dialogs.limits,
        [
          [span(fit(printable(dialog.name), width - 4), "strong")],
          EMPTY,
          ...fieldLines(dialogs.limitDown, dialog.down, dialog.focus === 0, width - 4),
          ...fieldLines(dialogs.limitUp, dialog.up, dialog.focus === 1, width - 4),
        ],
        dialogs.limitsHint,
        width,
        glyphs,
      );
  }
}

function fieldLines(label: string, field: TextField, hasFocus: boolean, width: number): readonly Line[] {
  return [[span(label, "dim")], fieldLine(field, hasFocus, width)];
}

/** The part of the text around the cursor that fits. */
function fieldLine(field: TextField, hasFocus: boolean, width: number): Line {
  const signs = [...printable(field.text)];
  const room = width - 3;
  const from = Math.max(0, field.cursor - room + 1);
  const shown = signs.slice(from, from + room);
  if (!hasFocus) return [span("  "), span(pad(shown.join(""), width - 2))];
  const at = field.cursor - from;
  const under = shown[at] ?? " ";
  return [span("> ", "accent"), span(shown.slice(0, at).join("")), { ...span(under), isMarked: true }, span(shown.slice(at + 1).join(""))];
}

function helpFrame(top: number, size: ScreenSize, glyphs: Glyphs, words: FaceWords): readonly Line[] {
  const { width, rows } = helpPlace(size);
  const all = helpLines(words, size);
  const from = Math.max(0, Math.min(top, all.length - rows));
  return boxed(words.dialogs.help, all.slice(from, from + rows).map(helpLine), words.dialogs.helpHint, width, glyphs);
}

function helpLine(line: HelpLine): Line {
  switch (line.type) {
    case "gap":
      return EMPTY;
    case "title":
      return [span(line.text, "strong")];
    case "key":
      return [span(line.key, "accent"), span(line.text)];
  }
}

/** A frame of lines around some lines, a title in its upper edge and a hint in the lower one. */
function boxed(title: string, lines: readonly Line[], hint: string, width: number, glyphs: Glyphs): readonly Line[] {
  const isPlain = glyphs.rule === "-";
  const [topLeft, topRight, bottomLeft, bottomRight, side] = isPlain ? ["+", "+", "+", "+", "|"] : ["╭", "╮", "╰", "╯", "│"];
  const edge = (left: string, words: string, right: string): Line => [
    span(`${left}${glyphs.rule} `, "dim"),
    span(words, left === topLeft ? "strong" : "dim"),
    span(` ${glyphs.rule.repeat(Math.max(0, width - displayWidth(words) - 5))}${right}`, "dim"),
  ];
  const inside = [EMPTY, ...lines, EMPTY].map(
    (line): Line => [span(`${side} `, "dim"), ...framed(line, width - 4), span(` ${side}`, "dim")],
  );
  return [edge(topLeft as string, title, topRight as string), ...inside, edge(bottomLeft as string, hint, bottomRight as string)];
}

/** The last lines: one as a rule, and more for a remark that is longer, so that what it says to do is not cut away. */
export function lastLines(state: FaceState, size: ScreenSize, words: FaceWords): readonly Line[] {
  const { dialog, notice } = state;
  if (notice === undefined || dialog?.type === "search") return [lastLine(state, size, words)];
  const lines = wrap(printable(notice.text), size.columns - 2);
  const [shown, rest] = [lines.slice(0, NOTICE_LINES_MAX - 1), lines.slice(NOTICE_LINES_MAX - 1)];
  if (rest.length > 0) shown.push(clip(rest.join(" "), size.columns - 2));
  return shown.map((line) => [span(` ${line}`, notice.tone === "plain" ? "accent" : notice.tone)]);
}

/** What is being searched, or the keys that matter. */
function lastLine(state: FaceState, size: ScreenSize, words: FaceWords): Line {
  const { dialog } = state;
  if (dialog?.type === "search") {
    const label = ` ${words.dialogs.search} `;
    return [span(label, "dim"), ...fieldLine(dialog.field, true, size.columns - displayWidth(label) - 3)];
  }
  const hints = words.hints[state.screen === "list" ? "list" : state.tab === "files" ? "files" : "detail"];
  let room = size.columns;
  return hints.flatMap(([key, meaning]) => {
    room -= displayWidth(key) + displayWidth(meaning) + 3;
    return room < 0 ? [] : [span(` ${key} `, "strong"), span(`${meaning} `, "dim")];
  });
}
