/**
 * How much of what lies on the disk a torrent believes when its store opens, and when it is told to look again.
 * @module
 */
import type { StoreStamps } from "@bittern/host";
import { Bitfield } from "@bittern/protocol/base";
import { judgeBlindly, judgeRecord, type Trust, type TrustQuestion } from "../../disk/trust.ts";
import type { ContentOptions } from "./content-news.ts";

/** As the user says, or as the resume record and the files deserve. */
export function trustAtOpening(options: ContentOptions, stamps: StoreStamps): Trust {
  const { pieceCount } = options.metainfo.layout;
  if (options.add.recheck === true) return trustNothing(options, stamps);
  if (options.add.trustData === true) return { trusted: Bitfield.full(pieceCount), unchecked: new Bitfield(pieceCount) };
  return judgeRecord(questionOf(options, stamps, options.record));
}

/** Nothing: every piece is hashed anew, even where no file was found. */
export function trustNothing(options: ContentOptions, stamps: StoreStamps): Trust {
  return { ...judgeBlindly(questionOf(options, stamps, undefined)), unchecked: Bitfield.full(options.metainfo.layout.pieceCount) };
}

function questionOf({ metainfo }: ContentOptions, stamps: StoreStamps, record: ContentOptions["record"]): TrustQuestion {
  const { files, pieceLength, pieceCount } = metainfo.layout;
  return { record, stamps, files, pieceLength, pieceCount };
}
