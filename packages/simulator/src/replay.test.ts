import { SessionMachine } from "@bittern/engine";
import type { Millis } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { Recording, replay } from "./replay.ts";
import { castSwarm } from "./scenarios/swarm.ts";
import { SwarmStage } from "./scenarios/swarm-stage.ts";

const SHAPE = {
  peers: 3,
  pieceLength: 32_768,
  totalLength: 1_000_000,
  up: 2e6,
  down: 1e7,
  seedUp: 2e6,
  latency: 10,
  links: 0,
  slowStart: 0,
  onlooker: 0,
};

function record(): { recording: Recording; machine: (onNow: () => Millis) => SessionMachine } {
  const stage = new SwarmStage(4, SHAPE);
  const [first, ...others] = castSwarm(stage, SHAPE);
  const recording = new Recording();
  const member = first as NonNullable<typeof first>;
  const wallStart = member.host.clock.wallSeconds();
  stage.startAll(stage.role("seed"));
  member.start(recording);
  stage.startAll(others);
  stage.world.run({ until: () => member.completedAt !== undefined, untilMillis: 60_000 });
  expect(member.completedAt).toBeDefined();
  return { recording, machine: (now) => new SessionMachine({ ...member.machineOptions(), wallSeconds: () => wallStart + now() / 1000 }) };
}

describe("a recording", () => {
  it("played to a fresh machine gives the same outputs", () => {
    const { recording, machine } = record();
    let now: Millis = 0;
    const again = replay(
      recording,
      machine(() => now),
      (at) => {
        now = at;
      },
    );
    expect(recording.outputCount).toBeGreaterThan(100);
    expect(again.outputCount).toBe(recording.outputCount);
    expect(again.outputHash).toBe(recording.outputHash);
  });

  it("gives others when one byte that came in was another", () => {
    const { recording, machine } = record();
    // Only up to the first greeting: what follows would answer to what was never asked.
    const at = recording.inputs.findIndex(({ input }) => input.type === "bytes");
    recording.inputs.splice(at + 1);
    const play = (): string =>
      replay(
        recording,
        machine(() => 0),
        () => {},
      ).outputHash;
    const before = play();
    expect(play()).toBe(before);
    const { bytes } = (recording.inputs[at] as unknown as { input: { bytes: Uint8Array } }).input;
    bytes[0] = 0;
    expect(play()).not.toBe(before);
  });
});
