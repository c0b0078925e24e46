/**
 * Lines of text in tones: what a frame is made of before it has colours.
 * @module
 */
import { clip, displayWidth, pad, type Tone } from "@bittern/faces";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
  /** Under the cursor. */
  readonly isMarked?: boolean;
}
export type Line = readonly Span[];

export const EMPTY: Line = [];

export function span(text: string, tone: Tone = "plain"): Span {
  return { text, tone };
}

export function lineText(line: Line): string {
  return line.map(({ text }) => text).join("");
}

export function isSameLine(one: Line, other: Line): boolean {
  return (
    one.length === other.length &&
    one.every((span, at) => span.text === other[at]?.text && span.tone === other[at]?.tone && span.isMarked === other[at]?.isMarked)
  );
}

/** Exactly `width` columns: cut where it is longer, filled up where it is shorter. */
export function framed(line: Line, width: number): Line {
  const spans: Span[] = [];
  let left = width;
  for (const one of line) {
    if (left <= 0) break;
    const text = clip(one.text, left);
    spans.push({ ...one, text });
    left -= displayWidth(text);
  }
  if (left > 0) spans.push({ ...(spans.at(-1) ?? span("")), text: " ".repeat(left) });
  return spans;
}

/** The whole line under the cursor, to its end. */
export function marked(line: Line, width: number): Line {
  return framed(line, width).map((one) => ({ ...one, isMarked: true }));
}

/** One text on the left, another at the right end; the right one goes where there is no room. */
export function between(left: Line, right: Line, width: number): Line {
  const [leftWidth, rightWidth] = [left, right].map((line) => displayWidth(lineText(line))) as [number, number];
  if (leftWidth + rightWidth + 1 > width) return framed(left, width);
  return [...left, span(" ".repeat(width - leftWidth - rightWidth)), ...right];
}

/** Words with their labels under each other: ` label  value`. */
export function labelled(label: string, value: string, labelWidth: number, tone: Tone = "plain"): Line {
  return [span(` ${pad(label, labelWidth)} `, "dim"), span(value, tone)];
}
