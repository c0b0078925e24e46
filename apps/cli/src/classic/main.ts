/**
 * Runs a classic program: the door behind each `bt…` command.
 * @module
 */

import { type Failure, failureOf } from "../failure.ts";
import { Log } from "../log.ts";
import type { ClassicMessages } from "../messages/classic/words.ts";
import { chooseLanguage, loadCatalogue } from "../messages/language.ts";
import { Output } from "../output.ts";
import { heedFullOutput, leave } from "../standard-output.ts";
import { stateFolder } from "../state-folder.ts";
import { Stop } from "../stop.ts";
import { VERSION } from "../version.ts";
import { optionListing } from "./options/listing.ts";
import type { ClassicProgram } from "./program.ts";
import { CLASSIC_PROGRAMS } from "./programs.ts";

const COLUMNS_DEFAULT = 80;

/** Runs the program of that name with the words of the command line, and ends the process with its exit status. */
export async function runClassic(name: string, words: readonly string[] = process.argv.slice(2)): Promise<void> {
  const program = CLASSIC_PROGRAMS.find((known) => known.name === name.replace(/\.py$/, ""));
  if (program === undefined) throw new Error(`no classic program is named ${name}`);
  process.exitCode = await perform(program, words);
  leave();
}

async function perform(program: ClassicProgram, words: readonly string[]): Promise<number> {
  const messages = await loadCatalogue(chooseLanguage(undefined));
  const output = new Output({ json: false, quiet: false, messages });
  const tell = ({ code, message }: Failure): void => output.log(messages.classic.error(messages.failure(code, message)));
  heedFullOutput(tell);
  const [only] = words;
  if (words.length === 1 && only === "--version") {
    process.stdout.write(`${program.name} (Bittern) ${VERSION}\n`);
    return 0;
  }
  const asksForHelp = words.length === 1 && (only === "--help" || only === "-h");
  if (words.length === 0 || asksForHelp) {
    process.stdout.write(helpOf(program, messages.classic));
    // Where there are no options to list, a call without arguments was a mistake.
    return asksForHelp || Object.keys(program.options).length > 0 ? 0 : 2;
  }
  const stop = new Stop((status) => process.exit(status));
  try {
    stop.listen();
    endOnClosedPipe(stop);
    const log = new Log({ level: "silent", file: undefined }, output);
    return await program.run({ name: program.name, output, log, stop, stateDir: stateFolder(undefined) }, words);
  } catch (error) {
    if (stop.reason !== undefined) return stop.failedStatus;
    if (process.env["BITTERN_DEBUG"] === "1") output.log(error instanceof Error ? (error.stack ?? String(error)) : String(error));
    const failure = failureOf(error);
    tell(failure);
    if (failure.status === 2) output.log(messages.classic.seeUsage(program.name));
    return failure.status;
  }
}

function helpOf({ name, options, words }: ClassicProgram, classic: ClassicMessages): string {
  const columns = process.stdout.columns ?? Number(process.env["COLUMNS"]);
  const listing = optionListing(options, words(classic.options).help, columns > 0 ? columns : COLUMNS_DEFAULT, classic);
  return `${classic.usage(name, classic.programs[name].usage)}\n${listing === "" ? "" : `\n${listing}`}`;
}

function endOnClosedPipe(stop: Stop): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") stop.request("pipe");
  });
  process.stderr.on("error", () => undefined);
}
