/**
 * Text from strangers on a terminal: names of files and torrents may hold anything.
 * @module
 */

/**
 * C0 and C1 controls, and the marks that reorder or hide text (bidi, zero width, line separators): a file name must
 * neither move the cursor nor read backwards.
 */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text with everything that could drive a terminal written out as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`);
}

/** East Asian wide and emoji: two columns each. Coarse on purpose; a column too many costs nothing. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{Mark}/u;

/** Columns the text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const sign of text) width += COMBINING.test(sign) ? 0 : WIDE.test(sign) ? 2 : 1;
  return width;
}

/** At most `width` columns: what does not fit is cut in the middle, because the ends of names tell most. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? "…" : "";
  const signs = [...text];
  const tail: string[] = [];
  const tailWidth = Math.floor((width - 1) / 3);
  while (signs.length > 0 && displayWidth([...tail, signs.at(-1)].join("")) <= tailWidth) tail.unshift(signs.pop() as string);
  const headWidth = width - 1 - displayWidth(tail.join(""));
  const head: string[] = [];
  for (const sign of signs) {
    if (displayWidth([...head, sign].join("")) > headWidth) break;
    head.push(sign);
  }
  return `${head.join("")}…${tail.join("")}`;
}

/** At most `width` columns, cut at the end: for sentences, whose beginning tells most. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let clipped = "";
  let room = width - 1;
  for (const sign of text) {
    room -= displayWidth(sign);
    if (room < 0) break;
    clipped += sign;
  }
  return width < 1 ? "" : `${clipped}…`;
}

/** Lines of at most `width` columns, broken between words; a word that is longer is broken where a line ends. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const sign of word) {
      if (line !== "" && displayWidth(line + sign) > width) {
        lines.push(line);
        line = "";
      }
      line += sign;
    }
  }
  return [...lines, line];
}

/** Fills with spaces to `width` columns, at the end or, for numbers, in front. */
export function pad(text: string, width: number, side: "left" | "right" = "left"): string {
  const gap = " ".repeat(Math.max(0, width - displayWidth(text)));
  return side === "left" ? text + gap : gap + text;
}
