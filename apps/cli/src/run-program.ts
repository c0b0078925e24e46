/**
 * Reads the command line, runs one command, ends with its exit status.
 * @module
 */
import { type Command, CommanderError } from "commander";
import { failureOf } from "./failure.ts";
import type { Catalogue } from "./messages/catalogue.ts";
import type { HelpWords } from "./messages/help/words.ts";
import { languageOfWords, loadCatalogue } from "./messages/language.ts";
import { Output } from "./output.ts";
import { heedFullOutput, leave } from "./standard-output.ts";
import { commandFirst } from "./word-order.ts";

/** commander's way to say that help or the version was printed as asked. */
const NO_FAILURES: ReadonlySet<string> = new Set(["commander.helpDisplayed", "commander.help", "commander.version"]);
/** Commands that print a JSON line for each thing that happens. */
const STREAMING: ReadonlySet<string> = new Set(["get", "seed", "share", "track", "watch"]);

/** A fresh tree of commands; `only` is a word that may name the one command that is wanted. */
export type Describe = (help: HelpWords, only?: string) => Command;

export async function runProgram(argv: readonly string[], describe: Describe): Promise<void> {
  const words = argv.slice(2);
  const messages = await loadCatalogue(languageOfWords(words));
  heedFullOutput((failure) => new Output({ json: false, quiet: false, messages }).failure("bittern", failure, false));
  try {
    const [word, topic] = words;
    // Completion reads the whole tree.
    const program = describe(messages.help, word === "completion" ? undefined : word);
    const isTopic = word === "help" && topic !== undefined && !topic.startsWith("-");
    // What has no page is no command either: as one it is refused with what was perhaps meant.
    if (isTopic && !program.commands.some((command) => command.name() === topic)) await program.parseAsync([topic], { from: "user" });
    await program.parseAsync(commandFirst(words, program), { from: "user" });
  } catch (error) {
    process.exitCode = refuse(error, words, messages, describe);
  }
  leave();
}

/** Everything that fails inside a command is told there: here arrives only what was wrong on the command line. */
function refuse(error: unknown, words: readonly string[], messages: Catalogue, describe: Describe): number {
  const program = describe(messages.help);
  const [command = ""] = commandFirst(words, program).filter((word) => !word.startsWith("-"));
  if (error instanceof CommanderError && NO_FAILURES.has(error.code)) {
    if (error.exitCode === 0 || words[0] === "help") return 0;
    new Output({ json: false, quiet: false, messages }).log(program.helpInformation());
    return 2;
  }
  const failure = failureOf(error);
  const output = new Output({ json: words.includes("--json"), quiet: false, messages });
  const page = command === "" ? "bittern" : `bittern ${command}`;
  const isKnown = program.commands.some((one) => one.name() === command);
  const known = isKnown ? page : "bittern";
  output.failure(known, failure, STREAMING.has(command), known);
  return failure.status;
}
