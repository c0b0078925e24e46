import { describe, expect, it } from "vitest";
import { ENGLISH } from "./messages/english.ts";
import { bitternProgram } from "./program.ts";
import { commandFirst } from "./word-order.ts";

const ordered = (line: string) => commandFirst(line.split(" "), bitternProgram(ENGLISH.help)).join(" ");

describe("Options before the command", () => {
  it.each([
    ["--log-level debug show x.torrent", "show --log-level debug x.torrent"],
    ["--json -q show x.torrent", "show --json -q x.torrent"],
    ["--log-file=log --log-level info get x --exit", "get --log-file=log --log-level info x --exit"],
  ])("go behind it: %s", (line, expected) => {
    expect(ordered(line)).toBe(expected);
  });

  it.each(["show --json x", "--version", "--help", "-h get", "--json", "help get"])("stay where they are: %s", (line) => {
    expect(ordered(line)).toBe(line);
  });
});
