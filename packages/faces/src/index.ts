/**
 * What terminal and page share: pure functions from numbers and names to what people read.
 * @module
 */
export { bar, type ProgressView, peersWords, progressLine, progressWords } from "./progress.ts";
export { type Column, factLines, tableLines } from "./table.ts";
export { displayWidth, fit, pad, printable } from "./text.ts";
export { count, formatBytes, formatDuration, formatPercent, formatRate } from "./units.ts";
