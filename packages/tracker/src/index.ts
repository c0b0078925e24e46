/**
 * What this tracker decides, as one pure machine, and the loop that runs it over a host.
 * @module
 */

export type { AccountSummary } from "./access/accounts.ts";
export type { AccessCommand, TrackerCommand } from "./command.ts";
export { type Failure, type FailureCode, failureOf } from "./failure.ts";
export type { HistorySample } from "./history.ts";
export type { LinkId, TrackerInput } from "./input.ts";
export { dfileToJournal, journalToDfile } from "./journal/dfile.ts";
export type { JournalStatus } from "./journal/journal.ts";
export type { JournalFile, OtherRequest, TrackerOutput } from "./output.ts";
export {
  type HttpDoor,
  type JournalStore,
  type OtherAnswer,
  runTracker,
  type TrackerDoors,
  type TrackerHost,
  type TrackerQuestions,
  type TrackerRun,
  type TrackerRunOptions,
  type UdpDoor,
} from "./run.ts";
export { TRACKER_DEFAULTS, type TrackerSettings, trackerSettings } from "./settings.ts";
export type { EventName, TrackerCounts, Transport } from "./statistics.ts";
export type { TorrentPage, TorrentSummary } from "./swarms/views.ts";
export { TrackerMachine, type TrackerSnapshot } from "./tracker.ts";
