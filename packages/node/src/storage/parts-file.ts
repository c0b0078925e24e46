/**
 * The parts file: where bytes of unwanted files rest that share a piece with wanted ones.
 *
 *     "BITPARTS" <piece length: u32> <piece count: u32> <slot: u32, one a piece>... (to a border of 4 KiB) <slots>
 *
 * A slot has room for a whole piece; entry 0 means "none", n means slot n - 1. Integers are big-endian. Damage costs
 * nothing but a download: what the table does not name is hashed as missing.
 * @module
 */
import { fstatSync, ftruncateSync } from "node:fs";
import { equalBytes, utf8 } from "@bittern/protocol/base";
import { readFully, writeAll } from "./file-pool.ts";

const MAGIC = utf8("BITPARTS");
const TABLE_AT = 16;
const SLOTS_ALIGNED_TO = 4096;

export interface PartsShape {
  readonly pieceLength: number;
  readonly pieceCount: number;
}

/** Where the file lies: in the state folder, or, where there is none, beside the torrent's files. */
export function partsPathOf(partsKey: string, stateDir: string | undefined): string {
  return stateDir === undefined ? `.${partsKey}.parts` : `parts/${partsKey}.parts`;
}

/** Where a slot begins in the file. */
export function slotPosition({ pieceLength, pieceCount }: PartsShape, slot: number): number {
  return Math.ceil((TABLE_AT + 4 * pieceCount) / SLOTS_ALIGNED_TO) * SLOTS_ALIGNED_TO + slot * pieceLength;
}

/** Writes head and empty table of a new file. */
export function writePartsHead(fd: number, { pieceLength, pieceCount }: PartsShape): void {
  const head = new Uint8Array(TABLE_AT);
  head.set(MAGIC);
  const view = new DataView(head.buffer);
  view.setUint32(8, pieceLength);
  view.setUint32(12, pieceCount);
  ftruncateSync(fd, 0);
  ftruncateSync(fd, slotPosition({ pieceLength, pieceCount }, 0));
  writeAll(fd, head, 0);
}

/** Sets entries: pairs of piece and slot, -1 for none. */
export function writePartsEntries(fd: number, pairs: readonly number[]): void {
  const entry = new Uint8Array(4);
  for (let at = 0; at < pairs.length; at += 2) {
    new DataView(entry.buffer).setUint32(0, (pairs[at + 1] as number) + 1);
    writeAll(fd, entry, TABLE_AT + 4 * (pairs[at] as number));
  }
}

/** The entries as pairs of piece and slot; `undefined` when this is no parts file of such a torrent. */
export function readPartsTable(fd: number, shape: PartsShape): number[] | undefined {
  const { pieceLength, pieceCount } = shape;
  const head = new Uint8Array(TABLE_AT + 4 * pieceCount);
  if (readFully(fd, head, 0) < head.length) return undefined;
  const view = new DataView(head.buffer);
  if (!equalBytes(head.subarray(0, MAGIC.length), MAGIC)) return undefined;
  if (view.getUint32(8) !== pieceLength || view.getUint32(12) !== pieceCount) return undefined;
  const fileLength = fstatSync(fd).size;
  const pairs: number[] = [];
  const used = new Set<number>();
  for (let piece = 0; piece < pieceCount; piece++) {
    const slot = view.getUint32(TABLE_AT + 4 * piece) - 1;
    if (slot < 0) continue;
    // A slot past the end or given twice: the table was torn, and the piece counts as missing.
    if (slotPosition(shape, slot) >= fileLength || used.has(slot)) continue;
    used.add(slot);
    pairs.push(piece, slot);
  }
  return pairs;
}
