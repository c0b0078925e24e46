import { describe, expect, it } from "vitest";
import type { Endpoint } from "../address/index.ts";
import type { DhtOutput } from "./input.ts";
import { Lookup } from "./lookup.ts";
import { Searches, type SearchMeans } from "./searches.ts";

const HASH = new Uint8Array(20).fill(7);
const FROM: Endpoint = { address: "9.9.9.9", port: 1 };

/** Searches whose walks find nobody and do not end. */
function searchesWith(means: Partial<SearchMeans> = {}): Searches {
  const walk = (): Lookup => {
    const lookup = new Lookup(HASH, 4, new Uint8Array(20));
    lookup.guideAsked(FROM);
    return lookup;
  };
  return new Searches({
    isAlone: () => false,
    walks: () => [walk()],
    askOn: () => undefined,
    announce: () => false,
    stored: () => [],
    ...means,
  });
}

const endedIn = (out: readonly DhtOutput[]): readonly number[] =>
  out.flatMap((output) => (output.type === "search-ended" ? [output.search] : []));

describe("Searches", () => {
  it("wait, twenty thousand of them, and one more has found nothing at once", () => {
    const searches = searchesWith();
    const out: DhtOutput[] = [];
    for (let search = 1; search <= 20_000; search++) searches.want({ search, infoHash: HASH, announcePort: 0 }, 0, out);
    expect([searches.waitingCount, out]).toEqual([20_000, []]);
    searches.want({ search: 20_001, infoHash: HASH, announcePort: 0 }, 0, out);
    expect([searches.waitingCount, endedIn(out)]).toEqual([20_000, [20_001]]);
  });

  it("end after a minute, whatever their walks do", () => {
    const searches = searchesWith();
    const out: DhtOutput[] = [];
    searches.want({ search: 1, infoHash: HASH, announcePort: 0 }, 0, out);
    searches.step(0, out);
    expect(searches.deadline).toBe(60_000);
    searches.step(59_999, out);
    expect(endedIn(out)).toEqual([]);
    searches.step(60_000, out);
    expect([endedIn(out), searches.count]).toEqual([[1], 0]);
  });

  it("tell of two thousand peers each, however many are named", () => {
    let search: Parameters<Searches["found"]>[0] | undefined;
    const searches = searchesWith({ askOn: (_walk, asked) => (search = asked) });
    const out: DhtOutput[] = [];
    searches.want({ search: 1, infoHash: HASH, announcePort: 0 }, 0, out);
    searches.step(0, out);
    const peers = (count: number): Endpoint[] =>
      Array.from({ length: count }, (_, at) => ({ address: `8.8.${at >> 8}.${at & 255}`, port: 6881 }));
    const told = (count: number): number => {
      out.length = 0;
      searches.found(search as never, peers(count), FROM, out);
      return out.reduce((sum, output) => sum + (output.type === "peers" ? output.peers.length : 0), 0);
    };
    expect([told(1999), told(3), told(1)]).toEqual([1999, 1, 0]);
  });
});
