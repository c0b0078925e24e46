/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PeerSnapshot, TrackerSnapshot } from "../session/snapshot.ts";
import { testTorrentSnapshot } from "../testing.ts";
import { diagnose } from "./diagnose.ts";
import type { SessionSymptoms, TorrentSymptoms } from "./symptoms.ts";

const NOW = testTorrentSnapshot({ state: "downloading", progress: 0.5, verifiedLength: 500, verifiedPieceCount: 5 });
const TORRENT: TorrentSymptoms = {
  now: NOW,
  peers: [],
  trackers: [],
  isPausedByUser: false,
  dht: "off",
  dhtNodeCount: 0,
  candidateCount: 0,
  diallingCount: 0,
  falsePieceCount: 0,
  unreachableCount: 0,
  missingCount: 5,
  absentCount: 0,
  absentPiece: undefined,
  storingLength: 0,
  downRateMax: 0,
  upRateMax: 0,
};
const SESSION: SessionSymptoms = {
  listenPort: 6881,
  acceptedCount: 0,
  listeningMillis: 60_000,
  storingLengthMax: 1_000_000,
  downRateMax: 0,
  upRateMax: 0,
};
const PEER: PeerSnapshot = {
  endpoint: { address: "10.0.0.1", port: 1 },
  dialledByUs: true,
  transport: "tcp",
  client: "",
  isSeed: false,
  progress: 0.5,
  isChokingUs: true,
  isInterestedInUs: false,
  isChokedByUs: true,
  areWeInterested: true,
  isSnubbed: false,
  isDistrusted: false,
  isOptimistic: false,
  downRate: 0,
  upRate: 0,
  downloaded: 0,
  uploaded: 0,
  requestsOutstanding: 0,
  source: "tracker",
};

describe("A diagnosis", () => {
  it("knows when no port is open", () => {
    const { causes } = diagnose(TORRENT, { ...SESSION, listenPort: 0 });
    expect(causes.map(({ code }) => code)).toEqual(["no-trackers", "not-listening"]);
  });

  it("tells how it stands with the DHT where no tracker can be asked", () => {
    const [cause] = diagnose({ ...TORRENT, dht: "asked", dhtNodeCount: 7 }, SESSION).causes;
    expect(cause).toEqual({ weight: "stops", code: "no-trackers", dht: "asked", nodes: 7 });
  });

  it("tells a link without metadata from a torrent without piece layers", () => {
    const codes = (state: "metadata" | "layers"): readonly string[] =>
      diagnose({ ...TORRENT, now: { ...NOW, state, progress: 0 } }, SESSION).causes.map(({ code }) => code);
    expect(codes("metadata")).toEqual(["metadata-missing", "no-trackers"]);
    expect(codes("layers")).toEqual(["layers-missing", "no-trackers"]);
  });

  it("blames no tracker that only browsers can ask", () => {
    const tracker: TrackerSnapshot = {
      url: "wss://tracker.example",
      tier: 0,
      state: "failed",
      message: "no HTTP",
      isRefusal: false,
      failures: 3,
      nextAnnounceMillis: 1000,
      seeds: undefined,
      peers: undefined,
    };
    const codes = (trackers: readonly TrackerSnapshot[]): readonly string[] =>
      diagnose({ ...TORRENT, trackers }, SESSION).causes.map(({ code }) => code);
    expect(codes([tracker])).toEqual(["no-trackers"]);
    expect(codes([tracker, { ...tracker, url: "http://tracker.example/announce" }])).toEqual(["tracker-silent"]);
  });

  it("has patience with the young", () => {
    const young = { ...TORRENT, peers: [PEER], now: { ...NOW, ageMillis: 500, peers: 1 } };
    expect(diagnose(young, SESSION).causes).toEqual([]);
    expect(diagnose({ ...young, now: { ...NOW, peers: 1 } }, SESSION).causes).toEqual([
      { weight: "stops", code: "all-choke", peers: 1, useful: 1 },
    ]);
  });

  it("says of nothing that moves that no peer sends or lets us ask", () => {
    const silent = { ...PEER, isChokingUs: false, requestsOutstanding: 3 };
    const codes = (downRate: number, peer: PeerSnapshot): readonly string[] =>
      diagnose({ ...TORRENT, peers: [peer], now: { ...NOW, peers: 1, downRate } }, SESSION).causes.map(({ code }) => code);
    expect([codes(0, silent), codes(300_000, silent)]).toEqual([["snubbed"], []]);
    expect([codes(0, PEER), codes(300_000, PEER)]).toEqual([["all-choke"], []]);
  });

  it("puts the heaviest first, whatever comes together, and never blames a healthy stream", () => {
    const rank = { stops: 0, slows: 1, perhaps: 2 };
    const symptoms = fc.record({
      downRate: fc.nat(5_000_000),
      peers: fc.array(
        fc.record({ isChokingUs: fc.boolean(), areWeInterested: fc.boolean(), isSnubbed: fc.boolean(), downRate: fc.nat(1000) }),
      ),
      limit: fc.nat(5_000_000),
      absentCount: fc.nat(5),
      storingLength: fc.nat(1_000_000),
      candidateCount: fc.nat(3),
      listeningMillis: fc.nat(500_000),
    });
    fc.assert(
      fc.property(symptoms, ({ downRate, peers, limit, absentCount, storingLength, candidateCount, listeningMillis }) => {
        const torrent: TorrentSymptoms = {
          ...TORRENT,
          now: { ...NOW, downRate, peers: peers.length, swarmPeers: 9 },
          peers: peers.map((peer) => ({ ...PEER, ...peer })),
          downRateMax: limit,
          absentCount,
          absentPiece: absentCount > 0 ? 1 : undefined,
          storingLength,
          candidateCount,
        };
        const { causes } = diagnose(torrent, { ...SESSION, listeningMillis });
        const ranks = causes.map(({ weight }) => rank[weight]);
        expect(ranks).toEqual(ranks.toSorted((one, other) => one - other));
        if (downRate > 0) expect(ranks).not.toContain(rank.stops);
        if (downRate > 20_000) expect(causes.map(({ code }) => code)).not.toContain("peers-slow");
      }),
    );
  });
});
