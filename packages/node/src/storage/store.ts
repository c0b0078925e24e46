/**
 * One torrent's place on this machine: maps pieces to files and has the work done, by the I/O worker (hash and write,
 * everything that changes names), the hash workers (verify) and the threads of the system (read).
 * @module
 */
import { statfs } from "node:fs";
import { dirname } from "node:path";
import type {
  BlockSpan,
  Done,
  Frames,
  Lent,
  MerkleExpectation,
  PieceExpectation,
  PieceOutcome,
  Store,
  StorePlace,
  StoreStamps,
} from "@bittern/host";
import { assert, HostError, type PieceIndex } from "@bittern/protocol/base";
import { writePieceHeader } from "@bittern/protocol/peer";
import { codeOf, diskFault } from "../faults.ts";
import { Gate } from "./gate.ts";
import type { StorePieceJob, SyncedStore } from "./jobs.ts";
import { type Layout, pieceLengthOf } from "./layout.ts";
import { Making, splitToMake } from "./making.ts";
import type { FileSource, OpenFiles } from "./open-files.ts";
import { partsPathOf } from "./parts-file.ts";
import { faultOf, isFault, type WorkerPool, type WorkerThread } from "./pool.ts";
import { paceOf, type ReadPace } from "./read-pace.ts";
import { readWanted, type Wanted } from "./reader.ts";
import type { ScratchPool } from "./scratch.ts";
import type { StampBook } from "./stamps.ts";
import { hashLeaves, verifyRange } from "./verify.ts";

/** Bytes of the header of a `piece` message. */
const FRAME_HEADER_LENGTH = 13;
/** Bytes one `readBlocks` and one `read` may ask for. */
const BLOCKS_LENGTH_MAX = 2 * 1024 * 1024;
const READ_LENGTH_MAX = 4 * 1024 * 1024;

/** What all stores of a host share. */
export interface StoreMeans {
  readonly worker: WorkerThread;
  readonly hashers: WorkerPool;
  readonly files: OpenFiles;
  readonly scratch: ScratchPool;
  readonly partsRoot: string | undefined;
}

type StoredPiece = (outcome: PieceOutcome | HostError, buffer: ArrayBuffer) => void;

export class NodeStore implements Store {
  readonly #id: number;
  readonly #means: StoreMeans;
  readonly #gate = new Gate();
  readonly #stamps: StampBook;
  readonly #source: FileSource;
  readonly #making = new Making((files, made) => this.#makeLater(files, made));
  /** Known from the first read on. */
  #pace: ReadPace | undefined;
  #layout: Layout;
  #isOpen = true;

  constructor(id: number, means: StoreMeans, layout: Layout, stamps: StampBook) {
    this.#id = id;
    this.#means = means;
    this.#layout = layout;
    this.#stamps = stamps;
    this.#source = sourceOf(id, means.worker);
  }

  get stamps(): StoreStamps {
    return this.#stamps.all();
  }

  storePiece(piece: PieceIndex, buffer: ArrayBuffer, byteLength: number, expected: PieceExpectation, done: StoredPiece): void {
    this.#write(piece, 0, buffer, byteLength, expected, done);
  }

  storeRun(
    piece: PieceIndex,
    begin: number,
    buffer: ArrayBuffer,
    byteLength: number,
    done: (fault: HostError | undefined, buffer: ArrayBuffer) => void,
  ): void {
    this.#write(piece, begin, buffer, byteLength, undefined, (outcome, back) =>
      done(outcome instanceof HostError ? outcome : undefined, back),
    );
  }

  // Hot: one frame a block, one `readv` for what lies together.
  readBlocks(spans: readonly BlockSpan[], done: Done<Frames>): void {
    const { pieceLength } = this.#layout.plan;
    // Up to the end of the last piece: behind a v2 file, the last one too, lie zeros that some clients ask for.
    const end = this.#layout.pieceCount * pieceLength;
    const wanted: Wanted[] = [];
    let place = 0;
    let length = 0;
    for (const span of spans) {
      const offset = span.piece * pieceLength + span.begin;
      assert(span.length > 0 && offset + span.length <= end, "a block that is asked for lies in a piece of the torrent");
      wanted.push({ offset, length: span.length, place: place + FRAME_HEADER_LENGTH });
      place += FRAME_HEADER_LENGTH + span.length;
      length += span.length;
    }
    assert(length <= BLOCKS_LENGTH_MAX, "one read of blocks stays under its limit");
    const frame = (bytes: Uint8Array): void => {
      let at = 0;
      for (const span of spans) {
        writePieceHeader(bytes, at, span.piece, span.begin, span.length);
        at += FRAME_HEADER_LENGTH + span.length;
      }
    };
    this.#read(wanted, place, frame, done);
  }

  read(offset: number, length: number, done: Done<Lent>): void {
    assert(length <= READ_LENGTH_MAX, "one read stays under its limit");
    assert(offset >= 0 && offset + length <= this.#layout.plan.totalLength, "what is read lies in the torrent");
    this.#read([{ offset, length, place: 0 }], length, undefined, done);
  }

  verify(pieces: readonly PieceIndex[], expected: readonly PieceExpectation[], done: Done<Uint8Array>): void {
    this.#enter(done, (answer) => verifyRange(this.#means.hashers, this.#layout, this.#partsRoot, pieces, expected, answer));
  }

  hashLeaves(piece: PieceIndex, expected: MerkleExpectation, done: Done<Uint8Array | undefined>): void {
    this.#enter(done, (answer) => hashLeaves(this.#means.hashers, this.#layout, this.#partsRoot, piece, expected, answer));
  }

  allocate(done: Done<void>): void {
    this.#enterAlone(done, (answer) => {
      const layout = this.#layout;
      const { now, later } = splitToMake(layout.wantedFiles(), layout);
      this.#make(now, (fault) => {
        if (fault === undefined) this.#making.begin(later);
        answer(fault);
      });
    });
  }

  #make(files: readonly number[], done: (fault: HostError | undefined) => void): void {
    const layout = this.#layout;
    this.#means.worker.ask({ op: "allocate", store: this.#id, files: files.map((file) => layout.nameOf(file)) }, (reply) => {
      if (reply === undefined) for (const file of files) layout.made(file);
      done(faultOf(reply));
    });
  }

  /** Some of the files that may wait, beside whatever else is done; a file that a write has made by now is left alone. */
  #makeLater(files: readonly number[], made: (isGood: boolean) => void): void {
    this.#gate.enter(() => {
      const layout = this.#layout;
      const unmade = this.#isOpen ? files.filter((file) => layout.plan.wanted[file] === true && !layout.isMade(file)) : [];
      const finish = (fault: HostError | undefined): void => {
        made(this.#isOpen && fault === undefined);
        this.#gate.leave();
      };
      if (unmade.length === 0) finish(undefined);
      else this.#make(unmade, finish);
    });
  }

  select(wanted: readonly boolean[], done: Done<void>): void {
    this.#enterAlone(done, (answer) => {
      const plan = this.#layout.planSelect(wanted);
      const { files, moves, freed } = plan;
      const next = (): void => {
        this.#layout = this.#layout.select(wanted, plan);
        answer(undefined);
      };
      if (moves.length === 0 && freed.length === 0) return next();
      const isEmptied = this.#layout.slotCount === freed.length;
      this.#means.worker.ask({ op: "export", store: this.#id, files, moves, freed, isEmptied }, (reply) => {
        const fault = faultOf(reply);
        if (fault !== undefined) return answer(fault);
        this.#stamps.update(reply as SyncedStore);
        next();
      });
    });
  }

  sync(done: Done<StoreStamps>): void {
    this.#enter(done, (answer) => {
      this.#means.worker.ask({ op: "sync", store: this.#id }, (reply) => {
        const fault = faultOf(reply);
        if (fault !== undefined) return answer(fault);
        this.#stamps.update(reply as SyncedStore);
        answer(this.stamps);
      });
    });
  }

  space(done: Done<number>): void {
    this.#enter(done, (answer) => freeSpace(this.#layout.plan.root, answer));
  }

  move(to: StorePlace, done: Done<StoreStamps>): void {
    this.#enterAlone<StoreStamps>(done, (answer) => {
      const layout = this.#layout;
      const partsPath = partsPathOf(to.partsKey, this.#means.partsRoot);
      const arePartsBeside = this.#means.partsRoot === undefined;
      this.#means.worker.ask({ op: "move", store: this.#id, root: to.root, paths: this.#paths(), partsPath, arePartsBeside }, (reply) => {
        const fault = faultOf(reply);
        if (fault !== undefined) return answer(fault);
        this.#means.files.drop(this.#id);
        this.#stamps.update(reply as SyncedStore);
        this.#layout = layout.movedTo(to, partsPath);
        this.#pace = undefined;
        answer(this.stamps);
      });
    });
  }

  remove(done: Done<void>): void {
    this.#enterAlone(done, (answer) => {
      this.#making.end();
      this.#means.files.drop(this.#id);
      this.#means.worker.ask({ op: "remove", store: this.#id, paths: this.#paths() }, (reply) => {
        const fault = faultOf(reply);
        this.#isOpen = fault !== undefined;
        answer(fault);
      });
    });
  }

  close(done: Done<void>): void {
    this.#gate.enterAlone(() => {
      const finish = (): void => {
        done();
        this.#gate.leave();
      };
      if (!this.#isOpen) return finish();
      this.#isOpen = false;
      this.#making.end();
      this.#means.files.drop(this.#id);
      this.#means.worker.ask({ op: "close-store", store: this.#id }, finish);
    });
  }

  #write(
    piece: number,
    begin: number,
    buffer: ArrayBuffer,
    byteLength: number,
    expected: PieceExpectation | undefined,
    done: StoredPiece,
  ): void {
    assert(begin + byteLength <= pieceLengthOf(this.#layout.plan, piece), "what is stored lies in its piece");
    this.#gate.enter(() => {
      const finish = (outcome: PieceOutcome | HostError, back: ArrayBuffer): void => {
        done(outcome, back);
        this.#gate.leave();
      };
      if (!this.#isOpen) return finish(closedFault(), buffer);
      const layout = this.#layout;
      const { stretch, slots, files } = layout.target(piece, begin, byteLength);
      const job: StorePieceJob = { op: "store-piece", store: this.#id, buffer, byteLength, expected, stretch, slots };
      this.#means.worker.ask(job, (reply) => {
        // The buffer died with its worker; its owner counts bytes, so it gets as many back.
        if (reply instanceof HostError) return finish(reply, new ArrayBuffer(byteLength));
        const { outcome } = reply;
        if (isFault(outcome)) return finish(new HostError(outcome.fault, outcome.message), reply.buffer);
        if (outcome.good) for (const file of files) layout.made(file);
        finish(outcome, reply.buffer);
      });
    });
  }

  #read(wanted: readonly Wanted[], byteLength: number, frame: ((bytes: Uint8Array) => void) | undefined, done: Done<Lent>): void {
    this.#enter(done, (answer) => {
      const { files, scratch, worker } = this.#means;
      this.#pace ??= paceOf(this.#layout.plan.root);
      const means = { layout: this.#layout, files, source: this.#source, worker, pace: this.#pace };
      scratch.take(byteLength, (buffer) => {
        readWanted(means, wanted, buffer, (fault, back) => {
          if (fault !== undefined) {
            scratch.give(back);
            return answer(fault);
          }
          const lent = scratch.lent(back, byteLength);
          frame?.(lent.bytes);
          answer(lent);
        });
      });
    });
  }

  get #partsRoot(): string {
    return this.#means.partsRoot ?? this.#layout.plan.root;
  }

  #paths(): string[] {
    return [...this.#layout.plan.files.keys()].map((file) => this.#layout.pathOf(file)).filter((path) => path !== "");
  }

  /** Beside others; nothing begins while somebody works alone. */
  #enter<Result>(done: Done<Result>, work: (answer: Done<Result>) => void): void {
    this.#gate.enter(() => this.#inside(done, work));
  }

  #enterAlone<Result = void>(done: Done<Result>, work: (answer: Done<Result>) => void): void {
    this.#gate.enterAlone(() => this.#inside(done, work));
  }

  #inside<Result>(done: Done<Result>, work: (answer: Done<Result>) => void): void {
    const answer: Done<Result> = (outcome) => {
      done(outcome);
      this.#gate.leave();
    };
    if (this.#isOpen) work(answer);
    else answer(closedFault());
  }
}

function sourceOf(store: number, worker: WorkerThread): FileSource {
  return {
    store,
    open: (path, opened) =>
      worker.ask({ op: "open-file", store, path }, (reply) => opened(typeof reply === "number" ? reply : (faultOf(reply) as HostError))),
    close: (fd) => worker.ask({ op: "close-file", fd }, () => undefined),
  };
}

function closedFault(): HostError {
  return new HostError("STORAGE_MISSING", "the store was closed");
}

/** Bytes an unprivileged program may still use, where the root is or will be. */
function freeSpace(place: string, done: Done<number>): void {
  statfs(place, (error, found) => {
    if (!error) return done(found.bavail * found.bsize);
    const parent = dirname(place);
    if (codeOf(error) === "ENOENT" && parent !== place) return freeSpace(parent, done);
    done(diskFault(error, `looking at ${place}`));
  });
}
