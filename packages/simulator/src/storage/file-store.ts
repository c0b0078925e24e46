/**
 * A store of real bytes on a virtual disk: what the pattern store leaves out (hashes, many files, pads, torn pages) is
 * all here, at the price of memory.
 * @module
 */
import type {
  BlockSpan,
  Done,
  Frames,
  Lent,
  MerkleExpectation,
  PieceExpectation,
  PieceOutcome,
  Store,
  StoreFile,
  StorePlace,
  StorePlan,
  StoreStamps,
} from "@bittern/host";
import { assert, HostError, type PieceIndex } from "@bittern/protocol/base";
import type { FileTree, VirtualFile } from "./file-tree.ts";
import { FRAME_HEAD_LENGTH, framedLength, writeHead } from "./frames.ts";
import { goodLeaves, judgePiece } from "./hashing.ts";
import { type Place, partsPath, pathOf, placesOf } from "./places.ts";
import type { StoreContext } from "./store-context.ts";
import { StoreDoor } from "./store-door.ts";

/** Bytes; what one answer may hold, after the contract. */
const READ_BLOCKS_LENGTH_MAX = 2 * 1024 * 1024;
const READ_LENGTH_MAX = 4 * 1024 * 1024;

export class FileStore implements Store {
  #stamps: StoreStamps;
  readonly #context: StoreContext;
  readonly #tree: FileTree;
  #plan: StorePlan;
  readonly #door: StoreDoor;

  constructor(context: StoreContext, tree: FileTree, plan: StorePlan) {
    this.#context = context;
    this.#door = new StoreDoor(context, plan.readOnly === true);
    this.#tree = tree;
    this.#plan = plan;
    // What rested in the parts record when another choice held goes to the files that are wanted now; a fault shows at their use.
    if (!plan.readOnly && tree.get(partsPath(plan)) !== undefined) {
      this.#handOver(plan.files.filter((_, index) => plan.wanted[index] === true));
    }
    this.#stamps = this.#stampsNow();
  }

  /** As found when it was opened, or after the last sync. */
  get stamps(): StoreStamps {
    return this.#stamps;
  }

  allocate(done: Done<void>): void {
    this.#door.perform("allocate", 0, done, () => {
      for (const [index, file] of this.#plan.files.entries()) {
        if (file.isPad || this.#plan.wanted[index] !== true) continue;
        const made = this.#tree.open(pathOf(this.#plan.root, file));
        if (made instanceof HostError) return made;
        if (made.length !== file.length) made.truncate(file.length, this.#context.disk.stampMillis);
      }
      return undefined;
    });
  }

  select(wanted: readonly boolean[], done: Done<void>): void {
    this.#door.perform("select", 0, done, () => {
      const newly = this.#plan.files.flatMap((file, index) => (wanted[index] === true && this.#plan.wanted[index] !== true ? [file] : []));
      this.#plan = { ...this.#plan, wanted };
      return this.#handOver(newly);
    });
  }

  storePiece(
    piece: PieceIndex,
    buffer: ArrayBuffer,
    byteLength: number,
    expected: PieceExpectation,
    done: (outcome: PieceOutcome | HostError, buffer: ArrayBuffer) => void,
  ): void {
    const bytes = new Uint8Array(buffer, 0, byteLength);
    this.#door.perform<PieceOutcome>(
      "write",
      byteLength,
      (outcome) => done(outcome, buffer),
      () => {
        const outcome = judgePiece(bytes, expected);
        this.#context.judged(piece, outcome.good);
        if (!outcome.good) return outcome;
        const fault = this.#write(piece * this.#plan.pieceLength, bytes);
        if (fault === undefined) this.#rot(piece, byteLength);
        return fault ?? outcome;
      },
    );
  }

  storeRun(
    piece: PieceIndex,
    begin: number,
    buffer: ArrayBuffer,
    byteLength: number,
    done: (fault: HostError | undefined, buffer: ArrayBuffer) => void,
  ): void {
    const offset = piece * this.#plan.pieceLength + begin;
    this.#door.perform<undefined>(
      "write",
      byteLength,
      (outcome) => done(outcome, buffer),
      () => this.#write(offset, new Uint8Array(buffer, 0, byteLength)),
    );
  }

  readBlocks(spans: readonly BlockSpan[], done: Done<Frames>): void {
    const length = framedLength(spans);
    assert(length - FRAME_HEAD_LENGTH * spans.length <= READ_BLOCKS_LENGTH_MAX, "blocks of one read are at most 2 MiB together");
    this.#door.perform("read", length, done, () => {
      const frames = this.#context.pool.lend(length);
      let at = 0;
      for (const span of spans) {
        writeHead(frames.bytes, at, span);
        const block = frames.bytes.subarray(at + FRAME_HEAD_LENGTH, at + FRAME_HEAD_LENGTH + span.length);
        const fault = this.#read(span.piece * this.#plan.pieceLength + span.begin, block);
        if (fault !== undefined) {
          frames.release();
          return fault;
        }
        if (this.#context.lie()?.(span) === true) block[0] = (block[0] as number) ^ 0xff;
        at += FRAME_HEAD_LENGTH + span.length;
      }
      return frames;
    });
  }

  read(offset: number, length: number, done: Done<Lent>): void {
    assert(length <= READ_LENGTH_MAX, "a read is at most 4 MiB");
    this.#door.perform("read", length, done, () => {
      const lent = this.#context.pool.lend(length);
      const fault = this.#read(offset, lent.bytes);
      if (fault !== undefined) lent.release();
      return fault ?? lent;
    });
  }

  verify(pieces: readonly PieceIndex[], expected: readonly PieceExpectation[], done: Done<Uint8Array>): void {
    const { pieceLength } = this.#plan;
    this.#door.perform("verify", pieces.length * pieceLength, done, () =>
      Uint8Array.from(pieces, (piece, position) => {
        const bytes = new Uint8Array(Math.min(pieceLength, this.#plan.totalLength - piece * pieceLength));
        const expectation = expected[position];
        const isThere = this.#read(piece * pieceLength, bytes) === undefined;
        const isGood = isThere && expectation !== undefined && judgePiece(bytes, expectation).good;
        this.#context.judged(piece, isGood);
        return isGood ? 1 : 0;
      }),
    );
  }

  hashLeaves(piece: PieceIndex, expected: MerkleExpectation, done: Done<Uint8Array | undefined>): void {
    this.#door.perform("verify", expected.dataLength, done, () => {
      const bytes = new Uint8Array(expected.dataLength);
      return this.#read(piece * this.#plan.pieceLength, bytes) === undefined ? goodLeaves(bytes, expected) : undefined;
    });
  }

  sync(done: Done<StoreStamps>): void {
    this.#door.perform("sync", 0, done, () => {
      for (const path of this.#paths()) this.#tree.get(path)?.sync();
      this.#stamps = this.#stampsNow();
      return this.#stamps;
    });
  }

  space(done: Done<number>): void {
    this.#door.perform("space", 0, done, () => this.#context.disk.freeLength);
  }

  move({ root, partsKey }: StorePlace, done: Done<StoreStamps>): void {
    this.#door.perform("move", 0, done, () => {
      const [parts, movedParts] = [partsPath(this.#plan), partsPath({ partsKey })];
      if (parts !== movedParts) {
        this.#context.disk.give(this.#tree.remove(movedParts));
        if (this.#tree.get(parts) !== undefined) this.#tree.rename(parts, movedParts);
      }
      for (const file of this.#plan.files) {
        const from = pathOf(this.#plan.root, file);
        if (file.isPad || this.#tree.get(from) === undefined) continue;
        this.#tree.rename(from, pathOf(root, file));
      }
      this.#plan = { ...this.#plan, root, partsKey };
      this.#stamps = this.#stampsNow();
      return this.#stamps;
    });
  }

  remove(done: Done<void>): void {
    this.#door.perform("remove", 0, done, () => {
      for (const path of this.#paths()) this.#context.disk.give(this.#tree.remove(path));
      return undefined;
    });
  }

  close(done: Done<void>): void {
    this.#door.perform("close", 0, done, () => undefined);
  }

  /** All or nothing: room for the whole run is taken before the first byte is written. */
  #write(offset: number, bytes: Uint8Array): HostError | undefined {
    const places: { readonly file: VirtualFile; readonly offset: number; readonly place: Place }[] = [];
    let room = 0;
    for (const place of placesOf(this.#plan, offset, bytes.length)) {
      if (place.file.isPad) continue;
      const { path, shift } = this.#restOf(place);
      const file = this.#tree.open(path);
      if (file instanceof HostError) return file;
      room += file.roomFor(place.offset + shift, place.length);
      places.push({ file, offset: place.offset + shift, place });
    }
    const fault = this.#context.disk.take(room);
    if (fault !== undefined) return fault;
    for (const { file, offset: into, place } of places) {
      file.write(into, bytes.subarray(place.at, place.at + place.length), this.#context.disk.stampMillis);
    }
    return undefined;
  }

  #read(offset: number, target: Uint8Array): HostError | undefined {
    for (const place of placesOf(this.#plan, offset, target.length)) {
      const part = target.subarray(place.at, place.at + place.length);
      if (place.file.isPad) {
        part.fill(0);
        continue;
      }
      const { path, shift } = this.#restOf(place);
      if (this.#tree.get(path)?.read(place.offset + shift, part) !== true)
        return new HostError("FILE_MISSING", `${path} is missing or too short`);
    }
    return undefined;
  }

  /** Makes files that are wanted now, with what rests of them in the parts record. */
  #handOver(files: readonly StoreFile[]): HostError | undefined {
    const parts = this.#tree.get(partsPath(this.#plan));
    for (const file of files) {
      if (file.isPad || this.#tree.get(pathOf(this.#plan.root, file)) !== undefined) continue;
      const made = this.#tree.open(pathOf(this.#plan.root, file));
      if (made instanceof HostError) return made;
      made.truncate(file.length, this.#context.disk.stampMillis);
      if (parts !== undefined) moveBytes(parts, file.offset, made, file.length, this.#context.disk.stampMillis);
    }
    return undefined;
  }

  /** The file a place rests in: its own one when it is wanted or there already, else the parts record, at the stream's offset. */
  #restOf({ file, fileIndex }: Place): { readonly path: string; readonly shift: number } {
    const path = pathOf(this.#plan.root, file);
    if (this.#plan.wanted[fileIndex] === true || this.#tree.get(path) !== undefined) return { path, shift: 0 };
    return { path: partsPath(this.#plan), shift: file.offset };
  }

  /** Every path that may hold bytes of the torrent. */
  #paths(): readonly string[] {
    return [...this.#plan.files.filter((file) => !file.isPad).map((file) => pathOf(this.#plan.root, file)), partsPath(this.#plan)];
  }

  #rot(piece: PieceIndex, byteLength: number): void {
    const { disk } = this.#context;
    if (!disk.random.chance(disk.faults.rotShare)) return;
    const places = placesOf(this.#plan, piece * this.#plan.pieceLength, byteLength).filter((place) => !place.file.isPad);
    const place = places[0];
    if (place === undefined) return;
    const { path, shift } = this.#restOf(place);
    this.#tree.get(path)?.rot(place.offset + shift);
  }

  #stampsNow(): StoreStamps {
    const { root, files } = this.#plan;
    return {
      files: files.map((file) => (file.isPad ? undefined : this.#tree.get(pathOf(root, file))?.stamp)),
      rootIdentity: this.#tree.hasFolder(root) ? this.#context.rootIdentity(root) : "",
    };
  }
}

/** Copies what rests in the parts record into a file of its own. */
function moveBytes(parts: VirtualFile, from: number, file: VirtualFile, length: number, nowMillis: number): void {
  const count = Math.min(length, Math.max(0, parts.length - from));
  const bytes = new Uint8Array(count);
  if (count > 0 && parts.read(from, bytes)) file.write(0, bytes, nowMillis);
}
