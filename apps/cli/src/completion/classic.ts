/**
 * What the shells need to know of the classic programs: those with the same options share what is said of them.
 * @module
 */
import { CLASSIC_PROGRAMS } from "../classic/programs.ts";
import type { ClassicMessages, ClassicName } from "../messages/classic/words.ts";
import type { CompletionOption, Value } from "./tree.ts";

/** Programs that complete alike. */
export interface ClassicCompletion {
  /** As they are typed, with `.py` and without. */
  readonly names: readonly string[];
  readonly options: readonly CompletionOption[];
  readonly argument: Value;
}

const FILES: ReadonlySet<string> = new Set([
  "responsefile",
  "saveas",
  "dfile",
  "logfile",
  "favicon",
  "target",
  "allowed_list",
  "allowed_ips",
  "banned_ips",
]);
const FOLDERS: ReadonlySet<string> = new Set(["allowed_dir"]);
const WORDS: ReadonlyMap<string, readonly string[]> = new Map([["scrape_allowed", ["none", "specific", "full"]]]);

export function classicCompletions({ options: texts }: ClassicMessages): readonly ClassicCompletion[] {
  const groups = new Map<string, { names: string[]; options: readonly CompletionOption[]; argument: Value }>();
  for (const { name, options, words } of CLASSIC_PROGRAMS) {
    const { help } = words(texts);
    const argument = argumentOf(name);
    const key = `${argument.type} ${Object.keys(options).join(" ")}`;
    const group = groups.get(key) ?? {
      names: [],
      options: Object.keys(options).map((option) => optionOf(option, help[option] ?? "")),
      argument,
    };
    group.names.push(name, `${name}.py`);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function optionOf(name: string, description: string): CompletionOption {
  const words = WORDS.get(name);
  const value: Value =
    words === undefined ? { type: FOLDERS.has(name) ? "folder" : FILES.has(name) ? "file" : "text" } : { type: "words", words };
  return { names: [`--${name}`], description, value, mayRepeat: false };
}

function argumentOf(name: ClassicName): Value {
  if (name === "bttrack") return { type: "text" };
  return { type: name.startsWith("btlaunchmany") ? "folder" : "file" };
}
