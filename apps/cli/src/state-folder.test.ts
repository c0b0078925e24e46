/** @module */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { stateFolder } from "./state-folder.ts";

describe("The state folder", () => {
  it("is the option, then the variable, then XDG, then the home", () => {
    const all = { BITTERN_STATE: "/b", XDG_STATE_HOME: "/x" };
    expect(stateFolder("here", all)).toBe(resolve("here"));
    expect(stateFolder(undefined, all)).toBe(resolve("/b"));
    expect(stateFolder(undefined, { XDG_STATE_HOME: "/x" })).toBe(join("/x", "bittern"));
    expect(stateFolder(undefined, {})).toBe(join(homedir(), ".local/state/bittern"));
  });
  it("passes over what is empty or relative", () => {
    expect(stateFolder(undefined, { BITTERN_STATE: "", XDG_STATE_HOME: "x" })).toBe(join(homedir(), ".local/state/bittern"));
  });
});
