/**
 * `bittern verify`: checks data against the hashes of a torrent.
 * @module
 */
import { verifyTorrent } from "@bittern/client";
import { formatBytes, printable } from "@bittern/faces";
import type { Action } from "../invocation.ts";
import type { VerifyMessages } from "../messages/catalogue.ts";
import { ProgressDisplay } from "../render/display.ts";
import { readTorrentArgument } from "../source.ts";

/** Names and ranges that are listed before the rest is only counted. */
const LISTED_MAX = 20;

interface VerifyOptions {
  readonly threads?: number;
}

export const verify: Action<VerifyOptions> = async (invocation, [torrent = "", path = "."], options) => {
  const { output, stop } = invocation;
  const metainfo = await readTorrentArgument(torrent, invocation);
  const display = new ProgressDisplay(output);
  const startedAt = performance.now();
  const report = await verifyTorrent(metainfo, path, {
    signal: stop.signal,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    onProgress: (done, total) => {
      const secondsLeft = ((performance.now() - startedAt) / 1000) * (total / done - 1);
      display.update({ activity: output.messages.checking, fraction: done / total, done, total, secondsLeft });
    },
  });
  const { pieceCount, goodCount, bad, missingFiles } = report;
  const isWhole = bad.length === 0 && missingFiles.length === 0;
  const words = output.messages.verify;
  const lines = [
    isWhole
      ? words.whole(printable(metainfo.name), pieceCount, formatBytes(metainfo.totalLength))
      : words.damaged(printable(metainfo.name), goodCount, pieceCount, bad.length),
    ...listed(missingFiles.map(printable), words),
    ...(bad.length === 0 ? [] : [words.badPieces(rangesText(bad, words))]),
  ];
  output.result({ pieceCount, goodCount, bad, missingFiles }, lines.join("\n"));
  return isWhole ? 0 : 1;
};

function listed(names: readonly string[], { missing, more }: VerifyMessages): readonly string[] {
  const lines = names.slice(0, LISTED_MAX).map((name) => `${missing}: ${name}`);
  return names.length > LISTED_MAX ? [...lines, `${missing}: ${more(names.length - LISTED_MAX)}`] : lines;
}

/** `0-3, 7, 9-12`: ascending numbers, neighbours joined. */
export function rangesText(numbers: readonly number[], { more }: Pick<VerifyMessages, "more">): string {
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const before = ranges.at(-1);
    if (before !== undefined && before.last + 1 === number) before.last = number;
    else ranges.push({ first: number, last: number });
  }
  const shown = ranges.slice(0, LISTED_MAX).map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
  const left = ranges.slice(LISTED_MAX).reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return left === 0 ? shown.join(", ") : `${shown.join(", ")} ${more(left)}`;
}
