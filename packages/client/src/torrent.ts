/**
 * A torrent of a session, as people meet it: promises for what happens once, an iterator for what flows, events for what
 * changes, and `status()` for who asks at their own pace.
 * @module
 */

import type { Command, Diagnosis, PieceMap, SessionEvent, TorrentId, TorrentState } from "@bittern/engine";
import { HostError, type PieceIndex, UsageError } from "@bittern/protocol/base";
import type { InfoHashes, Metainfo } from "@bittern/protocol/metainfo";
import { ContentReader } from "./content-reader.ts";
import { TypedEmitter } from "./emitter.ts";
import type { FileSelection } from "./glob.ts";
import { formatMagnet } from "./metainfo.ts";
import { Moving } from "./moving.ts";
import { parsePeerAddress } from "./peer-address.ts";
import { type RateLimits, refuseOddLimits } from "./rate-limits.ts";
import { idOf } from "./selection.ts";
import { healsByItself, type PeerInfo, peerInfoOf, statusOf, type TorrentStatus, UNBORN } from "./status.ts";
import type { TorrentEvents } from "./torrent-events.ts";
import type { TorrentFile } from "./torrent-file.ts";
import { TorrentFiles } from "./torrent-files.ts";
import type { TorrentParts } from "./torrent-parts.ts";
import { TrackerList } from "./tracker-list.ts";
import { type WaitOptions, Waits } from "./waits.ts";

/** Milliseconds between two statuses of the iterator. */
const STATUS_MILLIS = 500;

/**
 * One torrent of a session: what it is, how it goes, and what it shall do. What waits rejects when the torrent stops for a reason
 * that does not pass by itself, is removed, or its session closes; commands do nothing after that.
 */
export class Torrent extends TypedEmitter<TorrentEvents> implements AsyncIterable<TorrentStatus> {
  /** Live: each look shows the trackers as they are then. */
  readonly trackers: TrackerList;
  readonly #parts: TorrentParts;
  readonly #waits = new Waits();
  readonly #reader: ContentReader;
  readonly #files: TorrentFiles;
  readonly #moving: Moving;
  #sequential: boolean;
  #limits: RateLimits;
  #isDone = false;
  #isDurable = false;
  #checkCount = 0;
  #lastStatus: TorrentStatus | undefined;
  #isEnding = false;
  #ended: Error | undefined;

  /** Torrents come from `Session.add` and `Session.seed`. */
  constructor(parts: TorrentParts) {
    super();
    this.#parts = parts;
    this.#sequential = parts.sequential;
    this.#limits = parts.limits;
    parts.attach({ receive: (event) => this.#receive(event), ending: () => this.#ending(), end: (reason) => this.#end(reason) });
    this.#reader = new ContentReader({
      run: parts.run,
      id: parts.id,
      name: () => this.name,
      throwFault: () => this.#throwFault(),
      throwIfEnded: () => this.#throwIfEnded(),
      hurry: (pieces) => this.#command({ type: "hurry", torrent: parts.id, pieces }),
    });
    this.#files = new TorrentFiles({
      source: parts.source,
      selection: parts.selection,
      port: (pieceLength, priorities) => this.#reader.port(pieceLength, priorities),
      prioritize: (priorities) => this.#command({ type: "prioritize", torrent: parts.id, priorities }),
    });
    this.#moving = new Moving(parts.places, (question) => this.#command({ type: "move", torrent: parts.id, ...question }));
    this.trackers = new TrackerList(
      () => parts.run.trackers(parts.id),
      (url) => this.#command({ type: "add-trackers", torrent: parts.id, trackers: [url] }),
    );
    if (parts.source.type === "metainfo") this.#files.know(parts.source.metainfo);
  }

  // ---- what it is

  /** Of a magnet link only what the link says, until the metadata is known. */
  get infoHashes(): InfoHashes {
    const { source } = this.#parts;
    return this.metainfo?.infoHashes ?? (source.type === "magnet" ? source.magnet.infoHashes : source.metainfo.infoHashes);
  }
  /** The key of `Session.torrents`: the v1 hash, or the v2 hash where there is no other. */
  get infoHash(): string {
    return idOf(this.#parts.source);
  }
  /** What to call it: the name in the metadata, before that the link's, or else the info hash. A safe file name once it is known. */
  get name(): string {
    const { source } = this.#parts;
    return this.metainfo?.name ?? (source.type === "magnet" ? source.magnet.name : undefined) ?? this.infoHash;
  }
  /** Null until the metadata is known. */
  get metainfo(): Metainfo | null {
    return this.#files.metainfo;
  }
  /** Pad files left out; empty until the metadata is known. */
  get files(): readonly TorrentFile[] {
    return this.#files.list;
  }
  /** A magnet link (BEP 9) to it, with its trackers, also before the metadata is known. */
  get magnet(): string {
    const { source } = this.#parts;
    return this.metainfo?.toMagnet() ?? formatMagnet(source.type === "magnet" ? source.magnet : source.metainfo);
  }

  // ---- what happens once

  /** Resolves when the metadata is known. */
  async ready(options: WaitOptions = {}): Promise<this> {
    await this.#waits.until(() => (this.metainfo === null ? this.#throwFault() : true), options.signal);
    return this;
  }

  /** Resolves when every wanted piece is verified; rejects when the torrent stops for a reason that does not pass by itself. */
  async done(options: WaitOptions = {}): Promise<this> {
    await this.#waits.until(() => (this.#isDone ? true : this.#throwFault()), options.signal);
    return this;
  }

  /** Resolves when everything wanted is done, synced and recorded. */
  async durable(options: WaitOptions = {}): Promise<this> {
    await this.#waits.until(() => (this.#isDurable ? true : this.#throwFault()), options.signal);
    return this;
  }

  /** Resolves when what was in place has been checked. */
  async checked(options: WaitOptions = {}): Promise<this> {
    await this.#waits.until(() => (this.#checkCount > 0 ? true : this.#throwFault()), options.signal);
    return this;
  }

  /** Lets all peers go and says goodbye to trackers; what was asked for and is not here yet is dropped. Resolves when it is paused. */
  async pause(options: WaitOptions = {}): Promise<void> {
    this.#command({ type: "pause", torrent: this.#parts.id });
    await this.#waits.until(() => (this.#state === "paused" ? true : undefined), options.signal);
  }

  /** Goes on after `pause`, and tries again after an error. Resolves when it is no longer paused. */
  async resume(options: WaitOptions = {}): Promise<void> {
    this.#command({ type: "resume", torrent: this.#parts.id });
    await this.#waits.until(() => (this.#state === "paused" ? undefined : true), options.signal);
  }

  /**
   * Hashes everything anew, also while it is paused or waits for room on the disk; resolves when that is over. Who pauses it meanwhile
   * holds the check up until `resume`.
   */
  async recheck(options: WaitOptions = {}): Promise<void> {
    await this.ready(options);
    const before = this.#checkCount;
    this.#command({ type: "recheck", torrent: this.#parts.id });
    await this.#waits.until(() => (this.#checkCount > before ? true : this.#throwFault()), options.signal);
  }

  /**
   * Moves all files below another folder, also while it is paused or its disk is full; resolves when they are there, at once where they
   * are there already. What is remembered of it goes along: the next session finds it by the new path. Rejects, with everything where it
   * was, when they cannot go there.
   */
  async move(path: string, options: WaitOptions = {}): Promise<void> {
    this.#throwIfEnded();
    await this.#moving.to(path, options.signal);
  }

  /**
   * What has to be known to go on later without a check: hand it to `Session.add` as `resumeData`, in this process or another.
   * It claims only what is safe on the disk; the rest is checked again.
   */
  async resumeData(options: WaitOptions = {}): Promise<Uint8Array> {
    await this.checked(options);
    this.#throwIfEnded();
    const record = this.#parts.run.record(this.#parts.id);
    if (record === undefined) throw new HostError("STORAGE_MISSING", `${this.name} is not open`);
    return record;
  }

  // ---- what is asked for

  /** How it is now; after its end, how it was last. */
  status(): TorrentStatus {
    const snapshot = this.#isEnding ? undefined : this.#parts.run.snapshot(this.#parts.id);
    if (snapshot !== undefined) this.#lastStatus = statusOf(snapshot);
    return this.#lastStatus ?? UNBORN;
  }
  /** Who is connected. */
  peers(): readonly PeerInfo[] {
    return this.#parts.run.peers(this.#parts.id).map(peerInfoOf);
  }

  /** Every piece as it is now: who draws them asks for it. Undefined until the metadata is known. */
  pieceMap(): PieceMap | undefined {
    return this.#parts.run.pieceMap(this.#parts.id);
  }
  /** Why it is slow or stands still, the heaviest cause first. */
  diagnosis(): Diagnosis {
    return this.#parts.run.diagnosis(this.#parts.id) ?? { pace: "rests", causes: [] };
  }

  /** A status twice a second; ends when everything wanted is done or the torrent ends, throws when it fails. */
  async *[Symbol.asyncIterator](): AsyncGenerator<TorrentStatus, void, void> {
    for (;;) {
      const isOver = this.#isDone || this.#ended !== undefined;
      const status = this.status();
      yield status;
      if (isOver) return;
      if (status.error !== null && !healsByItself(status.error)) throw status.error;
      await this.#nextMoment();
    }
  }

  // ---- what is told to it

  /** Chooses files by their names; before the metadata is known the choice is kept for then. */
  select(selection: FileSelection): void {
    this.#files.select(selection);
  }

  /** First pieces first, instead of the rarest. May be changed at any time. */
  get sequential(): boolean {
    return this.#sequential;
  }
  set sequential(sequential: boolean) {
    this.#sequential = sequential;
    this.#command({ type: "set-sequential", torrent: this.#parts.id, sequential });
  }

  /** The piece is wanted within so many milliseconds: those due first are fetched first. */
  setDeadline(piece: PieceIndex, ms: number): void {
    const isPiece = Number.isInteger(piece) && piece >= 0 && piece < (this.metainfo?.pieceCount ?? Infinity);
    if (!isPiece || Number.isNaN(ms))
      throw new UsageError("PIECE_INVALID", `piece ${piece} within ${ms} ms: there is no such piece, or time`);
    this.#reader.setDeadline(piece, performance.now() + ms);
  }

  get limits(): RateLimits {
    return this.#limits;
  }
  /** What is left out stays as it is. */
  set limits(limits: RateLimits) {
    refuseOddLimits({ ...limits });
    this.#limits = { ...this.#limits, ...limits };
    this.#command({
      type: "limit",
      torrent: this.#parts.id,
      ...(limits.down === undefined ? {} : { downRateMax: limits.down }),
      ...(limits.up === undefined ? {} : { upRateMax: limits.up }),
    });
  }

  /**
   * Connects to `HOST:PORT` as soon as there is a place. What is no such thing is a `UsageError` at once; a name that is not
   * found is a `warning`.
   */
  addPeer(peer: string): void {
    this.#parts.resolvePeer(parsePeerAddress(peer)).then(
      (peers) => this.#command({ type: "add-peers", torrent: this.#parts.id, peers }),
      (error: Error & { code?: string }) => this.emit("warning", { code: error.code ?? "PEER", message: error.message }),
    );
  }

  /** Asks the trackers for peers now. */
  reannounce(): void {
    this.#command({ type: "reannounce", torrent: this.#parts.id });
  }

  // ---- the session speaking

  #receive(event: Extract<SessionEvent, { readonly torrent: TorrentId }>): void {
    switch (event.type) {
      case "metadata":
        this.#files.learn(event.metainfo);
        this.emit("metadata", event.metainfo);
        break;
      case "dht-round":
        return;
      case "state":
        this.#reader.forget();
        if (event.state === "downloading" || event.state === "checking") this.#isDone = this.#isDurable = false;
        this.emit("state", event.state);
        this.#reader.look();
        break;
      case "checked":
        this.#checkCount++;
        this.#reader.forget();
        this.emit("checked");
        this.#reader.look();
        break;
      case "piece":
        this.#reader.pieceArrived(event.piece);
        this.emit("piece", event.piece);
        this.#reader.look();
        // Hot: a piece alone changes nothing that others wait for.
        return;
      case "file": {
        const file = this.#files.at(event.file);
        if (file !== undefined) this.emit("file", file);
        return;
      }
      case "done":
        this.#isDone = true;
        this.emit("done");
        break;
      case "durable":
        this.#isDurable = true;
        this.emit("durable");
        break;
      case "peer-joined":
        return this.emit("peer", { type: "joined", ...event.peer, reason: "" });
      case "peer-left":
        return this.emit("peer", { type: "left", ...event.peer, reason: event.reason });
      case "peer-banned":
        return this.emit("peer", { type: "banned", ...event.peer, reason: event.reason });
      case "tracker":
        return this.emit("tracker", { url: event.url, outcome: event.outcome, message: event.message, peerCount: event.peerCount });
      case "warning":
        return this.emit("warning", { code: event.code, message: event.message });
      case "piece-corrupt":
        return this.emit("warning", { code: "PIECE_CORRUPT", message: `piece ${event.piece} did not match its hash and is fetched again` });
      case "error":
        this.emit("error", event.fault);
        break;
      case "moved":
        this.#moving.answered(event.move, event.fault);
        break;
      case "removed":
        break;
    }
    this.#waits.look();
  }

  #ending(): void {
    this.status();
    this.#isEnding = true;
  }

  #end(reason: Error): void {
    if (this.#ended !== undefined) return;
    if (!this.#isEnding) this.#ending();
    this.#ended = reason;
    this.#waits.end(reason);
    this.#reader.end(reason);
    this.#moving.end(reason);
    this.emit("removed");
  }

  // ---- inside

  get #state(): TorrentState | undefined {
    return this.#parts.run.snapshot(this.#parts.id)?.state;
  }

  #command(command: Command): void {
    if (this.#ended === undefined) this.#parts.run.command(command);
  }

  #throwIfEnded(): void {
    if (this.#ended !== undefined) throw this.#ended;
  }

  /** Of type `undefined`, so that a wait can ask on. */
  #throwFault(): undefined {
    const fault = this.#parts.run.snapshot(this.#parts.id)?.fault;
    if (fault !== undefined && !healsByItself(fault)) throw fault;
    return undefined;
  }

  /** Half a second, or less when something decisive happens. */
  async #nextMoment(): Promise<void> {
    const moment = new AbortController();
    const timer = setTimeout(() => moment.abort(), STATUS_MILLIS);
    try {
      await this.#waits.until(() => (this.#isDone ? true : this.#throwFault()), moment.signal);
    } catch {
      // The time is over, the torrent failed or ended: the next status tells which.
    } finally {
      clearTimeout(timer);
    }
  }
}
