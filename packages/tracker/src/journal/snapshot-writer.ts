/**
 * Writes everything the tracker knows as frames, a little at a time while it goes on working.
 *
 * Changes meanwhile are written behind, so a peer may stand there twice, but none may be missed. Positions are walked
 * downwards, for what moves into the hole of a peer that goes comes from above; what moves upwards to make room for a
 * new peer is noted by `moved`.
 * @module
 */
import type { Accounts } from "../access/accounts.ts";
import type { Order } from "../access/orders.ts";
import { encodeSamples, type HistorySample } from "../history.ts";
import type { PeerTable } from "../swarms/peer-table.ts";
import type { Swarms } from "../swarms/swarms.ts";
import { encodeFrame } from "./frame.ts";
import { FRAME_HISTORY, FRAME_ORDERS, FRAME_SWARM_HISTORY, FRAME_SWARMS, FRAME_USERS } from "./kinds.ts";
import { encodeOrders, ORDERS_PER_FRAME } from "./order-record.ts";
import { RecordWriter } from "./record.ts";
import type { Remembered } from "./recovery.ts";
import { encodeUsers, USERS_PER_FRAME } from "./user-record.ts";

/** Rounds of single swarms that a step writes. */
const ROUNDS_PER_STEP = 8;

export class SnapshotWriter {
  readonly #swarms: Swarms;
  readonly #accounts: Accounts;
  #samples: readonly HistorySample[];
  #orders: readonly Order[];
  readonly #rounds: IterableIterator<Uint8Array>;
  /** Whether the rounds of single swarms are out; new ones have to wait for that. */
  hasWrittenRounds = false;
  readonly #writer = new RecordWriter();
  readonly #passKeys: IterableIterator<string>;
  #torrent = 0;
  #family: 4 | 6 = 4;
  /** The next position is below this one. */
  #position: number = Number.MAX_SAFE_INTEGER;
  #isDone = false;

  constructor({ swarms, access, history, swarmHistory }: Remembered) {
    const { accounts, orders } = access;
    this.#swarms = swarms;
    this.#accounts = accounts;
    this.#orders = [...orders.all()];
    // Samples taken from now on are written as changes.
    this.#samples = [...history.all];
    this.#rounds = swarmHistory.written();
    this.#passKeys = accounts.passKeys();
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Writes about `budget` records more; the frames they fill. Moves the finger of the tables. */
  step(budget: number, wallSeconds: number): Uint8Array[] {
    const frames: Uint8Array[] = [];
    // First, so that what is noted meanwhile comes behind: samples are read in the order of their times.
    this.#writeHistory(frames, wallSeconds);
    for (let at = 0; at < this.#orders.length; at += ORDERS_PER_FRAME) {
      const payload = encodeOrders(this.#orders.slice(at, at + ORDERS_PER_FRAME));
      frames.push(encodeFrame({ kind: FRAME_ORDERS, wallSeconds, payload }));
    }
    this.#orders = [];
    if (!this.hasWrittenRounds) this.#writeRounds(frames, wallSeconds);
    for (let left = this.hasWrittenRounds ? budget : 0; left > 0; ) {
      if (this.#torrent >= this.#swarms.torrents.end) {
        this.#isDone = !this.#writeUsers(frames, wallSeconds);
        break;
      }
      left -= 1 + this.#writeBlock(left, frames, wallSeconds);
    }
    // The writer remembers the number of a torrent, which may be another's at the next step.
    this.#seal(frames, wallSeconds);
    return frames;
  }

  /** A peer came into a block that may be half written: whoever made room for it lies elsewhere now. */
  moved(torrent: number, table: PeerTable, write: (position: number) => void): void {
    if (torrent !== this.#torrent || table !== this.#swarms.table(this.#family) || this.#position === Number.MAX_SAFE_INTEGER) return;
    if (table.peers > 0) write(table.peers - 1);
    const border = table.seeds + table.partialSeeds;
    if (border > 0) write(border - 1);
  }

  #writeBlock(budget: number, frames: Uint8Array[], wallSeconds: number): number {
    const torrent = this.#torrent;
    const { torrents } = this.#swarms;
    if (!torrents.isUsed(torrent)) {
      this.#next();
      return 0;
    }
    this.#swarms.open(torrent);
    const table = this.#swarms.table(this.#family);
    const start = Math.min(this.#position, table.peers);
    const end = Math.max(0, start - budget);
    for (let position = start - 1; position >= end; position--) {
      if (!this.#writer.hasRoom) this.#seal(frames, wallSeconds);
      this.#writer.peer(torrents, torrent, table, position, false);
    }
    this.#position = end;
    if (end > 0) return start - end;
    if (!this.#writer.hasRoom) this.#seal(frames, wallSeconds);
    if (this.#family === 6 && torrents.completed(torrent) > 0) this.#writer.completed(torrents, torrent);
    this.#next();
    return start - end;
  }

  #next(): void {
    this.#position = Number.MAX_SAFE_INTEGER;
    if (this.#family === 4 && this.#swarms.torrents.isUsed(this.#torrent)) this.#family = 6;
    else {
      this.#family = 4;
      this.#torrent++;
    }
  }

  #seal(frames: Uint8Array[], wallSeconds: number): void {
    if (!this.#writer.isEmpty) frames.push(encodeFrame({ kind: FRAME_SWARMS, wallSeconds, payload: this.#writer.take() }));
  }

  #writeHistory(frames: Uint8Array[], wallSeconds: number): void {
    if (this.#samples.length > 0) frames.push(encodeFrame({ kind: FRAME_HISTORY, wallSeconds, payload: encodeSamples(this.#samples) }));
    this.#samples = [];
  }

  /** A few rounds of the single swarms. */
  #writeRounds(frames: Uint8Array[], wallSeconds: number): void {
    for (let left = ROUNDS_PER_STEP; left > 0; left--) {
      const { value, done } = this.#rounds.next();
      if (done === true) {
        this.hasWrittenRounds = true;
        return;
      }
      frames.push(encodeFrame({ kind: FRAME_SWARM_HISTORY, wallSeconds, payload: value }));
    }
  }

  /** One frame of users; false when there are no more. */
  #writeUsers(frames: Uint8Array[], wallSeconds: number): boolean {
    const users = [];
    while (users.length < USERS_PER_FRAME) {
      const { value, done } = this.#passKeys.next();
      if (done === true) break;
      users.push({ passKey: value, account: this.#accounts.summary(value) });
    }
    if (users.length > 0) frames.push(encodeFrame({ kind: FRAME_USERS, wallSeconds, payload: encodeUsers(users) }));
    return users.length === USERS_PER_FRAME;
  }
}
