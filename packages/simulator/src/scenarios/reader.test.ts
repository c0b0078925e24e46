import type { Millis } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { TORRENT } from "../actors/member.ts";
import { runUntilComplete } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { castSwarm } from "./swarm.ts";
import { SwarmStage } from "./swarm-stage.ts";

/** 64 pieces of 256 KiB; the only seed hides what it has from five downloaders, and one of them reads in order. */
const VALUES = {
  ...Object.fromEntries(Object.entries(swarmShape({ peers: 4 })).map(([name, { value }]) => [name, value])),
  totalLength: 16 * 2 ** 20,
  pieceLength: 256 * 1024,
} as Parameters<typeof castSwarm>[1];

/** When the reader had each piece, in order of the torrent. It acts soon after its start, half a second later again, and so on. */
function read(...acts: ((reader: { command(command: object): void }) => void)[]): readonly Millis[] {
  const stage = new SwarmStage(1, VALUES);
  castSwarm(stage, VALUES);
  const at: Millis[] = [];
  const reader = stage.cast({
    name: "reader",
    role: "downloader",
    up: VALUES.up,
    down: VALUES.down,
    latency: VALUES.latency,
    onEvent: (_, event) => {
      if (event.type === "piece") at[event.piece] = stage.world.now;
    },
  });
  stage.startAll();
  for (const [place, act] of acts.entries()) stage.world.at(50 + 500 * place, () => act(reader as never));
  runUntilComplete(stage, stage.role("downloader"), 60_000);
  expect(stage.violations.kept).toEqual([]);
  return at;
}

describe("a reader, in a swarm whose only seed hides what it has", () => {
  it("has the beginning soon when it reads in order", () => {
    const inOrder = read((reader) => reader.command({ type: "set-sequential", torrent: TORRENT, sequential: true }));
    expect(Math.max(...inOrder.slice(0, 4))).toBeLessThan(2_500);
  });

  it("has soon what it waits for, wherever that lies", () => {
    const at = read((reader) => reader.command({ type: "hurry", torrent: TORRENT, pieces: [40, 41] }));
    expect(Math.max(at[40] ?? NaN, at[41] ?? NaN)).toBeLessThan(1_500);
  });

  it("waits no more for what it waited for before it jumped", () => {
    const before = Array.from({ length: 24 }, (_, piece) => piece);
    const at = read(
      (reader) => reader.command({ type: "hurry", torrent: TORRENT, pieces: before }),
      (reader) => reader.command({ type: "hurry", torrent: TORRENT, pieces: [40, 41] }),
    );
    expect(Math.max(at[40] ?? NaN, at[41] ?? NaN)).toBeLessThan(3_500);
  });
});
