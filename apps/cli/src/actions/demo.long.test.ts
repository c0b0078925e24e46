/** @module */
import { describe, expect, it } from "vitest";
import { run } from "../testing.ts";

describe("bittern demo", () => {
  it("gives its figures as JSON", async () => {
    const { status, json } = await run(["demo", "--size", "1MiB", "--json"]);
    expect(status).toBe(0);
    expect(json).toMatchObject({ identical: true, fileCount: expect.any(Number) });
    expect(json["flows"]).toHaveLength(4);
  });
});
