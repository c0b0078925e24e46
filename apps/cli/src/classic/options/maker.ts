/**
 * The options of the programs that make .torrent files.
 * @module
 */
import { integer, type NumberOption, type TextOption, text } from "./option.ts";

export type PieceSizeTable = Readonly<Record<"piece_size_pow2", NumberOption>>;
export type MakerTable = PieceSizeTable & Readonly<Record<"comment" | "target" | "announce_list", TextOption>>;
export type AnnounceTable = Readonly<Record<"announce_list", TextOption>>;

const PIECE_SIZE = integer(18);

const ANNOUNCE_LIST = text("");

export const PIECE_SIZE_OPTIONS: PieceSizeTable = { piece_size_pow2: PIECE_SIZE };

export const MAKER_OPTIONS: MakerTable = {
  piece_size_pow2: PIECE_SIZE,
  comment: text(""),
  target: text(""),
  announce_list: ANNOUNCE_LIST,
};

export const ANNOUNCE_OPTIONS: AnnounceTable = { announce_list: ANNOUNCE_LIST };
