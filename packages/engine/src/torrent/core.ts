/**
 * What the corners of one torrent share: who is here, what is known of it, and the phase of its life.
 *
 * A passive noun, as `Peer` is: `life.ts`, `verdicts.ts`, `traffic.ts` and `info-fetch.ts` decide and write here what the
 * others have to know.
 * @module
 */
import { parseEndpoint } from "@bittern/protocol/address";
import { fromHex, type HostError, type Millis, type ProtocolError } from "@bittern/protocol/base";
import type { InfoHashes, Metainfo } from "@bittern/protocol/metainfo";
import type { Peer } from "../peers/peer.ts";
import { Meter } from "../rate/meter.ts";
import { TokenBucket } from "../rate/token-bucket.ts";
import type { AddTorrent, FilePriority } from "../session/command.ts";
import type { SessionContext } from "../session/context.ts";
import type { SessionEvent } from "../session/event.ts";
import type { LinkId, TorrentId } from "../session/ids.ts";
import type { SessionOutput } from "../session/output.ts";
import type { TorrentState } from "../session/snapshot.ts";
import type { Body } from "./body.ts";
import type { AnnounceFacts } from "./discovery/announce-round.ts";
import { DhtRounds } from "./discovery/dht-rounds.ts";
import { Discovery } from "./discovery/discovery.ts";
import { PeerExchange } from "./discovery/exchange.ts";
import { Holepunch } from "./discovery/holepunch.ts";
import { Blame, nameOf, type Sentence } from "./download/blame.ts";
import { FastSets } from "./fast-sets.ts";
import { Fields } from "./fields.ts";
import type { GreetingFacts } from "./greeting.ts";
import { Swarm } from "./swarm.ts";

/**
 * `starting`: the record is on its way; `metadata`: peers are asked for the info dictionary; `layers`: for the piece layers; `content`:
 * the content corner says what goes on (opening, checking, open); `paused`, `faulted` keep what they had; `closing` waits for the disk.
 */
export type Life = "starting" | "metadata" | "layers" | "content" | "paused" | "faulted" | "closing" | "closed";

export class TorrentCore {
  readonly id: TorrentId;
  readonly add: AddTorrent;
  readonly context: SessionContext;
  readonly fields: Fields = new Fields();
  readonly swarm: Swarm;
  readonly discovery: Discovery;
  readonly dht: DhtRounds;
  readonly exchange: PeerExchange;
  readonly holepunch: Holepunch;
  readonly blame: Blame;
  readonly downBucket: TokenBucket;
  readonly upBucket: TokenBucket;
  readonly down: Meter = new Meter();
  readonly up: Meter = new Meter();
  readonly addedAt: Millis;
  life: Life = "starting";
  fault: HostError | ProtocolError | undefined;
  metainfo: Metainfo | undefined;
  priorities: readonly FilePriority[] | undefined;
  /** Exists once the metadata is known. */
  body: Body | undefined;
  /** Bytes of payload thrown away. */
  wasted = 0;
  /** `done` was told, and nothing was lost since. */
  isDoneTold = false;
  #toldState: TorrentState | undefined;
  readonly #fastSets = new FastSets();

  constructor(add: AddTorrent, context: SessionContext, now: Millis) {
    this.id = add.torrent;
    this.add = add;
    this.context = context;
    this.addedAt = now;
    const { source } = add;
    this.metainfo = source.type === "metainfo" ? source.metainfo : undefined;
    this.downBucket = new TokenBucket(add.downRateMax ?? 0);
    this.upBucket = new TokenBucket(add.upRateMax ?? 0);
    this.swarm = new Swarm(add.torrent, context);
    this.exchange = new PeerExchange({
      isPrivate: () => this.metainfo?.private === true,
      isUploadOnly: () => this.body?.content.isDone === true,
      isEnabled: () => context.settings.exchangesPeers,
    });
    this.holepunch = new Holepunch({
      isEnabled: () => context.settings.speaksUtp && this.metainfo?.private !== true,
      peers: this.peers,
      dial: (to, from, at, out) => this.swarm.meetNow(to, from, at, out),
    });
    this.blame = new Blame(context.random.u32(), context.pool.keptBlockLength);
    const tiers = source.type === "metainfo" ? source.metainfo.announce : source.magnet.trackers.map((url) => [url]);
    const facts = (): AnnounceFacts => this.announceFacts();
    this.discovery = new Discovery(add.torrent, context, [...tiers, ...(add.trackers ?? []).map((url) => [url])], facts);
    this.dht = new DhtRounds({
      torrent: add.torrent,
      node: context.dht,
      random: context.random,
      infoHashes: () => this.infoHashes,
      isPrivate: () => this.metainfo?.private === true,
      listenPort: () => context.listenPort,
    });
    this.swarm.meet(add.peers ?? [], "user", now);
  }

  /** As the wire carries them, 40 hex digits: one, or two for a hybrid. A link may name one of two; the metadata tells the other. */
  get infoHashes(): readonly string[] {
    return this.#infoHashes.wire;
  }

  get #infoHashes(): InfoHashes {
    const { source } = this.add;
    if (this.metainfo !== undefined) return this.metainfo.infoHashes;
    return source.type === "metainfo" ? source.metainfo.infoHashes : source.magnet.infoHashes;
  }

  /** The name of the torrent in version 2, as the wire carries it; `undefined` where it has none that is known. */
  get newName(): string | undefined {
    return this.#infoHashes.v2 === undefined ? undefined : this.#infoHashes.wire.at(-1);
  }

  /** Those that shook hands. */
  get peers(): ReadonlyMap<LinkId, Peer> {
    return this.swarm.peers;
  }

  /** True while content may be asked for. */
  get mayRequest(): boolean {
    return this.life === "content" && this.body?.content.isOpen === true;
  }

  get isEnding(): boolean {
    return this.life === "closing" || this.life === "closed";
  }

  get state(): TorrentState {
    const content = this.body?.content;
    if (this.life === "paused") return "paused";
    if (this.life === "faulted") return "error";
    if (this.life === "layers") return "layers";
    if (content === undefined) return this.metainfo === undefined ? "metadata" : "checking";
    if (!content.isOpen) return this.life === "content" ? "checking" : "paused";
    if (content.have.isFull) return "seeding";
    return content.isDone ? "finished" : "downloading";
  }

  tell(event: SessionEvent, out: SessionOutput[]): void {
    out.push({ type: "event", event });
  }

  /** Tells the state when it is another one than was told last. */
  tellState(out: SessionOutput[]): void {
    const { state } = this;
    if (state === this.#toldState || this.isEnding) return;
    this.#toldState = state;
    this.tell({ type: "state", torrent: this.id, state }, out);
  }

  /** Bans whoever was proven a liar, and ends what connections it has. */
  punish(sentence: Sentence, now: Millis, out: SessionOutput[]): void {
    const endpoint = parseEndpoint(sentence.endpoint);
    if (endpoint === undefined) return;
    // Each of its false pieces convicts it once more when it comes right: that is no news, and nobody is banned for longer by it.
    if (!this.context.bans.isBanned(endpoint, now)) {
      this.context.bans.ban(endpoint, now, sentence.reason);
      this.tell({ type: "peer-banned", torrent: this.id, peer: endpoint, reason: sentence.reason }, out);
    }
    for (const peer of this.peers.values()) if (nameOf(peer) === sentence.endpoint) this.context.drop(peer, sentence.reason);
  }

  announceFacts(): AnnounceFacts {
    const content = this.body?.content;
    const { settings, peerId, listenPort, key } = this.context;
    return {
      infoHashes: this.infoHashes.map((hex) => fromHex(hex) as Uint8Array),
      peerId,
      port: listenPort,
      uploaded: this.up.total,
      downloaded: this.down.total,
      // While the length is unknown, anything but 0: 0 would make us a seed.
      left: content === undefined ? 1 : content.leftLength,
      key,
      address: settings.announceAddress,
      userAgent: settings.userAgent,
      isPartialSeed: content !== undefined && content.isDone && !content.have.isFull,
      wantsPeers: this.peers.size < settings.peersPerTorrentMax,
    };
  }

  greetingFacts(peer: Peer): GreetingFacts {
    const { context } = this;
    const { settings, peerId, listenPort } = context;
    const content = this.body?.content;
    const isHiding = this.body?.giving.hidesFrom(peer) === true;
    return {
      infoHash: fromHex(this.infoHashes[0] as string) as Uint8Array,
      peerId,
      supportsV2: this.newName !== undefined,
      clientName: settings.clientName,
      listenPort,
      requestQueueMax: settings.requestQueueMax,
      metadataLength: this.metainfo?.infoBytes.length ?? 0,
      have: content?.isOpen === true ? content.have : undefined,
      // Who hides what it has must not say that it wants nothing: that tells it all.
      isUploadOnly: content?.isDone === true && !isHiding,
      isHiding,
      exchangesPeers: this.exchange.isAllowed,
      dhtPort: this.dht.isAllowed ? context.dht.portOf(peer.remote) : 0,
      punchesHoles: this.holepunch.isOffered,
      fastSets: this.#fastSets,
    };
  }
}
