/**
 * A virtual world for the engine: clock, network, disk. One seed, one run.
 * @module
 */
export { type CurveWords, curveSvg } from "./curve.ts";
export { SimulatedHost } from "./host.ts";
export type { Violation } from "./invariants/violations.ts";
export type { LinkEnd, LinkTap } from "./network/link.ts";
export type { LinkWatcher } from "./network/network.ts";
export { NETWORK_DEFAULTS, type NetworkSettings } from "./network/settings.ts";
export { type DatagramFaults, NO_DATAGRAM_FAULTS } from "./network/udp.ts";
export type { WebAnswer, WebRequest, WebServer } from "./network/web.ts";
export { SeededRandom } from "./random.ts";
export {
  type CurvePoint,
  completionTimes,
  formatReport,
  formatSamples,
  type NodeReport,
  optionWord,
  quantile,
  type ReportWords,
  replayLine,
  type ScenarioReport,
  type SwarmSample,
} from "./report.ts";
export { runScenario, scenarios } from "./scenarios/index.ts";
export type { Scenario, ScenarioOption } from "./scenarios/scenario.ts";
export { TorrentContent, type TorrentContentOptions } from "./storage/content.ts";
export { DISK_DEFAULTS, type DiskFaults, type DiskOperation, type DiskSettings } from "./storage/disk.ts";
export { firstDifference, Trace, type TraceEvent, type TraceKind } from "./trace.ts";
export { type NodeOptions, type RunEnd, type RunOptions, World, type WorldOptions } from "./world.ts";
