/**
 * Faults are planted in a swarm, and the engine that suffers from each has to name it.
 * @module
 */
import type { Cause } from "@bittern/engine";
import { encode } from "@bittern/protocol/bencode";
import { parseMagnet } from "@bittern/protocol/magnet";
import { describe, expect, it } from "vitest";
import type { Member } from "../actors/member.ts";
import { type SwarmShape, swarmShape } from "./options.ts";
import type { ScenarioValues } from "./scenario.ts";
import { type Casting, type StageOptions, SwarmStage } from "./swarm-stage.ts";

const SHAPE = Object.fromEntries(
  Object.entries(swarmShape({ peers: 2, totalLength: 4 * 2 ** 20 })).map(([name, { value }]) => [name, value]),
) as ScenarioValues<SwarmShape>;
const LINKS = { up: 1_000_000, down: 1_000_000, latency: 10 };

interface Scene {
  readonly stage: SwarmStage;
  readonly seed: Member;
  readonly patient: Member;
  /** Seconds from the beginning. */
  readonly after: (seconds: number) => readonly Cause[];
}

function scene(patient: Partial<Casting> = {}, seeding: Partial<Casting> = {}, options: StageOptions = {}): Scene {
  const stage = new SwarmStage(11, SHAPE, options);
  const seed = stage.cast({ name: "seed", role: "seed", isSeed: true, ...LINKS, ...seeding });
  const member = stage.cast({ name: "patient", role: "downloader", ...LINKS, ...patient });
  return {
    stage,
    seed,
    patient: member,
    after: (seconds) => {
      stage.world.run({ untilMillis: seconds * 1000 });
      return member.diagnosis?.causes ?? [];
    },
  };
}

const codes = (causes: readonly Cause[]): readonly string[] => causes.map(({ code }) => code);

describe("A planted fault is named:", () => {
  it("nothing at all, while data flows", () => {
    const { stage, patient, after } = scene();
    stage.startAll();
    expect(after(2)).toEqual([]);
    expect(patient.diagnosis?.pace).toBe("moves");
    after(60);
    expect(patient.diagnosis?.pace).toBe("rests");
  });

  it("no peers", () => {
    const { stage, patient, after } = scene();
    stage.startAll([patient]);
    expect(after(10)).toEqual([{ weight: "stops", code: "no-peers", others: 0 }]);
    expect(patient.diagnosis?.pace).toBe("stands");
  });

  it("peers that cannot be reached", () => {
    const { stage, seed, patient, after } = scene({}, { node: { isShielded: true } });
    stage.startAll([seed]);
    after(2);
    seed.die(true);
    stage.startAll([patient]);
    expect(after(60)).toContainEqual(expect.objectContaining({ weight: "stops", code: "peers-unreachable", known: 1, unreachable: 1 }));
  });

  it("no tracker, and nobody named", () => {
    const { stage, patient, after } = scene({}, {}, { announce: [] });
    stage.startAll([patient]);
    expect(after(5)).toEqual([{ weight: "stops", code: "no-trackers", dht: "off", nodes: 0 }]);
  });

  it("a tracker that refuses", () => {
    const { stage, patient, after } = scene();
    const refusal = encode({ "failure reason": "torrent not registered" });
    stage.world.serveHttp({ host: stage.trackerHost, name: "strict.example", port: 80 }, () => ({ status: 200, body: refusal }));
    stage.startAll([patient]);
    patient.command({ type: "add-trackers", torrent: 1, trackers: ["http://strict.example/announce"] });
    stage.tracker.isSilent = true;
    expect(after(90)).toContainEqual(
      expect.objectContaining({ code: "tracker-refuses", url: "http://strict.example/announce", message: "torrent not registered" }),
    );
  });

  it("a tracker that does not answer", () => {
    const { stage, patient, after } = scene();
    stage.tracker.isSilent = true;
    stage.startAll();
    expect(after(90)).toContainEqual(expect.objectContaining({ weight: "stops", code: "tracker-silent", isLast: true }));
    expect(patient.diagnosis?.pace).toBe("stands");
  });

  it("nobody unchokes us", () => {
    const { stage, seed, after } = scene();
    const hidden = { down: 20_000, node: { isShielded: true } };
    const others = Array.from({ length: 3 }, (_, at) => stage.cast({ name: `other ${at}`, role: "downloader", ...LINKS, ...hidden }));
    // One slot, and somebody else has it, whom the patient cannot reach; the optimistic unchoke comes round only every thirty seconds.
    stage.startAll([seed, ...others]);
    seed.command({ type: "configure", settings: { uploadSlots: 1 } });
    stage.world.run({ untilMillis: 12_000 });
    stage.startAll(stage.members.filter((member) => member.name === "patient"));
    const named: Cause[] = [];
    for (let seconds = 16; seconds < 60; seconds += 2) named.push(...after(seconds));
    expect(named).toContainEqual(expect.objectContaining({ weight: "stops", code: "all-choke" }));
  });

  it("a piece that nobody has", () => {
    const { stage, seed, patient, after } = scene({}, { up: 400_000 });
    const other = stage.cast({ name: "other", role: "downloader", ...LINKS });
    stage.startAll([seed, other]);
    after(4);
    seed.die(true);
    stage.startAll([patient]);
    const missing = stage.content.pieceCount - other.pieceCount;
    expect(missing).toBeGreaterThan(0);
    expect(after(60)).toContainEqual(
      expect.objectContaining({ weight: "stops", code: "pieces-absent", absent: missing, missing, peers: 1 }),
    );
  });

  it("a closed port", () => {
    const { stage, seed, patient, after } = scene({ node: { isShielded: true } }, { up: 8_000 });
    stage.startAll();
    expect(codes(after(100))).not.toContain("port-closed");
    expect(after(180)).toContainEqual(expect.objectContaining({ weight: "perhaps", code: "port-closed", port: 6881 }));
    expect(codes(seed.diagnosis?.causes ?? [])).not.toContain("port-closed");
    expect(patient.diagnosis?.pace).toBe("moves");
  });

  it("a disk that is too slow", () => {
    const { stage, after } = scene(
      { down: 10_000_000, settings: { piecePoolLength: 4 * 1024 ** 2 }, node: { disk: { rate: 20_000, latencyMillis: 1 } } },
      { up: 10_000_000 },
    );
    stage.startAll();
    const named: string[] = [];
    for (let seconds = 1; seconds < 30; seconds++) named.push(...codes(after(seconds)));
    expect(named).toContain("disk-slow");
  });

  it("a disk that is full", () => {
    const { stage, patient, after } = scene();
    patient.host.disk.capacity = 1_000_000;
    stage.startAll();
    expect(after(10)).toEqual([{ weight: "stops", code: "disk-full", message: expect.any(String) }]);
  });

  it("a disk that is broken", () => {
    const { stage, patient, after } = scene();
    patient.host.disk.break("IO");
    stage.startAll();
    expect(after(10)).toEqual([{ weight: "stops", code: "fault", fault: "IO", message: expect.stringContaining("broken") }]);
  });

  it("a limit of the torrent, and one of the session", () => {
    const { stage, patient, after } = scene();
    stage.startAll();
    patient.command({ type: "limit", torrent: 1, downRateMax: 100_000 });
    expect(after(6)).toContainEqual(
      expect.objectContaining({ weight: "slows", code: "limit", direction: "down", scope: "torrent", limit: 100_000 }),
    );
    patient.command({ type: "limit", torrent: 1, downRateMax: 0 });
    patient.command({ type: "configure", settings: { downRateMax: 50_000 } });
    expect(after(16)).toContainEqual(expect.objectContaining({ weight: "slows", code: "limit", scope: "session", limit: 50_000 }));
  });

  it("a limit that holds a seed back", () => {
    const { stage, seed, after } = scene({}, { settings: { upRateMax: 60_000 } });
    stage.startAll();
    after(10);
    expect(seed.diagnosis?.causes).toContainEqual(
      expect.objectContaining({ weight: "slows", code: "limit", direction: "up", scope: "session", limit: 60_000 }),
    );
  });

  it("a peer that lets us ask and sends nothing", () => {
    const { stage, after } = scene({}, { settings: { upRateMax: 1 } });
    stage.startAll();
    expect(after(120)).toContainEqual(expect.objectContaining({ weight: "stops", code: "snubbed", peers: 1, unchoking: 1 }));
  });

  it("a seed whose every piece is false, which is neither banned nor asked without end", () => {
    const { stage, seed, patient, after } = scene();
    seed.host.lie = () => true;
    stage.startAll();
    expect(after(60)).toContainEqual(expect.objectContaining({ weight: "stops", code: "false-data", distrusted: 1, peers: 1 }));
    const { wasted } = patient;
    after(3000);
    expect(patient.wasted).toBe(wasted);
  });

  it("one piece that is false at the only seed, which gives all others", () => {
    const { stage, seed, patient, after } = scene();
    seed.host.lie = ({ piece }) => piece === 5;
    stage.startAll();
    expect(after(60)).toContainEqual({ weight: "stops", code: "false-data", pieces: 1, distrusted: 0, peers: 1 });
    expect(patient.wasted).toBe(3 * SHAPE.pieceLength);
  });

  it("peers that give little", () => {
    const { stage, after } = scene({}, { up: 5_000 });
    stage.startAll();
    // What the seed has it says behind what it was asked for at first, 256 KiB.
    expect(after(80)).toContainEqual(expect.objectContaining({ weight: "slows", code: "peers-slow", unchoking: 1, peers: 1 }));
  });

  it("a check that is still going on", () => {
    const { stage, patient, after } = scene({ node: { disk: { rate: 100_000, latencyMillis: 1 } } });
    patient.host.plant(stage.content, "/data");
    stage.startAll();
    expect(after(5)).toEqual([{ weight: "stops", code: "checking", progress: expect.any(Number) }]);
    expect(patient.diagnosis?.pace).toBe("moves");
  });

  it("a pause", () => {
    const { stage, patient, after } = scene();
    stage.startAll();
    patient.command({ type: "pause", torrent: 1 });
    expect(after(5)).toEqual([{ weight: "stops", code: "paused" }]);
    expect(patient.diagnosis?.pace).toBe("rests");
  });

  it("metadata that nobody has sent", () => {
    const { stage, patient, after } = magnetScene();
    stage.startAll([patient]);
    expect(codes(after(10))).toEqual(["metadata-missing", "no-peers"]);
  });

  it("a seed that nobody wants anything from", () => {
    const { stage, seed, after } = scene();
    stage.startAll([seed]);
    after(5);
    expect(seed.diagnosis).toEqual({ pace: "rests", causes: [{ weight: "perhaps", code: "nobody-wants", peers: 0 }] });
  });
});

function magnetScene(): Scene {
  const { magnet } = new SwarmStage(11, SHAPE);
  return scene({ source: { type: "magnet", magnet: parseMagnet(magnet) } });
}
