/**
 * `btcompletedir`: makes a torrent of each of several files or folders.
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import { printable } from "@bittern/faces";
import { writeWholeFile } from "../../write-file.ts";
import type { PieceSizeTable } from "../options/maker.ts";
import type { ClassicAction } from "../program.ts";
import { classicTorrent } from "./classic-torrent.ts";
import { pieceLengthOf } from "./piece-size.ts";
import { tiersOf } from "./tiers.ts";

export const completeDir: ClassicAction<PieceSizeTable> = async ({ stop, output }, { values, positional }) => {
  const [url = "", ...paths] = positional;
  const options = { announce: tiersOf(url, ""), ...pieceLengthOf(values.piece_size_pow2), signal: stop.signal };
  // What is a torrent already came along with a `*`.
  for (const path of paths.filter((name) => !name.endsWith(".torrent")).toSorted()) {
    process.stdout.write(`${printable(path)}\n`);
    const place = resolve(path);
    const torrent = await classicTorrent(place, options, output.messages.classic.tools);
    await writeWholeFile(`${resolve(dirname(place), basename(place))}.torrent`, torrent.toBytes(), true);
  }
  return 0;
};
