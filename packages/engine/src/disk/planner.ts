/**
 * When to sync and when to save, so that a resume record never claims more than a power cut leaves (invariant D).
 *
 *     stored ──► unsynced ──(sync begins)──► syncing ──(sync answered)──► durable ──(record saved)──► claimed
 *
 * A sync begins five seconds after the first piece that waits for it was written, however much waits; one at a time, in the
 * background. Sooner would slow the transfer: while the disk writes back, it takes no new pieces (measured: syncing every
 * 64 MiB halves a download of 600 MB/s), and five seconds of traffic are hashed again in less than two. A record is saved after each sync, and when anything else in it changed, but then only every half minute: a
 * seed's totals are not worth a write every few seconds.
 *
 * A sync that fails is never repeated and believed: the system may have dropped the very pages it could not write and call
 * the next one good. Everything since the last good sync becomes suspect then, and has to be hashed again.
 * @module
 */
import { assert, Bitfield, type Millis, type PieceIndex } from "@bittern/protocol/base";

/** Milliseconds that written data may wait for a sync. */
export const UNSYNCED_MILLIS_MAX: Millis = 5_000;
/** Milliseconds between records that hold nothing but new totals. */
const TOTALS_MILLIS: Millis = 30_000;
/** Milliseconds after a failed save. */
const SAVE_RETRY_MILLIS: Millis = 5_000;

/** What to do now. A `sync` is answered by `synced` with its ticket, a `save` by `saved`. */
export type PlannerAction = { readonly type: "sync"; readonly ticket: number } | { readonly type: "save" };

export class DurabilityPlanner {
  /** Verified and synced: what a record may claim. */
  readonly durable: Bitfield;
  /** Written and not synced, or in doubt since a sync failed: what a record lists as suspect. */
  readonly suspect: Bitfield;
  #unsynced = new Set<PieceIndex>();
  #unsyncedSince: Millis | undefined;
  /** Pieces of the sync under way. */
  #syncing: ReadonlySet<PieceIndex> | undefined;
  #ticket = 0;
  /** When the record has to be saved. */
  #saveAt: Millis | undefined;
  #isSaving = false;
  /** Something changed while a save was under way. */
  #changedAt: Millis | undefined;
  /** Nothing waits for its time: a pause, or the end. */
  #isFlushing = false;

  /** `durable`: what is known to be good on the disk, from a record that is believed. Copied; nothing if left out. */
  constructor({ pieceCount, durable }: { pieceCount: number; durable?: Bitfield }) {
    this.durable = durable?.copy() ?? new Bitfield(pieceCount);
    this.suspect = new Bitfield(pieceCount);
  }

  /** The record says so, and the stamps of the files agree (`trust.ts`). */
  trust(pieces: Bitfield): void {
    for (const piece of pieces) if (!this.suspect.has(piece)) this.durable.add(piece);
  }

  /** A piece was verified and written. */
  stored(piece: PieceIndex, now: Millis): void {
    this.durable.remove(piece);
    this.suspect.add(piece);
    this.#unsynced.add(piece);
    this.#unsyncedSince ??= now;
  }

  /** A piece was found good where it lies; it was written before we came. It still has to be synced before it is claimed. */
  verified(piece: PieceIndex, now: Millis): void {
    this.stored(piece, now);
  }

  /** A piece is missing or bad after all. */
  lost(piece: PieceIndex, now: Millis): void {
    this.durable.remove(piece);
    this.suspect.remove(piece);
    if (this.#unsynced.delete(piece) && this.#unsynced.size === 0) this.#forgetUnsynced();
    this.#save(now);
  }

  /** Something else of the record changed. `isUrgent`: somebody asked for it (priorities), it is not just a total. */
  changed(now: Millis, isUrgent: boolean): void {
    this.#save(isUrgent ? now : now + TOTALS_MILLIS);
  }

  /** Sync what there is at once, then save. For a pause and for the end; over with the save that follows. */
  flush(now: Millis): void {
    this.#isFlushing = true;
    this.#save(now);
  }

  /** What is due now; call again until it is `undefined`. */
  next(now: Millis): PlannerAction | undefined {
    const syncAt = this.#syncAt();
    if (syncAt !== undefined && now >= syncAt) return this.#beginSync();
    const saveAt = this.#saveDue();
    if (saveAt === undefined || now < saveAt) return undefined;
    this.#isSaving = true;
    this.#saveAt = undefined;
    return { type: "save" };
  }

  /** When `next` has something to say again; `undefined` while only an answer or a new piece changes anything. */
  get deadline(): Millis | undefined {
    const syncAt = this.#syncAt();
    const saveAt = this.#saveDue();
    if (syncAt === undefined || saveAt === undefined) return syncAt ?? saveAt;
    return Math.min(syncAt, saveAt);
  }

  /**
   * The sync of this ticket was answered. Returns the pieces that are in doubt when it failed: they are to be hashed
   * again, and `verified` or `lost` follows for each.
   */
  synced(ticket: number, isGood: boolean, now: Millis): readonly PieceIndex[] {
    assert(this.#syncing !== undefined && ticket === this.#ticket, "the sync under way is the one that is answered");
    const pieces = this.#syncing;
    this.#syncing = undefined;
    if (!isGood) return this.#doubt(pieces);
    for (const piece of pieces) {
      // One that was lost or written again meanwhile is not covered.
      if (this.#unsynced.has(piece) || !this.suspect.remove(piece)) continue;
      this.durable.add(piece);
    }
    this.#save(now);
    return [];
  }

  /** The save was answered. */
  saved(isGood: boolean, now: Millis): void {
    assert(this.#isSaving, "the save under way is the one that is answered");
    this.#isSaving = false;
    const changedAt = this.#changedAt;
    this.#changedAt = undefined;
    if (!isGood) this.#save(now + SAVE_RETRY_MILLIS);
    else if (changedAt !== undefined) this.#save(changedAt);
    else if (this.#unsyncedSince === undefined && this.#syncing === undefined) this.#isFlushing = false;
  }

  /** True when a power cut would take nothing: all is synced, and the record says so. */
  get isDurable(): boolean {
    return (
      this.#unsynced.size === 0 && this.#syncing === undefined && !this.#isSaving && this.#saveAt === undefined && this.suspect.isEmpty
    );
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    for (const piece of this.suspect) assert(!this.durable.has(piece), "no piece is durable and suspect at once");
    for (const piece of this.#unsynced) assert(this.suspect.has(piece), "what is not synced is suspect");
    assert((this.#unsyncedSince !== undefined) === this.#unsynced.size > 0, "the wait for a sync is timed");
  }

  #syncAt(): Millis | undefined {
    if (this.#syncing !== undefined || this.#unsyncedSince === undefined) return undefined;
    return this.#isFlushing ? this.#unsyncedSince : this.#unsyncedSince + UNSYNCED_MILLIS_MAX;
  }

  #beginSync(): PlannerAction {
    this.#syncing = this.#unsynced;
    this.#forgetUnsynced();
    this.#ticket++;
    return { type: "sync", ticket: this.#ticket };
  }

  /** A flush saves once, after the sync, and not before it as well. */
  #saveDue(): Millis | undefined {
    if (this.#isSaving) return undefined;
    return this.#isFlushing && (this.#syncing !== undefined || this.#unsyncedSince !== undefined) ? undefined : this.#saveAt;
  }

  #save(at: Millis): void {
    if (this.#isSaving) this.#changedAt = this.#changedAt === undefined ? at : Math.min(this.#changedAt, at);
    else this.#saveAt = this.#saveAt === undefined ? at : Math.min(this.#saveAt, at);
  }

  #doubt(pieces: ReadonlySet<PieceIndex>): readonly PieceIndex[] {
    const doubtful = [...new Set([...pieces, ...this.#unsynced])].filter((piece) => this.suspect.has(piece));
    this.#forgetUnsynced();
    return doubtful;
  }

  #forgetUnsynced(): void {
    this.#unsynced = new Set();
    this.#unsyncedSince = undefined;
  }
}
