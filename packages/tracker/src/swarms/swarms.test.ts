import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MOVED_AMONG_MAX } from "./open-block.ts";
import { Swarms, type SwarmsOptions } from "./swarms.ts";
import { announce, hash, peer, ROOM } from "./testing.ts";
import { NO_TORRENT } from "./torrent-table.ts";
import { DOWNLOADER, PARTIAL_SEED, SEED, type Zone } from "./zone.ts";

const ROOMY: SwarmsOptions = { ...ROOM, random: seededRandom(1) };

function sweepAll(swarms: Swarms, seconds: number, ageMax: number, budget: number): void {
  // Two rounds: the first may begin in the middle.
  for (let round = 0; round < 2; ) if (swarms.sweep(seconds, ageMax, budget)) round++;
}

/** The same thing, slow and plain: what the tables must agree with. */
class Model {
  readonly torrents = new Map<
    number,
    { peers: Map<string, { zone: Zone; seen: number; id: number }>; completed: number; emptiedAt: number }
  >();

  put(torrent: number, key: string, zone: Zone, seconds: number, id: number): void {
    const swarm = this.torrents.get(torrent) ?? { peers: new Map(), completed: 0, emptiedAt: seconds };
    swarm.peers.set(key, { zone, seen: seconds, id });
    this.torrents.set(torrent, swarm);
  }
  remove(torrent: number, key: string, seconds: number): void {
    const swarm = this.torrents.get(torrent);
    if (swarm?.peers.delete(key) && swarm.peers.size === 0) swarm.emptiedAt = seconds;
  }
  sweep(seconds: number, ageMax: number, emptySeconds: number): void {
    for (const [torrent, swarm] of this.torrents) {
      for (const [key, { seen }] of swarm.peers) {
        if (seconds - seen <= ageMax) continue;
        swarm.peers.delete(key);
        if (swarm.peers.size === 0) swarm.emptiedAt = seconds;
      }
      if (swarm.peers.size === 0 && seconds - swarm.emptiedAt >= (swarm.completed > 0 ? emptySeconds : 0)) this.torrents.delete(torrent);
    }
  }
}

/** What the tables hold of a torrent, in the model's words. */
function contents(swarms: Swarms, torrent: number): Map<string, { zone: Zone; id: number }> {
  const found = new Map<string, { zone: Zone; id: number }>();
  swarms.open(swarms.torrents.find(hash(torrent)));
  for (const family of [4, 6] as const) {
    const table = swarms.table(family);
    for (let position = 0; position < table.peers; position++) {
      const endpoint = new Uint8Array(18);
      const id = new Uint8Array(20);
      table.copyEndpoint(position, endpoint, 0);
      table.copyId(position, id, 0);
      expect(table.keyAt(position) & 255).toBe(id[0]);
      found.set(`${family} ${endpoint.join()}`, { zone: table.zoneAt(position), id: id[0] as number });
    }
  }
  return found;
}

const operation = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("put" as const),
      torrent: fc.nat(4),
      peer: fc.nat(90),
      family: fc.constantFrom(4 as const, 6 as const),
      zone: fc.constantFrom<Zone>(0, 1, 2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("remove" as const),
      torrent: fc.nat(4),
      peer: fc.nat(90),
      family: fc.constantFrom(4 as const, 6 as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("complete" as const), torrent: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("sweep" as const), wait: fc.nat(60), budget: fc.integer({ min: 1, max: 50 }) }) },
);

describe("Swarms", () => {
  it("look for who has changed its port among 256 peers, and among more let the old one become too old", () => {
    for (const [count, left] of [
      [MOVED_AMONG_MAX, MOVED_AMONG_MAX],
      [MOVED_AMONG_MAX + 1, MOVED_AMONG_MAX + 2],
    ] as const) {
      const swarms = new Swarms(ROOMY);
      for (let number = 1; number <= count; number++) announce(swarms, 1, peer(number, 4, SEED));
      const moved = peer(1, 4, DOWNLOADER);
      moved.endpoint.bytes[5] = 200;
      expect(announce(swarms, 1, moved)).toBe(count === left ? SEED : -1);
      swarms.open(swarms.torrents.find(hash(1)));
      expect([swarms.peers, swarms.seeds]).toEqual([left, left - 1]);
      swarms.check();
    }
  });

  it("agree with a slow and plain model after any sequence of operations", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400, size: "max" }), fc.nat(), (operations, seed) => {
        const swarms = new Swarms({ ...ROOMY, random: seededRandom(seed) });
        const model = new Model();
        let seconds = 65_500; // the 16-bit times wrap on the way
        for (const step of operations) {
          if (step.type === "put") {
            const record = peer(step.peer, step.family, step.zone);
            const key = `${step.family} ${record.endpoint.bytes.join()}`;
            const before = model.torrents.get(step.torrent)?.peers.get(key)?.zone ?? -1;
            expect(announce(swarms, step.torrent, record, seconds)).toBe(before);
            model.put(step.torrent, key, step.zone, seconds, step.peer);
          } else if (step.type === "remove") {
            const record = peer(step.peer, step.family, SEED);
            const torrent = swarms.torrents.find(hash(step.torrent));
            expect(torrent === NO_TORRENT).toBe(!model.torrents.has(step.torrent));
            if (torrent === NO_TORRENT) continue;
            swarms.open(torrent);
            swarms.remove(record, seconds);
            model.remove(step.torrent, `${step.family} ${record.endpoint.bytes.join()}`, seconds);
          } else if (step.type === "complete") {
            const swarm = model.torrents.get(step.torrent);
            if (swarm === undefined) continue;
            swarms.open(swarms.torrents.find(hash(step.torrent)));
            swarms.complete();
            swarm.completed++;
          } else {
            seconds += step.wait;
            sweepAll(swarms, seconds, 100, step.budget);
            model.sweep(seconds, 100, ROOMY.emptySeconds);
          }
        }
        swarms.check();
        expect(swarms.torrents.count).toBe(model.torrents.size);
        for (const [torrent, swarm] of model.torrents) {
          expect(contents(swarms, torrent)).toEqual(new Map([...swarm.peers].map(([key, { zone, id }]) => [key, { zone, id }])));
          swarms.open(swarms.torrents.find(hash(torrent)));
          expect(swarms.completed).toBe(swarm.completed);
        }
      }),
    );
  });

  it("keep their laws while thousands of peers come and go", () => {
    const swarms = new Swarms({ ...ROOMY, keepsIds: false });
    const random = seededRandom(9);
    for (let step = 0; step < 30_000; step++) {
      const torrent = random.u32() % 300;
      const record = peer(random.u32() % 2000, random.u32() % 4 === 0 ? 6 : 4, (random.u32() % 3) as Zone);
      if (step % 3 !== 2) announce(swarms, step % 7 === 0 ? 0 : torrent, record);
      else if (swarms.torrents.find(hash(torrent)) !== NO_TORRENT) {
        swarms.open(swarms.torrents.find(hash(torrent)));
        swarms.remove(record, 0);
      }
      if (step % 3000 === 0) swarms.check();
    }
    swarms.check();
    sweepAll(swarms, 500, 100, 1000);
    swarms.check();
    expect([swarms.peerCount, swarms.torrents.count]).toEqual([0, 0]);
  });

  it("count seeds, partial seeds and downloaders of both families together", () => {
    const swarms = new Swarms(ROOMY);
    announce(swarms, 1, peer(1, 4, SEED));
    announce(swarms, 1, peer(2, 6, SEED));
    announce(swarms, 1, peer(3, 4, PARTIAL_SEED));
    announce(swarms, 1, peer(4, 6, DOWNLOADER));
    expect([swarms.peers, swarms.seeds, swarms.partialSeeds]).toEqual([4, 2, 1]);
    expect([swarms.peerCount, swarms.seedCount, swarms.partialSeedCount]).toEqual([4, 2, 1]);
  });

  it("do not let a peer be ended with another key than it came with", () => {
    const swarms = new Swarms(ROOMY);
    announce(swarms, 1, peer(5, 4, SEED));
    expect(swarms.remove({ ...peer(5, 4, SEED), key: 6 }, 0)).toBe(-1);
    expect(swarms.remove(peer(5, 4, SEED), 0)).toBe(SEED);
  });

  it("drop the oldest peers they look at when a torrent is full", () => {
    const swarms = new Swarms({ ...ROOMY, peersPerTorrentMax: 40 });
    for (let number = 0; number < 40; number++) announce(swarms, 1, peer(number, 4, DOWNLOADER), number < 20 ? 0 : 1000);
    for (let number = 100; number < 110; number++) announce(swarms, 1, peer(number, 6, DOWNLOADER), 1000);
    expect([swarms.peers, swarms.shedCount]).toEqual([40, 10]);
    let old = 0;
    for (let position = 0; position < swarms.ipv4.peers; position++) if (swarms.ipv4.seenAt(position) === 0) old++;
    expect(old).toBeLessThanOrEqual(12);
    swarms.check();
  });

  it("stay under the maximum of all peers, whatever torrents they are for", () => {
    const swarms = new Swarms({ ...ROOMY, peersMax: 50 });
    for (let number = 0; number < 400; number++) announce(swarms, number % 100, peer(number, 4, DOWNLOADER));
    expect(swarms.peerCount).toBeLessThanOrEqual(50);
    swarms.check();
  });

  it("drive out small torrents, not living swarms, when a flood of hashes comes", () => {
    const swarms = new Swarms({ ...ROOMY, torrentsMax: 100 });
    for (let number = 0; number < 20; number++) announce(swarms, 0, peer(number, 4, DOWNLOADER));
    for (let torrent = 1; torrent < 1000; torrent++) announce(swarms, torrent, peer(1, 4, DOWNLOADER));
    expect(swarms.torrents.count).toBe(100);
    swarms.open(swarms.torrents.find(hash(0)));
    expect(swarms.peers).toBe(20);
    swarms.check();
  });

  it("forget a torrent with everybody in it", () => {
    const swarms = new Swarms(ROOMY);
    for (const torrent of [1, 2]) {
      for (let number = 0; number < 90; number++) announce(swarms, torrent, peer(number, number % 2 ? 4 : 6, (number % 3) as Zone));
    }
    swarms.forget(swarms.torrents.find(hash(1)));
    swarms.check();
    expect([swarms.peerCount, swarms.seedCount, swarms.partialSeedCount]).toEqual([90, 30, 30]);
    expect(announce(swarms, 1, peer(1, 4, SEED))).toBe(-1);
    swarms.check();
  });

  it("keep a completed torrent for a while after its last peer, others not", () => {
    const swarms = new Swarms(ROOMY);
    for (const torrent of [1, 2]) {
      announce(swarms, torrent, peer(1, 4, SEED), 10);
      if (torrent === 1) swarms.complete();
      swarms.remove(peer(1, 4, SEED), 20);
    }
    sweepAll(swarms, 119, 3600, 100);
    expect([swarms.torrents.find(hash(1)) === NO_TORRENT, swarms.torrents.find(hash(2)) === NO_TORRENT]).toEqual([false, true]);
    sweepAll(swarms, 120, 3600, 100);
    expect(swarms.torrents.count).toBe(0);
  });
});
