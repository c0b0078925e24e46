import { UsageError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { completionTimes, formatReport, formatSamples, type ScenarioReport } from "../report.ts";
import { runScenario, scenarios } from "./index.ts";

/** Small enough for every commit. */
const SMALL = { totalLength: 2 * 1024 * 1024 };

/** Each run is made once: a second one of the same seed is the same, which the tests of determinism see to. */
const reports = new Map<string, ScenarioReport>();
function ran(name: string, options: Readonly<Record<string, number>>): ScenarioReport {
  const key = JSON.stringify([name, options]);
  const report = reports.get(key) ?? runScenario(name, options);
  reports.set(key, report);
  return report;
}

describe("the swarm scenario", () => {
  const options = { seed: 7, peers: 8, ...SMALL };

  it("ends with everybody complete, no sooner than can be, and the same trace twice", () => {
    const one = ran("swarm", options);
    const again = runScenario("swarm", options);
    expect(one.complaints).toEqual([]);
    expect(one.violations).toEqual([]);
    expect(one.isGood).toBe(true);
    expect(completionTimes(one, "downloader")).toHaveLength(8);
    expect(one.figures["lastOverBound"]).toBeGreaterThan(1);
    expect(one.figures["copiesFromSeed"]).toBeGreaterThanOrEqual(1);
    expect(again).toEqual(one);
  });

  it("is another run with another seed, and goes as well without an onlooker", () => {
    const watched = ran("swarm", options);
    const alone = runScenario("swarm", { ...options, onlooker: 0 });
    const other = runScenario("swarm", { ...options, seed: 8 });
    expect(alone.traceHash).toBe(watched.traceHash);
    expect(other.traceHash).not.toBe(watched.traceHash);
  });

  it("shows uplinks and pieces over time, which changes nothing", () => {
    const sampled = runScenario("swarm", { ...options, samples: 200 });
    expect(sampled.samples.length).toBeGreaterThan(3);
    for (const sample of sampled.samples) {
      expect(sample.seedUplinkShare).toBeLessThan(1.1);
      expect(sample.piecesLeast).toBeLessThanOrEqual(sample.piecesMean);
    }
    expect(formatSamples(sampled.samples).split("\n")).toHaveLength(sampled.samples.length + 1);
    expect(sampled.traceHash).toBe(ran("swarm", options).traceHash);
  });
});

describe("the scaling scenario", () => {
  it("gives two points of the curve for every tenfold of downloaders", () => {
    const report = runScenario("scaling", { seed: 2, peers: 20, totalLength: 500_000 });
    expect(report.complaints).toEqual([]);
    expect(report.curve?.map(({ peers }) => peers)).toEqual([1, 3, 10, 20]);
    for (const { lastMillis, boundMillis } of report.curve ?? []) expect(lastMillis).toBeGreaterThan(boundMillis);
    expect(report.curve?.at(-1)?.serverMillis).toBeCloseTo(4_000);
    expect(formatReport(report)).toMatch(/downloaders +last +least possible/);
  });
});

/** Of each scenario, a run that is over soon. */
const RUNS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "flash-crowd": { seed: 3, ...SMALL, peers: 12, arrival: 10 },
  churn: { seed: 3, ...SMALL, peers: 8, lifetime: 3 },
  "slow-peer": { seed: 3, ...SMALL, peers: 5 },
  leavers: { seed: 3, ...SMALL, peers: 5 },
  "fast-links": { seed: 3, ...SMALL, peers: 5 },
  "equal-links": { seed: 3, ...SMALL, peers: 5 },
  "home-links": { seed: 3, ...SMALL, peers: 5 },
  "fast-seed": { seed: 3, ...SMALL, peers: 5 },
  poisoned: { seed: 3, ...SMALL, peers: 8, poisoners: 3 },
  partition: { seed: 3, ...SMALL, peers: 8, every: 4, lasts: 2 },
  "magnet-only": { seed: 3, ...SMALL, peers: 6 },
  "word-of-mouth": { seed: 3, peers: 6, totalLength: 8 * 1024 * 1024 },
  "hidden-peers": { ...SMALL, seed: 3, peers: 3 },
  "full-disk": { seed: 3, ...SMALL, peers: 5, full: 2, healAfter: 20 },
  tracked: { seed: 3, ...SMALL, peers: 6 },
  "free-rider": { seed: 3, ...SMALL, peers: 4 },
  chaos: { seed: 3, peersMax: 6, lengthMax: 500_000, troubleMax: 20 },
};

describe("every scenario", () => {
  for (const [name, options] of Object.entries(RUNS)) {
    it(`of the name ${name} ends well, and the same way twice`, () => {
      const report = ran(name, options);
      // What a free rider suffers is what its scenario is for; the test below has its own words for it.
      if (name !== "free-rider") expect(report.complaints).toEqual([]);
      expect(report.violations).toEqual([]);
      expect(runScenario(name, options).traceHash).toBe(report.traceHash);
    });
  }

  it("of the name tracked works over UDP as well", () => {
    const report = runScenario("tracked", { seed: 3, ...SMALL, peers: 4, udp: 1 });
    expect(report.complaints).toEqual([]);
    expect(report.violations).toEqual([]);
    expect(report.figures["malformed"]).toBe(0);
  });

  it("of the name free-rider compares a clean run with a spoiled one, and brings all the honest home", () => {
    const report = ran("free-rider", RUNS["free-rider"] ?? {});
    expect(completionTimes(report, "downloader")).toHaveLength(4);
    expect(report.figures["cleanSeconds"]).toBeGreaterThan(0);
    expect(report.figures["costOfFreeRider"]).toBeGreaterThan(0.5);
  });

  it("is named here or tested above", () => {
    expect(Object.keys(scenarios).toSorted()).toEqual([...Object.keys(RUNS), "swarm", "scaling"].toSorted());
  });
});

describe("scenarios that are a row of a table", () => {
  const tables: Readonly<Record<string, readonly number[]>> = {
    "fast-links": [5],
    "equal-links": [5],
    "home-links": [2, 4, 5],
    "fast-seed": [5],
    leavers: [4, 5],
  };
  for (const [name, sizes] of Object.entries(tables)) {
    it(`print time over bound and copies from the seed for each size (${name})`, () => {
      const report = ran(name, RUNS[name] ?? {});
      expect(report.scenario).toBe(name);
      expect(report.curve?.map(({ peers }) => peers)).toEqual(sizes);
      for (const { lastMillis, boundMillis, copiesFromSeed } of report.curve ?? []) {
        expect(lastMillis).toBeGreaterThan(boundMillis);
        expect(copiesFromSeed).toBeGreaterThanOrEqual(1);
      }
      expect(formatReport(report)).toMatch(/last \/ least +copies/);
    });
  }

  for (const name of ["free-rider", "slow-peer"]) {
    it(`tell both as figures where there is only one swarm (${name})`, () => {
      const { figures } = ran(name, RUNS[name] ?? {});
      expect(figures["lastOverBound"]).toBeGreaterThan(1);
      expect(figures["copiesFromSeed"]).toBeGreaterThanOrEqual(1);
    });
  }
});

describe("a scenario's options", () => {
  it("are refused when they cannot be", () => {
    expect(() => runScenario("nothing")).toThrow(UsageError);
    expect(() => runScenario("swarm", { colour: 3 })).toThrow(/^no option --colour; there are --peers, --piece-length,/);
    expect(() => runScenario("swarm", { peers: 0 })).toThrow("--peers lies between");
    expect(() => runScenario("swarm", { peers: "many" })).toThrow(UsageError);
  });
});
