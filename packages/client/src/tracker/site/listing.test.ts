import type { TorrentSummary, TrackerQuestions } from "@bittern/tracker";
import { describe, expect, it } from "vitest";
import { Listing } from "./listing.ts";

describe("The swarms that can be paged through", () => {
  const summary = (number: number): TorrentSummary =>
    ({
      infoHash: number.toString(16).padStart(40, "0"),
      seeds: number,
      downloaders: 0,
      partialSeeds: 0,
      completed: 0,
    }) as unknown as TorrentSummary;

  /** A tracker of so many torrents, and a folder that names as many others. */
  function listingOf(count: number): Listing {
    const ask = {
      torrent: () => undefined,
      ranking: ({ count: wanted }: { count: number }) => ({
        step: () => true,
        summaries: () => Array.from({ length: Math.min(count, wanted) }, (_, number) => summary(number)),
      }),
    } as unknown as TrackerQuestions;
    const named = Array.from({ length: count }, (_, number) => [`f${number.toString(16).padStart(39, "0")}`, { name: `film ${number}` }]);
    return new Listing(ask, () => new Map(named as never) as never);
  }

  it("are a thousand, by rank or by name", async () => {
    const listing = listingOf(1001);
    expect(await listing.list({ search: "", sort: "seeds" })).toHaveLength(1000);
    expect(await listing.list({ search: "film", sort: "seeds" })).toHaveLength(1000);
    expect(await listing.list({ search: "film 1000", sort: "seeds" })).toHaveLength(1);
  });
});
