/**
 * The options most scenarios share.
 * @module
 */
import { KIB, MIB } from "@bittern/protocol/base";
import type { ScenarioOption } from "./scenario.ts";

/** Bytes per second of 20 Mbit/s. */
export const UP_RATE = 2_500_000;
/** And of 100. */
const DOWN_RATE = 12_500_000;

/** What a swarm is made of. */
export interface SwarmShape {
  readonly peers: ScenarioOption;
  readonly pieceLength: ScenarioOption;
  readonly totalLength: ScenarioOption;
  readonly up: ScenarioOption;
  readonly down: ScenarioOption;
  readonly seedUp: ScenarioOption;
  readonly latency: ScenarioOption;
  readonly links: ScenarioOption;
  readonly slowStart: ScenarioOption;
  readonly onlooker: ScenarioOption;
  readonly [name: string]: ScenarioOption;
}

/** Defaults of a scenario's own. */
export interface SwarmDefaults {
  readonly peers: number;
  readonly totalLength?: number;
  readonly pieceLength?: number;
  readonly up?: number;
  readonly down?: number;
  readonly seedUp?: number;
  readonly latency?: number;
}

/** The shape of a swarm with defaults of its own where given. */
export function swarmShape(defaults: SwarmDefaults): SwarmShape {
  return {
    peers: { summary: "downloaders", value: defaults.peers, min: 1, max: 100_000 },
    pieceLength: { summary: "bytes of a piece", value: defaults.pieceLength ?? 64 * KIB, min: 16 * KIB, max: 16 * MIB },
    totalLength: { summary: "bytes of the torrent", value: defaults.totalLength ?? 8 * MIB, min: 1, max: 2 ** 40 },
    up: { summary: "bytes per second a downloader can send", value: defaults.up ?? UP_RATE, min: 1, max: 1e12 },
    down: { summary: "bytes per second a downloader can receive", value: defaults.down ?? DOWN_RATE, min: 1, max: 1e12 },
    seedUp: { summary: "bytes per second the seed can send", value: defaults.seedUp ?? UP_RATE, min: 1, max: 1e12 },
    latency: { summary: "milliseconds from a node to the middle of the network", value: defaults.latency ?? 10, min: 0, max: 10_000 },
    links: { summary: "links of a member at most; 0: as many as the client's own default", value: 0, min: 0, max: 10_000 },
    slowStart: { summary: "1: streams begin slowly and after a silence again, as TCP's do; 0: at full rate", value: 0, min: 0, max: 1 },
    onlooker: { summary: "1: hold every message against the laws; 0: do not, for large swarms", value: 1, min: 0, max: 1 },
  };
}
