import { describe, expect, it } from "vitest";
import { readChoice } from "./choice.ts";

const bench = (letter: string, noun: string): { letter: string; noun: string; file: string } => ({
  letter,
  noun,
  file: `${letter}-${noun}.ts`,
});
const BENCHES = {
  known: [bench("A", "transfer"), bench("T", "connections"), bench("T", "tracker"), bench("V", "swarm")],
  usual: ["A", "E"],
};
const chosen = (...args: string[]): readonly string[] => readChoice(args, BENCHES).benches.map(({ noun }) => noun);

describe("A choice of benches", () => {
  it("goes by letter or by noun", () => {
    expect(chosen("v", "A")).toEqual(["swarm", "transfer"]);
    expect(chosen("T")).toEqual(["connections", "tracker"]);
    expect(chosen("tracker")).toEqual(["tracker"]);
  });

  it("is the usual ones when none is named, and all for a list", () => {
    expect(chosen()).toEqual(["transfer"]);
    expect(chosen("--list")).toHaveLength(4);
  });

  it("says how often, who, and where", () => {
    const choice = readChoice(["A", "--runs", "3", "--only", "bittern", "--only", "aria2", "--folder", "/tmp", "--profile"], BENCHES);
    expect(choice).toMatchObject({ runs: 3, only: ["bittern", "aria2"], folder: "/tmp", profile: true, write: false });
    expect(readChoice([], BENCHES)).toMatchObject({ runs: 5, folder: undefined, profile: false });
  });

  it("is refused with the reason", () => {
    expect(() => chosen("Q")).toThrow("there is no bench Q; there are A (transfer), T (connections), T (tracker), V (swarm)");
    for (const runs of ["0", "1.5", "x"]) expect(() => chosen("A", "--runs", runs)).toThrow(`not ${runs}`);
    expect(() => chosen("--run", "1")).toThrow("Unknown option");
  });
});
