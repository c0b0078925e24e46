/**
 * One call of one command: its output, its log, its way to stop; and how a command's code is loaded only when it is called.
 * @module
 */
import type { Command } from "commander";
import { failureOf } from "./failure.ts";
import { tellFarewell } from "./farewell.ts";
import { Log, type LogLevel } from "./log.ts";
import { chooseLanguage, loadCatalogue } from "./messages/language.ts";
import { Output } from "./output.ts";
import { standardError } from "./render/display.ts";
import { stateFolder } from "./state-folder.ts";
import { Stop } from "./stop.ts";

export interface Invocation {
  /** `bittern get`: begins every message. */
  readonly name: string;
  /** The whole command tree. */
  readonly program: Command;
  readonly output: Output;
  readonly log: Log;
  readonly stop: Stop;
  readonly stateDir: string;
}

/** The options that every command has. */
interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly lang?: string;
  readonly logLevel: LogLevel;
  readonly logFile?: string;
  readonly state?: string;
}

/** What a command does; answers its exit status. */
export type Action<Options> = (invocation: Invocation, args: readonly string[], options: Options) => Promise<number>;

export interface ActionTraits {
  /** Prints one JSON object a line, errors included. */
  readonly streaming?: boolean;
}

/** Makes commander's handler from an action that lies in a module of its own. */
export function lazily<Options>(
  load: () => Promise<Action<Options>>,
  traits: ActionTraits = {},
): (...values: readonly unknown[]) => Promise<void> {
  return async (...values) => {
    const command = values.at(-1) as Command;
    process.exitCode = await perform(command, load, traits.streaming === true);
  };
}

async function perform<Options>(command: Command, load: () => Promise<Action<Options>>, streaming: boolean): Promise<number> {
  const options = command.opts<CommonOptions>();
  const name = commandPath(command);
  const messages = await loadCatalogue(chooseLanguage(options.lang));
  const output = new Output({ json: options.json === true, quiet: options.quiet === true, messages });
  const stop = new Stop((status) => process.exit(status));
  try {
    stop.listen();
    stop.signal.addEventListener("abort", () => wipeEcho(stop), { once: true });
    tellFarewell(stop, output);
    endQuietlyOnClosedPipe(stop, streaming);
    const log = new Log({ level: options.logLevel, file: options.logFile }, output);
    const action = await load();
    const invocation = { name, program: command.parent ?? command, output, log, stop, stateDir: stateFolder(options.state) };
    return await action(invocation, command.args, options as Options);
  } catch (error) {
    if (stop.reason === "pipe") return stop.failedStatus;
    if (stop.reason !== undefined) {
      output.failure(name, { code: "ABORTED", message: output.messages.stoppedBy(stop.reason), status: 1 }, streaming);
      return stop.failedStatus;
    }
    if (process.env["BITTERN_DEBUG"] === "1") output.log(error instanceof Error ? (error.stack ?? String(error)) : String(error));
    const failure = failureOf(error);
    output.failure(name, failure, streaming);
    return failure.status;
  }
}

/** A terminal writes ^C where the cursor stands, and what we say next would stand behind it. */
function wipeEcho({ reason }: Stop): void {
  const screen = standardError();
  if (reason === "SIGINT" && screen.isTTY === true) screen.write("\r\u001b[K");
}

/** Whoever read standard output has seen enough: end without a word. A command that ends by itself just does so at once. */
function endQuietlyOnClosedPipe(stop: Stop, streaming: boolean): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") return;
    if (!streaming) process.exit(0);
    stop.request("pipe");
  });
  process.stderr.on("error", () => undefined);
}

/** `bittern get`. */
export function commandPath(command: Command): string {
  return command.parent === null ? command.name() : `${commandPath(command.parent)} ${command.name()}`;
}
