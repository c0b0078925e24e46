/**
 * D. Many small files: what opening, making and closing them costs.
 * @module
 */
import type { Bench } from "./bench.ts";
import { benchTransfers } from "./transfer.ts";

const KIB = 1024;

export const bench: Bench = {
  question: "2,000 files of 16 KiB, one to one: at most as long as libtorrent?",
  run: (options) =>
    benchTransfers(options, {
      shape: { name: "many files", fileLength: 16 * KIB, fileCount: 2000, pieceLength: 256 * KIB },
      pairs: ["bittern>bittern", "libtorrent>libtorrent", "aria2>aria2"],
    }),
};
