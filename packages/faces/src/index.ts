/**
 * What terminal and page share: pure functions from numbers and names to what people read.
 * @module
 */
export { bar, type ProgressView, type ProgressWords, peersWords, progressLine, progressWords } from "./progress.ts";
export {
  type CauseItem,
  type FaceSnapshot,
  isUnopened,
  type LogLevel,
  type LogLine,
  type PieceItems,
  type Priority,
  type RatePast,
  type TorrentDetail,
  type TorrentItem,
  type TorrentState,
} from "./snapshot.ts";
export { COLUMNS_MIN, LINES_MIN, listPlace, tabPlace, windowTop } from "./store/geometry.ts";
export type { Intent } from "./store/intent.ts";
export { currentItem, reduce } from "./store/reduce.ts";
export { type Dialog, type FaceState, FIRST_STATE, type Notice, type ScreenSize, TABS } from "./store/state.ts";
export type { FaceInput } from "./store/step.ts";
export type { TextField } from "./store/text-field.ts";
export { type Column, factLines, tableLines } from "./table.ts";
export { clip, displayWidth, fit, pad, printable, wrap } from "./text.ts";
export { count, formatBytes, formatDuration, formatPercent, formatRate, parseBytes } from "./units.ts";
export { CAUSE_CODES, CauseEvidence, type CauseWords, causeWords } from "./views/cause-words.ts";
export { type Explanation, type ExplanationWords, explanationLines } from "./views/explanation.ts";
export { type HelpLine, helpLines, helpPlace } from "./views/help.ts";
export { listView, totalsWords } from "./views/list-view.ts";
export { overviewFacts } from "./views/overview.ts";
export { type PieceCell, pieceCells } from "./views/piece-map.ts";
export { RateHistory, rateGraph } from "./views/rate-graph.ts";
export { summaryWords, type TransferSummary } from "./views/summary.ts";
export {
  fileColumns,
  fileRow,
  listColumns,
  peerColumns,
  peerFlags,
  peerRow,
  type TableColumn,
  type TableRow,
  trackerColumns,
  trackerRow,
} from "./views/tables.ts";
export type { Tone } from "./views/tone.ts";
export { type TorrentRow, torrentRow } from "./views/torrent-row.ts";
export { ENGLISH_FACE } from "./words/english.ts";
export { SPANISH_FACE } from "./words/spanish.ts";
export { causeInSpanish } from "./words/spanish-causes.ts";
export { SPANISH_CAUSE_CODES, SPANISH_EXPLANATION } from "./words/spanish-explanation.ts";
export type { DialogWords, FaceWords, LogWords, NoticeWords } from "./words/words.ts";
