/**
 * What came of a transfer, in one line.
 * @module
 */
import { printable } from "../text.ts";
import { count, formatBytes, formatDuration, formatRate } from "../units.ts";

/** Bytes, bytes per second, seconds. */
export interface TransferSummary {
  readonly name: string;
  readonly seconds: number;
  readonly downloaded: number;
  readonly uploaded: number;
  /** Averages over the whole time. */
  readonly downRate: number;
  readonly upRate: number;
  /** Of this run, like all that stands before it; and over all runs of the torrent. */
  readonly ratio: number;
  readonly ratioEver: number;
  /** Different peers it was connected to. */
  readonly peers: number;
  /** Payload that was thrown away: corrupt, or received twice. */
  readonly wasted: number;
}

/** `album: 1 min 02 s, down 60.1 MiB (992.0 KiB/s), up 0 B, ratio 0.00, 3 peers, nothing wasted`. */
export function summaryWords(summary: TransferSummary): string {
  const { name, seconds, downloaded, uploaded, downRate, upRate, ratio, ratioEver, peers, wasted } = summary;
  const [now, ever] = [ratio.toFixed(2), ratioEver.toFixed(2)];
  const flow = (bytes: number, rate: number): string => formatBytes(bytes) + (bytes === 0 ? "" : ` (${formatRate(rate)})`);
  return [
    `${printable(name)}: ${formatDuration(seconds)}`,
    `down ${flow(downloaded, downRate)}`,
    `up ${flow(uploaded, upRate)}`,
    now === ever ? `ratio ${now}` : `ratio ${now} (${ever} in all)`,
    count(peers, "peer"),
    wasted === 0 ? "nothing wasted" : `${formatBytes(wasted)} wasted`,
  ].join(", ");
}
