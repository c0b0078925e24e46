import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { paired } from "./keyed-hash.ts";
import { INFO_HASH_LENGTH, NO_TORRENT, TorrentTable } from "./torrent-table.ts";

const random = seededRandom(1);

function drawHash(): Uint8Array {
  return Uint8Array.from({ length: INFO_HASH_LENGTH }, () => random.u32() >>> 9);
}

describe("TorrentTable", () => {
  it("finds several at once as it finds each", () => {
    const table = new TorrentTable(random);
    const known = Array.from({ length: 5000 }, drawHash);
    const key = paired(INFO_HASH_LENGTH);
    const numbers = known.map((hash) => {
      key.bytes.set(hash);
      return table.add(key, 0);
    });
    const count = 70;
    const asked = paired(16 + count * INFO_HASH_LENGTH);
    for (let round = 0; round < 20; round++) {
      const expected: number[] = [];
      for (let at = 0; at < count; at++) {
        const chosen = random.u32() % 6000;
        asked.bytes.set(known[chosen] ?? drawHash(), 16 + at * INFO_HASH_LENGTH);
        expected.push(numbers[chosen] ?? NO_TORRENT);
      }
      const found = new Int32Array(count);
      table.findEach(asked, 4, count, found);
      expect([...found]).toEqual(expected);
      expect(expected.map((_, at) => table.find(asked, 4 + at * 5))).toEqual(expected);
    }
    table.check();
  });
});
