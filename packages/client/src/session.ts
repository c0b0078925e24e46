/**
 * A session: what listens, downloads and seeds. Open one, give it torrents, close it.
 * @module
 */
import { resolve } from "node:path";
import { type Command, runSession, type SessionEvent, SessionMachine, type SessionRun, type Settings } from "@bittern/engine";
import { beginStorageThread, createNodeHost, type NodeHost } from "@bittern/node";
import { assert, HostError, UsageError } from "@bittern/protocol/base";
import type { CreateOptions } from "./create.ts";
import type { FileSource } from "./create-sources.ts";
import { Dht } from "./dht.ts";
import type { DhtDoor } from "./dht-door.ts";
import { TypedEmitter } from "./emitter.ts";
import { HeldPlaces } from "./held-places.ts";
import { Listening } from "./listening.ts";
import { logEvent } from "./logger.ts";
import { type Member, Members } from "./members.ts";
import { parsePeerAddress, resolvePeerAddress } from "./peer-address.ts";
import { Places, placeAt } from "./places.ts";
import { publish } from "./publish.ts";
import { folderOf, idOf, prioritiesFor } from "./selection.ts";
import { type ListenInfo, type SessionEvents, type SessionStats, statsOf } from "./session-events.ts";
import {
  type AddOptions,
  DEFAULT_LISTEN,
  openingSettingsOf,
  type RemoveOptions,
  refuseFixed,
  refuseOddOptions,
  type SessionChanges,
  type SessionOptions,
  settingsOf,
} from "./session-options.ts";
import { type KnownSource, readSource, type TorrentSource } from "./source.ts";
import { usableStateDir } from "./state-dir.ts";
import { Torrent } from "./torrent.ts";
import type { TorrentInside } from "./torrent-parts.ts";
import { asked, throwIfAborted, type WaitOptions, Waits, withSignal } from "./waits.ts";

/** Milliseconds that saying goodbye to trackers and syncing may take. */
const CLOSE_GRACE_MILLIS = 4000;

/**
 * Torrents that share listening ports, limits, a DHT node and a state folder. Open one with `Session.open`; close it, or
 * `await using` it, so that trackers hear a goodbye and everything is synced. What it is asked to do rejects with a `HostError`
 * where the world refuses, a `ProtocolError` where a torrent is broken, a `UsageError` where the question makes no sense.
 */
export class Session extends TypedEmitter<SessionEvents> implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #host: NodeHost;
  readonly #run: SessionRun;
  readonly #members = new Members();
  readonly #listening: Listening;
  readonly #waits = new Waits();
  readonly #places: Places;
  readonly #dht: Dht | undefined;
  #idCount = 0;
  #isClosed = false;
  #closing: Promise<void> | undefined;

  /**
   * Says that a session will be opened soon. Its thread for files begins at once, which takes as long as to read a large torrent: a
   * program that does both at a time has its first byte sooner.
   */
  static prepare(): void {
    beginStorageThread();
  }

  /** Resolves once it listens; rejects when no port is free. */
  static async open(options: SessionOptions = {}): Promise<Session> {
    options.signal?.throwIfAborted();
    const { stateDir: _wished, ...others } = options;
    const session = new Session({ ...others, ...(await usableStateDir(options)) });
    try {
      await session.#listening.move(options.listen ?? DEFAULT_LISTEN);
    } catch (error) {
      await session.close();
      throw error;
    }
    options.signal?.addEventListener("abort", () => void session.close(), { once: true });
    return session;
  }

  private constructor(options: SessionOptions) {
    super();
    this.#options = options;
    this.#places = new Places(options);
    const { stateDir, hashThreads, interface: chosen } = options;
    this.#host = createNodeHost({
      ...(stateDir === undefined ? {} : { stateDir }),
      ...(chosen === undefined ? {} : { interface: chosen }),
      ...(hashThreads === undefined ? {} : { hashWorkers: hashThreads }),
    });
    this.#host.prepareStorage();
    const { random, clock } = this.#host;
    const machine = new SessionMachine({ random, settings: openingSettingsOf(options), wallSeconds: () => clock.wallSeconds() });
    this.#run = runSession(machine, this.#host, (event) => this.#receive(event));
    this.#listening = new Listening((command) => this.#run.command(command));
    this.#dht = openingSettingsOf(options).dht === undefined ? undefined : new Dht(this.#dhtDoor());
  }

  #dhtDoor(): DhtDoor {
    const command = (what: Command): void => this.#run.command(what);
    return {
      search: (search, infoHash, announcePort) => command({ type: "dht-search", search, infoHash, announcePort }),
      forget: (search) => command({ type: "dht-forget", search }),
      ping: (ping, to) => command({ type: "dht-ping", ping, to }),
      snapshot: () => this.#run.dht(),
      resolve: (node) => resolvePeerAddress(parsePeerAddress(node), this.#host),
      listening: () => this.#run.datagramPlaces(),
      announcePort: () => this.#listening.all[0]?.port ?? 0,
      close: async () => undefined,
    };
  }

  /** The session's node of the DHT; null where it has none. */
  get dht(): Dht | null {
    return this.#dht ?? null;
  }

  /** What accepts peers. */
  get listening(): readonly ListenInfo[] {
    return this.#listening.all;
  }

  /** By info hash in lower-case hex: the v1 hash, or the v2 hash where there is no other. */
  get torrents(): ReadonlyMap<string, Torrent> {
    return this.#members.torrents;
  }

  /** The torrent that any of its hashes names, a v2 hash whole or cut to 40 digits. */
  get(infoHash: string): Torrent | undefined {
    return this.#members.byHash(infoHash);
  }

  /** Adds a torrent; what already lies at its place is checked and kept. */
  async add(source: TorrentSource, options: AddOptions = {}): Promise<Torrent> {
    this.#throwIfClosed();
    refuseOddOptions(options);
    return this.#add(await readSource(source, () => this.#host.http, { signal: options.signal }), options);
  }

  /**
   * Makes a torrent of a file, a folder, or several files and folders of one folder, and seeds it from where it lies; resolves
   * when it accepts peers. Files that come from elsewhere are written below `path` while they are hashed, never over anything.
   */
  async seed(input: string | readonly string[] | AsyncIterable<FileSource>, options: CreateOptions & AddOptions = {}): Promise<Torrent> {
    this.#throwIfClosed();
    refuseOddOptions(options);
    const { metainfo, place } = await publish(input, options);
    const torrent = await this.#add({ type: "metainfo", metainfo }, { seedMode: true, readOnly: true, ...options, ...place });
    // Before it is open it would turn away whoever comes.
    return options.paused === true ? torrent : await torrent.checked(options);
  }

  async #add(source: KnownSource, options: AddOptions): Promise<Torrent> {
    const infoHash = idOf(source);
    return await this.#members.admit(infoHash, () => this.#admit(source, infoHash, options));
  }

  async #admit(source: KnownSource, infoHash: string, options: AddOptions): Promise<Torrent> {
    const root = resolve(options.path ?? ".");
    const name = options.name ?? (source.type === "metainfo" ? source.metainfo.name : undefined);
    const place = placeAt({ root, infoHash, options });
    const key = this.#places.recordKey(place);
    const places = new HeldPlaces(this.#places, place, name);
    await this.#keepResumeData(key, options).catch((error: unknown) => {
      places.release();
      throw error;
    });
    const id = ++this.#idCount;
    let inside: TorrentInside | undefined;
    const torrent = new Torrent({
      id,
      run: this.#run,
      source,
      selection: options.wanted,
      sequential: options.sequential === true,
      limits: options.limits ?? {},
      attach: (given) => {
        inside = given;
      },
      resolvePeer: (peer) => resolvePeerAddress(peer, this.#host),
      places,
    });
    assert(inside !== undefined, "a torrent attaches itself at once");
    this.#members.add({ torrent, inside, id, places, whenRemoved: [] });
    this.#run.command({
      type: "add-torrent",
      torrent: id,
      source,
      placement: { root, ...(options.name === undefined ? {} : { name: options.name }) },
      recordKey: key,
      paused: options.paused === true,
      readOnly: options.readOnly === true,
      trustData: options.seedMode === true,
      recheck: options.recheck === true,
      sequential: options.sequential === true,
      priorities: (files) => prioritiesFor(files, source.type === "metainfo" ? folderOf(source.metainfo) : "", options.wanted, source),
      trackers: options.trackers ?? [],
      downRateMax: options.limits?.down ?? 0,
      upRateMax: options.limits?.up ?? 0,
      superSeed: options.superSeed === true,
    });
    const linked = source.type === "magnet" ? source.magnet.peers : [];
    for (const peer of [...(options.peers ?? []), ...linked]) torrent.addPeer(peer);
    this.emit("torrent", torrent);
    return torrent;
  }

  async #keepResumeData(key: string, { resumeData, signal }: AddOptions): Promise<void> {
    if (resumeData !== undefined) await asked<void>((done) => this.#host.records.save(key, resumeData, done), signal);
  }

  /** False where the name that the metadata brought is somebody else's place: then the torrent goes before it writes anything. */
  #claimNamed(member: Member, name: string): boolean {
    try {
      member.places.named(name);
      return true;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      member.whenRemoved.push(() => this.#forget(member, error));
      member.inside.end(error);
      this.emit("error", error, member.torrent);
      this.#run.command({ type: "remove-torrent", torrent: member.id, deleteFiles: false });
      return false;
    }
  }

  /**
   * Takes a torrent out, and with `deleteFiles` its files as well; resolves when everything of it is closed. With `forget` nothing is
   * remembered of it: added again, its data is checked anew. Asked again while it goes, it waits for the same end, which is as the
   * first call said.
   */
  async remove(what: Torrent | string, options: RemoveOptions = {}): Promise<void> {
    const member = this.#members.of(typeof what === "string" ? this.get(what) : what);
    if (member === undefined) throw new UsageError("TORRENT_UNKNOWN", "the torrent is not in this session");
    const removed = new Promise<HostError | undefined>((resolve) => member.whenRemoved.push(resolve));
    const isFirst = member.whenRemoved.length === 1;
    // Who is on its way out already goes as the first one said; everybody waits for the same end.
    if (isFirst) {
      member.inside.ending();
      const { deleteFiles = false, forget = false } = options;
      this.#run.command({ type: "remove-torrent", torrent: member.id, deleteFiles, forget });
    }
    const forgotten = removed.then((fault) => {
      this.#forget(member, new HostError("ABORTED", `${member.torrent.name} was removed`));
      return fault;
    });
    const fault = await withSignal(forgotten, options.signal);
    if (fault !== undefined) throw fault;
  }

  /** All torrents together, at this moment. */
  stats(): SessionStats {
    return statsOf(this.#run.session());
  }

  /** The stats again and again, until the session closes; a signal ends it with its reason. */
  async *watch(intervalMs = 1000, { signal }: WaitOptions = {}): AsyncGenerator<SessionStats, void, void> {
    while (!this.#isClosed) {
      throwIfAborted(signal);
      yield this.stats();
      const moment = new AbortController();
      const timer = setTimeout(() => moment.abort(), intervalMs);
      const until = signal === undefined ? moment.signal : AbortSignal.any([moment.signal, signal]);
      await this.#waits.until(() => undefined, until).catch(() => undefined);
      clearTimeout(timer);
    }
  }

  /**
   * Changes limits, the places where it listens and the address trackers are told, while it runs; what is left out stays. Whoever
   * came in by an old port stays connected. Rejects, with everything as it was, when the new places cannot be had. A signal that
   * is aborted before changes nothing; one that is aborted while it waits ends the waiting, and the change goes on.
   */
  async configure(change: SessionChanges, { signal }: WaitOptions = {}): Promise<void> {
    this.#throwIfClosed();
    refuseFixed(change);
    const settings = settingsOf(change);
    throwIfAborted(signal);
    await withSignal(this.#change(change.listen, settings), signal);
  }

  async #change(listen: readonly string[] | undefined, settings: Partial<Settings>): Promise<void> {
    if (listen !== undefined) await this.#listening.move(listen);
    this.#run.command({ type: "configure", settings });
  }

  /**
   * Says goodbye to trackers and peers, saves everything, ends. Calling it again waits for the same end. It closes in any case: a
   * signal ends the waiting, also one that is aborted already.
   */
  close({ signal }: WaitOptions = {}): Promise<void> {
    this.#closing ??= this.#close();
    return withSignal(this.#closing, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const closed = this.#waits.until(() => (this.#isClosed ? true : undefined));
    for (const member of this.#members.all) member.inside.ending();
    this.#run.command({ type: "close", graceMillis: CLOSE_GRACE_MILLIS });
    await closed;
    this.#dht?.end();
    this.#run.stop();
    const reason = new HostError("ABORTED", "the session was closed");
    for (const member of this.#members.all) {
      for (const removed of member.whenRemoved) removed(reason);
      this.#forget(member, reason);
    }
    this.#waits.end(reason);
    this.#listening.end(reason);
    await this.#host.close();
  }

  #forget(member: Member, reason: Error): void {
    if (!this.#members.end(member)) return;
    member.inside.end(reason);
    this.#members.forget(member);
    member.places.release();
    this.emit("removed", member.torrent);
  }

  #receive(event: SessionEvent): void {
    const member = "torrent" in event ? this.#members.byId(event.torrent) : undefined;
    if (this.#options.logger !== undefined) logEvent(this.#options.logger, event, member?.torrent.name ?? "session");
    switch (event.type) {
      case "listening":
      case "listen-failed":
        return this.#listening.receive(event);
      case "closed":
        this.#isClosed = true;
        return this.#waits.look();
      case "dht-ready":
      case "dht-peers":
      case "dht-searched":
      case "dht-pinged":
        return this.#dht?.receive(event);
      case "removed":
        for (const removed of member?.whenRemoved ?? []) removed(event.fault);
        return;
      default:
        if (event.type === "metadata" && member !== undefined && !this.#claimNamed(member, event.metainfo.name)) return;
        member?.inside.receive(event);
        if (event.type === "metadata" && member !== undefined) this.#members.named(member.torrent);
        if (event.type === "error" && member !== undefined) this.emit("error", event.fault, member.torrent);
    }
  }

  #throwIfClosed(): void {
    if (this.#closing !== undefined) throw new UsageError("SESSION_CLOSED", "the session is closed; open another one");
  }
}
