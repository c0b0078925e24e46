/**
 * A. The plain case: one large file from one to one, the same program on both sides.
 * @module
 */
import type { Bench } from "./bench.ts";
import { benchTransfers } from "./transfer.ts";

const MIB = 1024 ** 2;

export const bench: Bench = {
  question: "1 GiB in 1 MiB pieces, one to one: at least 1.5 x libtorrent in MB/s, no more CPU than aria2?",
  run: (options) =>
    benchTransfers(options, {
      shape: { name: "gibibyte", fileLength: 1024 * MIB, pieceLength: MIB },
      pairs: ["bittern>bittern", "libtorrent>libtorrent", "aria2>aria2", "bare>bare"],
    }),
};
