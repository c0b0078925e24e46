/**
 * S. A torrent so small that only the start counts.
 * @module
 */
import type { Bench } from "./bench.ts";
import { TRANSFER_COLUMNS } from "./race.ts";
import { benchTransfers } from "./transfer.ts";

const KIB = 1024;

export const bench: Bench = {
  question: "16 KiB, from the start of the downloader's process until complete: at most 0.35 s?",
  run: (options) =>
    benchTransfers(options, {
      shape: { name: "small", fileLength: 16 * KIB, pieceLength: 32 * KIB },
      pairs: ["bittern>bittern", "libtorrent>bittern", "libtorrent>libtorrent", "webtorrent>webtorrent"],
      // A rate or CPU seconds per GiB say nothing about so little.
      columns: TRANSFER_COLUMNS.filter(({ figure }) => figure === "seconds" || figure.startsWith("downloader")).filter(
        ({ figure }) => figure !== "downloaderCpu",
      ),
    }),
};
