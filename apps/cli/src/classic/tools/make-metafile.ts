/**
 * `btmakemetafile`: makes a v1 torrent of a file or folder, the same that the classic maker made.
 * @module
 */
import { resolve } from "node:path";
import { writeWholeFile } from "../../write-file.ts";
import type { MakerTable } from "../options/maker.ts";
import type { ClassicAction } from "../program.ts";
import { classicTorrent } from "./classic-torrent.ts";
import { pieceLengthOf } from "./piece-size.ts";
import { tiersOf } from "./tiers.ts";

export const makeMetafile: ClassicAction<MakerTable> = async ({ stop, output }, { values, positional }) => {
  const [path = "", url = ""] = positional;
  const options = {
    announce: tiersOf(url, values.announce_list),
    ...pieceLengthOf(values.piece_size_pow2),
    ...(values.comment === "" ? {} : { comment: values.comment }),
    signal: stop.signal,
  };
  const torrent = await classicTorrent(path, options, output.messages.classic.tools);
  await writeWholeFile(resolve(values.target === "" ? `${resolve(path)}.torrent` : values.target), torrent.toBytes(), true);
  return 0;
};
