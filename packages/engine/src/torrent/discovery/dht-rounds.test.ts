import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import type { DhtNodeOfSession } from "../../session/dht-node.ts";
import { DhtRounds } from "./dht-rounds.ts";

const HASHES = ["01".repeat(20), "02".repeat(20)];
const MINUTE = 60_000;

/** A torrent whose node notes what it is asked. */
function stage(hashes = HASHES) {
  const asked: { infoHash: string; port: number }[] = [];
  const forgotten: number[] = [];
  const state = { isOn: true, isThere: true, isPrivate: false };
  const node = {
    get isOn() {
      return state.isOn;
    },
    search: (_seeker: unknown, infoHash: Uint8Array, port: number) => {
      if (!state.isThere) return undefined;
      return asked.push({ infoHash: String(infoHash[0]), port });
    },
    forget: (search: number) => forgotten.push(search),
  } as unknown as DhtNodeOfSession;
  const rounds = new DhtRounds({
    torrent: 1,
    node,
    random: seededRandom(1),
    infoHashes: () => hashes,
    isPrivate: () => state.isPrivate,
    listenPort: () => 6881,
  });
  return { rounds, asked, forgotten, state };
}

const FOUND = { peerCount: 3, nodeCount: 9, announcedCount: 8 };
const NOTHING = { peerCount: 0, nodeCount: 9, announcedCount: 8 };

describe("a torrent's rounds in the DHT", () => {
  it("ask and announce for each of its names, and again within fifteen minutes", () => {
    const { rounds, asked } = stage();
    rounds.start(0);
    rounds.tick(0, []);
    expect(asked).toEqual([
      { infoHash: "1", port: 6881 },
      { infoHash: "2", port: 6881 },
    ]);
    expect(rounds.ended(1, FOUND, false, 1000)).toBe(false);
    expect(rounds.ended(2, FOUND, false, 1000)).toBe(true);
    expect(rounds.report).toEqual({ peerCount: 6, nodeCount: 18, announcedCount: 16 });
    expect(rounds.deadline).toBeGreaterThan(14 * MINUTE - 1);
    expect(rounds.deadline).toBeLessThanOrEqual(15 * MINUTE);
    rounds.tick(15 * MINUTE, []);
    expect(asked).toHaveLength(4);
  });

  it("come sooner while the torrent knows nobody, and then less and less often", () => {
    const { rounds, asked } = stage([HASHES[0] as string]);
    rounds.start(0);
    let now = 0;
    const waits: number[] = [];
    for (let round = 1; round <= 10; round++) {
      rounds.tick(now, []);
      rounds.ended(asked.length, NOTHING, true, now);
      waits.push(Math.round(((rounds.deadline ?? 0) - now) / 1000));
      now = rounds.deadline ?? 0;
    }
    expect(waits.slice(0, 7)).toEqual([10, 20, 40, 80, 160, 320, 640]);
    expect(waits.slice(7).every((seconds) => seconds > 800 && seconds <= 900)).toBe(true);
  });

  it("begin anew when the node has come to know somebody", () => {
    const { rounds, asked } = stage([HASHES[0] as string]);
    rounds.start(0);
    rounds.tick(0, []);
    rounds.ended(1, { peerCount: 0, nodeCount: 0, announcedCount: 0 }, false, 20_000);
    rounds.nodeIsReady(10_000);
    rounds.tick(10_000, []);
    expect(asked).toHaveLength(2);
    rounds.ended(2, NOTHING, false, 31_000);
    rounds.nodeIsReady(32_000);
    expect(rounds.deadline).toBeGreaterThan(MINUTE);
  });

  it("wait for a node that is not there yet", () => {
    const { rounds, asked, state } = stage();
    state.isThere = false;
    rounds.start(0);
    rounds.tick(0, []);
    expect(rounds.deadline).toBe(10_000);
    state.isThere = true;
    rounds.tick(10_000, []);
    expect(asked).toHaveLength(2);
  });

  it("never happen for a private torrent, and end when the metadata says that it is one (BEP 27)", () => {
    const { rounds, asked, forgotten, state } = stage();
    state.isPrivate = true;
    rounds.start(0);
    expect(rounds.deadline).toBeUndefined();
    state.isPrivate = false;
    rounds.start(0);
    rounds.tick(0, []);
    state.isPrivate = true;
    rounds.tick(15 * MINUTE, []);
    expect(asked).toHaveLength(2);
    expect(forgotten).toEqual([1, 2]);
    expect(rounds.deadline).toBeUndefined();
  });

  it("stop with the torrent", () => {
    const { rounds, forgotten } = stage();
    rounds.start(0);
    rounds.tick(0, []);
    rounds.stop(1, []);
    expect(forgotten).toEqual([1, 2]);
    expect(rounds.ended(1, FOUND, false, 2)).toBe(false);
    rounds.hurry(3);
    expect(rounds.deadline).toBeUndefined();
  });
});
