import { describe, expect, it } from "vitest";
import { completionTimes, formatReport, quantile, replayLine, type ScenarioReport } from "./report.ts";

const node = (name: string, completedAt: number | undefined): ScenarioReport["nodes"][number] => ({
  name,
  role: "downloader",
  completedAt,
  pieceCount: 3,
  sentLength: 0,
  receivedLength: 0,
});

const report: ScenarioReport = {
  scenario: "churn",
  seed: 8123,
  options: { peers: 3, totalLength: 1024 },
  isGood: false,
  complaints: ["downloader 3 has 3 of 4 pieces"],
  nodes: [node("a", 3000), node("b", 1000), node("c", undefined)],
  elapsedMillis: 60_000,
  eventCount: 1234,
  traceHash: "00112233445566",
  violations: [{ invariant: "S6", at: 1500, node: "b", text: "announced piece 7, which it has not verified" }],
  violationCount: 3,
  recent: [],
  figures: { copies: 1.25 },
  samples: [],
  again: replayLine("churn", 8123, { peers: 3, totalLength: 1024 }),
};

describe("a report", () => {
  it("orders completion times and leaves out who was never complete", () => {
    expect(completionTimes(report, "downloader")).toEqual([1000, 3000]);
    expect(completionTimes(report, "seed")).toEqual([]);
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(3);
    expect(quantile([1, 2, 3, 4], 1)).toBe(4);
  });

  it("reads as text, with the line that runs it again when something was wrong", () => {
    expect(formatReport(report).split("\n")).toEqual([
      "churn · seed 8123 · 60.00 s of virtual time · 1234 events",
      "  downloader     2 of 3 complete · first 1.00 s · median 3.00 s · 90 % 3.00 s · last 3.00 s",
      "  copies                       1.250",
      "  wrong: downloader 3 has 3 of 4 pieces",
      "  S6 broken at 1.50 s by b: announced piece 7, which it has not verified",
      "  … and 2 more",
      "  trace 00112233445566 · NOT GOOD",
      "  again: npm run sim -- churn --seed 8123 --peers 3 --total-length 1024",
    ]);
  });
});
