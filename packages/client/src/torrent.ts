/**
 * A torrent of a session, as people meet it: promises for what happens once, an iterator for what flows, events for what
 * changes, and `status()` for who asks at their own pace.
 * @module
 */

import type {
  Command,
  Diagnosis,
  FilePriority,
  PieceMap,
  SessionEvent,
  SessionRun,
  TorrentId,
  TorrentState,
  TrackerOutcome,
} from "@bittern/engine";
import { type Bitfield, HostError, type PieceIndex } from "@bittern/protocol/base";
import type { InfoHashes, Metainfo } from "@bittern/protocol/metainfo";
import { TypedEmitter } from "./emitter.ts";
import { type FileSelection, selectionMatcher } from "./glob.ts";
import { Hurry } from "./hurry.ts";
import { formatMagnet, pathOf } from "./metainfo.ts";
import type { KnownSource } from "./source.ts";
import { healsByItself, type PeerInfo, peerInfoOf, statusOf, type TorrentStatus } from "./status.ts";
import { type FilePort, TorrentFile } from "./torrent-file.ts";
import { TrackerList } from "./tracker-list.ts";
import { asked, type WaitOptions, Waits, withSignal } from "./waits.ts";

/** Milliseconds between two statuses of the iterator. */
const STATUS_MILLIS = 500;

/** Bytes per second; 0 is unlimited. */
export interface RateLimits {
  readonly down?: number;
  readonly up?: number;
}

/** What happened to a peer. */
export interface PeerEvent {
  readonly type: "joined" | "left" | "banned";
  readonly address: string;
  readonly port: number;
  /** Why it left or was banned. */
  readonly reason: string;
}

/** What a tracker said, or why it said nothing. */
export interface TrackerEvent {
  readonly url: string;
  /** "refused": the tracker said no, and `message` is what it said; "failed": it did not answer, or nothing that makes sense. */
  readonly outcome: TrackerOutcome;
  readonly message: string;
  readonly peerCount: number;
}

/** Something that did not stop the torrent. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

/** Name -> arguments of its listeners. */
export interface TorrentEvents {
  readonly metadata: readonly [metainfo: Metainfo];
  /** The check of what was in place is over. */
  readonly checked: readonly [];
  /** Hashed and written. */
  readonly piece: readonly [pieceIndex: number];
  readonly file: readonly [file: TorrentFile];
  /** Every wanted piece is there. */
  readonly done: readonly [];
  /** After `done`: all of it is synced and recorded, and would survive a power cut. */
  readonly durable: readonly [];
  readonly peer: readonly [peer: PeerEvent];
  readonly tracker: readonly [tracker: TrackerEvent];
  readonly state: readonly [state: TorrentState];
  readonly warning: readonly [warning: Warning];
  readonly error: readonly [error: Error];
  /** The torrent was removed, or its session closed. */
  readonly removed: readonly [];
}

/** What a session gives its torrent. */
export interface TorrentParts {
  readonly id: TorrentId;
  readonly run: SessionRun;
  readonly source: KnownSource;
  readonly selection: FileSelection | undefined;
  readonly sequential: boolean;
  readonly limits: RateLimits;
  readonly resolvePeer: (peer: string) => Promise<readonly { readonly address: string; readonly port: number }[]>;
  /** Called at once, with what only the session may do. */
  readonly attach: (inside: TorrentInside) => void;
  /** Makes the other place ours before the files go there. */
  readonly claim: (root: string) => void;
}

/** How its session reaches a torrent. */
export interface TorrentInside {
  receive(event: Extract<SessionEvent, { readonly torrent: TorrentId }>): void;
  /** It is about to end: how it is now is how it was last. */
  ending(): void;
  /** Nothing happens any more. */
  end(reason: Error): void;
}

export class Torrent extends TypedEmitter<TorrentEvents> implements AsyncIterable<TorrentStatus> {
  /** Live: each look shows the trackers as they are then. */
  readonly trackers: TrackerList;
  readonly #parts: TorrentParts;
  readonly #waits = new Waits();
  readonly #pieceWaits = new Waits();
  readonly #hurry = new Hurry();
  #metainfo: Metainfo | null = null;
  #files: readonly TorrentFile[] = [];
  #selection: FileSelection | undefined;
  #priorities: readonly FilePriority[] = [];
  #sequential: boolean;
  #limits: RateLimits;
  /** The verified pieces, while somebody reads; forgotten whenever more than one piece may have changed. */
  #have: Bitfield | undefined;
  #isDone = false;
  #isDurable = false;
  #checkCount = 0;
  #moves: ((fault: HostError | undefined) => void)[] = [];
  #lastStatus: TorrentStatus | undefined;
  #isEnding = false;
  #ended: Error | undefined;

  /** Torrents come from `Session.add` and `Session.seed`. */
  constructor(parts: TorrentParts) {
    super();
    this.#parts = parts;
    this.#selection = parts.selection;
    this.#sequential = parts.sequential;
    this.#limits = parts.limits;
    parts.attach({ receive: (event) => this.#receive(event), ending: () => this.#ending(), end: (reason) => this.#end(reason) });
    this.trackers = new TrackerList(
      () => parts.run.trackers(parts.id),
      (url) => this.#command({ type: "add-trackers", torrent: parts.id, trackers: [url] }),
    );
    if (parts.source.type === "metainfo") this.#know(parts.source.metainfo);
  }

  // ---- what it is

  /** Of a magnet link only what the link says, until the metadata is known. */
  get infoHashes(): InfoHashes {
    const { source } = this.#parts;
    return this.#metainfo?.infoHashes ?? (source.type === "magnet" ? source.magnet.infoHashes : source.metainfo.infoHashes);
  }
  /** The key of `Session.torrents`: the v1 hash, or the v2 hash where there is no other. */
  get infoHash(): string {
    return idOf(this.#parts.source);
  }
  get name(): string {
    const { source } = this.#parts;
    return this.#metainfo?.name ?? (source.type === "magnet" ? source.magnet.name : undefined) ?? this.infoHash;
  }
  /** Null until the metadata is known. */
  get metainfo(): Metainfo | null {
    return this.#metainfo;
  }
  /** Pad files left out; empty until the metadata is known. */
  get files(): readonly TorrentFile[] {
    return this.#files;
  }
  get magnet(): string {
    const { source } = this.#parts;
    return this.#metainfo?.toMagnet() ?? formatMagnet(source.type === "magnet" ? source.magnet : source.metainfo);
  }

  // ---- what happens once

  /** Resolves when the metadata is known. */
  async ready(options: WaitOptions = {}): Promise<this> {
    await this.#waits.until(() => (this.#metainfo === null ? this.#throwFault() : true), options.signal);
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

  async pause(options: WaitOptions = {}): Promise<void> {
    this.#command({ type: "pause", torrent: this.#parts.id });
    await this.#waits.until(() => (this.#state === "paused" ? true : undefined), options.signal);
  }

  async resume(options: WaitOptions = {}): Promise<void> {
    this.#command({ type: "resume", torrent: this.#parts.id });
    await this.#waits.until(() => (this.#state === "paused" ? undefined : true), options.signal);
  }

  /** Hashes everything anew; resolves when that is over. */
  async recheck(options: WaitOptions = {}): Promise<void> {
    await this.ready(options);
    const before = this.#checkCount;
    this.#command({ type: "recheck", torrent: this.#parts.id });
    await this.#waits.until(() => (this.#checkCount > before ? true : this.#throwFault()), options.signal);
  }

  /** Moves all files below another folder. */
  async move(path: string, options: WaitOptions = {}): Promise<void> {
    this.#throwIfEnded();
    this.#parts.claim(path);
    const moved = new Promise<HostError | undefined>((resolve) => this.#moves.push(resolve));
    this.#command({ type: "move", torrent: this.#parts.id, root: path });
    const fault = await withSignal(moved, options.signal);
    if (fault !== undefined) throw fault;
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
    this.#selection = selection;
    if (this.#metainfo === null) return;
    this.#prioritize(prioritiesFor(this.#metainfo.files, folderOf(this.#metainfo), selection, this.#parts.source));
  }

  get sequential(): boolean {
    return this.#sequential;
  }
  set sequential(sequential: boolean) {
    this.#sequential = sequential;
    this.#command({ type: "set-sequential", torrent: this.#parts.id, sequential });
  }

  /** The piece is wanted within so many milliseconds: those due first are fetched first. */
  setDeadline(piece: PieceIndex, ms: number): void {
    this.#hurry.setDeadline(piece, performance.now() + ms);
    this.#sendHurry();
  }

  get limits(): RateLimits {
    return this.#limits;
  }
  /** What is left out stays as it is. */
  set limits(limits: RateLimits) {
    this.#limits = { ...this.#limits, ...limits };
    this.#command({
      type: "limit",
      torrent: this.#parts.id,
      ...(limits.down === undefined ? {} : { downRateMax: limits.down }),
      ...(limits.up === undefined ? {} : { upRateMax: limits.up }),
    });
  }

  /** Connects to `HOST:PORT` as soon as there is a place; a name that is not found is a `warning`. */
  addPeer(peer: string): void {
    this.#parts.resolvePeer(peer).then(
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
        this.#know(event.metainfo);
        // Patterns that name the torrent's folder could not be judged before it had a name.
        if (this.#selection !== undefined) this.#prioritize(this.#priorities);
        this.emit("metadata", event.metainfo);
        break;
      case "state":
        this.#have = undefined;
        if (event.state === "downloading" || event.state === "checking") this.#isDone = this.#isDurable = false;
        this.emit("state", event.state);
        this.#pieceWaits.look();
        break;
      case "checked":
        this.#checkCount++;
        this.#have = undefined;
        this.emit("checked");
        this.#pieceWaits.look();
        break;
      case "piece":
        this.#have?.add(event.piece);
        this.#hurry.arrived(event.piece);
        this.emit("piece", event.piece);
        this.#pieceWaits.look();
        // Hot: a piece alone changes nothing that others wait for.
        return;
      case "file": {
        const path = this.#metainfo?.files[event.file];
        const file =
          path === undefined ? undefined : this.#files.find((known) => known.offset === path.offset && known.length === path.length);
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
        this.#moves.shift()?.(event.fault);
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
    this.#pieceWaits.end(reason);
    for (const moved of this.#moves.splice(0)) moved(reason instanceof HostError ? reason : new HostError("ABORTED", reason.message));
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

  #know(metainfo: Metainfo): void {
    this.#metainfo = metainfo;
    this.#priorities = prioritiesFor(metainfo.files, folderOf(metainfo), this.#selection, this.#parts.source);
    const port = this.#filePort(metainfo.pieceLength);
    this.#files = [...metainfo.files.entries()]
      .filter(([, file]) => !file.isPad)
      .map(([index, file]) => new TorrentFile({ index, path: pathOf(file), offset: file.offset, length: file.length }, port));
  }

  #prioritize(priorities: readonly FilePriority[]): void {
    this.#priorities = priorities;
    this.#command({ type: "prioritize", torrent: this.#parts.id, priorities });
  }

  #sendHurry(): void {
    this.#command({ type: "hurry", torrent: this.#parts.id, pieces: this.#hurry.pieces });
  }

  #pieces(): Bitfield | undefined {
    this.#have ??= this.#parts.run.pieces(this.#parts.id);
    return this.#have;
  }

  #filePort(pieceLength: number): FilePort {
    return {
      pieceLength,
      priorityOf: (file) => this.#priorities[file] ?? 1,
      setPriority: (file, priority) => this.#prioritize(this.#priorities.with(file, priority)),
      verifiedFrom: (offset, length) => {
        const have = this.#pieces();
        let at = offset;
        while (at < offset + length && have?.has(Math.floor(at / pieceLength)) === true)
          at = (Math.floor(at / pieceLength) + 1) * pieceLength;
        return Math.min(at, offset + length) - offset;
      },
      whenVerified: async (piece, signal) => {
        const isReadable = (): boolean => this.#pieces()?.has(piece) === true && this.#parts.run.store(this.#parts.id) !== undefined;
        await this.#pieceWaits.until(() => (isReadable() ? true : this.#throwFault()), signal);
      },
      read: (offset, length) => this.#read(offset, length),
      hurry: (reader, pieces) => {
        if (this.#hurry.setWindow(reader, pieces) && pieces.length > 0) this.#sendHurry();
      },
    };
  }

  async #read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    this.#throwIfEnded();
    const store = this.#parts.run.store(this.#parts.id);
    if (store === undefined) throw new HostError("STORAGE_MISSING", `${this.name} is not open`);
    const lent = await asked<{ readonly bytes: Uint8Array; release(): void }>((answer) => store.read(offset, length, answer));
    const bytes = lent.bytes.slice();
    lent.release();
    return bytes as Uint8Array<ArrayBuffer>;
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

/** Before the first snapshot. */
const UNBORN: TorrentStatus = {
  state: "metadata",
  progress: 0,
  totalDone: 0,
  totalWanted: 0,
  downRate: 0,
  upRate: 0,
  downloaded: 0,
  uploaded: 0,
  downloadedEver: 0,
  uploadedEver: 0,
  wasted: 0,
  age: 0,
  ratio: 0,
  eta: null,
  peers: 0,
  seeds: 0,
  swarmSeeds: 0,
  swarmPeers: 0,
  availability: 0,
  piecesDone: 0,
  pieceCount: 0,
  error: null,
};

/** The name of a torrent in its session. */
export function idOf(source: KnownSource): string {
  const { v1, v2 } = source.type === "metainfo" ? source.metainfo.infoHashes : source.magnet.infoHashes;
  return v1 ?? v2 ?? "";
}

/** Priorities by file index: by name, or else by the indices of the link (BEP 53). Before its name is known a torrent has `folder` "". */
export function prioritiesFor(
  files: Metainfo["files"],
  folder: string,
  selection: FileSelection | undefined,
  source: KnownSource,
): FilePriority[] {
  if (selection !== undefined) {
    const isWanted = selectionMatcher(selection);
    return files.map((file) => (file.isPad || isWanted(pathOf(file), folder) ? 1 : 0));
  }
  const ranges = (source.type === "magnet" ? source.magnet.select : undefined) ?? [];
  if (ranges.length === 0) return files.map(() => 1);
  return files.map((file, index) => (file.isPad || ranges.some(({ first, last }) => index >= first && index <= last) ? 1 : 0));
}

/** The folder around a torrent's files; "" for a single file. */
export function folderOf(metainfo: Metainfo): string {
  return metainfo.isSingleFile ? "" : metainfo.name;
}
