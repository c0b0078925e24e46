/**
 * The options of the programs that make .torrent files.
 * @module
 */
import { integer, type NumberOption, type TextOption, text } from "./option.ts";

export type PieceSizeTable = Readonly<Record<"piece_size_pow2", NumberOption>>;
export type MakerTable = PieceSizeTable & Readonly<Record<"comment" | "target" | "announce_list", TextOption>>;
export type AnnounceTable = Readonly<Record<"announce_list", TextOption>>;

const PIECE_SIZE = integer(18, "which power of two the piece size is: 18 makes pieces of 256 KiB; 0 chooses by the size of the data");

const ANNOUNCE_LIST = text(
  "",
  "more trackers: `|` between tiers, `,` between the URLs of one: http://a/announce,http://b/announce|http://c/announce",
);

export const PIECE_SIZE_OPTIONS: PieceSizeTable = { piece_size_pow2: PIECE_SIZE };

export const MAKER_OPTIONS: MakerTable = {
  piece_size_pow2: PIECE_SIZE,
  comment: text("", "a remark for people, kept in the .torrent"),
  target: text("", "where to write the .torrent; empty writes it beside the file"),
  announce_list: ANNOUNCE_LIST,
};

export const ANNOUNCE_OPTIONS: AnnounceTable = { announce_list: ANNOUNCE_LIST };
