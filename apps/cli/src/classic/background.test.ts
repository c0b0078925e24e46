/** @module */
import { describe, expect, it } from "vitest";
import { placeOf } from "./background.ts";

const system = (processes: Readonly<Record<string, string>>) => (pid: number | "self") => {
  const text = processes[pid];
  if (text === undefined) throw new Error("no such process");
  return text;
};

const isInBackground = (read: (pid: number | "self") => string, hadTerminal = false): boolean => placeOf(read, hadTerminal).isInBackground;

describe("A program", () => {
  it("is in the background while another group has its terminal", () => {
    expect(isInBackground(system({ self: "10 (node) S 9 10 9 34816 10 0" }))).toBe(false);
    expect(isInBackground(system({ self: "10 (node) S 9 10 9 34816 9 0" }))).toBe(true);
  });
  it("is in the background when cron started it, shell or no shell", () => {
    const cron = { "8": "8 (cron) S 1 8 8 0 -1 0", "9": "9 (sh (of) cron) S 8 9 9 0 -1 0" };
    expect(isInBackground(system({ ...cron, self: "10 (node) S 9 9 9 0 -1 0" }))).toBe(true);
    expect(isInBackground(system({ ...cron, self: "10 (node) S 8 9 9 0 -1 0" }))).toBe(true);
  });
  it("is not because it has no terminal: somebody may read its pipe", () => {
    expect(isInBackground(system({ "9": "9 (test) S 1 9 9 0 -1 0", self: "10 (node) S 9 9 9 0 -1 0" }))).toBe(false);
    expect(isInBackground(system({ self: "10 (node) S 9 9 9 0 -1 0" }))).toBe(false);
  });
  it("is in the background when it leads a session without a terminal: a service, or what setsid starts", () => {
    expect(isInBackground(system({ self: "10 (node) S 1 10 10 0 -1 0" }))).toBe(true);
  });
  it("is in the background when its terminal has gone, as under nohup after the logout", () => {
    const { hadTerminal } = placeOf(system({ self: "10 (node) S 9 10 9 34816 10 0" }));
    expect(isInBackground(system({ self: "10 (node) S 1 10 9 0 -1 0" }), hadTerminal)).toBe(true);
  });
  it("is not where the system does not tell", () => {
    expect(isInBackground(system({}))).toBe(false);
    expect(isInBackground(system({ self: "what" }))).toBe(false);
  });
});
