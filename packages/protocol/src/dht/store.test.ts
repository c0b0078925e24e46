import { describe, expect, it } from "vitest";
import { seededRandom } from "../fuzz/index.ts";
import { PeerStore } from "./store.ts";

const RANDOM = seededRandom(1);
const HASH = new Uint8Array(20).fill(1);
const MINUTE = 60_000;

function hash(number: number): Uint8Array {
  const bytes = new Uint8Array(20);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

describe("the store of announced peers", () => {
  it("gives peers of the family that asks", () => {
    const store = new PeerStore();
    const four = { address: "1.2.3.4", port: 1 };
    const six = { address: "2001:db8::1", port: 2 };
    store.announced(HASH, four, 0);
    store.announced(HASH, six, 0);
    store.announced(HASH, four, 1);
    expect(store.peersOf(HASH, 4, 100, 1, RANDOM)).toEqual([four]);
    expect(store.peersOf(HASH, 6, 100, 1, RANDOM)).toEqual([six]);
    expect(store.peerCount).toBe(2);
  });

  it("forgets who did not announce for an hour", () => {
    const store = new PeerStore();
    store.announced(HASH, { address: "1.2.3.4", port: 1 }, 0);
    store.announced(HASH, { address: "1.2.3.5", port: 1 }, 30 * MINUTE);
    expect(store.peersOf(HASH, 4, 100, 60 * MINUTE, RANDOM)).toHaveLength(1);
    store.sweep(90 * MINUTE);
    expect(store.torrentCount).toBe(0);
  });

  it("keeps two hundred peers of a torrent and two thousand torrents, the youngest", () => {
    const store = new PeerStore();
    for (let peer = 0; peer < 250; peer++) store.announced(HASH, { address: "1.2.3.4", port: peer + 1 }, peer);
    const kept = store.peersOf(HASH, 4, 1000, 250, RANDOM);
    expect(kept).toHaveLength(200);
    expect(Math.min(...kept.map(({ port }) => port))).toBe(51);
    for (let torrent = 0; torrent < 2100; torrent++) store.announced(hash(torrent), { address: "1.2.3.4", port: 1 }, 300);
    expect(store.torrentCount).toBe(2000);
    expect(store.peersOf(HASH, 4, 1, 300, RANDOM)).toEqual([]);
  });

  it("draws by chance when it has more than were asked for", () => {
    const store = new PeerStore();
    for (let peer = 0; peer < 100; peer++) store.announced(HASH, { address: "1.2.3.4", port: peer + 1 }, 0);
    const seen = new Set<number>();
    for (let round = 0; round < 50; round++) for (const { port } of store.peersOf(HASH, 4, 10, 0, RANDOM)) seen.add(port);
    expect(seen.size).toBeGreaterThan(90);
  });
});
