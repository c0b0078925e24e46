/**
 * How a swarm scenario ends: it runs until everybody who should is complete, and says what came of it.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { Member } from "../actors/member.ts";
import { judgeCompletion } from "../invariants/liveness.ts";
import type { SwarmSample } from "../report.ts";
import type { Outcome } from "./scenario.ts";
import type { SwarmStage } from "./swarm-stage.ts";

export interface Conclusion {
  readonly scenario: string;
  readonly seed: number | string;
  /** Who has to be complete. */
  readonly finishers: readonly Member[];
  readonly complaints?: readonly string[];
  readonly figures?: Readonly<Record<string, number>>;
  readonly samples?: readonly SwarmSample[];
}

/** Lets the world go on until everybody named is complete, or the time is over. */
export function runUntilComplete(stage: SwarmStage, finishers: readonly Member[], timeMaxMillis: Millis): void {
  const isOver = (): boolean => finishers.every((member) => member.completedAt !== undefined);
  if (isOver()) return;
  stage.onCompletion = () => {
    if (isOver()) stage.world.halt();
  };
  stage.world.run({ untilMillis: timeMaxMillis });
  stage.onCompletion = undefined;
}

/** The report of a stage as it stands. */
export function conclude(stage: SwarmStage, conclusion: Conclusion): Outcome {
  const { world, violations, tracker, members, content } = stage;
  const complaints = [
    ...judgeCompletion(conclusion.finishers, content.pieceCount),
    ...(conclusion.complaints ?? []),
    ...tracker.fallen.map((peer) => `the counters of ${peer} went down within a session`),
  ];
  const isGood = complaints.length === 0 && violations.count === 0;
  return {
    scenario: conclusion.scenario,
    seed: conclusion.seed,
    isGood,
    complaints,
    nodes: members.map((member) => ({
      name: member.name,
      role: member.role,
      completedAt: member.completedAt,
      pieceCount: member.pieceCount,
      sentLength: member.host.station.uplink.sentLength,
      receivedLength: member.host.station.downlink.receivedLength,
    })),
    elapsedMillis: world.now,
    eventCount: world.timeline.eventCount,
    traceHash: world.trace.hash,
    violations: violations.kept,
    violationCount: violations.count,
    recent: isGood ? [] : world.trace.recent(),
    figures: {
      engineInputs: members.reduce((sum, member) => sum + member.inputCount, 0),
      engineEvents: members.reduce((sum, member) => sum + member.eventCount, 0),
      ...conclusion.figures,
    },
    samples: conclusion.samples ?? [],
  };
}

/** When the last of them was complete; `NaN` when one never was. */
export function lastCompletion(members: readonly Member[]): Millis {
  return members.reduce((last, { completedAt }) => Math.max(last, completedAt ?? NaN), 0);
}

/** How close the last one came to the least possible time, and what the seed had to send for it. */
export function swarmFigures(stage: SwarmStage, downloaders: readonly Member[], boundMillis: Millis): Readonly<Record<string, number>> {
  return {
    boundSeconds: boundMillis / 1000,
    lastOverBound: lastCompletion(downloaders) / boundMillis,
    copiesFromSeed: copiesSent(stage, stage.role("seed")),
  };
}

/** Copies of the torrent that members sent, counted in payload. */
export function copiesSent(stage: SwarmStage, members: readonly Member[]): number {
  return members.reduce((sum, member) => sum + member.uploaded, 0) / stage.content.totalLength;
}

/** Payload thrown away, as a share of what was received. */
export function wastedShare(members: readonly Member[]): number {
  const received = members.reduce((sum, member) => sum + member.downloaded, 0);
  return received === 0 ? 0 : members.reduce((sum, member) => sum + member.wasted, 0) / received;
}
