/**
 * What a command says: results to standard output, everything else to standard error.
 *
 * With `--json` standard output carries JSON only: one object for a command that ends, one a line for one that goes on.
 * @module
 */
import type { Failure } from "./failure.ts";
import type { Catalogue } from "./messages/catalogue.ts";

/** Milliseconds. Less than anybody sees. */
const GATHER_MILLIS = 20;

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** What is said, in the language of the user. */
  readonly messages: Catalogue;
}

/** Where text goes: a stream, or a test's list. */
export interface Sink {
  write(text: string | Uint8Array): unknown;
}

export class Output {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly messages: Catalogue;
  readonly #out: Sink;
  readonly #err: Sink;
  /** Lines of `frequentEvent` that were not written yet. */
  #unwritten: string[] = [];
  /** Called before anything is written, so that a progress line can step aside. */
  beforeText: () => void = () => undefined;

  constructor(options: OutputOptions, out: Sink = process.stdout, err: Sink = process.stderr) {
    this.isJson = options.json;
    this.isQuiet = options.quiet;
    this.messages = options.messages;
    this.#out = out;
    this.#err = err;
  }

  /** The result of a command that ends. */
  result(value: object, text: string): void {
    this.#say(this.#out, this.isJson ? JSON.stringify(value) : text);
  }

  /** A result that is a file: nothing else may go to standard output then. */
  file(bytes: Uint8Array): void {
    this.#write();
    this.beforeText();
    this.#out.write(bytes);
  }

  /**
   * A step of which there are hundreds a second, for programs only: what comes within a few milliseconds is one write. Each
   * write wakes its reader, which then takes a core from the transfer it is told of.
   */
  frequentEvent(value: { readonly type: string; readonly [key: string]: unknown }): void {
    if (!this.isJson) return;
    this.#unwritten.push(JSON.stringify(value));
    if (this.#unwritten.length === 1) setTimeout(() => this.#write(), GATHER_MILLIS);
  }

  /** A step of a command that goes on; without a text people are not told. */
  event(value: { readonly type: string; readonly [key: string]: unknown }, text?: string): void {
    if (this.isJson) this.#say(this.#out, JSON.stringify(value));
    else if (text !== undefined) this.#say(this.#out, text);
  }

  /** A remark for people that is no result; programs get theirs as JSON. */
  note(text: string): void {
    if (!this.isQuiet && !this.isJson) this.#say(this.#err, text);
  }

  warn(text: string): void {
    this.#say(this.#err, `bittern: ${this.messages.warning}: ${text}`);
  }

  /** A line of the log, as it is. */
  log(line: string): void {
    this.#say(this.#err, line);
  }

  /**
   * `streaming`: the error is one line of many; `page`: whose help tells what to type instead. Programs read English, whoever
   * started them.
   */
  failure(command: string, failure: Failure, streaming: boolean, page?: string): void {
    const hint = page === undefined ? "" : `; see \`${page} --help\``;
    const error = { code: failure.code, message: failure.message + hint };
    if (this.isJson) this.#say(this.#out, JSON.stringify(streaming ? { type: "error", error } : { error }));
    const told = page === undefined ? "" : `; ${this.messages.seeHelp(page)}`;
    this.#say(this.#err, `${command}: ${this.messages.failure(failure.code, failure.message)}${told}`);
  }

  #write(): void {
    if (this.#unwritten.length === 0) return;
    const lines = this.#unwritten;
    this.#unwritten = [];
    this.#out.write(`${lines.join("\n")}\n`);
  }

  #say(sink: Sink, text: string): void {
    this.#write();
    this.beforeText();
    sink.write(`${text}\n`);
  }
}
