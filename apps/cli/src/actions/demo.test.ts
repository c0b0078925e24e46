/** @module */
import { describe, expect, it } from "vitest";
import { run } from "../testing.ts";

describe("bittern demo", () => {
  it("does the main job with real processes and compares every byte", async () => {
    const { status, out, err } = await run(["demo", "--size", "4MiB"]);
    expect([status, err]).toEqual([0, ""]);
    const lines = out.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThanOrEqual(9);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(out).toMatch(/^compared {3}SHA-256 of all \d+ files at A and at B: every byte is the same$/m);
    expect(out).toMatch(/^get A {6}complete: .*\/s$/m);
    expect(out).toMatch(/seeder -> A .*, seeder -> B .*, A -> B .*, B -> A /);
  });

  it("takes no arguments", async () => expect((await run(["demo", "x"])).status).toBe(2));
});
