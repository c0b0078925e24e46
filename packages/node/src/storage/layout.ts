/**
 * Which bytes of the stream lie where: the map from pieces to files, pads and the parts file.
 *
 * An unwanted file rests in the parts file as long as it was never made; one that is on the disk already is used as it is.
 * @module
 */
import type { StoreFile, StorePlace, StorePlan } from "@bittern/host";
import { assert } from "@bittern/protocol/base";
import { type FileName, MISSING, PAD, type Stretch } from "./jobs.ts";
import { type PartsShape, slotPosition } from "./parts-file.ts";

/** Called for each stretch of a range, in order; `file` is a file's index, PAD, MISSING or PARTS. */
export type Visit = (file: number, position: number, length: number) => void;

/** In place of a file's index: the parts file. */
export const PARTS: number = -3;

/** Where part of a piece is to be written. */
export interface WriteTarget {
  readonly stretch: Stretch;
  /** The piece and its slot, when it touches the parts file. */
  readonly slots: readonly number[];
  /** What `stretch.files` are in the plan. */
  readonly files: readonly number[];
}

export class Layout {
  readonly plan: StorePlan;
  readonly pieceCount: number;
  readonly partsPath: string;
  /** Files that have bytes, by offset: their indexes in the plan. */
  readonly #filled: readonly number[];
  /** Whether a file is on the disk, by file index. */
  readonly #isMade: Uint8Array;
  /** Whether a file's bytes rest in the parts file, by file index. */
  readonly #isInParts: Uint8Array;
  readonly #slots = new Map<number, number>();
  readonly #freeSlots: number[] = [];
  #slotEnd = 0;

  constructor(plan: StorePlan, isMade: (file: number) => boolean, partsPath: string, slots: readonly number[]) {
    this.plan = plan;
    this.partsPath = partsPath;
    this.pieceCount = pieceCountOf(plan);
    this.#filled = filledByOffset(plan);
    this.#isMade = Uint8Array.from(plan.files, (_, file) => (isMade(file) ? 1 : 0));
    this.#isInParts = Uint8Array.from(plan.files, (_, file) => (this.#belongsInParts(file, plan.wanted) ? 1 : 0));
    for (let at = 0; at < slots.length; at += 2) this.#slots.set(slots[at] as number, slots[at + 1] as number);
    for (const slot of this.#slots.values()) this.#slotEnd = Math.max(this.#slotEnd, slot + 1);
    const used = new Set(this.#slots.values());
    for (let slot = this.#slotEnd - 1; slot >= 0; slot--) if (!used.has(slot)) this.#freeSlots.push(slot);
  }

  get shape(): PartsShape {
    return { pieceLength: this.plan.pieceLength, pieceCount: this.pieceCount };
  }

  /** Where the range lies, file after file. */
  visit(offset: number, length: number, visit: Visit): void {
    const end = offset + length;
    let at = offset;
    for (let next = this.#firstEndingAfter(offset); at < end; next++) {
      const index = this.#filled[next];
      const file = index === undefined ? undefined : fileAt(this.plan, index);
      // Between the files of a v2-only torrent lies nothing; it reads as zeros, like a pad.
      const gapEnd = Math.min(end, file?.offset ?? end);
      if (gapEnd > at) visit(PAD, 0, gapEnd - at);
      at = Math.max(at, gapEnd);
      if (file === undefined || index === undefined || at >= end) return;
      const stop = Math.min(end, file.offset + file.length);
      if (file.isPad) visit(PAD, 0, stop - at);
      else if (this.#isInParts[index] === 1) this.#visitParts(at, stop, visit);
      else visit(index, at - file.offset, stop - at);
      at = stop;
    }
  }

  /** Part of a piece, for writing: what rests in the parts file gets a slot there. */
  target(piece: number, begin: number, length: number): WriteTarget {
    const offset = piece * this.plan.pieceLength + begin;
    let needsSlot = false;
    this.visit(offset, length, (file) => {
      needsSlot ||= file === MISSING || file === PARTS;
    });
    let slot = needsSlot ? this.#slots.get(piece) : undefined;
    if (needsSlot && slot === undefined) {
      slot = this.#freeSlots.pop() ?? this.#slotEnd++;
      this.#slots.set(piece, slot);
    }
    const names = new Names(this);
    const triples: number[] = [];
    this.visit(offset, length, (file, position, part) => triples.push(names.indexOf(file), position, part));
    // The entry goes along each time: a write that failed may have left it out.
    return { stretch: { files: names.list, triples }, slots: slot === undefined ? [] : [piece, slot], files: names.files };
  }

  nameOf(file: number): FileName {
    if (file === PARTS) return { path: this.partsPath, length: 0, mayMake: true, isParts: true };
    return { path: this.pathOf(file), length: fileAt(this.plan, file).length, mayMake: this.#isMade[file] === 0, isParts: false };
  }

  /** "" for pads, which have no place on the disk. */
  pathOf(file: number): string {
    const { path, isPad } = fileAt(this.plan, file);
    return isPad ? "" : path.join("/");
  }

  /** The file is on the disk now. */
  made(file: number): void {
    if (file >= 0) this.#isMade[file] = 1;
  }

  lengthOf(file: number): number {
    return fileAt(this.plan, file).length;
  }

  isMade(file: number): boolean {
    return this.#isMade[file] === 1;
  }

  /** The files to make: wanted ones, pads excepted. */
  wantedFiles(): number[] {
    return [...this.plan.files.keys()].filter((file) => this.plan.wanted[file] === true && !fileAt(this.plan, file).isPad);
  }

  /**
   * What a new choice of files asks for: stretches of the parts file that must move into files (quadruples of position
   * there, index into `files`, position in the file, length), and the pieces whose slots nobody needs any more.
   */
  planSelect(wanted: readonly boolean[]): { files: FileName[]; moves: number[]; freed: number[]; leaving: number[] } {
    const leaving = [...this.plan.files.keys()].filter((file) => this.#isInParts[file] === 1 && wanted[file] === true);
    const moves: number[] = [];
    for (const [index, file] of leaving.entries()) {
      const { offset, length } = fileAt(this.plan, file);
      let at = offset;
      this.visit(offset, length, (where, position, part) => {
        if (where === PARTS) moves.push(position, index, at - offset, part);
        at += part;
      });
    }
    const staying = Uint8Array.from(this.#isInParts);
    for (const file of leaving) staying[file] = 0;
    const freed = [...this.#slots.keys()].filter((piece) => !this.#touches(piece, staying));
    return { files: leaving.map((file) => this.nameOf(file)), moves, freed, leaving };
  }

  /** Takes up the choice once its bytes have moved. */
  select(wanted: readonly boolean[], { freed, leaving, moves }: ReturnType<Layout["planSelect"]>): Layout {
    for (let at = 1; at < moves.length; at += 4) this.made(leaving[moves[at] as number] as number);
    for (const piece of freed) this.#slots.delete(piece);
    const slots = [...this.#slots].flat();
    return new Layout({ ...this.plan, wanted }, (file) => this.#isMade[file] === 1, this.partsPath, slots);
  }

  /** Slots of the parts file that are in use. */
  get slotCount(): number {
    return this.#slots.size;
  }

  /** The same files below another root, with their parts at another place. */
  movedTo({ root, partsKey }: StorePlace, partsPath: string): Layout {
    return new Layout({ ...this.plan, root, partsKey }, (file) => this.#isMade[file] === 1, partsPath, [...this.#slots].flat());
  }

  #belongsInParts(file: number, wanted: readonly boolean[]): boolean {
    return wanted[file] !== true && this.#isMade[file] === 0 && !fileAt(this.plan, file).isPad;
  }

  /** The parts file keeps a slot a piece. */
  #visitParts(start: number, end: number, visit: Visit): void {
    const { pieceLength } = this.plan;
    for (let at = start; at < end; ) {
      const piece = Math.floor(at / pieceLength);
      const stop = Math.min(end, (piece + 1) * pieceLength);
      const slot = this.#slots.get(piece);
      if (slot === undefined) visit(MISSING, 0, stop - at);
      else visit(PARTS, slotPosition(this.shape, slot) + at - piece * pieceLength, stop - at);
      at = stop;
    }
  }

  #touches(piece: number, isInParts: Uint8Array): boolean {
    const { pieceLength } = this.plan;
    const end = (piece + 1) * pieceLength;
    for (let next = this.#firstEndingAfter(piece * pieceLength); ; next++) {
      const index = this.#filled[next];
      if (index === undefined || fileAt(this.plan, index).offset >= end) return false;
      if (isInParts[index] === 1) return true;
    }
  }

  /** Position in `#filled` of the first file that ends after `offset`. */
  #firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.#filled.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const file = fileAt(this.plan, this.#filled[middle] as number);
      if (file.offset + file.length > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Gives file indexes of a plan their place in a list of names. */
export class Names {
  readonly list: FileName[] = [];
  /** What each name is in the plan. */
  readonly files: number[] = [];
  readonly #layout: Layout;
  readonly #indexes = new Map<number, number>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  indexOf(file: number): number {
    if (file === PAD || file === MISSING) return file;
    const known = this.#indexes.get(file);
    if (known !== undefined) return known;
    this.list.push(this.#layout.nameOf(file));
    this.files.push(file);
    this.#indexes.set(file, this.list.length - 1);
    return this.list.length - 1;
  }
}

/** Bytes of a piece: the last one is what is left. */
export function pieceLengthOf(plan: StorePlan, piece: number): number {
  return Math.min(plan.pieceLength, plan.totalLength - piece * plan.pieceLength);
}

export function pieceCountOf(plan: StorePlan): number {
  return Math.ceil(plan.totalLength / plan.pieceLength);
}

/** They stand in their order as a rule: to sort thousands that do takes longer than to see it. */
function filledByOffset({ files }: StorePlan): readonly number[] {
  const filled: number[] = [];
  let end = 0;
  let isSorted = true;
  for (const [index, { offset, length }] of files.entries()) {
    if (length === 0) continue;
    filled.push(index);
    isSorted &&= offset >= end;
    end = offset + length;
  }
  const offsetOf = (index: number): number => (files[index] as StoreFile).offset;
  return isSorted ? filled : filled.toSorted((a, b) => offsetOf(a) - offsetOf(b));
}

function fileAt(plan: StorePlan, file: number): StoreFile {
  const found = plan.files[file];
  assert(found !== undefined, "a file of the plan is asked for");
  return found;
}
