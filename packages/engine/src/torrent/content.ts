/**
 * What of the content is here, and how sure that is: opens the store, checks what lies there, takes pieces to the disk,
 * syncs them, keeps the resume record, and knows what to do when the disk refuses.
 *
 * Invariant D (reliability): a record calls a piece verified only after a sync that began after the piece was written has
 * ended; until then the piece is in the record's suspect set and is hashed again after an unclean start.
 * @module
 */

import type { StoreStamps } from "@bittern/host";
import {
  assert,
  Bitfield,
  type FileIndex,
  fromHex,
  HostError,
  MIB,
  type Millis,
  type PieceIndex,
  unreachable,
} from "@bittern/protocol/base";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { DurabilityPlanner } from "../disk/planner.ts";
import { encodeResume, type ResumeRecord } from "../disk/resume.ts";
import { judgeBlindly, judgeRecord, type Trust } from "../disk/trust.ts";
import { CheckPlan } from "../disk/verify.ts";
import type { AddTorrent, FilePriority } from "../session/command.ts";
import type { TorrentId } from "../session/ids.ts";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";
import { FileTable } from "./file-table.ts";
import type { PartialPiece } from "./partial-piece.ts";

/** Milliseconds until a disk that refused is tried again: first, and at most. Users should not have to (goal: 60 s). */
const RETRY_FIRST_MILLIS = 5_000;
const RETRY_MAX_MILLIS = 60_000;
/** Of a piece whose hashes are not known: nothing satisfies it. */
const NO_EXPECTATION = { sha1: new Uint8Array(20) };
/** Bytes that must be free before a full disk is tried again. */
const ROOM_MIN: number = 4 * MIB;

export type ContentInput = Extract<
  SessionInput,
  {
    type:
      | "store-opened"
      | "store-allocated"
      | "store-selected"
      | "store-closed"
      | "piece-stored"
      | "run-stored"
      | "verified"
      | "synced"
      | "space"
      | "moved"
      | "record-saved";
  }
>;

/** What the torrent has to know. */
export type ContentNews =
  /** Everything in place is checked: transfers may begin. */
  | { readonly type: "open" }
  /** While checking: the piece was here already. */
  | { readonly type: "piece-found"; readonly piece: PieceIndex }
  /** Fetched, hashed, written. `bytes` are its content where it was in one buffer; they die with this turn. */
  | { readonly type: "piece-good"; readonly piece: PieceIndex; readonly bytes: Uint8Array | undefined }
  | {
      readonly type: "piece-bad";
      readonly piece: PieceIndex;
      readonly bytes: Uint8Array | undefined;
      readonly leaves: Uint8Array | undefined;
    }
  /** The disk did not take it; it has to be fetched again. */
  | { readonly type: "piece-unstored"; readonly piece: PieceIndex }
  /** Verified pieces that are no longer what they were. */
  | { readonly type: "pieces-lost"; readonly pieces: readonly PieceIndex[] }
  /** A buffer came back. */
  | { readonly type: "buffer"; readonly buffer: ArrayBuffer }
  | { readonly type: "fault"; readonly fault: HostError }
  | { readonly type: "healed" }
  | { readonly type: "durable" }
  | { readonly type: "moved"; readonly fault: HostError | undefined }
  | { readonly type: "warning"; readonly code: string; readonly message: string }
  | { readonly type: "closed"; readonly fault: HostError | undefined };

/** What the store is doing. `faulted`: it refused, and is tried again by itself. */
type Phase = "closed" | "opening" | "checking" | "allocating" | "open" | "faulted" | "closing" | "ended";

export interface ContentOptions {
  readonly torrent: TorrentId;
  readonly metainfo: Metainfo;
  readonly add: AddTorrent;
  readonly priorities: readonly FilePriority[] | undefined;
  readonly record: ResumeRecord | undefined;
  readonly wallSeconds: () => number;
}

export class Content {
  readonly #options: ContentOptions;
  readonly #files: FileTable;
  readonly #planner: DurabilityPlanner;
  #phase: Phase = "closed";
  #check: CheckPlan | undefined;
  #record: ResumeRecord | undefined;
  #stamps: StoreStamps | undefined;
  #root: string;
  /** Pieces of several runs that are on their way to the disk. */
  readonly #running = new Map<PieceIndex, PartialPiece>();
  /** Pieces and runs at the disk. */
  #storing = 0;
  #storingLength = 0;
  /** Paused: a check that is cut short stays where it is. */
  #isResting = false;
  #isSyncing = false;
  #isSaving = false;
  /** One warning is enough for a state folder that cannot be written. */
  #hasWarnedOfRecord = false;
  /** The last record was made, the one that says the end was orderly. */
  #isCleanSaved = false;
  #retryAt: Millis | undefined;
  #retryDelay = RETRY_FIRST_MILLIS;
  #isDurableWanted = false;
  #closing: "no" | "keep" | "delete" = "no";
  #uploaded = 0;
  #downloaded = 0;
  readonly #addedSeconds: number;
  #completedSeconds: number | undefined;

  constructor(options: ContentOptions) {
    const { metainfo, record } = options;
    this.#options = options;
    this.#files = new FileTable(metainfo.layout, options.priorities);
    this.#planner = new DurabilityPlanner({ pieceCount: metainfo.layout.pieceCount });
    this.#record = record;
    this.#root = options.add.placement.root;
    this.#addedSeconds = record?.addedSeconds ?? Math.floor(options.wallSeconds());
    this.#completedSeconds = record?.completedSeconds;
  }

  /** Verified pieces. One object for the life of the torrent; only this corner changes it. */
  get have(): Bitfield {
    return this.#files.have;
  }
  /** Nothing of it is open: it was never opened, or could not be. */
  get isClosed(): boolean {
    return this.#phase === "closed";
  }
  get isOpen(): boolean {
    return this.#phase === "open";
  }
  /** 0 to 1. */
  get checkProgress(): number {
    return this.#check?.progress ?? 0;
  }
  /** Payload bytes of earlier sessions. */
  get uploadedBefore(): number {
    return this.#record?.uploaded ?? 0;
  }
  get downloadedBefore(): number {
    return this.#record?.downloaded ?? 0;
  }
  /** Bytes of wanted files. */
  get wantedLength(): number {
    return this.#files.wantedLength;
  }
  /** Bytes of wanted files that are verified. */
  get verifiedLength(): number {
    return this.#files.verifiedWantedLength;
  }
  /** Bytes of all files that are missing, as trackers count them (BEP 3). */
  get leftLength(): number {
    return this.#files.missingLength;
  }
  get isDone(): boolean {
    return this.#files.isDone;
  }
  /** Bytes of buffers that the disk has not given back yet. */
  get storingLength(): number {
    return this.#storingLength;
  }
  filesProgress(): readonly number[] {
    return this.#files.progress();
  }
  filesCompletedBy(piece: PieceIndex): readonly FileIndex[] {
    return this.#files.completedBy(piece);
  }
  piecePriorities(): Uint8Array {
    return this.#files.piecePriorities();
  }

  // ---- opening and checking

  open(out: SessionOutput[]): void {
    assert(this.#phase === "closed", "a store is opened once");
    this.#phase = "opening";
    out.push({ type: "open-store", torrent: this.#options.torrent, plan: this.#plan() });
  }

  #plan(): Extract<SessionOutput, { type: "open-store" }>["plan"] {
    const { metainfo, add } = this.#options;
    const { layout } = metainfo;
    const { name } = add.placement;
    return {
      root: this.#root,
      files: layout.files.map((file) => (name === undefined ? file : { ...file, path: [name, ...file.path.slice(1)] })),
      pieceLength: layout.pieceLength,
      totalLength: layout.totalLength,
      wanted: this.#files.wanted(),
      partsKey: add.recordKey,
      readOnly: add.readOnly === true,
    };
  }

  /** Takes what the host answered. */
  handle(input: ContentInput, now: Millis, out: SessionOutput[]): ContentNews[] {
    const news: ContentNews[] = [];
    this.#route(input, now, news, out);
    this.#act(now, out);
    this.#closeWhenQuiet(out);
    return news;
  }

  #route(input: ContentInput, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    switch (input.type) {
      case "store-opened":
        return this.#opened(input.outcome, now, news, out);
      case "verified":
        return this.#verified(input, now, news, out);
      case "store-allocated":
        return this.#allocated(input.fault, now, news);
      case "piece-stored":
        return this.#pieceStored(input, now, news);
      case "run-stored":
        return this.#runStored(input, now, news, out);
      case "synced":
        return this.#synced(input, now, news, out);
      case "record-saved":
        return this.#saved(input.fault, now, news);
      case "space":
        return this.#spaceKnown(input.outcome, now, news, out);
      case "store-selected":
        if (input.fault !== undefined) this.#refuse(input.fault, now, news);
        return;
      case "moved":
        if (input.fault === undefined) this.#root = input.root;
        news.push({ type: "moved", fault: input.fault });
        return;
      case "store-closed":
        this.#phase = "closed";
        news.push({ type: "closed", fault: input.fault });
        return;
      default:
        return unreachable(input);
    }
  }

  #opened(outcome: StoreStamps | HostError, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    if (this.#phase !== "opening") return;
    if (outcome instanceof HostError) {
      this.#phase = "closed";
      return this.#refuse(outcome, now, news);
    }
    this.#stamps = outcome;
    const { layout } = this.#options.metainfo;
    const question = {
      record: this.#record,
      stamps: outcome,
      files: layout.files,
      pieceLength: layout.pieceLength,
      pieceCount: layout.pieceCount,
    };
    const trust = this.#options.add.trustData === true ? trustEverything(layout.pieceCount) : judgeRecord(question);
    for (const piece of trust.trusted) {
      this.#files.add(piece);
      news.push({ type: "piece-found", piece });
    }
    this.#planner.trust(trust.trusted);
    this.#startCheck(trust, now, news, out);
  }

  #startCheck(trust: Trust, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    const { layout } = this.#options.metainfo;
    this.#phase = "checking";
    this.#check = new CheckPlan({ pieces: trust.unchecked, pieceByteLength: (piece) => layout.pieceByteLength(piece) });
    this.#checkOn(now, news, out);
  }

  #checkOn(now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    const check = this.#check;
    if (check === undefined) return;
    for (let batch = check.next(); batch !== undefined; batch = check.next()) this.#askVerdict(batch, out);
    if (!check.isDone || this.#phase !== "checking" || this.#isResting) return;
    this.#check = undefined;
    this.#allocateOrOpen(now, news, out);
  }

  #askVerdict(pieces: readonly PieceIndex[], out: SessionOutput[]): void {
    const { layout } = this.#options.metainfo;
    const expected = pieces.map((piece) => layout.expectation(piece) ?? NO_EXPECTATION);
    out.push({ type: "verify", torrent: this.#options.torrent, pieces, expected });
  }

  #verified(input: Extract<ContentInput, { type: "verified" }>, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    const { pieces, outcome } = input;
    if (this.#check === undefined || this.#phase !== "checking") return this.#looked(pieces, outcome, now, news);
    if (outcome instanceof HostError) {
      this.#check.failed(pieces);
      this.#check.cancel();
      return this.#refuse(outcome, now, news);
    }
    this.#check.finished(pieces);
    pieces.forEach((piece, place) => {
      if (outcome[place] !== 1) return this.#planner.lost(piece, now);
      this.#files.add(piece);
      this.#planner.verified(piece, now);
      news.push({ type: "piece-found", piece });
    });
    this.#checkOn(now, news, out);
  }

  #allocateOrOpen(now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    if (this.isDone || this.#options.add.readOnly === true) return this.#opens(now, news);
    this.#phase = "allocating";
    out.push({ type: "allocate", torrent: this.#options.torrent });
  }

  #allocated(fault: HostError | undefined, now: Millis, news: ContentNews[]): void {
    if (this.#phase !== "allocating") return;
    if (fault === undefined) this.#opens(now, news);
    else this.#refuse(fault, now, news);
  }

  #opens(now: Millis, news: ContentNews[]): void {
    this.#phase = "open";
    this.#planner.changed(now, false);
    news.push({ type: "open" });
  }

  // ---- pieces

  /** Hands a full run to the disk; a piece of several runs is hashed where it lies once all of them are there. */
  store(partial: PartialPiece, run: number, out: SessionOutput[]): void {
    const { torrent, metainfo } = this.#options;
    const { piece } = partial;
    const bytes = partial.takeBuffer(run);
    partial.runsInFlight++;
    this.#storing++;
    this.#storingLength += bytes.buffer.byteLength;
    if (partial.runCount > 1) {
      this.#running.set(piece, partial);
      out.push({ type: "store-run", torrent, piece, begin: partial.runBegin(run), buffer: bytes.buffer, byteLength: bytes.length });
      return;
    }
    const expected = metainfo.layout.expectation(piece) ?? NO_EXPECTATION;
    out.push({ type: "store-piece", torrent, piece, buffer: bytes.buffer, byteLength: bytes.length, expected });
  }

  #pieceStored(input: Extract<ContentInput, { type: "piece-stored" }>, now: Millis, news: ContentNews[]): void {
    const { piece, outcome, buffer } = input;
    this.#storing--;
    this.#storingLength -= buffer.byteLength;
    const bytes = new Uint8Array(buffer, 0, this.#options.metainfo.layout.pieceByteLength(piece));
    if (outcome instanceof HostError) {
      news.push({ type: "piece-unstored", piece });
      this.#refuse(outcome, now, news);
    } else if (outcome.good) {
      this.#goodPiece(piece, bytes, now, news);
    } else {
      news.push({ type: "piece-bad", piece, bytes, leaves: outcome.leaves });
    }
    news.push({ type: "buffer", buffer });
  }

  #goodPiece(piece: PieceIndex, bytes: Uint8Array | undefined, now: Millis, news: ContentNews[]): void {
    this.#files.add(piece);
    const byteLength = this.#options.metainfo.layout.pieceByteLength(piece);
    this.#downloaded += byteLength;
    this.#planner.stored(piece, now);
    news.push({ type: "piece-good", piece, bytes });
  }

  #runStored(input: Extract<ContentInput, { type: "run-stored" }>, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    this.#storing--;
    this.#storingLength -= input.buffer.byteLength;
    news.push({ type: "buffer", buffer: input.buffer });
    const partial = this.#running.get(input.piece);
    if (partial === undefined) return;
    partial.runsInFlight--;
    if (input.fault !== undefined) {
      this.#running.delete(input.piece);
      news.push({ type: "piece-unstored", piece: input.piece });
      return this.#refuse(input.fault, now, news);
    }
    partial.storedRuns++;
    if (partial.storedRuns === partial.runCount) this.#askVerdict([input.piece], out);
  }

  /** A verdict outside of a check: on a piece of several runs, or on one whose read failed. */
  #looked(pieces: readonly PieceIndex[], outcome: Uint8Array | HostError, now: Millis, news: ContentNews[]): void {
    const lost: PieceIndex[] = [];
    pieces.forEach((piece, place) => {
      const isGood = !(outcome instanceof HostError) && outcome[place] === 1;
      const wasRunning = this.#running.delete(piece);
      if (wasRunning && isGood) this.#goodPiece(piece, undefined, now, news);
      else if (wasRunning) news.push({ type: "piece-bad", piece, bytes: undefined, leaves: undefined });
      else if (isGood) this.#planner.verified(piece, now);
      else if (this.#files.remove(piece)) lost.push(piece);
    });
    for (const piece of lost) this.#planner.lost(piece, now);
    if (lost.length > 0) news.push({ type: "pieces-lost", pieces: lost });
    if (outcome instanceof HostError) this.#refuse(outcome, now, news);
  }

  /** These pieces could not be read: they are looked at again, nobody else is to blame. */
  suspect(pieces: readonly PieceIndex[], out: SessionOutput[]): void {
    const held = [...new Set(pieces)].filter((piece) => this.have.has(piece));
    if (held.length > 0 && this.#phase === "open") this.#askVerdict(held, out);
  }

  /** Hashes everything in place anew; transfers wait meanwhile. */
  recheck(now: Millis, out: SessionOutput[]): ContentNews[] {
    const news: ContentNews[] = [];
    if (this.#phase !== "open" || this.#stamps === undefined) return news;
    const { layout } = this.#options.metainfo;
    const lost = [...this.have];
    this.#files.clear();
    for (const piece of lost) this.#planner.lost(piece, now);
    news.push({ type: "pieces-lost", pieces: lost });
    const question = {
      record: undefined,
      stamps: this.#stamps,
      files: layout.files,
      pieceLength: layout.pieceLength,
      pieceCount: layout.pieceCount,
    };
    const unchecked = Bitfield.full(layout.pieceCount);
    this.#startCheck({ ...judgeBlindly(question), unchecked }, now, news, out);
    return news;
  }

  prioritize(priorities: readonly FilePriority[], now: Millis, out: SessionOutput[]): void {
    const before = this.#files.wanted();
    this.#files.prioritize(priorities);
    const wanted = this.#files.wanted();
    this.#planner.changed(now, true);
    if (this.#phase === "open" && wanted.some((one, index) => one !== before[index])) {
      out.push({ type: "select", torrent: this.#options.torrent, wanted });
    }
  }

  move(root: string, out: SessionOutput[]): void {
    if (this.#phase === "open") out.push({ type: "move", torrent: this.#options.torrent, root });
  }

  uploaded(byteLength: number): void {
    this.#uploaded += byteLength;
  }

  // ---- durability

  /** Every wanted piece is here: `durable` follows once all of it is synced and recorded. */
  completed(now: Millis, out: SessionOutput[]): void {
    this.#isDurableWanted = true;
    this.#completedSeconds ??= Math.floor(this.#options.wallSeconds());
    this.#planner.flush(now);
    this.#act(now, out);
  }

  /** Paused: nothing waits for its sync. */
  rest(now: Millis, out: SessionOutput[]): void {
    this.#isResting = true;
    if (this.#phase === "checking") this.#check?.cancel();
    this.#planner.flush(now);
    this.#act(now, out);
  }

  #act(now: Millis, out: SessionOutput[]): void {
    if (this.#phase !== "open" && this.#phase !== "closing") return;
    for (let action = this.#planner.next(now); action !== undefined; action = this.#planner.next(now)) {
      if (action.type === "sync") {
        this.#isSyncing = true;
        out.push({ type: "sync", torrent: this.#options.torrent, ticket: action.ticket });
      } else {
        this.#save(out, false);
      }
    }
  }

  #save(out: SessionOutput[], isClean: boolean): void {
    this.#isSaving = true;
    const { torrent, add } = this.#options;
    out.push({ type: "save-record", torrent, key: add.recordKey, bytes: encodeResume(this.#makeRecord(isClean)) });
  }

  #makeRecord(isClean: boolean): ResumeRecord {
    const { metainfo, add } = this.#options;
    const { v1, v2 } = metainfo.infoHashes;
    const isFromMagnet = add.source.type === "magnet";
    return {
      infoHashV1: v1 === undefined ? undefined : fromHex(v1),
      infoHashV2: v2 === undefined ? undefined : fromHex(v2),
      verified: this.#planner.durable,
      suspect: this.#planner.suspect,
      isClean,
      stamps: this.#stamps ?? { files: metainfo.layout.files.map(() => undefined), rootIdentity: "" },
      priorities: this.#files.priorities,
      uploaded: this.uploadedBefore + this.#uploaded,
      downloaded: this.downloadedBefore + this.#downloaded,
      addedSeconds: this.#addedSeconds,
      completedSeconds: this.#completedSeconds,
      trackers: [],
      info: isFromMagnet ? metainfo.infoBytes : undefined,
      pieceLayers: isFromMagnet
        ? [...metainfo.pieceLayers].map(([root, hashes]) => ({ root: fromHex(root) ?? new Uint8Array(32), hashes }))
        : [],
    };
  }

  #synced(input: Extract<ContentInput, { type: "synced" }>, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    this.#isSyncing = false;
    const isGood = !(input.outcome instanceof HostError);
    if (!(input.outcome instanceof HostError)) this.#stamps = input.outcome;
    const doubtful = this.#planner.synced(input.ticket, isGood, now);
    if (input.outcome instanceof HostError) {
      // What a failed sync covered may be gone from memory and disk alike: it is read back and hashed.
      this.#askVerdict(doubtful, out);
      this.#refuse(input.outcome, now, news);
    }
  }

  #saved(fault: HostError | undefined, now: Millis, news: ContentNews[]): void {
    this.#isSaving = false;
    if (this.#closing === "no") this.#planner.saved(fault === undefined, now);
    if (fault !== undefined && !this.#hasWarnedOfRecord) {
      this.#hasWarnedOfRecord = true;
      news.push({ type: "warning", code: fault.code, message: `the resume record could not be saved: ${fault.message}` });
    }
    // Without a place for records the next start checks everything; the data itself is safe once it is synced.
    const isSafe = fault === undefined ? this.#planner.isDurable : this.#planner.suspect.isEmpty;
    if (this.#isDurableWanted && isSafe) {
      this.#isDurableWanted = false;
      news.push({ type: "durable" });
    }
  }

  // ---- faults

  #refuse(fault: HostError, now: Millis, news: ContentNews[]): void {
    if (this.#phase === "closing") return;
    if (this.#phase !== "faulted") this.#retryDelay = RETRY_FIRST_MILLIS;
    const wasOpened = this.#stamps !== undefined;
    this.#phase = wasOpened ? "faulted" : "closed";
    this.#retryAt = now + this.#retryDelay;
    news.push({ type: "fault", fault });
  }

  /** The disk is tried again: first by asking for room, which also tells whether the place is there at all. */
  #retry(now: Millis, out: SessionOutput[]): void {
    this.#retryDelay = Math.min(RETRY_MAX_MILLIS, 2 * this.#retryDelay);
    this.#retryAt = now + this.#retryDelay;
    if (this.#phase === "faulted") out.push({ type: "ask-space", torrent: this.#options.torrent });
    else if (this.#phase === "closed") this.open(out);
  }

  #spaceKnown(outcome: number | HostError, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    if (this.#phase !== "faulted" || outcome instanceof HostError || (outcome < ROOM_MIN && !this.isDone)) return;
    this.#retryAt = undefined;
    news.push({ type: "healed" });
    if (this.#check !== undefined) {
      const { remaining } = this.#check;
      return this.#startCheck({ trusted: this.have, unchecked: remaining }, now, news, out);
    }
    this.#allocateOrOpen(now, news, out);
  }

  /** A user says go on: a check goes on where it was, and what refused is tried at once. */
  resume(now: Millis, out: SessionOutput[]): ContentNews[] {
    const news: ContentNews[] = [];
    this.#isResting = false;
    if (this.#phase === "faulted") this.#retry(now, out);
    else if (this.#phase === "checking" && this.#check !== undefined) {
      const { remaining } = this.#check;
      this.#startCheck({ trusted: this.have, unchecked: remaining }, now, news, out);
    }
    return news;
  }

  // ---- time and end

  get deadline(): Millis | undefined {
    const due = this.#phase === "open" || this.#phase === "closing" ? this.#planner.deadline : undefined;
    if (due === undefined || this.#retryAt === undefined) return due ?? this.#retryAt;
    return Math.min(due, this.#retryAt);
  }

  tick(now: Millis, out: SessionOutput[]): void {
    if (this.#retryAt !== undefined && now >= this.#retryAt) this.#retry(now, out);
    this.#act(now, out);
  }

  /** Ends; false when nothing has to be waited for. A `closed` follows otherwise. */
  close(deleteFiles: boolean, now: Millis, out: SessionOutput[]): boolean {
    if (this.#phase === "closed") return false;
    this.#closing = deleteFiles ? "delete" : "keep";
    this.#check?.cancel();
    const wasOpen = this.#stamps !== undefined;
    this.#phase = "closing";
    this.#retryAt = undefined;
    if (wasOpen && !deleteFiles) this.#planner.flush(now);
    this.#act(now, out);
    this.#closeWhenQuiet(out);
    return true;
  }

  /** Closes once the disk has answered everything; last of all the record says that the end was orderly. */
  #closeWhenQuiet(out: SessionOutput[]): void {
    if (this.#phase !== "closing" || this.#storing > 0 || this.#isSyncing || this.#isSaving) return;
    const { torrent } = this.#options;
    if (this.#closing === "delete") {
      out.push({ type: "remove-store", torrent });
    } else if (!this.#isCleanSaved && this.#stamps !== undefined) {
      this.#isCleanSaved = true;
      return this.#save(out, true);
    } else {
      out.push({ type: "close-store", torrent });
    }
    this.#phase = "ended";
  }
}

function trustEverything(pieceCount: number): Trust {
  return { trusted: Bitfield.full(pieceCount), unchecked: new Bitfield(pieceCount) };
}
