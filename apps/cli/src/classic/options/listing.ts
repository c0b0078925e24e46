/**
 * What a classic program prints when it is called with nothing: each option, what it is for, what it is otherwise.
 * @module
 */
import { displayWidth } from "@bittern/faces";
import type { ClassicMessages } from "../../messages/classic/words.ts";
import type { ClassicOption, OptionTable, OptionWords } from "./option.ts";

type ListingWords = Pick<ClassicMessages, "value" | "defaultsTo">;

const INDENT = 10;
/** Narrower than this the indent would eat the text. */
const TEXT_WIDTH_MIN = 15;

/** Wrapped to `columns`; each option ends with an empty line. */
export function optionListing(table: OptionTable, help: OptionWords["help"], columns: number, words: ListingWords): string {
  const isNarrow = columns - INDENT - 1 < TEXT_WIDTH_MIN;
  const indent = " ".repeat(isNarrow ? 1 : INDENT);
  const width = Math.max(1, columns - indent.length - 1);
  return Object.entries(table)
    .map(([name, option]) => {
      const lines = wrapped(`${help[name] ?? ""}${defaultWords(option, words)}`, width).map((line) => `${indent}${line}\n`);
      return `--${name} <${words.value}>\n${lines.join("")}\n`;
    })
    .join("");
}

/** A text stands in quotes, a float shows that it is one. */
function defaultWords({ kind, initial }: ClassicOption, { defaultsTo }: ListingWords): string {
  if (initial === undefined) return "";
  const shown = kind === "text" ? `'${initial}'` : kind === "float" && Number.isInteger(initial) ? `${initial}.0` : String(initial);
  return ` ${defaultsTo(shown)}`;
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
