/**
 * Keeps what was fetched: syncs pieces and writes the resume record, in the order the planner says.
 *
 * Invariant D (reliability): a record calls a piece verified only after a sync that began after the piece was written has
 * ended; until then the piece is in the record's suspect set and is hashed again after an unclean start.
 * @module
 */
import type { StoreStamps } from "@bittern/host";
import { fromHex, HostError, type Millis, type PieceIndex } from "@bittern/protocol/base";
import { DurabilityPlanner } from "../../disk/planner.ts";
import { encodeResume, type ResumeRecord } from "../../disk/resume.ts";
import type { SessionOutput } from "../../session/output.ts";
import type { ContentNews, ContentOptions } from "./content-news.ts";
import type { FileTable } from "./file-table.ts";

export class Durability {
  readonly planner: DurabilityPlanner;
  readonly #options: ContentOptions;
  readonly #files: FileTable;
  readonly #addedSeconds: number;
  #completedSeconds: number | undefined;
  #isSyncing = false;
  #isSaving = false;
  /** The last record was made, the one that says the end was orderly. */
  #isLastSaved = false;
  /** One warning is enough for a state folder that cannot be written. */
  #hasWarned = false;
  #isDurableWanted = false;
  /** Where the record is, or goes with the next save: it has the name of the place where the content lies. */
  #key: string;
  /** Of the save that is under way. */
  #keySaving = "";
  /** Records at places that were left: each goes once another says what it said. */
  readonly #keysLeft = new Set<string>();
  /** The files as the last sync found them; `undefined` before the store is open. */
  stamps: StoreStamps | undefined;
  /** Only one more record is made, the last. */
  isEnding = false;
  /** Payload bytes of this session. */
  uploaded = 0;
  downloaded = 0;

  constructor(options: ContentOptions, files: FileTable) {
    const { record, metainfo } = options;
    this.planner = new DurabilityPlanner({ pieceCount: metainfo.layout.pieceCount });
    this.#options = options;
    this.#files = files;
    this.#key = options.add.recordKey;
    this.#addedSeconds = record?.addedSeconds ?? Math.floor(options.wallSeconds());
    this.#completedSeconds = record?.completedSeconds;
  }

  /** The names of all records there may be: that of the place where the content lies comes first. */
  get keys(): readonly string[] {
    return [this.#key, ...this.#keysLeft];
  }

  /** The host syncs or saves. */
  get isBusy(): boolean {
    return this.#isSyncing || this.#isSaving;
  }

  /** Every wanted piece is here: `durable` is told once that is recorded. */
  completed(now: Millis): void {
    this.#isDurableWanted = true;
    this.#completedSeconds ??= Math.floor(this.#options.wallSeconds());
    this.planner.flush(now);
  }

  /** Does what is due by now. */
  act(now: Millis, out: SessionOutput[]): void {
    for (let action = this.planner.next(now); action !== undefined; action = this.planner.next(now)) {
      if (action.type === "sync") {
        this.#isSyncing = true;
        out.push({ type: "sync", torrent: this.#options.torrent, ticket: action.ticket });
      } else {
        this.#save(false, out);
      }
    }
  }

  /** The host has synced, or could not; returns pieces that may be lost. */
  synced(ticket: number, outcome: StoreStamps | HostError, now: Millis): readonly PieceIndex[] {
    this.#isSyncing = false;
    const isGood = !(outcome instanceof HostError);
    if (isGood) this.stamps = outcome;
    return this.planner.synced(ticket, isGood, now);
  }

  /** Writes the record that says the end was orderly; false when that is done, or nothing was ever open. */
  saveLast(out: SessionOutput[]): boolean {
    if (this.#isLastSaved || this.stamps === undefined) return false;
    this.#isLastSaved = true;
    this.#save(true, out);
    return true;
  }

  /** The record as it would be written now; `undefined` before the store was open. */
  record(): Uint8Array | undefined {
    return this.stamps === undefined ? undefined : encodeResume(this.#makeRecord(false));
  }

  /** The files lie elsewhere now, and look like this there. */
  moved(stamps: StoreStamps, key: string, now: Millis): void {
    this.stamps = stamps;
    this.#keysLeft.add(this.#key);
    this.#keysLeft.delete(key);
    this.#key = key;
    this.planner.changed(now, true);
  }

  #save(isClean: boolean, out: SessionOutput[]): void {
    this.#isSaving = true;
    this.#keySaving = this.#key;
    const { torrent } = this.#options;
    out.push({ type: "save-record", torrent, key: this.#key, bytes: encodeResume(this.#makeRecord(isClean)) });
  }

  #makeRecord(isClean: boolean): ResumeRecord {
    const { metainfo, add, record } = this.#options;
    const { v1, v2 } = metainfo.infoHashes;
    const isFromMagnet = add.source.type === "magnet";
    const isCompleted = isFromMagnet || !add.source.metainfo.hasPieceLayers;
    return {
      infoHashV1: v1 === undefined ? undefined : fromHex(v1),
      infoHashV2: v2 === undefined ? undefined : fromHex(v2),
      verified: this.planner.durable,
      suspect: this.planner.suspect,
      isClean,
      stamps: this.stamps ?? { files: metainfo.layout.files.map(() => undefined), rootIdentity: "" },
      priorities: this.#files.priorities,
      uploaded: (record?.uploaded ?? 0) + this.uploaded,
      downloaded: (record?.downloaded ?? 0) + this.downloaded,
      addedSeconds: this.#addedSeconds,
      completedSeconds: this.#completedSeconds,
      trackers: [],
      info: isFromMagnet ? metainfo.infoBytes : undefined,
      pieceLayers: isCompleted
        ? [...metainfo.pieceLayers].map(([root, hashes]) => ({ root: fromHex(root) ?? new Uint8Array(32), hashes }))
        : [],
    };
  }

  /** The host has written the record, or could not. */
  saved(fault: HostError | undefined, now: Millis, news: ContentNews[], out: SessionOutput[]): void {
    this.#isSaving = false;
    if (fault === undefined && this.#keySaving === this.#key) this.#eraseLeft(out);
    if (!this.isEnding) this.planner.saved(fault === undefined, now);
    if (fault !== undefined && !this.#hasWarned) {
      this.#hasWarned = true;
      news.push({ type: "warning", code: fault.code, message: `the resume record could not be saved: ${fault.message}` });
    }
    // Without a place for records the next start checks everything; the data itself is safe once it is synced.
    const isSafe = fault === undefined ? this.planner.isDurable : this.planner.suspect.isEmpty;
    if (this.#isDurableWanted && isSafe) {
      this.#isDurableWanted = false;
      news.push({ type: "durable" });
    }
  }

  #eraseLeft(out: SessionOutput[]): void {
    for (const key of this.#keysLeft) out.push({ type: "erase-record", torrent: this.#options.torrent, key });
    this.#keysLeft.clear();
  }
}
