import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { Swarms, type SwarmsOptions } from "./swarms.ts";
import { announce, hash, peer, ROOM } from "./testing.ts";
import { DOWNLOADER, SEED, type Zone } from "./zone.ts";

const ROOMY: SwarmsOptions = { ...ROOM, random: seededRandom(1) };

describe("Large swarms", () => {
  it("give memory back as a large swarm empties, its index made again a little with everybody who goes", () => {
    const swarms = new Swarms({ ...ROOMY, keepsIds: false, peersMax: 200_000, peersPerTorrentMax: 200_000 });
    const bytesOf = (pages: number, slots: number): number => swarms.torrents.byteLength + 16_384 + pages * 4096 * 8 + 16 + 4 * slots;
    for (let number = 0; number < 100_000; number++) announce(swarms, 1, peer(number, 4, (number % 3) as Zone));
    expect(swarms.byteLength).toBe(bytesOf(25, 2 ** 18));
    const goUntil = (left: number): void => {
      for (let number = swarms.peers - 1; number >= left; number--) swarms.remove(peer(number, 4, DOWNLOADER), 0);
    };
    goUntil(45_876);
    expect(swarms.byteLength).toBe(bytesOf(13, 2 ** 18));
    goUntil(45_875);
    expect(swarms.byteLength).toBe(bytesOf(13, 2 ** 18 + 2 ** 17));
    goUntil(24_000);
    expect(swarms.byteLength).toBe(bytesOf(7, 2 ** 17));
    swarms.check();
    swarms.open(swarms.torrents.find(hash(1)));
    goUntil(0);
    expect(swarms.peerCount).toBe(0);
  });

  it("keep their laws while the index of a large swarm is made again, a little with every announce", () => {
    const swarms = new Swarms({ ...ROOMY, keepsIds: false, peersMax: 50_000, peersPerTorrentMax: 50_000 });
    const random = seededRandom(10);
    const outgrownAt = 22_938;
    const zones = new Map<number, Zone>();
    const put = (number: number): void => {
      const zone = (random.u32() % 3) as Zone;
      expect(announce(swarms, 1, peer(number, 4, zone))).toBe(zones.get(number) ?? -1);
      zones.set(number, zone);
    };
    const other = (): number => announce(swarms, 2, peer(1, 4, SEED));
    other();
    for (let number = 0; number < outgrownAt; number++) put(number);
    const outgrown = swarms.byteLength;
    for (let step = 0; step < 50; step++) {
      // Another torrent has its turn in between.
      other();
      put(random.u32() % 23_000);
      swarms.open(swarms.torrents.find(hash(1)));
      const gone = random.u32() % outgrownAt;
      expect(swarms.remove(peer(gone, 4, SEED), 0)).toBe(zones.get(gone) ?? -1);
      zones.delete(gone);
      if (step % 20 === 0) swarms.check();
    }
    expect(swarms.byteLength).toBe(outgrown);
    for (let step = 0; step < 100; step++) put(random.u32() % 23_000);
    expect(swarms.byteLength).toBe(outgrown - 4 * 32_768);
    swarms.check();
    swarms.open(swarms.torrents.find(hash(1)));
    expect(swarms.peers).toBe(zones.size);
  });

  it("copy nobody when a large swarm grows, and keep what they know of everybody", () => {
    const swarms = new Swarms({ ...ROOMY, keepsReach: true });
    const idOf = (number: number): Uint8Array => peer(number, 4, SEED).peerId;
    const put = (number: number): number => announce(swarms, 1, peer(number, 4, (number % 3) as Zone), number % 1000);
    const isKept = (number: number): boolean => {
      const { ipv4 } = swarms;
      const position = ipv4.find(peer(number, 4, SEED).endpoint.halves);
      const zone = ipv4.zoneAt(position);
      return (
        zone === number % 3 &&
        ipv4.seenAt(position) === number % 1000 &&
        ipv4.hasId(position, idOf(number)) &&
        ipv4.keyAt(position) === number
      );
    };
    // From one piece of memory to pages of 4,096, over a new index, and back.
    for (let number = 0; number < 24_000; number++) put(number);
    const before = swarms.byteLength;
    for (let number = 24_000; number < 24_577; number++) put(number);
    const pageLength = 4096 * (4 + 6 + 2 + 20 + 1);
    // The index that was outgrown has gone meanwhile.
    expect(swarms.byteLength).toBe(before + pageLength);
    expect(swarms.ipv4.reachAt(24_000)).toBe(0);
    swarms.check();
    swarms.open(swarms.torrents.find(hash(1)));
    for (let number = 0; number < 24_577; number++) if (!isKept(number)) expect.fail(`peer ${number} is another`);
    for (let number = 24_576; number >= 9000; number--) expect(swarms.remove(peer(number, 4, SEED), 0)).toBe(number % 3);
    swarms.check();
    swarms.open(swarms.torrents.find(hash(1)));
    for (let number = 0; number < 9000; number++) if (!isKept(number)) expect.fail(`peer ${number} is another`);
    expect(swarms.peers).toBe(9000);
  });

  it("forget a swarm whose index is being made again", () => {
    const swarms = new Swarms({ ...ROOMY, keepsIds: false, peersMax: 50_000, peersPerTorrentMax: 50_000 });
    for (let twice = 0; twice < 2; twice++) {
      for (let number = 0; number < 23_000; number++) announce(swarms, 1, peer(number, 4, DOWNLOADER));
      swarms.check();
      swarms.forget(swarms.torrents.find(hash(1)));
      expect(swarms.peerCount).toBe(0);
    }
  });
});
