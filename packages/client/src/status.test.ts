import type { TorrentSnapshot } from "@bittern/engine";
import { testTorrentSnapshot } from "@bittern/engine/testing";
import { describe, expect, it } from "vitest";
import { statusOf } from "./status.ts";

const ratioOf = (facts: Partial<TorrentSnapshot>): number => statusOf(testTorrentSnapshot(facts)).ratio;

describe("The ratio of a torrent", () => {
  it("is over what was downloaded and verified, whatever else came", () => {
    expect(ratioOf({ uploadedEver: 1500, downloadedEver: 4000, obtainedEver: 1000 })).toBe(1.5);
    // Some of it was deselected and deleted since.
    expect(ratioOf({ uploadedEver: 1500, obtainedEver: 3000 })).toBe(0.5);
  });

  it("is over what is there for one who had it from the start, also when a stranger sent a block or a piece was mended", () => {
    expect(ratioOf({ uploadedEver: 500 })).toBe(0.5);
    expect(ratioOf({ uploadedEver: 500, downloadedEver: 1, wasted: 1 })).toBe(0.5);
    expect(ratioOf({ uploadedEver: 500, downloadedEver: 100, obtainedEver: 100 })).toBe(0.5);
  });

  it("is 0 where nothing is", () => {
    expect(ratioOf({ verifiedLength: 0 })).toBe(0);
  });
});
