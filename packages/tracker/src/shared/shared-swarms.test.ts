/** @module */
import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TrackerSpeaker } from "../testing.ts";
import { readShared, SHARED_RECORD_MAX, writeShared } from "./shared-record.ts";
import { SHARDS } from "./shared-swarms.ts";

const hashOf = (torrent: number) => Uint8Array.of(torrent, ...new Uint8Array(19).fill(7));
const speaker = (seed: number, settings = {}) => new TrackerSpeaker({ sharesSwarms: true, ...settings }, seededRandom(seed));

function announce(tracker: TrackerSpeaker, torrent: number, port: number, rest: string, address = "192.0.2.1"): void {
  const hash = [...hashOf(torrent)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  tracker.get(address, `/announce?info_hash=${hash}&peer_id=${"x".repeat(20)}&port=${port}&uploaded=0&downloaded=0&compact=1&${rest}`);
}

/** Carries what one tracker says to the others, `age` seconds late. */
function carry(from: TrackerSpeaker, to: readonly TrackerSpeaker[], age = 0): void {
  from.wait(1000);
  for (const said of from.shared.splice(0)) {
    for (const tracker of to) {
      if (said.type === "share") tracker.machine.handle({ type: "shared", bytes: said.bytes, ageSeconds: age }, tracker.now);
      else if (said.type === "share-completed" && said.known !== undefined) {
        tracker.machine.handle({ type: "shared-completed", infoHash: said.infoHash, count: said.known }, tracker.now);
      }
    }
  }
}

function contents(tracker: TrackerSpeaker) {
  const { peers, seeds, partialSeeds, torrents } = tracker.machine.snapshot(tracker.now);
  return {
    peers,
    seeds,
    partialSeeds,
    torrents,
    swarms: tracker.machine.torrents(0, 100).torrents.toSorted((a, b) => (a.infoHash < b.infoHash ? -1 : 1)),
  };
}

const step = fc.record({
  torrent: fc.nat(3),
  port: fc.integer({ min: 1, max: 9 }),
  address: fc.constantFrom("192.0.2.1", "192.0.2.2", "2001:db8::1"),
  rest: fc.constantFrom("left=0", "left=5", "left=5&event=paused", "left=0&event=stopped", "left=5&event=started"),
});

describe("Trackers that share swarms", () => {
  it.each([{}, { keepsPeerIds: false }])("know the same after each has heard the other: %j", (settings) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [first, second] = [speaker(1, settings), speaker(2, settings)];
        for (const [at, { torrent, port, address, rest }] of steps.entries()) {
          const [here, there] = at % 2 === 0 ? [first, second] : [second, first];
          announce(here, torrent, port, rest, address);
          carry(here, [there]);
          there.wait(1000);
        }
        expect(contents(second)).toEqual(contents(first));
        second.machine.check();
      }),
      { numRuns: 30 },
    );
  });

  it("do not take an older word over a newer one", () => {
    const [first, second] = [speaker(1), speaker(2)];
    announce(first, 1, 5, "left=5");
    announce(first, 1, 5, "left=5&event=stopped");
    second.wait(60_000);
    announce(second, 1, 5, "left=0");
    carry(first, [second], 30);
    expect(contents(second)).toMatchObject({ seeds: 1, peers: { all: 1 } });
  });

  it.each(["before the farewell is told again", "after it"])(
    "keep a peer away that said farewell while the log was lost: told of %s",
    (order) => {
      const [first, second, third] = [speaker(1), speaker(2), speaker(3)];
      announce(first, 1, 5, "left=5");
      announce(first, 1, 6, "left=5", "2001:db8::1");
      carry(first, [second, third]);
      for (const tracker of [first, second, third]) tracker.wait(60_000);
      for (const [port, address] of [
        [5, "192.0.2.1"],
        [6, "2001:db8::1"],
      ] as const)
        announce(first, 1, port, "left=5&event=stopped", address);
      // What was said is lost with the log, and everybody tells again what he knows.
      first.wait(10_000);
      second.wait(10_000);
      third.wait(10_000);
      first.shared.length = 0;
      for (const tracker of [first, second]) tracker.machine.handle({ type: "retell", shard: 1 }, tracker.now);
      const both = [() => carry(second, [first, third]), () => carry(first, [second, third])];
      for (const tell of order === "after it" ? both.toReversed() : both) tell();
      expect([first, second, third].map((tracker) => contents(tracker).peers.all)).toEqual([0, 0, 0]);
    },
  );

  it("take a peer back that announces again after its farewell", () => {
    const [first, second] = [speaker(1), speaker(2)];
    announce(first, 1, 5, "left=5");
    announce(first, 1, 5, "left=5&event=stopped");
    carry(first, [second]);
    second.wait(5000);
    announce(second, 1, 5, "left=5");
    first.wait(5000);
    carry(second, [first]);
    for (const tracker of [first, second]) tracker.machine.handle({ type: "retell", shard: 1 }, tracker.now);
    carry(first, [second]);
    carry(second, [first]);
    expect([first, second].map((tracker) => contents(tracker).peers.all)).toEqual([1, 1]);
  });

  it("let peers grow old from when they announced", () => {
    const [first, second] = [
      speaker(1, { intervalSeconds: 100, peerSeconds: 300 }),
      speaker(2, { intervalSeconds: 100, peerSeconds: 300 }),
    ];
    announce(first, 1, 5, "left=5");
    carry(first, [second], 250);
    expect(contents(second).peers.all).toBe(1);
    second.wait(130_000);
    expect(contents(second).peers.all).toBe(0);
  });

  it("tell everything again to a log that has forgotten it, in its shards alone", () => {
    const [first, second] = [speaker(1), speaker(2)];
    for (let torrent = 0; torrent < 64; torrent++) {
      for (let port = 1; port <= torrent + 1; port++) announce(first, torrent, port, port === 1 ? "left=0&event=completed" : "left=5");
    }
    first.wait(5000);
    first.shared.length = 0;
    for (let shard = 0; shard < SHARDS; shard++) first.machine.handle({ type: "retell", shard }, first.now);
    first.wait(5000);
    expect(
      first.shared.every(
        (said) =>
          said.type !== "share" || [...readShared(said.bytes)].every(({ infoHash }) => (infoHash[0] as number) % SHARDS === said.shard),
      ),
    ).toBe(true);
    carry(first, [second]);
    expect(contents(second)).toEqual(contents(first));
  });

  it("remember what they heard over a restart", () => {
    const [first, second] = [speaker(1), speaker(2, { keepsJournal: true })];
    second.openJournal(new Uint8Array(0));
    for (const port of [5, 6]) announce(first, 1, port, "left=0");
    carry(first, [second]);
    announce(first, 1, 5, "left=0&event=stopped");
    carry(first, [second]);
    second.machine.handle({ type: "shared-completed", infoHash: hashOf(1), count: 3 }, second.now);
    second.wait(3000);
    expect(contents(second)).toMatchObject({ seeds: 1, swarms: [{ completed: 3 }] });
    const again = speaker(3, { keepsJournal: true });
    again.wallSeconds = second.wallSeconds;
    again.openJournal(second.store.current);
    expect(contents(again)).toEqual(contents(second));
  });

  it("say nothing where nobody listens", () => {
    const alone = new TrackerSpeaker({}, seededRandom(1));
    announce(alone, 1, 5, "left=5");
    alone.wait(5000);
    expect(alone.shared).toEqual([]);
  });
});

describe("Shared records", () => {
  it("come back as they were written", () => {
    const record = fc.record({
      infoHash: fc.uint8Array({ minLength: 20, maxLength: 20 }),
      family: fc.constantFrom(4 as const, 6 as const),
      endpoint: fc.uint8Array({ minLength: 18, maxLength: 18 }),
      zone: fc.nat(3),
      peerId: fc.option(fc.uint8Array({ minLength: 20, maxLength: 20 }), { nil: undefined }),
      key: fc.nat(0xffffffff),
      age: fc.nat(65_535),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), (records) => {
        const bytes = new Uint8Array(SHARED_RECORD_MAX * records.length);
        let at = 0;
        for (const each of records) at = writeShared(each, bytes, at);
        const expected = records.map((each) => ({
          ...each,
          endpoint: each.endpoint.slice(0, each.family === 4 ? 6 : 18),
          key: each.peerId === undefined ? 0 : each.key,
        }));
        expect(
          [...readShared(bytes.subarray(0, at))].map((each) => ({
            ...each,
            infoHash: each.infoHash.slice(),
            endpoint: each.endpoint.slice(),
            peerId: each.peerId?.slice(),
          })),
        ).toEqual(expected);
      }),
    );
  });

  it("that make no sense end the reading and break nothing", () => {
    const tracker = speaker(3);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(100_000), (bytes, ageSeconds) => {
        tracker.machine.handle({ type: "shared", bytes, ageSeconds }, tracker.now);
        tracker.machine.check();
      }),
    );
  });
});
