/**
 * A frame as Ink draws it: one text a line, tones as colours. No decision stands here.
 *
 * Written without JSX: there are four elements, and every tool then takes the file as it is.
 * @module
 */
import type { Tone } from "@bittern/faces";
import { Box, Text } from "ink";
import { createElement, memo, type ReactNode, useLayoutEffect, useMemo, useSyncExternalStore } from "react";
import { rowMark } from "../canvas.ts";
import type { Changes } from "../changes.ts";
import { isSameLine, type Line, type Span, span } from "../paint/line.ts";

interface Style {
  readonly color?: string;
  readonly dimColor?: boolean;
  readonly bold?: boolean;
}

const STYLES: Readonly<Record<Tone, Style>> = {
  plain: {},
  strong: { bold: true },
  dim: { dimColor: true },
  accent: { color: "cyan" },
  good: { color: "green" },
  warn: { color: "yellow" },
  bad: { color: "red", bold: true },
};

/** Without colours (NO_COLOR) what failed still stands out. */
const PLAIN_STYLES: Readonly<Record<Tone, Style>> = { ...STYLES, accent: {}, good: {}, warn: { bold: true }, bad: { bold: true } };

function spanText({ text, tone, isMarked }: Span, at: number, hasColours: boolean): ReactNode {
  const style = (hasColours ? STYLES : PLAIN_STYLES)[tone];
  // Dim and inverse together are hard to read in many terminals.
  return createElement(Text, { key: at, ...style, ...(isMarked === true ? { inverse: true, dimColor: false } : {}) }, text);
}

interface LineProps {
  readonly line: Line;
  readonly hasColours: boolean;
}

/** Lines that did not change are not built anew. */
const LineText = memo(
  ({ line, hasColours }: LineProps): ReactNode =>
    createElement(
      Text,
      { wrap: "truncate-end" },
      line.map((span, at) => spanText(span, at, hasColours)),
    ),
  (before: LineProps, after: LineProps) => before.hasColours === after.hasColours && isSameLine(before.line, after.line),
);

export interface ScreenProps {
  readonly lines: readonly Line[];
  readonly hasColours: boolean;
}

export function Screen({ lines, hasColours }: ScreenProps): ReactNode {
  return createElement(
    Box,
    { flexDirection: "column" },
    lines.map((line, at) => createElement(LineText, { key: at, line, hasColours })),
  );
}

interface LiveScreenProps {
  readonly changes: Changes;
  readonly hasColours: boolean;
}

/** Only what is not on the screen yet, each line with its row before it: the canvas knows where it goes. */
export function LiveScreen({ changes, hasColours }: LiveScreenProps): ReactNode {
  const placed = useSyncExternalStore(changes.subscribe, changes.placed);
  // Ink has written by now.
  useLayoutEffect(() => changes.drawn(placed), [changes, placed]);
  const lines = useMemo(() => placed.map(({ row, line }): Line => [span(rowMark(row)), ...line]), [placed]);
  return createElement(Screen, { lines, hasColours });
}
