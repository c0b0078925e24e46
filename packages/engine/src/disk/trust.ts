/**
 * Which pieces a resume record may be believed about, and which have to be hashed before anything is said of them.
 *
 * A stamp (length, time, inode) tells whether somebody else touched a file. After an orderly end it must be the same to
 * the millisecond. After a crash the time has moved on, because we wrote on after the record was made; but what the record
 * calls verified had been synced by then and is never written again, so the same file of the same length is believed.
 * Everything else in a file that was written since may have come after the record: it is hashed, because hashing a hole
 * costs less than fetching a piece again.
 *
 * Where a file was never made, what is verified of it rests in the parts record. That one has no stamp, so those pieces,
 * which lie at the borders of wanted files and are few, are hashed as well.
 *
 * What cannot be good is not read: pieces of files that are not there, or that lie past the end of a short one.
 * @module
 */

import type { FileStamp, StoreFile, StoreStamps } from "@bittern/host";
import { Bitfield, type PieceIndex } from "@bittern/protocol/base";
import type { ResumeRecord } from "./resume.ts";

export interface TrustQuestion {
  readonly record: ResumeRecord | undefined;
  /** What was found in place now. */
  readonly stamps: StoreStamps;
  readonly files: readonly StoreFile[];
  readonly pieceLength: number;
  readonly pieceCount: number;
}

export interface Trust {
  /** Good without a look. */
  readonly trusted: Bitfield;
  /** To be hashed. All others are missing. */
  readonly unchecked: Bitfield;
}

/** Decides for every piece. */
export function judgeRecord(question: TrustQuestion): Trust {
  const { record, pieceCount, files, stamps } = question;
  const isOfThis = record !== undefined && record.verified.length === pieceCount && record.stamps.files.length === files.length;
  const isSameRoot = isOfThis && record.stamps.rootIdentity === stamps.rootIdentity;
  if (!isSameRoot) return judgeBlindly(question);
  const trusted = record.verified.copy();
  const unchecked = record.suspect.copy();
  for (const [index, file] of files.entries()) {
    if (file.isPad || file.length === 0) continue;
    const found = stamps.files[index];
    const known = record.stamps.files[index];
    if (found === undefined && known === undefined) {
      // What is verified of it rests in the parts record, which has no stamp.
      for (const piece of piecesOf(file, question)) if (trusted.remove(piece)) unchecked.add(piece);
      continue;
    }
    if (isUntouched(known, found, record.isClean)) {
      if (wasWrittenSince(known, found)) for (const piece of piecesOf(file, question)) if (!trusted.has(piece)) unchecked.add(piece);
      continue;
    }
    for (const piece of piecesOf(file, question)) {
      trusted.remove(piece);
      if (found !== undefined) unchecked.add(piece);
    }
  }
  removeImpossible(unchecked, question);
  return { trusted, unchecked };
}

/** Nothing is known, or nothing is believed (a recheck): whatever could be good is hashed. */
export function judgeBlindly(question: TrustQuestion): Trust {
  const unchecked = new Bitfield(question.pieceCount);
  for (const [index, file] of question.files.entries()) {
    if (question.stamps.files[index] === undefined) continue;
    for (const piece of piecesOf(file, question)) unchecked.add(piece);
  }
  removeImpossible(unchecked, question);
  return { trusted: new Bitfield(question.pieceCount), unchecked };
}

function isUntouched(known: FileStamp | undefined, found: FileStamp | undefined, isClean: boolean): boolean {
  if (known === undefined || found === undefined) return false;
  if (known.length !== found.length || known.inode !== found.inode) return false;
  return isClean ? known.modifiedMillis === found.modifiedMillis : known.modifiedMillis <= found.modifiedMillis;
}

function wasWrittenSince(known: FileStamp | undefined, found: FileStamp | undefined): boolean {
  return known !== undefined && found !== undefined && known.modifiedMillis !== found.modifiedMillis;
}

/**
 * Takes out pieces that lie past the end of a file that is there and too short. A file that is not there proves nothing by
 * itself: while it is unwanted its part of a piece at the border rests in the parts record.
 */
function removeImpossible(unchecked: Bitfield, question: TrustQuestion): void {
  for (const [index, file] of question.files.entries()) {
    const found = question.stamps.files[index];
    if (found === undefined || found.length >= file.length || file.isPad) continue;
    const missing = { offset: file.offset + found.length, length: file.length - found.length };
    for (const piece of piecesOf(missing, question)) unchecked.remove(piece);
  }
}

/** The pieces that hold a byte of the range. */
function* piecesOf({ offset, length }: { offset: number; length: number }, question: TrustQuestion): Generator<PieceIndex> {
  if (length === 0) return;
  const last = Math.min(question.pieceCount - 1, Math.floor((offset + length - 1) / question.pieceLength));
  for (let piece = Math.floor(offset / question.pieceLength); piece <= last; piece++) yield piece;
}
