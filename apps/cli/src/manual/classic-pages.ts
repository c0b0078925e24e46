/**
 * A manual page for each program of the classic suite, from its table of options.
 * @module
 */
import type { ClassicOption } from "../classic/options/option.ts";
import type { ClassicProgram } from "../classic/program.ts";
import type { ManualOption, ManualPage } from "./page.ts";

/** Classic program -> commands of `bittern` that do the same. */
const COUNTERPARTS: Readonly<Record<string, readonly string[]>> = {
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

export function classicPages(programs: readonly ClassicProgram[]): readonly ManualPage[] {
  const names = programs.map(({ name }) => name);
  return programs.map((program) => classicPage(program, names));
}

function classicPage({ name, usage, summary, options }: ClassicProgram, names: readonly string[]): ManualPage {
  const commands = COUNTERPARTS[name] ?? [];
  const todayWords = commands.map((command) => `\`bittern ${command}\``).join(" and ");
  const today = commands.length === 0 ? "" : ` Today ${todayWords} ${commands.length === 1 ? "does" : "do"} the same and more.`;
  const hasOptions = Object.keys(options).length > 0;
  return {
    name,
    command: name,
    usage,
    summary,
    description: `A program of the classic BitTorrent suite, with the command line that it had; ${name}.py is the same.${today}${
      hasOptions
        ? "\n\nEvery option takes a value, and of one that is given twice the last counts. Without any word the program lists them."
        : ""
    }`,
    arguments: [],
    options: Object.entries(options).map(([option, about]) => optionOf(option, about)),
    exit: [
      ["0", "Done."],
      ["1", "It failed: network, disk, or data that does not match."],
      ["2", "The command line was wrong."],
    ],
    seeAlso: ["bittern", ...commands.map((command) => `bittern-${command}`), ...names],
  };
}

function optionOf(name: string, { kind, initial, help, letter, alias, retired }: ClassicOption): ManualOption {
  const names = [...(letter === undefined ? [] : [`-${letter}`]), `--${name}`, ...(alias === undefined ? [] : [`--${alias}`])];
  const first = `${help.charAt(0).toUpperCase()}${help.slice(1)}${/[.!?]$/.test(help) ? "" : "."}`;
  const standard = initial === undefined ? " It has to be given." : initial === "" ? "" : ` The default is ${initial}.`;
  const fate = retired === undefined ? "" : ` Accepted, but it changes nothing: ${retired}.`;
  return { names, value: kind === "text" ? "text" : kind === "integer" ? "n" : "number", description: `${first}${standard}${fate}` };
}
