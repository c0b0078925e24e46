import { describe, expect, it } from "vitest";
import { runScenario } from "./index.ts";
import { castSwarm } from "./swarm.ts";
import { SwarmStage } from "./swarm-stage.ts";

/** 20 Mbit/s up and 100 down, 32 MiB in pieces of 256 KiB: what the bench does for real. Virtual time is the same on every machine. */
const HOME = { totalLength: 32 * 1024 ** 2, pieceLength: 256 * 1024, onlooker: 0 };

describe("a swarm whose uplinks are the limit", () => {
  for (const [peers, lastMax, copiesMax] of [
    [2, 1.06, 1.03],
    [4, 1.09, 1.07],
    [8, 1.1, 1.03],
  ] as const) {
    it(`of one seed and ${peers} downloaders is done soon after the least possible time`, () => {
      const { figures } = runScenario("swarm", { seed: 1, peers, ...HOME });
      expect(figures["lastOverBound"]).toBeLessThan(lastMax);
      expect(figures["copiesFromSeed"]).toBeLessThan(copiesMax);
      expect(figures["wastedShare"]).toBeLessThan(0.01);
    });
  }

  for (const peers of [2, 4, 8]) {
    it(`of one seed and ${peers} downloaders has its first block within 0.3 s of the start, announce and handshakes included`, () => {
      const shape = { peers, up: 2_500_000, down: 12_500_000, seedUp: 2_500_000, latency: 10, links: 0, slowStart: 0, ...HOME };
      const stage = new SwarmStage(1, shape);
      const members = castSwarm(stage, shape);
      stage.startAll();
      stage.world.run({ untilMillis: 300 });
      expect(Math.max(...members.map((member) => member.downloaded))).toBeGreaterThan(0);
    });
  }

  for (const [peers, mebibytes, seed] of [
    [16, 4, 1],
    [16, 4, 3],
    [16, 4, 8],
    [16, 4, 11],
    [8, 2, 2],
  ] as const) {
    // With these dice they had asked the seed for all that was missing when it had given everything once: 2.0 to 2.7, and up to 2.3 copies.
    it(`of ${peers} brings the last pieces of a small file itself (${mebibytes} MiB, dice ${seed})`, () => {
      const { figures } = runScenario("swarm", { seed, peers, totalLength: mebibytes * 1024 ** 2, pieceLength: 64 * 1024, onlooker: 0 });
      expect(figures["lastOverBound"]).toBeLessThan(peers === 16 ? 1.55 : 1.8);
      expect(figures["copiesFromSeed"]).toBeLessThan(1.35);
    });
  }

  for (const slowStart of [0, 1]) {
    it(`is nearly as good with links as fast down as up, where nobody catches up (slow start ${slowStart})`, () => {
      const { figures } = runScenario("swarm", { seed: 4, peers: 10, ...HOME, down: 2_500_000, slowStart });
      expect(figures["lastOverBound"]).toBeLessThan(1.17);
      expect(figures["copiesFromSeed"]).toBeLessThan(1.11);
    });
  }

  for (const seed of [1, 3]) {
    // They were told of everything before they were told to wait for offers, and all asked the seed for the rarest: 2.48 and 2.46.
    it(`of sixteen does not queue at the seed once that has given everything (dice ${seed})`, () => {
      const { figures } = runScenario("swarm", { seed, peers: 16, totalLength: 4 * 1024 ** 2, pieceLength: 64 * 1024, onlooker: 0 });
      expect(figures["lastOverBound"]).toBeLessThan(1.55);
    });
  }

  it("does not waste a fast seed", () => {
    const { figures } = runScenario("swarm", { seed: 1, peers: 8, ...HOME, seedUp: 7_500_000 });
    expect(figures["lastOverBound"]).toBeLessThan(1.25);
  });

  for (const seed of [1, 5]) {
    it(`lets a free rider finish, a second after the last of the honest, whom it costs a tenth at most (dice ${seed})`, () => {
      const { figures } = runScenario("free-rider", { seed, ...HOME });
      expect(figures["costOfFreeRider"]).toBeLessThan(1.1);
      expect(figures["freeRiderSeconds"]).toBeGreaterThan((figures["spoiledSeconds"] ?? NaN) + 1);
      expect(figures["freeRiderSeconds"]).toBeLessThan(30);
      expect(figures["costOfFreeRider"]).toBeLessThan(1.1);
    });
  }

  for (const seed of [3, 16]) {
    // An idle uplink that had the piece was looked at once a second: the last of the fast ones was done after 3.2 and 3.1 s.
    it(`asks somebody else in time for what a slow one would bring (dice ${seed})`, () => {
      const { figures } = runScenario("slow-peer", { seed, peers: 5, totalLength: 2 * 1024 ** 2, pieceLength: 256 * 1024 });
      expect(figures["fastSeconds"]).toBeLessThan(2.6);
    });
  }

  it("does not suffer from downloaders that leave when they are complete", () => {
    const { figures } = runScenario("leavers", { seed: 1, peers: 8, ...HOME });
    expect(figures["lastOverBound"]).toBeLessThan(1.2);
  });
});
