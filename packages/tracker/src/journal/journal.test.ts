import { toHex, utf8 } from "@bittern/protocol/base";
import { fuzz, fuzzCount, seededRandom } from "@bittern/protocol/fuzz";
import {
  type AnnounceRequest,
  announceUrl,
  decodeScrapeAnswer,
  encodeUdpAnnounce,
  encodeUdpConnect,
  type ScrapeSuccess,
} from "@bittern/protocol/tracker";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TrackerSettings } from "../settings.ts";
import { TrackerSpeaker } from "../testing.ts";
import { FrameReader } from "./frame.ts";
import { type RecordHandler, readRecords } from "./record.ts";
import { decodeUsers, encodeUsers } from "./user-record.ts";

const SETTINGS: Partial<TrackerSettings> = { keepsJournal: true, emptyTorrentSeconds: 1e6 };

function tracker(bytes: Uint8Array = new Uint8Array(0), settings: Partial<TrackerSettings> = {}): TrackerSpeaker {
  const speaker = new TrackerSpeaker({ ...SETTINGS, ...settings }, seededRandom(1));
  speaker.openJournal(bytes);
  return speaker;
}

/** A tracker that was killed now and starts again `away` seconds later, with what its disk holds. */
function restarted(speaker: TrackerSpeaker, away = 1, settings: Partial<TrackerSettings> = {}): TrackerSpeaker {
  const next = new TrackerSpeaker({ ...SETTINGS, ...settings }, seededRandom(2));
  next.wallSeconds = speaker.wallSeconds + away;
  next.now = 500;
  next.openJournal(speaker.store.current);
  next.machine.check();
  return next;
}

function hash(number: number): Uint8Array {
  return new Uint8Array(20).fill(number);
}

interface Step {
  readonly torrent: number;
  readonly peer: number;
  readonly ipv6: boolean;
  readonly left: number;
  readonly event: "started" | "completed" | "stopped" | "paused" | undefined;
}

function announce(speaker: TrackerSpeaker, step: Step, base = "/announce"): void {
  speaker.get(addressOf(step), announceUrl(base, requestOf(step)));
}

/** The same over UDP, where many announces are made in the time of one over HTTP; `ids` are kept while no time passes. */
function announceOverUdp(speaker: TrackerSpeaker, step: Step, ids: Map<string, Uint8Array>): void {
  const from = { address: addressOf(step), port: 4000 };
  const connectionId = ids.get(from.address) ?? (speaker.datagram(encodeUdpConnect(1), from)?.slice(8) as Uint8Array);
  ids.set(from.address, connectionId);
  const announce = encodeUdpAnnounce({ connectionId, transactionId: 2, request: { ...requestOf(step), numwant: 0 } });
  // BEP 15 has no number for it, so we write none, and read the one that libtorrent writes.
  if (step.event === "paused") announce[83] = 4;
  if (speaker.datagram(announce, from)?.[3] !== 1) throw new Error("an announce was not answered");
}

function addressOf({ ipv6, peer }: Step): string {
  return ipv6 ? `2001:db8::${peer + 1}` : `192.0.2.${(peer % 250) + 1}`;
}

function requestOf({ torrent, peer, left, event }: Step): AnnounceRequest {
  return {
    infoHash: hash(torrent),
    peerId: utf8(`-BY0100-${String(peer).padStart(12, "0")}`),
    port: 1000 + peer,
    uploaded: 5 * peer,
    downloaded: 0,
    left,
    key: peer + 1,
    ...(event === undefined ? {} : { event }),
  };
}

/** Everything a tracker knows that a client could ask for: counts, and every peer as it would be handed out. */
function contents(speaker: TrackerSpeaker): Record<string, unknown> {
  const { torrents, peers, seeds, partialSeeds } = speaker.machine.snapshot(speaker.now);
  const { swarms } = decodeScrapeAnswer(speaker.get("203.0.113.1", "/scrape").body) as ScrapeSuccess;
  return { torrents, peers, seeds, partialSeeds, swarms: [...swarms] };
}

const step = fc.record({
  torrent: fc.nat(4),
  peer: fc.nat(60),
  ipv6: fc.boolean(),
  left: fc.constantFrom(0, 5),
  event: fc.constantFrom("started" as const, "completed" as const, "stopped" as const, "paused" as const, undefined),
});
const act = fc.oneof({ weight: 10, arbitrary: step }, { weight: 1, arbitrary: fc.nat(5000) });

describe("A journal", () => {
  it("brings back a killed tracker as it was two seconds before", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 150, size: "max" }), (acts) => {
        const speaker = tracker();
        for (const next of acts) {
          if (typeof next === "number") speaker.wait(next);
          else announce(speaker, next);
        }
        speaker.wait(2500);
        expect(contents(restarted(speaker))).toEqual(contents(speaker));
      }),
      { numRuns: 40 },
    );
  });

  it("brings it back from a snapshot that was made while everything changed", () => {
    const speaker = tracker(new Uint8Array(0), { keepsPeerIds: true });
    const random = seededRandom(7);
    const churn = (count: number) => {
      const ids = new Map<string, Uint8Array>();
      for (let round = 0; round < count; round++) {
        const event = (["started", "completed", "stopped", "paused", undefined] as const)[random.u32() % 5];
        const [torrent, peer, ipv6, left] = [random.u32() % 5, random.u32() % 3000, random.u32() % 2 === 0, random.u32() % 2];
        announceOverUdp(speaker, { torrent, peer, ipv6, left, event }, ids);
      }
    };
    churn(20_000);
    speaker.wait(5000);
    const { snapshots } = speaker.machine.snapshot(speaker.now).journal;
    expect(snapshots).toBeGreaterThan(0);
    for (let round = 0; speaker.machine.snapshot(speaker.now).journal.snapshots < snapshots + 2; round++) {
      churn(200);
      speaker.wait(200);
      expect(round, "snapshots come again and again").toBeLessThan(500);
    }
    speaker.wait(2500);
    expect(contents(restarted(speaker))).toEqual(contents(speaker));
    // What is written twice is not kept twice: the file is about as long as what it tells.
    expect(speaker.store.current.length).toBeLessThan(3 * 1024 * 1024);
  });

  it("keeps ids and keys", () => {
    const speaker = tracker();
    announce(speaker, { torrent: 1, peer: 7, ipv6: false, left: 5, event: "started" });
    speaker.wait(2500);
    const next = restarted(speaker);
    const stop = `/announce?info_hash=${"%01".repeat(20)}&peer_id=-BY0100-000000000007&port=1007&left=5&event=stopped&key=`;
    next.get("192.0.2.8", `${stop}9`);
    expect(next.machine.snapshot(next.now).peers.all).toBe(1);
    next.get("192.0.2.8", `${stop}8`);
    expect(next.machine.snapshot(next.now).peers.all).toBe(0);
  });

  it("gives every peer one interval to come back, and none after a long absence", () => {
    const speaker = tracker(new Uint8Array(0), { intervalSeconds: 100 });
    announce(speaker, { torrent: 1, peer: 1, ipv6: false, left: 0, event: "completed" });
    // Renewals are not in the journal; that it is alive, is.
    for (let round = 0; round < 10; round++) {
      speaker.wait(100_000);
      announce(speaker, { torrent: 1, peer: 1, ipv6: false, left: 0, event: undefined });
    }
    const next = restarted(speaker, 30, { intervalSeconds: 100 });
    expect(next.machine.snapshot(next.now).peers.all).toBe(1);
    next.wait(95_000);
    expect(next.machine.snapshot(next.now).peers.all).toBe(1);
    next.wait(100_000);
    expect(next.machine.snapshot(next.now).peers.all).toBe(0);
    const late = restarted(speaker, 1000, { intervalSeconds: 100 });
    expect(late.machine.snapshot(late.now)).toMatchObject({ peers: { all: 0 }, torrents: 1 });
    const { swarms } = decodeScrapeAnswer(late.get("203.0.113.1", "/scrape").body) as ScrapeSuccess;
    expect(swarms.get(toHex(hash(1)))?.downloaded).toBe(1);
  });

  it("forgets what was forgotten", () => {
    const speaker = tracker();
    announce(speaker, { torrent: 1, peer: 1, ipv6: false, left: 0, event: "completed" });
    announce(speaker, { torrent: 2, peer: 1, ipv6: false, left: 0, event: undefined });
    speaker.machine.handle({ type: "command", command: { type: "forget-torrent", infoHash: hash(1) } }, speaker.now);
    speaker.wait(2500);
    expect(restarted(speaker).machine.snapshot(0)).toMatchObject({ torrents: 1, peers: { all: 1 } });
  });

  it("remembers users and what they gave", () => {
    const speaker = tracker(new Uint8Array(0), { isPrivate: true });
    const command = (command: Parameters<TrackerSpeaker["machine"]["handle"]>[0]) => speaker.machine.handle(command, speaker.now);
    command({ type: "command", command: { type: "set-user", passKey: "alice", uploaded: 10 } });
    command({ type: "command", command: { type: "set-user", passKey: "bob" } });
    command({ type: "command", command: { type: "set-user", passKey: "carol" } });
    speaker.wait(2500);
    announce(speaker, { torrent: 1, peer: 4, ipv6: false, left: 1, event: "started" }, "/alice/announce");
    command({ type: "command", command: { type: "remove-user", passKey: "carol" } });
    speaker.wait(2500);
    const users = restarted(speaker, 1, { isPrivate: true }).machine.users();
    expect(users.map(({ passKey, uploaded }) => [passKey, uploaded])).toEqual([
      ["alice", 30],
      ["bob", 0],
    ]);
  });

  it("starts with the rest when it was cut or flipped at any byte, and is whole again soon after", () => {
    const speaker = tracker();
    for (let peer = 0; peer < 5; peer++) {
      announce(speaker, { torrent: peer, peer, ipv6: peer % 2 === 1, left: 1, event: "started" });
      speaker.wait(2500);
    }
    const whole = speaker.store.current;
    for (let at = 0; at < whole.length; at++) {
      const flipped = whole.slice();
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
      for (const [bytes, least] of [
        [flipped, 4],
        [whole.subarray(0, at), Math.floor((at / whole.length) * 5 - 1)],
      ] as const) {
        const next = tracker(bytes);
        next.machine.check();
        expect(next.machine.snapshot(next.now).peers.all, `byte ${at}`).toBeGreaterThanOrEqual(least);
        if (at % 40 !== 0 || bytes !== flipped) continue;
        next.wait(1000);
        expect(tracker(next.store.current).machine.snapshot(0).journal.damagedLength).toBe(0);
      }
    }
  });

  it("loses a hundred peers at most to a flipped bit, also of those who came all at once", () => {
    const speaker = tracker();
    for (let peer = 0; peer < 1000; peer++) announce(speaker, { torrent: peer % 7, peer, ipv6: false, left: 5, event: undefined });
    speaker.wait(3000);
    const bytes = speaker.store.current.slice();
    for (let at = 200; at < bytes.length; at += 9001) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] as number) ^ 8;
      const next = new TrackerSpeaker(SETTINGS, seededRandom(3));
      next.wallSeconds = speaker.wallSeconds;
      next.openJournal(flipped);
      expect(next.machine.snapshot(next.now).peers.all).toBeGreaterThanOrEqual(900);
    }
  });

  it("goes on where the store was full, as soon as there is room", () => {
    const speaker = tracker();
    announce(speaker, { torrent: 1, peer: 1, ipv6: false, left: 1, event: "started" });
    speaker.store.isFailing = true;
    speaker.wait(5000);
    expect(speaker.machine.snapshot(speaker.now).journal).toMatchObject({ state: "failing", faults: 1 });
    announce(speaker, { torrent: 2, peer: 2, ipv6: false, left: 1, event: "started" });
    speaker.wait(40_000);
    expect(speaker.machine.snapshot(speaker.now).journal.state).toBe("failing");
    expect(speaker.machine.snapshot(speaker.now).journal.faults).toBeLessThan(6);
    speaker.store.isFailing = false;
    speaker.wait(20_000);
    expect(speaker.machine.snapshot(speaker.now).journal.state).toBe("writing");
    expect(contents(restarted(speaker))).toEqual(contents(speaker));
  });

  // Stopped in the fifteen seconds before the next try, it lost everything since the disk was full, though there was room again.
  it("tries once more when it ends, also between two tries", () => {
    const speaker = tracker();
    announce(speaker, { torrent: 1, peer: 1, ipv6: false, left: 1, event: "started" });
    speaker.store.isFailing = true;
    speaker.wait(5000);
    announce(speaker, { torrent: 2, peer: 2, ipv6: false, left: 1, event: "started" });
    speaker.store.isFailing = false;
    speaker.end();
    expect(contents(restarted(speaker))).toEqual(contents(speaker));
  });

  it("asks a slow store one thing at a time and loses nothing to it", () => {
    const speaker = tracker();
    speaker.store.isSlow = true;
    for (let peer = 0; peer < 100; peer++) {
      announce(speaker, { torrent: peer % 5, peer, ipv6: false, left: 1, event: "started" });
      speaker.wait(300);
      expect(speaker.store.asked.length).toBeLessThanOrEqual(1);
    }
    speaker.store.isSlow = false;
    speaker.serveStore();
    speaker.wait(2500);
    expect(contents(restarted(speaker))).toEqual(contents(speaker));
  });
});

describe("Records", () => {
  const handler: RecordHandler = { peer: () => undefined, gone: () => undefined, completed: () => undefined, forgotten: () => undefined };

  it("that make no sense end the reading of their payload and nothing else", () => {
    const speaker = tracker();
    for (let peer = 0; peer < 20; peer++)
      announce(speaker, { torrent: peer % 3, peer, ipv6: peer % 2 === 0, left: peer % 4, event: "completed" });
    speaker.wait(2500);
    const seeds = [...new FrameReader().read(speaker.store.current)].map(({ payload }) => payload.slice());
    fuzz({ seeds, count: fuzzCount(process.env), seed: 1, target: (bytes) => void readRecords(bytes, handler) });
    fuzz({
      seeds: [encodeUsers([{ passKey: "alice", account: { uploaded: 1, downloaded: 2 } }])],
      count: fuzzCount(process.env),
      seed: 2,
      target: (bytes) => void [...decodeUsers(bytes)],
    });
  });

  it("of a whole damaged journal never stop a tracker from starting", () => {
    const speaker = tracker();
    for (let peer = 0; peer < 20; peer++)
      announce(speaker, { torrent: peer % 3, peer, ipv6: peer % 2 === 0, left: peer % 4, event: "completed" });
    speaker.wait(2500);
    fuzz({ seeds: [speaker.store.current], count: 300, seed: 3, target: (bytes) => tracker(bytes).machine.check() });
  });
});
