/**
 * A manual page (mdoc) from what a program says of itself.
 * @module
 */
import type { ManualWords } from "../messages/help/words.ts";
import { literal, paragraphLines, tagList, textLines, word } from "./mdoc.ts";

export interface ManualOption {
  /** With dashes: `-d`, `--dir`. */
  readonly names: readonly string[];
  /** What stands after it; `undefined` for a switch. */
  readonly value: string | undefined;
  readonly description: string;
  /** Must be given. */
  readonly isRequired?: boolean;
}

export interface ManualArgument {
  readonly name: string;
  readonly description: string;
  readonly isRequired: boolean;
  readonly mayRepeat: boolean;
}

type Terms = readonly (readonly [term: string, meaning: string])[];

/** A page about one program or one command of it. */
export interface ManualPage {
  /** Name of the page: `bittern-get`. */
  readonly name: string;
  /** What is typed: `bittern get`. */
  readonly command: string;
  readonly summary: string;
  /** Paragraphs parted by empty lines. */
  readonly description: string;
  /** In the order they are typed. */
  readonly arguments: readonly ManualArgument[];
  /** What follows the name, where the list of options would say less: `[ option ... ] torrent`. */
  readonly usage?: string;
  readonly options: readonly ManualOption[];
  /** Commands with a page of their own. */
  readonly commands?: Terms;
  readonly keys?: Terms;
  readonly environment?: Terms;
  readonly files?: Terms;
  readonly exit?: Terms;
  readonly examples?: Terms;
  /** Names of other pages of section 1. */
  readonly seeAlso?: readonly string[];
}

const MONTHS = "January February March April May June July August September October November December".split(" ");

/** The source of the page, which `man` sets; `date` is the day it was made. */
export function manualText(page: ManualPage, date: Date, { titles, argumentsTold }: ManualWords): string {
  const lines = [
    '.\\" Made from the command tree; change the command, not this page.',
    `.Dd ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`,
    `.Dt ${page.name.toUpperCase()} 1`,
    ".Os",
    `.Sh ${literal(titles.name)}`,
    `.Nm ${word(page.name)}`,
    `.Nd ${literal(page.summary)}`,
    `.Sh ${literal(titles.synopsis)}`,
    ...synopsis(page),
    `.Sh ${literal(titles.description)}`,
    ...paragraphLines(page.description),
    ...argumentLines(page.arguments, argumentsTold),
    ...section(titles.commands, termLines(page.commands, "Ic")),
    ...section(titles.options, optionLines(page.options)),
    ...section(titles.keys, termLines(page.keys, "Ic")),
    ...section(titles.environment, termLines(page.environment, "Ev")),
    ...section(titles.files, termLines(page.files, "Pa")),
    ...section(titles.exit, termLines(page.exit, "Sy")),
    ...section(titles.examples, exampleLines(page.examples ?? [])),
    ...section(titles.seeAlso, seeAlso(page)),
  ];
  return `${lines.join("\n")}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.Sh ${literal(title)}`, ...lines];
}

function synopsis(page: ManualPage): readonly string[] {
  if (page.usage !== undefined) return [`.Nm ${word(page.command)}`, ...usageLines(page.usage)];
  const [program = "", ...rest] = page.command.split(" ");
  const name = [`.Nm ${word(program)}`, ...(rest.length === 0 ? [] : [`.Ic ${word(rest.join(" "))}`])];
  const options = page.options.map((option) => {
    const flag = `Fl ${flagOf(option.names[0] as string)}${option.value === undefined ? "" : ` Ar ${word(option.value)}`}`;
    return option.isRequired === true ? `.${flag}` : `.Op ${flag}`;
  });
  const args = page.arguments.map(
    ({ name: place, isRequired, mayRepeat }) => `.${isRequired ? "" : "Op "}Ar ${word(place)}${mayRepeat ? " ..." : ""}`,
  );
  return [...name, ...options, ...args];
}

/** `[ a ... ]` is optional, `...` belongs to the word before it. */
function usageLines(usage: string): readonly string[] {
  return [...usage.matchAll(/(\[\s*)?([\w.-]*\w)(\s*\.\.\.)?(\s*\])?/g)].map(
    ([, opening, place, dots]) => `.${opening === undefined ? "" : "Op "}Ar ${word(place as string)}${dots === undefined ? "" : " ..."}`,
  );
}

function argumentLines(args: readonly ManualArgument[], heading: string): readonly string[] {
  const told = args.filter(({ description }) => description !== "");
  if (told.length === 0) return [];
  return [".Pp", ...textLines(heading), ...tagList(told.map(({ name, description }) => [`Ar ${word(name)}`, description]))];
}

function optionLines(options: readonly ManualOption[]): readonly string[] {
  if (options.length === 0) return [];
  return tagList(
    options.map(({ names, value, description }) => [
      `${names.map((name) => `Fl ${flagOf(name)}`).join(" , ")}${value === undefined ? "" : ` Ar ${word(value)}`}`,
      description,
    ]),
  );
}

/** `.Fl` writes the first dash itself. */
function flagOf(name: string): string {
  return literal(name.replace(/^-/, ""));
}

function termLines(terms: Terms | undefined, macro: string): readonly string[] {
  if (terms === undefined || terms.length === 0) return [];
  return tagList(terms.map(([term, meaning]) => [`${macro} ${word(term)}`, meaning]));
}

function exampleLines(examples: Terms): readonly string[] {
  return examples.flatMap(([what, line], at) => [
    ...(at === 0 ? [] : [".Pp"]),
    ...textLines(`${what.charAt(0).toUpperCase()}${what.slice(1)}:`),
    ".Pp",
    `.Dl $ ${literal(line)}`,
  ]);
}

function seeAlso(page: ManualPage): readonly string[] {
  const names = [...new Set(page.seeAlso ?? [])].filter((name) => name !== page.name).toSorted();
  // Not escaped: the name is looked up, and has nothing but letters and hyphens.
  return names.map((name, at) => `.Xr ${name} 1${at < names.length - 1 ? " ," : ""}`);
}
