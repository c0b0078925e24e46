/** @module */
import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { SWARMS_FOLLOWED_MAX, SwarmHistory } from "./swarm-history.ts";
import { paired } from "./swarms/keyed-hash.ts";
import { Ranking } from "./swarms/ranking.ts";
import { Swarms } from "./swarms/swarms.ts";
import { DOWNLOADER, SEED } from "./swarms/zone.ts";

const ROOM = { torrentsMax: 1e6, peersMax: 1e6, peersPerTorrentMax: 1e6, emptySeconds: 1e6, keepsIds: false };

function hashOf(torrent: number): Uint8Array {
  const hash = new Uint8Array(20);
  new DataView(hash.buffer).setUint32(0, torrent);
  return hash;
}

class World {
  readonly swarms = new Swarms({ ...ROOM, random: seededRandom(1) });
  readonly history = new SwarmHistory();
  now = 1_800_000_000;

  join(torrent: number, peers: number, zone = DOWNLOADER): void {
    for (let peer = 0; peer < peers; peer++) {
      const key = paired(20);
      key.bytes.set(hashOf(torrent));
      this.swarms.open(this.swarms.admit(key, 0));
      const endpoint = paired(18);
      new DataView(endpoint.bytes.buffer).setUint32(0, peer + 1);
      endpoint.bytes[5] = 1;
      this.swarms.put({ family: 4, endpoint, zone, peerId: new Uint8Array(20), key: 0 }, 0);
    }
  }
  round(): void {
    this.now += 900;
    for (let tick = 0; tick < 20; tick++) this.history.tick(this.now, this.swarms);
  }
}

describe("The history of single swarms", () => {
  it("has a sample a round", () => {
    const world = new World();
    world.join(1, 3);
    world.round();
    world.join(1, 1, SEED);
    world.round();
    expect(world.history.samples(hashOf(1))).toEqual([
      { wallSeconds: world.now - 900, seeds: 0, downloaders: 3 },
      { wallSeconds: world.now, seeds: 1, downloaders: 2 },
    ]);
    expect(world.history.samples(hashOf(2))).toEqual([]);
  });

  it("comes back from its written form", () => {
    const world = new World();
    world.join(1, 3);
    for (let round = 0; round < 250; round++) {
      if (round === 100) world.join(2, 5);
      world.round();
    }
    const again = new SwarmHistory();
    for (const bytes of world.history.written()) again.restore(bytes);
    for (const torrent of [1, 2]) expect(again.samples(hashOf(torrent))).toEqual(world.history.samples(hashOf(torrent)));
    expect(world.history.samples(hashOf(1))).toHaveLength(192);
    expect(world.history.fresh.length).toBeLessThanOrEqual(192);
    again.restore(Uint8Array.of(1, 2, 3));
    again.restore(new Uint8Array(64).fill(255));
    expect(again.samples(hashOf(1))).toHaveLength(192);
  });

  it("follows the largest when there are more than it can follow", () => {
    const world = new World();
    for (let torrent = 0; torrent < SWARMS_FOLLOWED_MAX; torrent++) world.join(torrent, 1);
    world.round();
    world.join(50_000, 4);
    world.join(50_001, 1);
    world.round();
    expect(world.history.samples(hashOf(50_000))).toHaveLength(1);
    expect(world.history.samples(hashOf(50_001))).toHaveLength(0);
  });
});

describe("A ranking", () => {
  it("finds the largest, step by step, and those with a prefix", () => {
    const { swarms } = new World();
    const world = new World();
    for (let torrent = 0; torrent < 100; torrent++) world.join(torrent * 0x01_00_00_00, (torrent * 7) % 13);
    const ranked = (options: { by: "peers" | "seeds"; count: number; prefix?: string }) => {
      const ranking = new Ranking(world.swarms, options);
      while (!ranking.step(7)) continue;
      return ranking.summaries();
    };
    expect(ranked({ by: "peers", count: 10 }).map(({ downloaders }) => downloaders)).toEqual([12, 12, 12, 12, 12, 12, 12, 11, 11, 11]);
    expect(ranked({ by: "peers", count: 10, prefix: "0a0" }).map(({ infoHash }) => infoHash)).toEqual([`0a${"0".repeat(38)}`]);
    expect(new Ranking(swarms, { by: "seeds", count: 3 }).step(1)).toBe(true);
  });
});
