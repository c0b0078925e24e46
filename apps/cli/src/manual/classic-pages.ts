/**
 * A manual page for each program of the classic suite, from its table of options.
 * @module
 */
import type { ClassicOption, OptionWords } from "../classic/options/option.ts";
import type { ClassicProgram } from "../classic/program.ts";
import type { Catalogue } from "../messages/catalogue.ts";
import type { ClassicName } from "../messages/classic/words.ts";
import type { ManualWords } from "../messages/help/words.ts";
import { sentence } from "./mdoc.ts";
import type { ManualOption, ManualPage } from "./page.ts";

/** Classic program -> commands of `bittern` that do the same. */
const COUNTERPARTS: Readonly<Record<ClassicName, readonly string[]>> = {
  btmakemetafile: ["create"],
  btcompletedir: ["create"],
  btshowmetainfo: ["show"],
  btrename: ["edit"],
  btreannounce: ["edit"],
  btcopyannounce: ["edit"],
  btdownloadheadless: ["get"],
  btdownloadcurses: ["get", "tui"],
  btdownloadgui: ["get"],
  btlaunchmany: ["watch"],
  btlaunchmanycurses: ["watch", "tui"],
  bttrack: ["track"],
};

export function classicPages(programs: readonly ClassicProgram[], messages: Catalogue): readonly ManualPage[] {
  const names = programs.map(({ name }) => name);
  return programs.map((program) => classicPage(program, names, messages));
}

function classicPage({ name, options, words }: ClassicProgram, names: readonly string[], { classic, help }: Catalogue): ManualPage {
  const commands = COUNTERPARTS[name];
  const { exit, manual } = help.shared;
  const { usage, summary } = classic.programs[name];
  const told = words(classic.options);
  return {
    name,
    command: name,
    usage,
    summary,
    description: manual.classic.about(name, commands, Object.keys(options).length > 0),
    arguments: [],
    options: Object.entries(options).map(([option, about]) => optionOf(option, about, told, manual)),
    exit: exit.map(([status, meaning]) => [status, sentence(meaning)]),
    seeAlso: ["bittern", ...commands.map((command) => `bittern-${command}`), ...names],
  };
}

function optionOf(name: string, option: ClassicOption, { help, retired }: OptionWords, { classic, defaultIs }: ManualWords): ManualOption {
  const { kind, initial, letter, alias } = option;
  const names = [...(letter === undefined ? [] : [`-${letter}`]), `--${name}`, ...(alias === undefined ? [] : [`--${alias}`])];
  const standard = initial === undefined || initial === "" ? "" : defaultIs(String(initial));
  const needed = initial === undefined ? ` ${classic.mustBeGiven}` : "";
  const fate = option.retired === true ? ` ${classic.retired(retired[name] ?? "")}` : "";
  const description = `${sentence(`${help[name] ?? ""}${standard}`)}${needed}${fate}`;
  return { names, value: kind === "text" ? "text" : kind === "integer" ? "n" : "number", description };
}
