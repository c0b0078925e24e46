/** @module */
import { describe, expect, it } from "vitest";
import { bar, progressLine, progressWords } from "./progress.ts";
import { factLines, tableLines } from "./table.ts";
import { displayWidth } from "./text.ts";

const VIEW = {
  activity: "downloading",
  fraction: 0.5,
  done: 512 * 1024,
  total: 1024 * 1024,
  downRate: 2_202_009,
  upRate: 0,
  secondsLeft: 3,
  peers: 4,
  seeds: 1,
};

describe("The progress line", () => {
  it("tells what, how far, how fast, how long and with whom", () => {
    expect(progressWords(VIEW)).toBe("downloading 50.0 %, 512.0 KiB of 1.0 MiB, down 2.1 MiB/s, up 0 B/s, 3 s left, 4 peers (1 seed)");
  });
  it("has a bar where there is room, and fits in any case", () => {
    expect(progressLine({ activity: "checking", fraction: 0.5 }, 40)).toBe("[###########-----------] checking 50.0 %");
    for (let width = 10; width < 160; width++) expect(displayWidth(progressLine(VIEW, width))).toBeLessThanOrEqual(width);
  });
  it("keeps its bar on eighty columns and leaves out what matters least", () => {
    expect(progressLine(VIEW, 79)).toMatch(/^\[#+-+\] downloading 50\.0 %, down 2\.1 MiB\/s/);
    expect(progressLine(VIEW, 79)).not.toContain("512.0 KiB of");
    expect(progressLine(VIEW, 120)).toContain("512.0 KiB of 1.0 MiB");
  });
  it("says why where nothing moves", () => {
    const view = { activity: "downloading", fraction: 0.5, done: 1, total: 2, peers: 3, reason: "no peer lets us ask yet" };
    expect(progressWords(view)).toBe("downloading 50.0 %, 1 B of 2 B, 3 peers: no peer lets us ask yet");
    expect(progressLine(view, 40)).toBe("downloading 50.0 %, 3 peers: no peer le…");
  });
  it("fills its bar from left to right", () => {
    expect([0, 0.5, 1, 7].map((fraction) => bar(fraction, 6))).toEqual(["[----]", "[##--]", "[####]", "[####]"]);
  });
});

describe("A table", () => {
  it("aligns its columns", () => {
    const lines = tableLines(
      [{ title: "name" }, { title: "size", align: "right" }],
      [
        ["a", "1 B"],
        ["日本", "12.0 KiB"],
      ],
    );
    expect(lines).toEqual(["name      size", "a          1 B", "日本  12.0 KiB"]);
  });
  it("has no head without titles", () => expect(tableLines([{ title: "" }], [["x"]])).toEqual(["x"]));
  it("puts facts under each other", () =>
    expect(
      factLines([
        ["name", "x"],
        ["info hash", "y\nz"],
      ]),
    ).toEqual(["name:      x", "info hash: y\n           z"]));
});
