/**
 * The session: the engine's one door, and its outer switchboard. It knows which torrent and which peer an input is for,
 * and what they share (buffers, limits, bans, dials); every decision stands in a corner further in.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { type Machine, MIB, type Millis, type Random, unreachable } from "@bittern/protocol/base";
import { makePeerId } from "@bittern/protocol/peer";
import { PiecePool } from "../disk/pool.ts";
import { Bans } from "../peers/ban.ts";
import { TokenBucket } from "../rate/token-bucket.ts";
import type { Answered } from "../torrent/discovery/discovery.ts";
import { Torrent } from "../torrent/torrent.ts";
import { Agenda, OWNER_CLOSE, OWNER_DHT, OWNER_DIALER, OWNER_STRANGERS, OWNER_UDP } from "./agenda.ts";
import { Allowance } from "./allowance.ts";
import type { Command } from "./command.ts";
import { Connections } from "./connections.ts";
import type { SessionContext } from "./context.ts";
import { type DhtNews, DhtNodeOfSession } from "./dht-node.ts";
import type { TorrentId } from "./ids.ts";
import type { SessionInput } from "./input.ts";
import { OurAddresses } from "./our-addresses.ts";
import type { SessionOutput } from "./output.ts";
import { PortSockets } from "./port-sockets.ts";
import { SessionView } from "./session-view.ts";
import { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
import { TorrentTable } from "./torrent-table.ts";
import { TrackerPreferences } from "./tracker-preferences.ts";
import { UdpTrackers } from "./udp-trackers.ts";

/** Bytes of info dictionaries that are not whole yet, all torrents together (limits table). */
const METADATA_FETCHED_LENGTH_MAX: number = 64 * MIB;

/** The letter that every message of the DHT begins with. */
const DICTIONARY_BEGIN = 0x64;

const NOTHING: readonly SessionOutput[] = [];

export interface SessionOptions {
  readonly random: Random;
  readonly settings?: Partial<Settings>;
  /** For resume records and the people who read them. */
  readonly wallSeconds: () => number;
  /** Bytes of each block that its host needs, its first ones; all of them unless given (`disk/kept.ts`). */
  readonly keptBlockLength?: number | undefined;
}

export class SessionMachine implements Machine<SessionInput, SessionOutput> {
  readonly #context: Mutable<SessionContext>;
  readonly #agenda = new Agenda();
  readonly #sockets: PortSockets;
  readonly #torrents = new TorrentTable(this.#agenda);
  readonly #connections: Connections;
  readonly view: SessionView;
  /** Whose question it was. */
  readonly #requests = new Map<number, TorrentId>();
  #out: SessionOutput[] = [];
  #requestCount = 0;
  #listeningSince: Millis = 0;
  /** Places where it listens, which nobody was told of yet. */
  #untold: (readonly Endpoint[])[] = [];
  /** What the agenda says of the UDP trackers. */
  #udpAt: Millis | undefined;
  #closing: "no" | "under-way" | "over" = "no";
  /** While it closes: torrents that something is still under way of. */
  readonly #unquiet = new Set<Torrent>();

  constructor(options: SessionOptions) {
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    const ourAddresses = new OurAddresses();
    this.#sockets = new PortSockets(() => this.#context.settings.speaksUtp);
    const nextQuery = (): number => ++this.#requestCount;
    this.#context = {
      random: options.random,
      settings,
      peerId: makePeerId(settings.peerIdPrefix, options.random),
      key: options.random.u32(),
      listenPort: 0,
      pool: new PiecePool(settings.piecePoolLength, options.keptBlockLength),
      ourAddresses,
      metadataAllowance: new Allowance(METADATA_FETCHED_LENGTH_MAX),
      bans: new Bans(),
      downBucket: new TokenBucket(settings.downRateMax),
      upBucket: new TokenBucket(settings.upRateMax),
      udpTrackers: new UdpTrackers(options.random),
      trackerPreferences: new TrackerPreferences(),
      dht: new DhtNodeOfSession({ random: options.random, ourAddresses, settings: settings.dht, sockets: this.#sockets, nextQuery }),
      wallSeconds: options.wallSeconds,
      nextRequest: (torrent) => {
        this.#requests.set(++this.#requestCount, torrent);
        return this.#requestCount;
      },
      named: (id) => this.#torrents.named(id),
      dial: (dial, torrent, now) => this.#connections.dial(dial, torrent, now),
      mayDial: (now) => this.#connections.mayDial(now),
      waitToDial: (torrent) => this.#connections.waitToDial(torrent),
      drop: (peer, reason) => this.#connections.wantDrop(peer, reason),
    };
    this.#connections = new Connections(this.#context, this.#torrents, this.#agenda);
    this.view = new SessionView({
      context: this.#context,
      torrents: this.#torrents,
      connections: this.#connections,
      sockets: this.#sockets,
      listeningSince: () => this.#listeningSince,
    });
  }

  get deadline(): Millis | undefined {
    return this.#agenda.first;
  }

  handle(input: SessionInput, now: Millis): readonly SessionOutput[] {
    if (this.#closing === "over") return NOTHING;
    const out: SessionOutput[] = [];
    this.#out = out;
    this.#route(input, now);
    if (this.#untold.length > 0 && !this.#sockets.isBinding && !this.#context.dht.isWaking) this.#tellListening();
    this.#connections.dropWanted(now, out);
    this.#connections.feed(now, out);
    const udpAt = this.#context.udpTrackers.deadline;
    if (udpAt !== this.#udpAt) this.#agenda.set(OWNER_UDP, udpAt);
    this.#udpAt = udpAt;
    this.#followDht(now);
    if (this.#closing === "under-way") this.#endWhenQuiet();
    return out;
  }

  #route(input: SessionInput, now: Millis): void {
    switch (input.type) {
      case "bytes":
        return this.#connections.bytes(input.link, input.bytes, now, this.#out);
      case "blocks-sent":
        return this.#connections.withPeer(input.link, (torrent, peer) => torrent.blocksSent(peer, input.byteLength, now, this.#out));
      case "answer-sent":
        return this.#connections.withPeer(input.link, (torrent, peer) => torrent.answerSent(peer, input.byteLength, this.#out));
      case "blocks-failed":
        return this.#connections.withPeer(input.link, (torrent, peer) => torrent.blocksFailed(peer, input.blocks, this.#out));
      case "accepted":
        return this.#connections.accepted(input.link, input.remote, input.transport, now, this.#out);
      case "connected":
        return this.#connections.connected(input.link, this.#out);
      case "closed":
        return this.#connections.closed(input.link, input.fault?.message ?? "closed by the other side", now, this.#out);
      case "tick":
        return this.#tick(now);
      case "command":
        return this.#command(input.command, now);
      case "listening":
        this.#context.listenPort = input.endpoints[0]?.port ?? 0;
        this.#listeningSince = now;
        this.#untold.push(input.endpoints);
        this.#sockets.listening(input.endpoints, this.#out);
        if (this.#context.settings.speaksUtp) this.#sockets.want(this.#out);
        this.#context.dht.listening(this.#out);
        for (const torrent of this.#torrents) this.#torrents.run(torrent, () => torrent.reannounce(now, false));
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
      case "datagrams-bound":
        if (this.#sockets.answered(input.family, input.outcome, this.#out)) this.#context.dht.online(input.family, now, this.#out);
        return;
      case "nodes-loaded":
        return this.#context.dht.remembered(input.bytes, now, this.#out);
      case "nodes-saved":
        return this.#context.dht.saved();
      case "store-closed": {
        const torrent = this.#torrents.get(input.torrent);
        torrent?.handleStore(input, now, this.#out);
        if (torrent?.isRemoved === true) this.#torrents.forget(torrent);
        return;
      }
      case "store-opened":
      case "store-allocated":
      case "store-selected":
      case "piece-stored":
      case "run-stored":
      case "verified":
      case "leaves-hashed":
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
        return this.#torrents.run(torrent, () => torrent.handleStore(input, now, this.#out));
      }
      default:
        return unreachable(input);
    }
  }

  /** Told once the sockets for datagrams stand as well, or cannot: whoever hears of it may send to the port either way. */
  #tellListening(): void {
    for (const endpoints of this.#untold) this.#out.push({ type: "event", event: { type: "listening", endpoints } });
    this.#untold = [];
  }

  // ---- time

  #tick(now: Millis): void {
    for (let owner = this.#agenda.takeDue(now); owner !== undefined; owner = this.#agenda.takeDue(now)) {
      if (owner === OWNER_STRANGERS) this.#connections.dropStrangers(now, this.#out);
      else if (owner === OWNER_UDP) {
        this.#udpAt = undefined;
        this.#udpTick(now);
      } else if (owner === OWNER_DHT) this.#context.dht.tick(now, this.#out);
      else if (owner === OWNER_CLOSE) this.#end();
      else if (owner === OWNER_DIALER) continue;
      else {
        const torrent = this.#torrents.get(owner);
        if (torrent !== undefined) this.#torrents.run(torrent, () => torrent.tick(now, this.#out));
      }
    }
  }

  // ---- questions

  #answered(input: Answered, now: Millis): void {
    const id = input.type === "http-answered" ? input.request : input.query;
    if (input.type === "resolved" && this.#context.udpTrackers.resolved(id, input.outcome, now, this.#out)) return this.#deliverUdp(now);
    if (input.type === "resolved" && this.#context.dht.resolved(id, input.outcome, now, this.#out)) return;
    const torrent = this.#ownerOf(id);
    if (torrent !== undefined) this.#torrents.run(torrent, () => torrent.answered(input, now, this.#out));
  }

  /** Whose question this is; asked once. */
  #ownerOf(request: number): Torrent | undefined {
    const id = this.#requests.get(request);
    this.#requests.delete(request);
    return id === undefined ? undefined : this.#torrents.get(id);
  }

  /** Nodes of the DHT speak in dictionaries, which begin with a letter; what trackers say begins with a zero. */
  #datagram(bytes: Uint8Array, from: Endpoint, now: Millis): void {
    if (bytes[0] === DICTIONARY_BEGIN) return this.#context.dht.receive(bytes, from, now, this.#out);
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
      if (torrent !== undefined) this.#torrents.run(torrent, () => torrent.announced(answer, now, this.#out));
    }
  }

  /** What the node of the DHT has found goes to who asked for it. */
  #followDht(now: Millis): void {
    const { dht } = this.#context;
    if (!dht.takeStir()) return;
    do {
      for (const news of dht.takeNews()) this.#hearDht(news, now);
    } while (dht.takeStir());
    this.#agenda.set(OWNER_DHT, dht.deadline);
  }

  #hearDht(news: DhtNews, now: Millis): void {
    switch (news.type) {
      case "ready":
        this.#out.push({ type: "event", event: { type: "dht-ready", family: news.family, nodeCount: news.nodeCount } });
        for (const torrent of this.#torrents) this.#torrents.run(torrent, () => torrent.dhtIsReady(now));
        return;
      case "pinged":
        this.#out.push({ type: "event", event: { type: "dht-pinged", ping: news.ping, answer: news.answer } });
        return;
      case "peers":
      case "ended": {
        const { seeker } = news;
        if ("search" in seeker) return this.#tellSeeker(seeker.search, news);
        const torrent = this.#torrents.get(seeker.torrent);
        if (torrent !== undefined) this.#torrents.run(torrent, () => torrent.dhtFound(news, now, this.#out));
      }
    }
  }

  #tellSeeker(search: number, news: Extract<DhtNews, { type: "peers" | "ended" }>): void {
    if (news.type === "ended") this.#out.push({ type: "event", event: { type: "dht-searched", search, report: news.report } });
    else this.#out.push({ type: "event", event: { type: "dht-peers", search, peers: news.peers, from: news.from } });
  }

  // ---- commands

  #command(command: Command, now: Millis): void {
    switch (command.type) {
      case "listen":
        this.#out.push({ type: "listen", options: command.options });
        return;
      case "stop-listening":
        this.#out.push({ type: "stop-listening", endpoints: command.endpoints });
        return this.#context.dht.left(this.#sockets.left(command.endpoints, this.#out), now, this.#out);
      case "dht-search":
        this.#searchForUser(command, now);
        return;
      case "dht-forget":
        return this.#context.dht.forgetOfUser(command.search, now, this.#out);
      case "dht-ping":
        return this.#context.dht.ping(command.ping, command.to, now, this.#out);
      case "configure":
        return this.#configure(command.settings);
      case "add-torrent":
        return this.#add(command, now);
      case "close":
        return this.#close(command.graceMillis, now);
      default: {
        const torrent = this.#torrents.get(command.torrent);
        if (torrent === undefined) return;
        this.#torrents.run(torrent, () => torrent.command(command, now, this.#out));
        if (torrent.isRemoved) this.#torrents.forget(torrent);
      }
    }
  }

  /** Without a node the search is over before it began. */
  #searchForUser({ search, infoHash, announcePort }: Extract<Command, { type: "dht-search" }>, now: Millis): void {
    if (this.#context.dht.search({ search }, infoHash, announcePort, now, this.#out) !== undefined) return;
    const report = { peerCount: 0, nodeCount: 0, announcedCount: 0 };
    this.#out.push({ type: "event", event: { type: "dht-searched", search, report } });
  }

  #configure(change: Partial<Settings>): void {
    const settings = { ...this.#context.settings, ...change };
    this.#context.settings = settings;
    this.#context.downBucket.setRate(settings.downRateMax);
    this.#context.upBucket.setRate(settings.upRateMax);
    for (const torrent of this.#torrents) torrent.body?.choking.fixSlots(settings.uploadSlots);
  }

  #add(command: Extract<Command, { type: "add-torrent" }>, now: Millis): void {
    const torrent = new Torrent(command, this.#context, now);
    this.#torrents.add(torrent);
    this.#torrents.run(torrent, () => torrent.start(now, this.#out));
  }

  #close(graceMillis: Millis, now: Millis): void {
    if (this.#closing !== "no") return;
    this.#closing = "under-way";
    this.#connections.isShut = true;
    for (const torrent of this.#torrents) this.#unquiet.add(torrent);
    this.#agenda.set(OWNER_CLOSE, now + graceMillis);
    for (const torrent of this.#torrents) this.#torrents.run(torrent, () => torrent.close(now, this.#out));
    this.#context.dht.close(this.#out);
  }

  /** Who was found quiet stays so, and is not asked again: ten thousand torrents end with ten thousand inputs. */
  #endWhenQuiet(): void {
    for (const torrent of this.#unquiet) {
      if (!torrent.isQuiet) return;
      this.#unquiet.delete(torrent);
    }
    if (this.#context.dht.isQuiet) this.#end();
  }

  #end(): void {
    if (this.#closing === "over") return;
    this.#closing = "over";
    this.#out.push({ type: "event", event: { type: "closed" } });
  }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
