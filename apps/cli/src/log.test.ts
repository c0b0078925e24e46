/** @module */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { Log } from "./log.ts";
import { ENGLISH } from "./messages/english.ts";
import { SPANISH } from "./messages/spanish.ts";
import { Output } from "./output.ts";
import { temporaryFolder } from "./testing.ts";

const folder = temporaryFolder();

function stage(messages = ENGLISH) {
  const said: string[] = [];
  const sink = { write: (text: string) => said.push(text) };
  return { said, output: new Output({ json: false, quiet: true, messages }, sink, sink) };
}

describe("The log", () => {
  it("says what is important enough, with the time and without terminal codes", () => {
    const { said, output } = stage();
    const log = new Log({ level: "info", file: undefined }, output);
    log.error("one");
    log.warn("two\u001b[2J");
    log.info("three");
    log.debug("four");
    expect(said.map((line) => line.replace(/^\S+ /, ""))).toEqual(["error one\n", "warn  two\\u{1b}[2J\n", "info  three\n"]);
    expect(said[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z error one\n$/);
  });

  it("speaks the language of who looks on, and English to a file", () => {
    const { said, output } = stage(SPANISH);
    const file = join(folder, "log-es");
    for (const where of [undefined, file])
      new Log({ level: "warn", file: where }, output).warn(
        "dead: http://t/a: asking 127.0.0.1:1: the connection was refused: nothing listens there",
      );
    expect(said[0]).toContain("dead: http://t/a: al preguntar a 127.0.0.1:1: conexión rechazada: nada escucha ahí");
    expect(readFileSync(file, "utf8")).toContain("the connection was refused");
  });

  it("goes to a file when one is named, after what is there", () => {
    const { said, output } = stage();
    const file = join(folder, "log");
    for (const word of ["one", "two"]) new Log({ level: "debug", file }, output).debug(word);
    expect(readFileSync(file, "utf8")).toMatch(/^\S+ debug one\n\S+ debug two\n$/);
    expect(said).toEqual([]);
  });

  it("leaves to the command what ends it, unless somebody reads along", () => {
    const { said, output } = stage();
    const log = new Log({ level: "warn", file: undefined }, output);
    log.error("one");
    log.warn("two");
    expect(said.map((line) => line.replace(/^\S+ /, ""))).toEqual(["warn  two\n"]);
  });

  it("can be silent", () => {
    const { said, output } = stage();
    new Log({ level: "silent", file: undefined }, output).error("one");
    expect(said).toEqual([]);
  });

  it("refuses a file that cannot be written", () => {
    expect(() => new Log({ level: "warn", file: join(folder, "no/such/log") }, stage().output)).toThrow(UsageError);
  });
});
