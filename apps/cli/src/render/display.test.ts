/** @module */
import { describe, expect, it } from "vitest";
import { ENGLISH } from "../messages/english.ts";
import { Output } from "../output.ts";
import { ProgressDisplay, standardError } from "./display.ts";

function stage(isTTY: boolean, quiet = false) {
  const said: string[] = [];
  const sink = { isTTY, columns: 60, write: (text: string) => said.push(text) };
  const clock = { now: 0 };
  const output = new Output({ json: false, quiet, messages: ENGLISH }, sink, sink);
  const display = new ProgressDisplay(output, sink, () => clock.now);
  return { said, clock, output, display };
}

const VIEW = { activity: "hashing", fraction: 0.25 };

describe("The progress display", () => {
  it("stays silent while the work may still be over at once", () => {
    const { said, clock, display } = stage(true);
    display.update(VIEW);
    clock.now = 499;
    display.update(VIEW);
    expect(said).toEqual([]);
  });

  it("writes to a dumb terminal as it does to a file", () => {
    expect(standardError({ TERM: "dumb" }).isTTY).toBeUndefined();
    expect(standardError({ TERM: "xterm" })).toBe(process.stderr);
  });

  it("redraws one line on a terminal and steps aside for other text", () => {
    const { said, clock, display, output } = stage(true);
    clock.now = 500;
    display.update(VIEW);
    clock.now = 550;
    display.update(VIEW);
    output.note("hello");
    expect(said).toEqual(["\r\u001b[K[#######---------------------] hashing 25.0 %", "\r\u001b[K", "hello\n"]);
  });

  it("writes plain lines seconds apart elsewhere", () => {
    const { said, clock, display } = stage(false);
    for (clock.now = 0; clock.now <= 11_000; clock.now += 500) display.update(VIEW);
    expect(said).toEqual(["hashing 25.0 %\n", "hashing 25.0 %\n"]);
  });

  it("says nothing when it shall be quiet", () => {
    const { said, clock, display, output } = stage(true, true);
    clock.now = 10_000;
    display.update(VIEW);
    output.note("a remark");
    expect(said).toEqual([]);
  });

  it("leaves the screen to others while it is held", () => {
    const { said, clock, display } = stage(true);
    clock.now = 1000;
    display.hold(2000);
    clock.now = 2999;
    display.update(VIEW);
    expect(said).toEqual([]);
    clock.now = 3000;
    display.update(VIEW);
    expect(said.length).toBe(1);
  });
});
