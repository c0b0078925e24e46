import { describe, expect, it } from "vitest";
import { keepYoungSpaceSmall } from "./young-space.ts";

describe("keepYoungSpaceSmall", () => {
  it("stops the growth in a V8 that it knows, and leaves others alone", () => {
    const said: string[] = [];
    const setFlags = (flags: string): void => void said.push(flags);
    keepYoungSpaceSmall({ version: "13.6.233.10-node.26", setFlags });
    expect(said).toEqual([]);
    keepYoungSpaceSmall({ version: "11.3.244.8-node.38", setFlags });
    expect(said).toEqual(["--semi-space-growth-factor=1"]);
  });
});
