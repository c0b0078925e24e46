/**
 * B. With strangers: most of those we meet are libtorrent.
 * @module
 */
import type { Bench } from "./bench.ts";
import { benchTransfers } from "./transfer.ts";

const MIB = 1024 ** 2;

export const bench: Bench = {
  question: "1 GiB between libtorrent and us, both directions: at least as fast as libtorrent with itself?",
  run: (options) =>
    benchTransfers(options, {
      shape: { name: "gibibyte", fileLength: 1024 * MIB, pieceLength: MIB },
      pairs: ["libtorrent>bittern", "bittern>libtorrent", "libtorrent>libtorrent"],
    }),
};
