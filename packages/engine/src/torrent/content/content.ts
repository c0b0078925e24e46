/**
 * What of the content is here, and how sure that is: opens the store, checks what lies there, takes pieces to the disk,
 * syncs them, keeps the resume record, and knows what to do when the disk refuses.
 * @module
 */
import type { StoreStamps } from "@bittern/host";
import { assert, type Bitfield, type FileIndex, HostError, MIB, type Millis, type PieceIndex, unreachable } from "@bittern/protocol/base";
import { Retry } from "../../disk/retry.ts";
import { CheckPlan } from "../../disk/verify.ts";
import type { FilePriority } from "../../session/command.ts";
import type { SessionOutput } from "../../session/output.ts";
import { Arrivals } from "./arrivals.ts";
import type { ContentInput, ContentNews, ContentOptions } from "./content-news.ts";
import { Durability } from "./durability.ts";
import { FileTable } from "./file-table.ts";
import { type MoveQuestion, Moves } from "./moves.ts";
import { trustAtOpening, trustNothing } from "./opening-trust.ts";
import type { PartialPiece } from "./partial-piece.ts";
import { lastIdentity, storePlan } from "./store-plan.ts";

/** Bytes that must be free before a full disk is tried again. */
const ROOM_MIN: number = 4 * MIB;

/** What the store is doing. `faulted`: it refused, and is tried again by itself. */
type Phase = "closed" | "opening" | "checking" | "allocating" | "open" | "faulted" | "closing" | "ended";

export class Content {
  readonly #options: ContentOptions;
  readonly #files: FileTable;
  /** Of a torrent that begins paused: what the record remembers, until the files themselves are looked at. Only for show. */
  #memory: FileTable | undefined;
  readonly #durability: Durability;
  readonly #arrivals: Arrivals;
  #phase: Phase = "closed";
  #check: CheckPlan | undefined;
  readonly #moves: Moves;
  /** Why the disk is tried again; `undefined` once it takes things. */
  #fault: HostError | undefined;
  /** Paused: a check that is cut short, or that nobody asked for, stays where it is. */
  #isResting = false;
  /** Somebody asked for a check all the same. */
  #checksAtRest = false;
  /** What the record says of the disk counts no more: the user wants to begin with what is there. */
  #startsAnew: boolean;
  readonly #retry = new Retry();
  #closing: "no" | "keep" | "delete" = "no";

  constructor(options: ContentOptions) {
    this.#options = options;
    this.#files = new FileTable(options.metainfo.layout, options.priorities);
    this.#durability = new Durability(options, this.#files);
    this.#arrivals = new Arrivals(options, this.#files, this.#durability);
    this.#moves = new Moves(options.torrent, { root: options.add.placement.root, partsKey: options.add.recordKey });
    this.#startsAnew = options.add.recheck === true;
    const { add, metainfo, record } = options;
    if (add.paused === true && !this.#startsAnew && record?.verified.length === metainfo.layout.pieceCount) {
      this.#memory = new FileTable(metainfo.layout, options.priorities);
      for (const piece of record.verified) this.#memory.add(piece);
    }
  }

  /** Verified pieces. One object for the life of the torrent; only this corner changes it. */
  get have(): Bitfield {
    return this.#files.have;
  }
  /** The same as people are shown it: before the files of a paused torrent are looked at, what is remembered of them. */
  get shown(): Bitfield {
    return this.#memory?.have ?? this.have;
  }
  /** Nothing of it is open: it was never opened, or could not be. */
  get isClosed(): boolean {
    return this.#phase === "closed";
  }
  get isOpen(): boolean {
    return this.#phase === "open";
  }
  get isChecking(): boolean {
    return this.#phase === "checking";
  }
  /** What the disk refused with, while that stands. */
  get fault(): HostError | undefined {
    return this.#fault;
  }
  /** Wanted pieces that are not verified. */
  *missing(): Generator<PieceIndex> {
    const { have } = this;
    const priorities = this.piecePriorities();
    for (let piece = 0; piece < have.length; piece++) if (!have.has(piece) && priorities[piece] !== 0) yield piece;
  }
  /** 0 to 1. */
  get checkProgress(): number {
    return this.#check?.progress ?? 0;
  }
  /** Payload bytes of earlier sessions. */
  get uploadedBefore(): number {
    return this.#options.record?.uploaded ?? 0;
  }
  get downloadedBefore(): number {
    return this.#options.record?.downloaded ?? 0;
  }
  /** Bytes of files that came from peers and were verified, over all sessions. */
  get obtainedEver(): number {
    return this.downloadedBefore + this.#durability.downloaded;
  }
  /** Bytes of wanted files. */
  get wantedLength(): number {
    return this.#files.wantedLength;
  }
  /** Bytes of wanted files that are verified, as people are shown them. */
  get verifiedLength(): number {
    return (this.#memory ?? this.#files).verifiedWantedLength;
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
    return this.#arrivals.byteLength;
  }
  filesProgress(): readonly number[] {
    return (this.#memory ?? this.#files).progress();
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
    this.#fault = undefined;
    this.#retry.stop();
    this.#memory = undefined;
    const { torrent, metainfo, add } = this.#options;
    const known = this.#startsAnew ? undefined : this.#options.record;
    const willVerify = add.trustData !== true && known === undefined;
    const place = { ...this.#moves.place, wanted: this.#files.wanted(), willVerify, lastIdentity: lastIdentity(known) };
    out.push({ type: "open-store", torrent, plan: storePlan(metainfo, add, place) });
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
        return this.#allocated(input.fault, now, news, out);
      case "piece-stored":
        return this.#arrivals.pieceStored(input, now, news, (fault) => this.#refuseToStore(fault, now, news));
      case "run-stored":
        return this.#arrivals.runStored(input, news, out, (fault) => this.#refuseToStore(fault, now, news));
      case "synced":
        return this.#synced(input, now, news, out);
      case "record-saved":
        return this.#durability.saved(input.fault, now, news, out);
      case "space":
        return this.#spaceKnown(input.outcome, now, news, out);
      case "store-selected":
        if (input.fault !== undefined) this.#refuse(input.fault, now, news);
        return;
      case "moved":
        return this.#moved(this.#moves.answered(input, news), now, out);
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
      this.#moves.refused(outcome, news);
      return this.#refuse(outcome, now, news);
    }
    this.#durability.stamps = outcome;
    this.#moves.opened(out);
    const trust = this.#startsAnew ? trustNothing(this.#options, outcome) : trustAtOpening(this.#options, outcome);
    for (const piece of trust.trusted) {
      this.#files.add(piece);
      news.push({ type: "piece-found", piece });
    }
    this.#durability.planner.trust(trust.trusted);
    this.#startCheck(trust.unchecked, now, news, out);
  }

  #startCheck(pieces: Bitfield, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    const { layout } = this.#options.metainfo;
    this.#phase = "checking";
    this.#check = new CheckPlan({ pieces, pieceByteLength: (piece) => layout.pieceByteLength(piece) });
    this.#checkOn(now, news, out);
  }

  #checkOn(now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    const check = this.#check;
    if (check === undefined || this.#phase !== "checking" || (this.#isResting && !this.#checksAtRest)) return;
    for (let batch = check.next(); batch !== undefined; batch = check.next()) this.#arrivals.askVerdict(batch, out);
    if (!check.isDone) return;
    if (this.#isResting) {
      // `resume` goes on from here.
      this.#checksAtRest = false;
      news.push({ type: "checked" });
      return;
    }
    this.#check = undefined;
    if (this.#fault === undefined) return this.#allocateOrOpen(now, news, out);
    news.push({ type: "checked" });
    this.#phase = "faulted";
    this.#tryAnew(now, out);
  }

  #verified(input: Extract<ContentInput, { type: "verified" }>, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    const { pieces, outcome } = input;
    if (this.#phase !== "checking" || this.#check?.isUnderWay(pieces) !== true) {
      return this.#arrivals.judged(input, now, news, (fault) => this.#refuse(fault, now, news));
    }
    if (outcome instanceof HostError) {
      this.#check.failed(pieces);
      this.#check.cancel();
      return this.#refuse(outcome, now, news);
    }
    this.#check.finished(pieces);
    pieces.forEach((piece, place) => {
      if (outcome[place] !== 1) return this.#durability.planner.lost(piece, now);
      this.#files.add(piece);
      this.#durability.planner.verified(piece, now);
      news.push({ type: "piece-found", piece });
    });
    this.#checkOn(now, news, out);
  }

  #allocateOrOpen(now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    if ((this.isDone && !this.#lacksFile()) || this.#options.add.readOnly === true) return this.#opens(now, news, out);
    this.#phase = "allocating";
    out.push({ type: "allocate", torrent: this.#options.torrent });
  }

  /** Every piece may be there while an empty file is not. */
  #lacksFile(): boolean {
    const wanted = this.#files.wanted();
    const found = this.#durability.stamps?.files ?? [];
    return this.#options.metainfo.layout.files.some(({ isPad }, file) => !isPad && wanted[file] === true && found[file] === undefined);
  }

  #allocated(fault: HostError | undefined, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    if (this.#phase !== "allocating") return;
    if (fault === undefined) this.#opens(now, news, out);
    else this.#refuse(fault, now, news);
  }

  #opens(now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    this.#phase = "open";
    this.#fault = undefined;
    this.#arrivals.healed(out);
    this.#durability.planner.changed(now, false);
    news.push({ type: "open" });
  }

  #moved(stamps: StoreStamps | undefined, now: Millis, out: SessionOutput[]): void {
    if (stamps === undefined) return;
    this.#durability.moved(stamps, this.#moves.place.partsKey, now);
    // Who moves away from a full disk has made room.
    if (this.#phase === "faulted") this.#tryAnew(now, out);
  }

  // ---- pieces

  /** Hands a full run to the disk; a piece of several runs is hashed where it lies once all of them are there. */
  store(partial: PartialPiece, run: number, out: SessionOutput[]): void {
    this.#arrivals.store(partial, run, out);
  }

  /** These pieces could not be read: they are looked at again, nobody else is to blame. */
  suspect(pieces: readonly PieceIndex[], out: SessionOutput[]): void {
    const held = [...new Set(pieces)].filter((piece) => this.have.has(piece));
    if (held.length > 0 && this.#phase === "open") this.#arrivals.askVerdict(held, out);
  }

  /**
   * Hashes everything in place anew, paused or not; transfers wait meanwhile. A store that waits for its disk begins with what is
   * there; a full one is read all the same.
   */
  recheck(now: Millis, out: SessionOutput[]): ContentNews[] {
    const news: ContentNews[] = [];
    if (this.#phase === "closing" || this.#phase === "ended") return news;
    this.#checksAtRest = this.#isResting;
    if (this.#durability.stamps === undefined) {
      this.#startsAnew = true;
      if (this.#phase === "closed") this.open(out);
      return news;
    }
    this.#retry.stop();
    const lost = [...this.have];
    this.#files.clear();
    for (const piece of lost) this.#durability.planner.lost(piece, now);
    news.push({ type: "pieces-lost", pieces: lost });
    this.#startCheck(trustNothing(this.#options, this.#durability.stamps).unchecked, now, news, out);
    return news;
  }

  prioritize(priorities: readonly FilePriority[], now: Millis, out: SessionOutput[]): void {
    const before = this.#files.wanted();
    this.#files.prioritize(priorities);
    this.#memory?.prioritize(priorities);
    const wanted = this.#files.wanted();
    this.#durability.planner.changed(now, true);
    if (this.#phase === "open" && wanted.some((one, index) => one !== before[index])) {
      out.push({ type: "select", torrent: this.#options.torrent, wanted });
    }
  }

  /** Moves all files; what is not open is opened for it. `moved` follows, unless the torrent ends before. */
  move(question: MoveQuestion, out: SessionOutput[]): ContentNews[] {
    const news: ContentNews[] = [];
    const phase = this.#phase;
    if (phase === "closing" || phase === "ended") return news;
    this.#moves.ask(question, phase !== "closed" && phase !== "opening", news, out);
    if (phase === "closed" && this.#moves.isWaiting) this.open(out);
    return news;
  }

  uploaded(byteLength: number): void {
    this.#durability.uploaded += byteLength;
  }

  // ---- durability

  /** The names of its records: where it lies now, and where it lay as long as that one is not written. */
  get recordKeys(): readonly string[] {
    return this.#durability.keys;
  }

  /** Every wanted piece is here: `durable` follows once all of it is synced and recorded. */
  completed(now: Millis, out: SessionOutput[]): void {
    this.#durability.completed(now);
    this.#act(now, out);
  }

  /** What a resume record says now; `undefined` before the content was open. */
  record(): Uint8Array | undefined {
    return this.#durability.record();
  }

  /** Paused: nothing waits for its sync. */
  rest(now: Millis, out: SessionOutput[]): void {
    this.#isResting = true;
    this.#checksAtRest = false;
    if (this.#phase === "checking") this.#check?.cancel();
    this.#durability.planner.flush(now);
    this.#act(now, out);
  }

  #act(now: Millis, out: SessionOutput[]): void {
    // Of what is deleted no record is made that would outlive it.
    if ((this.#phase !== "open" && this.#phase !== "closing") || this.#closing === "delete") return;
    this.#durability.act(now, out);
  }

  #synced({ ticket, outcome }: Extract<ContentInput, { type: "synced" }>, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    const doubtful = this.#durability.synced(ticket, outcome, now);
    if (!(outcome instanceof HostError)) return;
    // What a failed sync covered may be gone from memory and disk alike: it is read back and hashed.
    this.#arrivals.askVerdict(doubtful, out);
    this.#refuse(outcome, now, news);
  }

  // ---- faults

  #refuse(fault: HostError, now: Millis, news: ContentNews[]): void {
    if (this.#phase === "closing") return;
    this.#fault = fault;
    news.push({ type: "fault", fault });
    if (this.#phase !== "faulted") this.#retry.reset();
    const wasOpened = this.#durability.stamps !== undefined;
    this.#phase = wasOpened ? "faulted" : "closed";
    this.#retry.wait(now);
  }

  /** To read needs no room: a check goes on, and what was refused is tried after it. */
  #refuseToStore(fault: HostError, now: Millis, news: ContentNews[]): void {
    if (this.#phase !== "checking" || fault.code !== "DISK_FULL") return this.#refuse(fault, now, news);
    this.#fault = fault;
    news.push({ type: "fault", fault });
  }

  /** The disk is tried again: first by asking for room, which also tells whether the place is there at all. */
  #tryAgain(now: Millis, out: SessionOutput[]): void {
    this.#retry.waitLonger(now);
    if (this.#phase === "faulted") out.push({ type: "ask-space", torrent: this.#options.torrent });
    else if (this.#phase === "closed") this.open(out);
  }

  /** At once, and soon again: something has changed, or a user says so. */
  #tryAnew(now: Millis, out: SessionOutput[]): void {
    this.#retry.reset();
    this.#retry.wait(now);
    out.push({ type: "ask-space", torrent: this.#options.torrent });
  }

  #spaceKnown(outcome: number | HostError, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    if (this.#phase !== "faulted") return;
    if (outcome instanceof HostError || (outcome < ROOM_MIN && !this.isDone)) {
      if (this.#fault !== undefined) news.push({ type: "unhealed", fault: this.#fault });
      return;
    }
    this.#retry.stop();
    this.#fault = undefined;
    news.push({ type: "healed" });
    if (this.#check !== undefined) {
      return this.#startCheck(this.#check.remaining, now, news, out);
    }
    this.#allocateOrOpen(now, news, out);
  }

  /** A user says go on: a check goes on where it was, and what refused is tried at once. */
  resume(now: Millis, out: SessionOutput[]): ContentNews[] {
    const news: ContentNews[] = [];
    this.#isResting = false;
    if (this.#phase === "faulted") this.#tryAnew(now, out);
    else if (this.#phase === "checking" && this.#check !== undefined) this.#startCheck(this.#check.remaining, now, news, out);
    return news;
  }

  // ---- time and end

  get deadline(): Millis | undefined {
    const due = this.#phase === "open" || this.#phase === "closing" ? this.#durability.planner.deadline : undefined;
    const retryAt = this.#retry.deadline;
    return due === undefined || retryAt === undefined ? (due ?? retryAt) : Math.min(due, retryAt);
  }

  tick(now: Millis, out: SessionOutput[]): void {
    if (this.#retry.isDue(now)) this.#tryAgain(now, out);
    this.#act(now, out);
  }

  /** Ends; false when nothing has to be waited for. A `closed` follows otherwise. */
  close(deleteFiles: boolean, now: Millis, out: SessionOutput[]): boolean {
    if (this.#phase === "closed") return false;
    this.#closing = deleteFiles ? "delete" : "keep";
    this.#durability.isEnding = true;
    this.#arrivals.end();
    this.#check?.cancel();
    const wasOpen = this.#durability.stamps !== undefined;
    this.#phase = "closing";
    this.#retry.stop();
    if (wasOpen && !deleteFiles) this.#durability.planner.flush(now);
    this.#act(now, out);
    this.#closeWhenQuiet(out);
    return true;
  }

  /** Closes once the disk has answered everything; last of all the record says that the end was orderly. */
  #closeWhenQuiet(out: SessionOutput[]): void {
    if (this.#phase !== "closing" || !this.#arrivals.isIdle || this.#durability.isBusy) return;
    const { torrent } = this.#options;
    if (this.#closing === "delete") {
      out.push({ type: "remove-store", torrent });
    } else if (this.#durability.saveLast(out)) {
      return;
    } else {
      out.push({ type: "close-store", torrent });
    }
    this.#phase = "ended";
  }
}
