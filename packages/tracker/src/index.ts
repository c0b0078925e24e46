/**
 * What this tracker decides, as one pure machine, and the loop that runs it over a host.
 * @module
 */

export type { AccountSummary } from "./access/accounts.ts";
export type { AccessCommand, TrackerCommand } from "./command.ts";
export { type Failure, type FailureCode, failureOf } from "./failure.ts";
export type { HistorySample } from "./history.ts";
export type { LinkId, TrackerInput } from "./input.ts";
export { dfileToJournal } from "./journal/dfile.ts";
export { isJournal, JOURNAL_START_LENGTH } from "./journal/frame.ts";
export type { JournalStatus } from "./journal/journal.ts";
export type { OtherRequest, TrackerOutput, WelcomeQuestion } from "./output.ts";
export { CLASSIC_TYPE, type ClassicTorrent, type ClassicView, classicPage } from "./page/classic.ts";
export type { FrameView } from "./page/frame.ts";
export { escapeHtml } from "./page/html.ts";
export { type ListedTorrent, type OverviewView, overviewPage, ROWS_PER_PAGE, SORTS, type Sort } from "./page/overview.ts";
export { PAGE_POLICY, STYLE, STYLE_PATH } from "./page/style.ts";
export { missingPage, type TorrentView, torrentPage } from "./page/torrent.ts";
export { runTracker } from "./run.ts";
export type {
  HttpDoor,
  OtherAnswer,
  TrackerDoors,
  TrackerHost,
  TrackerQuestions,
  TrackerRun,
  TrackerRunOptions,
  UdpDoor,
} from "./run-options.ts";
export { TRACKER_DEFAULTS, type TrackerSettings, trackerSettings } from "./settings.ts";
export type { SharedHearer, SharedStore } from "./shared/shared-store.ts";
export { SHARDS, shardOf } from "./shared/shared-swarms.ts";
export type { EventName, TrackerCounts, Transport } from "./statistics.ts";
export type { SwarmSample } from "./swarm-history.ts";
export type { Ranking, RankingOptions } from "./swarms/ranking.ts";
export type { TorrentPage, TorrentSummary } from "./swarms/views.ts";
export { TrackerMachine, type TrackerSnapshot } from "./tracker.ts";
