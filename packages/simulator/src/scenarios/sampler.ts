/**
 * Looks at a swarm at regular moments: how busy the uplinks are and how the pieces spread. It changes nothing in the run.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { SwarmSample } from "../report.ts";
import type { SwarmStage } from "./swarm-stage.ts";

/** Takes a sample every so often from now on, until somebody stops asking the world to go on. */
export function sampleSwarm(stage: SwarmStage, everyMillis: Millis): readonly SwarmSample[] {
  const samples: SwarmSample[] = [];
  const before = new Map<string, number>();
  const busy = (role: string): number => {
    const members = stage.role(role);
    let sent = 0;
    let could = 0;
    for (const { host, name } of members) {
      const { sentLength, rate } = host.station.uplink;
      sent += sentLength - (before.get(name) ?? 0);
      could += (rate * everyMillis) / 1000;
      before.set(name, sentLength);
    }
    return could === 0 ? 0 : sent / could;
  };
  const take = (): void => {
    const downloaders = stage.role("downloader");
    const counts = downloaders.map((member) => member.pieceCount);
    samples.push({
      at: stage.world.now,
      seedUplinkShare: busy("seed"),
      peerUplinkShare: busy("downloader"),
      piecesLeast: Math.min(...counts),
      piecesMean: counts.reduce((sum, count) => sum + count, 0) / counts.length,
      piecesMost: Math.max(...counts),
      completeCount: downloaders.filter((member) => member.completedAt !== undefined).length,
    });
    if (downloaders.some((member) => member.completedAt === undefined)) stage.world.at(stage.world.now + everyMillis, take);
  };
  stage.world.at(stage.world.now + everyMillis, take);
  return samples;
}
