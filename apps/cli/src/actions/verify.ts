/**
 * `bittern verify`: checks data against the hashes of a torrent.
 * @module
 */
import { verifyTorrent } from "@bittern/client";
import { count, formatBytes, printable } from "@bittern/faces";
import type { Action } from "../invocation.ts";
import { ProgressDisplay } from "../render/display.ts";
import { readTorrentArgument } from "../source.ts";

/** Names and ranges that are listed before the rest is only counted. */
const LISTED_MAX = 20;

interface VerifyOptions {
  readonly threads?: number;
}

export const verify: Action<VerifyOptions> = async ({ output, stop }, [torrent = "", path = "."], options) => {
  const metainfo = await readTorrentArgument(torrent, stop);
  const display = new ProgressDisplay(output);
  const startedAt = performance.now();
  const report = await verifyTorrent(metainfo, path, {
    signal: stop.signal,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    onProgress: (done, total) => {
      const secondsLeft = ((performance.now() - startedAt) / 1000) * (total / done - 1);
      display.update({ activity: "checking", fraction: done / total, done, total, secondsLeft });
    },
  });
  const { pieceCount, goodCount, bad, missingFiles } = report;
  const isWhole = bad.length === 0 && missingFiles.length === 0;
  const lines = [
    isWhole
      ? `${printable(metainfo.name)}: whole, ${count(pieceCount, "piece")}, ${formatBytes(metainfo.totalLength)}`
      : `${printable(metainfo.name)}: ${goodCount} of ${count(pieceCount, "piece")} good, ${bad.length} damaged or missing`,
    ...listed("missing", missingFiles.map(printable)),
    ...(bad.length === 0 ? [] : [`bad pieces: ${rangesText(bad)}`]),
  ];
  output.result({ pieceCount, goodCount, bad, missingFiles }, lines.join("\n"));
  return isWhole ? 0 : 1;
};

function listed(label: string, names: readonly string[]): readonly string[] {
  const lines = names.slice(0, LISTED_MAX).map((name) => `${label}: ${name}`);
  return names.length > LISTED_MAX ? [...lines, `${label}: and ${names.length - LISTED_MAX} more`] : lines;
}

/** `0-3, 7, 9-12`: ascending numbers, neighbours joined. */
export function rangesText(numbers: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const before = ranges.at(-1);
    if (before !== undefined && before.last + 1 === number) before.last = number;
    else ranges.push({ first: number, last: number });
  }
  const shown = ranges.slice(0, LISTED_MAX).map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
  const left = ranges.slice(LISTED_MAX).reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return left === 0 ? shown.join(", ") : `${shown.join(", ")} and ${left} more`;
}
