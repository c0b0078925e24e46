/**
 * The session: the engine's one door, and its outer switchboard. It knows which torrent and which peer an input is for,
 * and what they share (buffers, limits, bans, dials); every decision stands in a corner further in.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { type Bitfield, type Machine, type Millis, ProtocolError, type Random, toHex, unreachable } from "@bittern/protocol/base";
import { makePeerId } from "@bittern/protocol/peer";
import type { Diagnosis } from "../diagnosis/cause.ts";
import { diagnose } from "../diagnosis/diagnose.ts";
import type { SessionSymptoms } from "../diagnosis/symptoms.ts";
import { PiecePool } from "../disk/pool.ts";
import { Bans } from "../peers/ban.ts";
import { Dialer } from "../peers/dialer.ts";
import { Peer, type PeerSource } from "../peers/peer.ts";
import { TokenBucket } from "../rate/token-bucket.ts";
import type { Answered } from "../torrent/discovery.ts";
import type { PieceMap } from "../torrent/piece-map.ts";
import { Torrent } from "../torrent/torrent.ts";
import { Agenda } from "./agenda.ts";
import type { Command } from "./command.ts";
import type { SessionContext } from "./context.ts";
import type { LinkId, TorrentId } from "./ids.ts";
import type { SessionInput } from "./input.ts";
import type { SessionOutput } from "./output.ts";
import { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
import type { PeerSnapshot, SessionSnapshot, TorrentSnapshot, TrackerSnapshot } from "./snapshot.ts";
import { TrackerPreferences } from "./tracker-preferences.ts";
import { UdpTrackers } from "./udp-trackers.ts";

/** Agenda owners below 1 are the session's own. */
const OWNER_STRANGERS = 0;
const OWNER_UDP = -1;
const OWNER_CLOSE = -2;
const OWNER_DIALER = -3;
/** Incoming links that have not told their torrent yet (limits table). */
const STRANGERS_MAX = 256;
const NOTHING: readonly SessionOutput[] = [];

interface Connection {
  readonly peer: Peer;
  /** Known from the start for dialled links, after the handshake for accepted ones. */
  torrent: Torrent | undefined;
}

export interface SessionOptions {
  readonly random: Random;
  readonly settings?: Partial<Settings>;
  /** For resume records and the people who read them. */
  readonly wallSeconds: () => number;
}

export class SessionMachine implements Machine<SessionInput, SessionOutput> {
  readonly #context: Mutable<SessionContext>;
  readonly #torrents = new Map<TorrentId, Torrent>();
  readonly #byHash = new Map<string, Torrent>();
  readonly #connections = new Map<LinkId, Connection>();
  readonly #strangers = new Set<Connection>();
  readonly #requests = new Map<number, TorrentId>();
  readonly #agenda = new Agenda();
  readonly #dialer: Dialer;
  /** Torrents that wait for a place to dial, in the order they began to. */
  readonly #hungry = new Set<TorrentId>();
  readonly #dropped: { readonly peer: Peer; readonly reason: string }[] = [];
  #out: SessionOutput[] = [];
  #linkCount = 0;
  #requestCount = 0;
  /** Links that others opened to us and that shook hands. */
  #acceptedCount = 0;
  #listeningSince: Millis = 0;
  #closing: "no" | "under-way" | "over" = "no";
  /** While it closes: torrents that something is still under way of. */
  readonly #unquiet = new Set<Torrent>();

  constructor(options: SessionOptions) {
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#context = {
      random: options.random,
      settings,
      peerId: makePeerId(settings.peerIdPrefix, options.random),
      key: options.random.u32(),
      listenPort: 0,
      pool: new PiecePool(settings.piecePoolLength),
      bans: new Bans(),
      downBucket: new TokenBucket(settings.downRateMax),
      upBucket: new TokenBucket(settings.upRateMax),
      udpTrackers: new UdpTrackers(options.random),
      trackerPreferences: new TrackerPreferences(),
      wallSeconds: options.wallSeconds,
      nextRequest: (torrent) => {
        this.#requests.set(++this.#requestCount, torrent);
        return this.#requestCount;
      },
      named: (id) => {
        const torrent = this.#torrents.get(id);
        for (const infoHash of torrent?.infoHashes ?? []) if (!this.#byHash.has(infoHash)) this.#byHash.set(infoHash, torrent as Torrent);
      },
      dial: (to, source, torrent, now) => this.#dial(to, source, torrent, now),
      mayDial: (now) => this.#closing === "no" && this.#dialer.mayDial(now, this.#connections.size, this.#context.settings.peersMax),
      waitToDial: (torrent) => this.#hungry.add(torrent),
      drop: (peer, reason) => this.#dropped.push({ peer, reason }),
    };
    this.#dialer = new Dialer({ halfOpenMax: settings.halfOpenMax });
  }

  get deadline(): Millis | undefined {
    return this.#agenda.first;
  }

  handle(input: SessionInput, now: Millis): readonly SessionOutput[] {
    if (this.#closing === "over") return NOTHING;
    const out: SessionOutput[] = [];
    this.#out = out;
    this.#route(input, now);
    for (let next = this.#dropped.shift(); next !== undefined; next = this.#dropped.shift()) this.#dropPeer(next.peer, next.reason, now);
    if (this.#hungry.size > 0) this.#feed(now);
    this.#agenda.set(OWNER_UDP, this.#context.udpTrackers.deadline);
    if (this.#closing === "under-way") this.#endWhenQuiet();
    return out;
  }

  #route(input: SessionInput, now: Millis): void {
    switch (input.type) {
      case "bytes":
        return this.#bytes(input.link, input.bytes, now);
      case "blocks-sent":
        return this.#withPeer(input.link, (torrent, peer) => torrent.blocksSent(peer, input.byteLength, now, this.#out));
      case "blocks-failed":
        return this.#withPeer(input.link, (torrent, peer) => torrent.blocksFailed(peer, input.blocks, this.#out));
      case "accepted":
        return this.#accepted(input.link, input.remote, now);
      case "connected":
        return this.#connected(input.link);
      case "closed":
        return this.#closed(input.link, input.fault?.message ?? "closed by the other side", now);
      case "tick":
        return this.#tick(now);
      case "command":
        return this.#command(input.command, now);
      case "listening":
        this.#context.listenPort = input.endpoints[0]?.port ?? 0;
        this.#listeningSince = now;
        this.#out.push({ type: "event", event: { type: "listening", endpoints: input.endpoints } });
        for (const torrent of this.#torrents.values()) this.#run(torrent, () => torrent.reannounce(now, false));
        return;
      case "listen-failed":
        this.#out.push({ type: "event", event: { type: "listen-failed", fault: input.fault } });
        return;
      case "http-answered":
      case "resolved":
      case "texts-resolved":
        return this.#answered(input, now);
      case "datagram":
        return this.#datagram(input.bytes, input.from, now);
      case "store-closed": {
        const torrent = this.#torrents.get(input.torrent);
        torrent?.handleStore(input, now, this.#out);
        if (torrent?.isRemoved === true) this.#forget(torrent);
        return;
      }
      case "store-opened":
      case "store-allocated":
      case "store-selected":
      case "piece-stored":
      case "run-stored":
      case "verified":
      case "synced":
      case "space":
      case "moved":
      case "record-loaded":
      case "record-saved": {
        const torrent = this.#torrents.get(input.torrent);
        if (torrent === undefined) {
          if ("buffer" in input) this.#context.pool.give(input.buffer);
          return;
        }
        return this.#run(torrent, () => torrent.handleStore(input, now, this.#out));
      }
      default:
        return unreachable(input);
    }
  }

  /** Lets a torrent act, and puts its next deadline on the agenda. */
  #run(torrent: Torrent, act: () => void): void {
    act();
    this.#agenda.set(torrent.id, torrent.deadline);
  }

  #withPeer(link: LinkId, act: (torrent: Torrent, peer: Peer) => void): void {
    const connection = this.#connections.get(link);
    const torrent = connection?.torrent;
    if (connection !== undefined && torrent !== undefined) this.#run(torrent, () => act(torrent, connection.peer));
  }

  // ---- links

  #accepted(link: LinkId, remote: Endpoint, now: Millis): void {
    const { settings, bans } = this.#context;
    const isFull = this.#connections.size >= settings.peersMax || this.#strangers.size >= STRANGERS_MAX;
    if (isFull || this.#closing !== "no" || bans.isBanned(remote, now)) {
      this.#out.push({ type: "close-link", link });
      return;
    }
    const connection: Connection = { peer: new Peer({ link, remote, dialledByUs: false, source: "incoming", now }), torrent: undefined };
    this.#connections.set(link, connection);
    this.#strangers.add(connection);
    this.#agenda.set(OWNER_STRANGERS, now + settings.handshakeTimeoutMillis);
  }

  #connected(link: LinkId): void {
    const connection = this.#connections.get(link);
    if (connection === undefined) return;
    this.#dialer.ended();
    connection.peer.isConnected = true;
    this.#withPeer(link, (torrent, peer) => torrent.dialled(peer, this.#out));
  }

  /** Hot: every byte of every peer comes through here. */
  #bytes(link: LinkId, bytes: Uint8Array, now: Millis): void {
    const connection = this.#connections.get(link);
    if (connection === undefined) return;
    const { peer } = connection;
    peer.receivedAt = now;
    try {
      for (const event of peer.wire.receive(bytes)) {
        if (event.type === "handshake") this.#shookHands(connection, event, now);
        else connection.torrent?.receive(peer, event, now, this.#out);
        if (!this.#connections.has(link)) return;
      }
      connection.torrent?.readEnded(peer, now, this.#out);
    } catch (fault) {
      if (!(fault instanceof ProtocolError)) throw fault;
      this.#drop(connection, fault.message, now);
    }
    if (connection.torrent !== undefined) this.#agenda.set(connection.torrent.id, connection.torrent.deadline);
  }

  #shookHands(connection: Connection, handshake: NonNullable<Peer["handshake"]>, now: Millis): void {
    const { peer } = connection;
    const infoHash = toHex(handshake.infoHash);
    this.#strangers.delete(connection);
    const torrent = connection.torrent ?? this.#byHash.get(infoHash);
    if (torrent === undefined || !torrent.infoHashes.includes(infoHash)) {
      throw new ProtocolError("UNKNOWN_TORRENT", "no torrent here has that info hash");
    }
    connection.torrent = torrent;
    if (!peer.dialledByUs) this.#acceptedCount++;
    const refusal = torrent.join(peer, { ...handshake }, now, this.#out);
    if (refusal !== undefined) this.#drop(connection, refusal, now);
  }

  /** Ends a connection from our side; the host's `closed` finds nothing left to do. */
  #drop(connection: Connection, reason: string, now: Millis): void {
    this.#out.push({ type: "close-link", link: connection.peer.link });
    this.#closed(connection.peer.link, reason, now);
  }

  #closed(link: LinkId, reason: string, now: Millis): void {
    const connection = this.#connections.get(link);
    if (connection === undefined) return;
    this.#connections.delete(link);
    this.#strangers.delete(connection);
    const { torrent, peer } = connection;
    if (!peer.isConnected) this.#dialer.ended();
    if (torrent !== undefined) this.#run(torrent, () => torrent.leave(peer, reason, now, this.#out));
  }

  #dial(to: Endpoint, source: PeerSource, id: TorrentId, now: Millis): Peer {
    const peer = new Peer({ link: ++this.#linkCount, remote: to, dialledByUs: true, source, now });
    this.#connections.set(peer.link, { peer, torrent: this.#torrents.get(id) });
    this.#dialer.began(now);
    return peer;
  }

  /** Lets waiting torrents dial while there are places; the next one comes when a dial ends or a token is back. */
  #feed(now: Millis): void {
    for (const id of [...this.#hungry]) {
      if (!this.#context.mayDial(now)) break;
      this.#hungry.delete(id);
      const torrent = this.#torrents.get(id);
      if (torrent !== undefined) this.#run(torrent, () => torrent.dial(now, this.#out));
    }
    this.#agenda.set(OWNER_DIALER, this.#hungry.size > 0 ? this.#dialer.nextAt(now) : undefined);
  }

  // ---- time

  #tick(now: Millis): void {
    for (let owner = this.#agenda.takeDue(now); owner !== undefined; owner = this.#agenda.takeDue(now)) {
      if (owner === OWNER_STRANGERS) this.#dropStrangers(now);
      else if (owner === OWNER_UDP) this.#udpTick(now);
      else if (owner === OWNER_CLOSE) this.#end();
      else if (owner === OWNER_DIALER) continue;
      else {
        const torrent = this.#torrents.get(owner);
        if (torrent !== undefined) this.#run(torrent, () => torrent.tick(now, this.#out));
      }
    }
  }

  #dropPeer(peer: Peer, reason: string, now: Millis): void {
    const connection = this.#connections.get(peer.link);
    if (connection !== undefined) this.#drop(connection, reason, now);
  }

  #dropStrangers(now: Millis): void {
    const patience = this.#context.settings.handshakeTimeoutMillis;
    let next: Millis | undefined;
    for (const connection of this.#strangers) {
      const due = connection.peer.openedAt + patience;
      if (due <= now) this.#drop(connection, "no handshake in time", now);
      else next = Math.min(next ?? due, due);
    }
    this.#agenda.set(OWNER_STRANGERS, next);
  }

  // ---- questions

  #answered(input: Answered, now: Millis): void {
    const id = input.type === "http-answered" ? input.request : input.query;
    if (input.type === "resolved" && this.#context.udpTrackers.resolved(id, input.outcome, now, this.#out)) return this.#deliverUdp(now);
    const torrent = this.#ownerOf(id);
    if (torrent !== undefined) this.#run(torrent, () => torrent.answered(input, now, this.#out));
  }

  /** Whose question this is; asked once. */
  #ownerOf(request: number): Torrent | undefined {
    const id = this.#requests.get(request);
    this.#requests.delete(request);
    return id === undefined ? undefined : this.#torrents.get(id);
  }

  #datagram(bytes: Uint8Array, from: Endpoint, now: Millis): void {
    this.#context.udpTrackers.receive(bytes, from, now, this.#out);
    this.#deliverUdp(now);
  }

  #udpTick(now: Millis): void {
    this.#context.udpTrackers.tick(now, this.#out);
    this.#deliverUdp(now);
  }

  #deliverUdp(now: Millis): void {
    for (const answer of this.#context.udpTrackers.takeAnswers()) {
      const torrent = this.#ownerOf(answer.request);
      if (torrent !== undefined) this.#run(torrent, () => torrent.announced(answer, now, this.#out));
    }
  }

  // ---- commands

  #command(command: Command, now: Millis): void {
    switch (command.type) {
      case "listen":
        this.#out.push({ type: "listen", options: command.options });
        return;
      case "stop-listening":
        this.#out.push({ type: "stop-listening", endpoints: command.endpoints });
        return;
      case "configure":
        return this.#configure(command.settings);
      case "add-torrent":
        return this.#add(command, now);
      case "close":
        return this.#close(command.graceMillis, now);
      default: {
        const torrent = this.#torrents.get(command.torrent);
        if (torrent === undefined) return;
        this.#run(torrent, () => torrent.command(command, now, this.#out));
        if (torrent.isRemoved) this.#forget(torrent);
      }
    }
  }

  #configure(change: Partial<Settings>): void {
    const settings = { ...this.#context.settings, ...change };
    this.#context.settings = settings;
    this.#context.downBucket.setRate(settings.downRateMax);
    this.#context.upBucket.setRate(settings.upRateMax);
    for (const torrent of this.#torrents.values()) torrent.body?.choking.fixSlots(settings.uploadSlots);
  }

  #add(command: Extract<Command, { type: "add-torrent" }>, now: Millis): void {
    const torrent = new Torrent(command, this.#context, now);
    this.#torrents.set(torrent.id, torrent);
    for (const infoHash of torrent.infoHashes) this.#byHash.set(infoHash, torrent);
    this.#run(torrent, () => torrent.start(now, this.#out));
  }

  #forget(torrent: Torrent): void {
    this.#torrents.delete(torrent.id);
    this.#agenda.set(torrent.id, undefined);
    for (const infoHash of torrent.infoHashes) if (this.#byHash.get(infoHash) === torrent) this.#byHash.delete(infoHash);
  }

  #close(graceMillis: Millis, now: Millis): void {
    if (this.#closing !== "no") return;
    this.#closing = "under-way";
    for (const torrent of this.#torrents.values()) this.#unquiet.add(torrent);
    this.#agenda.set(OWNER_CLOSE, now + graceMillis);
    for (const torrent of this.#torrents.values()) this.#run(torrent, () => torrent.close(now, this.#out));
  }

  /** Who was found quiet stays so, and is not asked again: ten thousand torrents end with ten thousand inputs. */
  #endWhenQuiet(): void {
    for (const torrent of this.#unquiet) {
      if (!torrent.isQuiet) return;
      this.#unquiet.delete(torrent);
    }
    this.#end();
  }

  #end(): void {
    if (this.#closing === "over") return;
    this.#closing = "over";
    this.#out.push({ type: "event", event: { type: "closed" } });
  }

  // ---- looking in

  snapshot(id: TorrentId, now: Millis): TorrentSnapshot | undefined {
    return this.#torrents.get(id)?.snapshot(now);
  }
  peers(id: TorrentId, now: Millis): readonly PeerSnapshot[] {
    return this.#torrents.get(id)?.peerSnapshots(now) ?? [];
  }
  trackers(id: TorrentId, now: Millis): readonly TrackerSnapshot[] {
    return this.#torrents.get(id)?.trackerSnapshots(now) ?? [];
  }
  record(id: TorrentId): Uint8Array | undefined {
    return this.#torrents.get(id)?.record();
  }
  pieceMap(id: TorrentId): PieceMap | undefined {
    return this.#torrents.get(id)?.pieceMap();
  }
  /** Why it is slow or stands still. */
  diagnosis(id: TorrentId, now: Millis): Diagnosis | undefined {
    const torrent = this.#torrents.get(id);
    return torrent === undefined ? undefined : diagnose(torrent.symptoms(now), this.#symptoms(now));
  }
  #symptoms(now: Millis): SessionSymptoms {
    const { listenPort, pool, settings } = this.#context;
    return {
      listenPort,
      acceptedCount: this.#acceptedCount,
      listeningMillis: listenPort === 0 ? 0 : now - this.#listeningSince,
      storingLengthMax: pool.storingLengthMax,
      downRateMax: settings.downRateMax,
      upRateMax: settings.upRateMax,
    };
  }
  pieces(id: TorrentId): Bitfield | undefined {
    return this.#torrents.get(id)?.verifiedPieces();
  }
  filesProgress(id: TorrentId): readonly number[] {
    return this.#torrents.get(id)?.filesProgress() ?? [];
  }
  session(now: Millis): SessionSnapshot {
    const total = { torrentCount: this.#torrents.size, peerCount: 0, downRate: 0, upRate: 0, downloaded: 0, uploaded: 0 };
    for (const torrent of this.#torrents.values()) {
      const one = torrent.snapshot(now);
      total.peerCount += one.peers;
      total.downRate += one.downRate;
      total.upRate += one.upRate;
      total.downloaded += one.downloaded;
      total.uploaded += one.uploaded;
    }
    return total;
  }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
