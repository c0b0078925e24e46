/**
 * The program `bittern`: reads the command line, runs one command, ends with its exit status.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import { CommanderError } from "commander";
import { failureOf } from "./failure.ts";
import { languageOfWords } from "./messages/language.ts";
import { Output } from "./output.ts";
import { bitternProgram } from "./program.ts";
import { commandFirst } from "./word-order.ts";

/** commander's way to say that help or the version was printed as asked. */
const NO_FAILURES: ReadonlySet<string> = new Set(["commander.helpDisplayed", "commander.help", "commander.version"]);
/** Commands that print a JSON line for each thing that happens. */
const STREAMING: ReadonlySet<string> = new Set(["get", "seed", "share", "track", "watch"]);

await main(process.argv);

async function main(argv: readonly string[]): Promise<void> {
  try {
    const program = bitternProgram();
    const [word, topic] = argv.slice(2);
    const hasNoPage = word === "help" && topic !== undefined && !program.commands.some((command) => command.name() === topic);
    if (hasNoPage) throw new UsageError("UNKNOWN_COMMAND", `unknown command '${topic}'`);
    await program.parseAsync(commandFirst(argv.slice(2), program), { from: "user" });
  } catch (error) {
    process.exitCode = refuse(error, argv.slice(2));
  }
  // Threads and sockets that nobody waits for any more must not hold the process back.
  process.stdout.write("", () => process.exit());
}

/** Everything that fails inside a command is told there: here arrives only what was wrong on the command line. */
function refuse(error: unknown, words: readonly string[]): number {
  const [command = ""] = commandFirst(words, bitternProgram()).filter((word) => !word.startsWith("-"));
  if (error instanceof CommanderError && NO_FAILURES.has(error.code)) {
    if (error.exitCode === 0 || words[0] === "help") return 0;
    new Output({ json: false, quiet: false }).log(bitternProgram().helpInformation());
    return 2;
  }
  const failure = failureOf(error);
  const output = new Output({ json: words.includes("--json"), quiet: false, language: languageOfWords(words) });
  const page = command === "" ? "bittern" : `bittern ${command}`;
  const isKnown = bitternProgram().commands.some((known) => known.name() === command);
  const hint = output.messages.seeHelp(isKnown ? page : "bittern");
  output.failure(isKnown ? page : "bittern", { ...failure, message: `${failure.message}; ${hint}` }, STREAMING.has(command));
  return failure.status;
}
