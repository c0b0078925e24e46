/**
 * Keeps a journal: every lasting change is on its way to the disk within two seconds, and from time to time everything
 * is written anew, so that the journal does not grow for ever.
 *
 * There are two files. Changes are appended to the current one. A new snapshot goes into the next one, piece by piece,
 * with the changes that happen meanwhile, and takes the place of the current one when it is complete: at any moment one of
 * them tells everything. One question to the store is open at a time; a store that fails is asked again later, beginning
 * with a snapshot, since changes were lost to it.
 * @module
 */
import { assert, concatBytes, type HostError, type Millis } from "@bittern/protocol/base";
import type { Accounts } from "../access/accounts.ts";
import { encodeSamples, type History } from "../history.ts";
import type { TrackerOutput } from "../output.ts";
import type { PeerTable } from "../swarms/peer-table.ts";
import type { SwarmWatcher } from "../swarms/swarm-watcher.ts";
import type { Seconds, Swarms } from "../swarms/swarms.ts";
import { encodeFrame } from "./frame.ts";
import { FRAME_HISTORY, FRAME_ORDERS, FRAME_SWARM_HISTORY, FRAME_SWARMS, FRAME_USERS } from "./kinds.ts";
import { encodeOrders, ORDERS_PER_FRAME } from "./order-record.ts";
import { RecordWriter } from "./record.ts";
import { Recovery, type Remembered } from "./recovery.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";
import { encodeUsers, USERS_PER_FRAME } from "./user-record.ts";

/** Milliseconds between two writes of changes. A crash loses at most five seconds: two here, the rest is the disk's. */
const FLUSH_MILLIS = 2000;
/** Milliseconds after which a frame is written even if nothing happened, to say that we live. */
const HEARTBEAT_MILLIS = 60_000;
/** Milliseconds before a store that failed is asked again. */
const RETRY_MILLIS = 15_000;
/** Bytes of changes that may wait for a slow store; more are dropped, and a snapshot makes up for them. */
const WAITING_LENGTH_MAX = 32 * 1024 * 1024;
/** Bytes. The journal may always grow to this; past it, to twice its last snapshot. */
const GROWTH_LEAST = 512 * 1024;
/** Records a tick writes of a snapshot: a few milliseconds. */
const SNAPSHOT_RECORDS = 10_000;

/** What the store is asked for now. */
type Question = "nothing" | "append-current" | "begin" | "append-next" | "commit";

/** How the journal does, for whoever watches. */
export interface JournalStatus {
  readonly state: "off" | "reading" | "writing" | "failing";
  /** Bytes of the current file. */
  readonly byteLength: number;
  /** Bytes that made no sense when it was read. */
  readonly damagedLength: number;
  readonly snapshots: number;
  readonly faults: number;
}

export const JOURNAL_OFF: JournalStatus = { state: "off", byteLength: 0, damagedLength: 0, snapshots: 0, faults: 0 };

export class Journal implements SwarmWatcher {
  readonly #swarms: Swarms;
  readonly #accounts: Accounts;
  readonly #history: History;
  readonly #remembered: Remembered;
  readonly #writer = new RecordWriter();
  #recovery: Recovery | undefined;
  #question: Question = "nothing";
  /** Sealed frames of changes, for the current file and for the next one. */
  #forCurrent: Uint8Array[] = [];
  #forNext: Uint8Array[] = [];
  #waitingLength = 0;
  #snapshot: SnapshotWriter | undefined;
  #hasBegun = false;
  /** The current file lacks changes: nothing more goes into it, and it has to be replaced. */
  #isBroken = false;
  /** What was known before the first change is in no file yet. */
  #isUnwritten = false;
  #wallSeconds = 0;
  #flushedAt: Millis = 0;
  #heardAt: Millis = 0;
  #retryAt: Millis = 0;
  #byteLength = 0;
  #nextLength = 0;
  #snapshotLength = 0;
  #damagedLength = 0;
  #snapshots = 0;
  #faults = 0;

  /** `ageSeconds`: how long ago peers of the journal count as seen. */
  constructor(remembered: Remembered, now: Seconds, ageSeconds: number) {
    this.#remembered = remembered;
    this.#swarms = remembered.swarms;
    this.#accounts = remembered.access.accounts;
    this.#history = remembered.history;
    this.#recovery = new Recovery(remembered, now, ageSeconds);
  }

  get status(): JournalStatus {
    const state = this.#recovery !== undefined ? "reading" : this.#isBroken ? "failing" : "writing";
    return {
      state,
      byteLength: this.#byteLength,
      damagedLength: this.#damagedLength,
      snapshots: this.#snapshots,
      faults: this.#faults,
    };
  }

  /** Bytes of the journal as the last run left it. */
  read(bytes: Uint8Array): void {
    assert(this.#recovery !== undefined, "a journal is read before it is opened");
    this.#byteLength += bytes.length;
    this.#recovery.read(bytes);
  }

  /** All was read; from now on changes are noted. */
  open(wallSeconds: number, ageMax: number, now: Millis): void {
    assert(this.#recovery !== undefined, "a journal is opened once");
    this.#recovery.end(wallSeconds, ageMax);
    this.#damagedLength = this.#recovery.damagedLength;
    this.#recovery = undefined;
    this.#accounts.changed.clear();
    this.#wallSeconds = wallSeconds;
    this.#flushedAt = now;
    this.#heardAt = now;
    this.#snapshotLength = this.#byteLength;
    // What is damaged, or known from elsewhere, is written anew while it is known.
    this.#isUnwritten = this.#byteLength === 0 && this.#swarms.torrents.count > 0;
    if (this.#damagedLength > 0 || this.#isUnwritten) this.#beginSnapshot();
    this.#swarms.watcher = this;
  }

  put(torrent: number, table: PeerTable, position: number): void {
    this.#write(torrent, table, position, false);
    this.#snapshot?.moved(torrent, table, (other) => this.#write(torrent, table, other, false));
  }
  gone(torrent: number, table: PeerTable, position: number): void {
    this.#write(torrent, table, position, true);
  }
  completed(torrent: number): void {
    if (!this.#writer.hasRoom) this.#seal();
    this.#writer.completed(this.#swarms.torrents, torrent);
  }
  forgotten(torrent: number): void {
    if (!this.#writer.hasRoom) this.#seal();
    this.#writer.forgotten(this.#swarms.torrents, torrent);
  }

  #write(torrent: number, table: PeerTable, position: number, isGone: boolean): void {
    if (!this.#writer.hasRoom) this.#seal();
    this.#writer.peer(this.#swarms.torrents, torrent, table, position, isGone);
  }

  /** Goes on with whatever is due. */
  tick(now: Millis, wallSeconds: number, out: TrackerOutput[]): void {
    if (this.#recovery !== undefined) return;
    this.#wallSeconds = wallSeconds;
    if (now - this.#flushedAt >= FLUSH_MILLIS) this.flush(now, out);
    this.#growSnapshot(now);
    this.#ask(out);
  }

  /**
   * We are about to end: hands everything to the store, the rest of a snapshot too where the current file alone would not do. A
   * store that failed gets a last chance: it may be well again, and nobody asks after this.
   */
  finish(now: Millis, out: TrackerOutput[]): void {
    if (this.#isBroken && this.#snapshot === undefined) this.#beginSnapshot();
    const snapshot = this.#isBroken || this.#isUnwritten ? this.#snapshot : undefined;
    while (snapshot?.isDone === false) this.#forNext.push(...snapshot.step(SNAPSHOT_RECORDS, this.#wallSeconds));
    this.flush(now, out);
  }

  /** Hands all changes to the store now. */
  flush(now: Millis, out: TrackerOutput[]): void {
    this.#flushedAt = now;
    this.#sealUsers();
    this.#sealOrders();
    this.#sealHistory();
    this.#sealRounds();
    const isQuiet = this.#writer.isEmpty && this.#forCurrent.length === 0;
    if (!isQuiet) this.#heardAt = now;
    this.#seal();
    if (isQuiet && now - this.#heardAt >= HEARTBEAT_MILLIS) {
      this.#heardAt = now;
      this.#add(encodeFrame({ kind: FRAME_SWARMS, wallSeconds: this.#wallSeconds, payload: new Uint8Array(0) }));
    }
    this.#ask(out);
  }

  /** The store has done what it was asked, or could not. */
  answered(fault: HostError | undefined, now: Millis, out: TrackerOutput[]): void {
    const question = this.#question;
    this.#question = "nothing";
    if (fault !== undefined) this.#fail(question, now);
    else if (question === "begin") this.#hasBegun = true;
    else if (question === "commit") this.#committed();
    this.#ask(out);
  }

  #committed(): void {
    this.#snapshots++;
    this.#isBroken = false;
    this.#isUnwritten = false;
    this.#snapshot = undefined;
    this.#byteLength = this.#nextLength;
    this.#snapshotLength = this.#nextLength;
    // What came for the next file while it was made the current one is for the current one now.
    this.#forCurrent = this.#forNext;
    this.#forNext = [];
    this.#countWaiting();
  }

  #fail(question: Question, now: Millis): void {
    this.#faults++;
    this.#retryAt = now + RETRY_MILLIS;
    if (question === "append-current") this.#isBroken = true;
    else this.#snapshot = undefined;
    if (this.#isBroken) this.#forCurrent = [];
    this.#forNext = this.#snapshot === undefined ? [] : this.#forNext;
    this.#countWaiting();
  }

  #beginSnapshot(): void {
    this.#snapshot = new SnapshotWriter(this.#remembered);
    this.#hasBegun = false;
    this.#nextLength = 0;
    this.#forNext = [];
  }

  /** Begins a snapshot when it is time, and writes a part of one that is under way, unless the store is behind. */
  #growSnapshot(now: Millis): void {
    const isLong = this.#byteLength > Math.max(GROWTH_LEAST, 2 * this.#snapshotLength);
    if (this.#snapshot === undefined && (isLong || this.#isBroken) && now >= this.#retryAt) this.#beginSnapshot();
    if (this.#snapshot === undefined || this.#snapshot.isDone || this.#waitingLength > WAITING_LENGTH_MAX / 4) return;
    this.#forNext.push(...this.#snapshot.step(SNAPSHOT_RECORDS, this.#wallSeconds));
    this.#countWaiting();
  }

  #seal(): void {
    if (this.#writer.isEmpty) return;
    this.#add(encodeFrame({ kind: FRAME_SWARMS, wallSeconds: this.#wallSeconds, payload: this.#writer.take() }));
  }

  #sealUsers(): void {
    const { changed } = this.#accounts;
    if (changed.size === 0) return;
    const users = [...changed].map((passKey) => ({ passKey, account: this.#accounts.summary(passKey) }));
    changed.clear();
    for (let at = 0; at < users.length; at += USERS_PER_FRAME) {
      const payload = encodeUsers(users.slice(at, at + USERS_PER_FRAME));
      this.#add(encodeFrame({ kind: FRAME_USERS, wallSeconds: this.#wallSeconds, payload }));
    }
  }

  #sealOrders(): void {
    const { fresh } = this.#remembered.access.orders;
    const orders = [...fresh.values()];
    fresh.clear();
    for (let at = 0; at < orders.length; at += ORDERS_PER_FRAME) {
      const payload = encodeOrders(orders.slice(at, at + ORDERS_PER_FRAME));
      this.#add(encodeFrame({ kind: FRAME_ORDERS, wallSeconds: this.#wallSeconds, payload }));
    }
  }

  #sealHistory(): void {
    const samples = this.#history.fresh.splice(0);
    if (samples.length > 0)
      this.#add(encodeFrame({ kind: FRAME_HISTORY, wallSeconds: this.#wallSeconds, payload: encodeSamples(samples) }));
  }

  #sealRounds(): void {
    if (this.#snapshot?.hasWrittenRounds === false) return;
    for (const payload of this.#remembered.swarmHistory.fresh.splice(0)) {
      this.#add(encodeFrame({ kind: FRAME_SWARM_HISTORY, wallSeconds: this.#wallSeconds, payload }));
    }
  }

  #add(frame: Uint8Array): void {
    if (!this.#isBroken) this.#forCurrent.push(frame);
    if (this.#snapshot !== undefined) this.#forNext.push(frame);
    this.#countWaiting();
    if (this.#waitingLength <= WAITING_LENGTH_MAX) return;
    // The store does not keep up. Rather a gap that the next snapshot closes than all memory.
    this.#isBroken = true;
    this.#snapshot = undefined;
    this.#forCurrent = [];
    this.#forNext = [];
    this.#waitingLength = 0;
  }

  #countWaiting(): void {
    this.#waitingLength = lengthOf(this.#forCurrent) + lengthOf(this.#forNext);
  }

  /** Asks the store the next question, if none is open. */
  #ask(out: TrackerOutput[]): void {
    if (this.#question !== "nothing") return;
    if (this.#forCurrent.length > 0 && !this.#isBroken) {
      const bytes = this.#takeFrames("current");
      this.#byteLength += bytes.length;
      this.#question = "append-current";
      out.push({ type: "journal-append", file: "current", bytes });
    } else if (this.#snapshot !== undefined) this.#askNext(this.#snapshot, out);
  }

  #askNext(snapshot: SnapshotWriter, out: TrackerOutput[]): void {
    if (!this.#hasBegun) {
      this.#question = "begin";
      out.push({ type: "journal-begin" });
    } else if (this.#forNext.length > 0) {
      const bytes = this.#takeFrames("next");
      this.#nextLength += bytes.length;
      this.#question = "append-next";
      out.push({ type: "journal-append", file: "next", bytes });
    } else if (snapshot.isDone && this.#writer.isEmpty) {
      this.#question = "commit";
      out.push({ type: "journal-commit" });
    } else if (snapshot.isDone) {
      // Changes that were noted before the commit belong into both files.
      this.#seal();
      this.#ask(out);
    }
  }

  #takeFrames(file: "current" | "next"): Uint8Array {
    const frames = file === "current" ? this.#forCurrent : this.#forNext;
    if (file === "current") this.#forCurrent = [];
    else this.#forNext = [];
    this.#countWaiting();
    return concatBytes(frames);
  }
}

function lengthOf(frames: readonly Uint8Array[]): number {
  let total = 0;
  for (const frame of frames) total += frame.length;
  return total;
}
