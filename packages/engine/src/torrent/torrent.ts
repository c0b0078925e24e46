/**
 * One torrent: the inner switchboard. Each input goes to the corner that decides, and what one corner learns is carried
 * to the others here; no corner knows another.
 *
 *     record ──► metadata ──► content (open, check) ──► requests, uploads, choking ◄── fields ◄── peers
 *                                 └── good pieces ──► have, picker, announces
 * @module
 */

import type { BlockSpan } from "@bittern/host";
import { type Endpoint, parseEndpoint } from "@bittern/protocol/address";
import { type Bitfield, type HostError, latin1, type Millis, ProtocolError } from "@bittern/protocol/base";
import type { Metainfo } from "@bittern/protocol/metainfo";
import {
  clientName,
  encodeMessage,
  type Handshake,
  type HashesMessage,
  type HashRangeMessage,
  KEEPALIVE_QUIET_MILLIS,
  type PeerMessage,
  type PieceMessage,
} from "@bittern/protocol/peer";
import type { TorrentSymptoms } from "../diagnosis/symptoms.ts";
import { decodeResume, type ResumeRecord } from "../disk/resume.ts";
import type { Peer } from "../peers/peer.ts";
import { Limiter } from "../rate/limiter.ts";
import { Meter } from "../rate/meter.ts";
import { TokenBucket } from "../rate/token-bucket.ts";
import type { AddTorrent, Command, FilePriority } from "../session/command.ts";
import type { SessionContext } from "../session/context.ts";
import type { SessionEvent } from "../session/event.ts";
import type { LinkId, TorrentId } from "../session/ids.ts";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";
import type { PeerSnapshot, TorrentSnapshot, TorrentState, TrackerSnapshot } from "../session/snapshot.ts";
import type { UdpTrackerAnswer } from "../session/udp-trackers.ts";
import type { AnnounceFacts } from "./announce-round.ts";
import { Blame, nameOf, type Sentence } from "./blame.ts";
import type { Body } from "./body.ts";
import type { ContentInput, ContentNews } from "./content.ts";
import { hear, type Listener, updateInterest } from "./conversation.ts";
import { type Answered, Discovery } from "./discovery.ts";
import { Fields } from "./fields.ts";
import { type GreetingFacts, sendDontHave, sendGreeting, sendHandshake, sendUploadOnly } from "./greeting.ts";
import { LayersFetch } from "./hash-exchange.ts";
import { makeBody } from "./make-body.ts";
import { MetadataFetch } from "./metadata.ts";
import { parseMetadata } from "./metadata-source.ts";
import { missingPieces, type PieceMap, pieceMap } from "./piece-map.ts";
import { peerSnapshot, torrentSnapshot } from "./snapshot.ts";
import { Swarm } from "./swarm.ts";

/** One shared tick for everything about peers that needs no better than a second. */
const TICK_MILLIS = 1000;
/** While a rate limit holds something back, it is looked at this often. */
const LIMITED_TICK_MILLIS = 25;
/** Without payload for this long, a peer that owes us some is snubbing us (BEP 3). */
const SNUB_MILLIS = 60_000;
/** Fewer candidates than this and the tracker is asked again as soon as it allows. */
const PEERS_WANTED = 30;

/**
 * `starting`: the record is on its way; `metadata`: peers are asked for the info dictionary; `content`: the content corner
 * says what goes on (opening, checking, open); `paused`, `faulted` keep what they had; `closing` waits for the disk.
 */
type Life = "starting" | "metadata" | "content" | "paused" | "faulted" | "closing" | "closed";

export class Torrent implements Listener {
  readonly id: TorrentId;
  /** As the wire carries them, 40 hex digits: one, or two for a hybrid. */
  readonly infoHashes: readonly string[];
  readonly fields: Fields = new Fields();
  body: Body | undefined;
  fetch: MetadataFetch | undefined;
  #layers: LayersFetch | undefined;
  readonly #add: AddTorrent;
  readonly #context: SessionContext;
  readonly #swarm: Swarm;
  readonly #discovery: Discovery;
  readonly #blame: Blame;
  readonly #downBucket: TokenBucket;
  readonly #upBucket: TokenBucket;
  readonly #down = new Meter();
  readonly #up = new Meter();
  readonly #addedAt: Millis;
  #life: Life = "starting";
  /** What `life` was before a pause or a fault. */
  #isPausedByUser: boolean;
  #fault: HostError | ProtocolError | undefined;
  #metainfo: Metainfo | undefined;
  #priorities: readonly FilePriority[] | undefined;
  #tickAt: Millis | undefined;
  /** When peers that a rate limit held back have their next turn. */
  #limitedAt: Millis | undefined;
  #toldState: TorrentState | undefined;
  #isRemoving = false;
  #wasted = 0;
  #isDoneTold = false;
  /** The content was open before: peers know what we have. */
  #wasOpened = false;

  constructor(add: AddTorrent, context: SessionContext, now: Millis) {
    this.id = add.torrent;
    this.#add = add;
    this.#context = context;
    this.#addedAt = now;
    this.#isPausedByUser = add.paused === true;
    const { source } = add;
    this.#metainfo = source.type === "metainfo" ? source.metainfo : undefined;
    this.infoHashes = source.type === "metainfo" ? source.metainfo.infoHashes.wire : source.magnet.infoHashes.wire;
    this.#downBucket = new TokenBucket(add.downRateMax ?? 0);
    this.#upBucket = new TokenBucket(add.upRateMax ?? 0);
    this.#swarm = new Swarm(add.torrent, context);
    this.#blame = new Blame(context.random.u32());
    const tiers = source.type === "metainfo" ? source.metainfo.announce : source.magnet.trackers.map((url) => [url]);
    const facts = (): AnnounceFacts => this.#facts();
    this.#discovery = new Discovery(add.torrent, context, [...tiers, ...(add.trackers ?? []).map((url) => [url])], facts);
    this.#swarm.meet(add.peers ?? [], "user", now);
  }

  // ---- life

  start(_now: Millis, out: SessionOutput[]): void {
    out.push({ type: "load-record", torrent: this.id, key: this.#add.recordKey });
  }

  #recordLoaded(bytes: Uint8Array | undefined, now: Millis, out: SessionOutput[]): void {
    const record = bytes === undefined ? undefined : decodeResume(bytes);
    if (this.#life !== "starting") return;
    const metainfo = this.#metainfo ?? (record === undefined ? undefined : parseMetadata(record, this.#add.source));
    if (metainfo !== undefined && !LayersFetch.isNeeded(metainfo)) return this.#embody(metainfo, record, now, out);
    const { source } = this.#add;
    if (metainfo !== undefined) this.#layers = new LayersFetch(metainfo);
    else if (source.type === "magnet") this.fetch = new MetadataFetch(source.magnet.infoHashes);
    this.#life = "metadata";
    if (this.#isPausedByUser) this.#life = "paused";
    else this.#network(now);
    this.#tellState(out);
  }

  /** The metadata is known: the corners that need it come to be, and the content is opened. */
  #embody(metainfo: Metainfo, record: ResumeRecord | undefined, now: Millis, out: SessionOutput[]): void {
    const isNews = this.#metainfo === undefined;
    this.#metainfo = metainfo;
    this.fetch = undefined;
    this.#layers = undefined;
    this.#priorities ??= this.#add.priorities?.(metainfo.files) ?? (record?.priorities as readonly FilePriority[] | undefined);
    this.body = makeBody({
      torrent: this.id,
      metainfo,
      add: this.#add,
      priorities: this.#priorities,
      record,
      context: this.#context,
      peers: this.#peers,
      down: new Limiter([this.#context.downBucket, this.#downBucket]),
      up: new Limiter([this.#context.upBucket, this.#upBucket]),
      blame: this.#blame,
      uplink: (at) => ({ rate: this.#up.rate(at), isBusy: this.#isUplinkBusy() }),
    });
    for (const liar of this.fields.open(this.body.picker, this.#peers.values())) this.#context.drop(liar, "a bitfield that does not fit");
    if (isNews) out.push(event({ type: "metadata", torrent: this.id, metainfo }));
    if (this.#isPausedByUser) this.#life = "paused";
    else this.#openContent(now, out);
    this.#tellState(out);
  }

  #openContent(now: Millis, out: SessionOutput[]): void {
    this.#life = "content";
    this.body?.content.open(out);
    // Peers found for the metadata stay; new ones are looked for when the content is open.
    if (this.#peers.size > 0) this.#keepTicking(now);
  }

  /** Starts to look for peers. */
  #network(now: Millis): void {
    this.#discovery.announces.start(now);
    this.#swarm.isOpen = true;
    this.#swarm.lookFurther(now);
    this.#keepTicking(now);
  }

  handleStore(input: SessionInput, now: Millis, out: SessionOutput[]): void {
    if (input.type === "record-loaded") return this.#recordLoaded(input.bytes, now, out);
    const news = this.body?.content.handle(input as ContentInput, now, out) ?? [];
    for (const one of news) this.#learn(one, now, out);
    this.#tellState(out);
  }

  /** Carries what the content corner learnt to everybody else. */
  #learn(news: ContentNews, now: Millis, out: SessionOutput[]): void {
    const body = this.body;
    if (body === undefined) return;
    switch (news.type) {
      case "open":
        this.#healed();
        // Paused meanwhile: `resume` goes on from here.
        return this.#life === "content" ? this.#contentOpened(body, now, out) : undefined;
      case "piece-good":
        return this.#pieceGood(body, news.piece, news.bytes, now, out);
      case "piece-bad":
        return this.#pieceBad(body, news.piece, news.bytes, now, out);
      case "piece-unstored":
        body.requests.failed(news.piece);
        return;
      case "piece-found":
        body.picker.markHave(news.piece);
        return;
      case "pieces-lost":
        for (const piece of news.pieces) body.picker.markMissing(piece);
        for (const peer of this.#peers.values()) sendDontHave(peer, news.pieces, out);
        this.#isDoneTold = false;
        this.fields.recount(this.#peers.values());
        for (const peer of this.#peers.values()) this.#wishAndAsk(peer, now, out);
        return;
      case "buffer":
        this.#context.pool.give(news.buffer);
        for (const peer of this.#peers.values()) this.#ask(peer, now, out);
        return;
      case "fault":
        return this.#faulted(news.fault, now, out);
      case "healed":
        return this.#healed();
      case "durable":
        out.push(event({ type: "durable", torrent: this.id }));
        return;
      case "closed":
        this.#life = "closed";
        if (this.#isRemoving) out.push(event({ type: "removed", torrent: this.id, fault: news.fault }));
        return;
      case "moved":
        out.push(event({ type: "moved", torrent: this.id, fault: news.fault }));
        return;
      case "warning":
        out.push(event({ type: "warning", torrent: this.id, code: news.code, message: news.message }));
        return;
    }
  }

  /** The disk refused and takes things again. */
  #healed(): void {
    if (this.#life !== "faulted") return;
    this.#fault = undefined;
    this.#life = "content";
  }

  #contentOpened(body: Body, now: Millis, out: SessionOutput[]): void {
    out.push(event({ type: "checked", torrent: this.id }));
    body.giving.begin();
    // Peers that came while the metadata was fetched were told of nothing yet.
    if (!this.#wasOpened) {
      for (const peer of this.#peers.values()) {
        for (const piece of body.content.have) out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "have", piece }) });
      }
    }
    this.#wasOpened = true;
    this.fields.recount(this.#peers.values());
    this.#network(now);
    this.#finishIfDone(body, now, out, false);
    for (const peer of this.#peers.values()) this.#wishAndAsk(peer, now, out);
  }

  #pieceGood(body: Body, piece: number, bytes: Uint8Array | undefined, now: Millis, out: SessionOutput[]): void {
    const wasWanted = body.picker.wants(piece);
    body.requests.succeeded(piece);
    body.picker.markHave(piece);
    for (const sentence of this.#blame.verified(piece, bytes)) this.#punish(sentence, now, out);
    if (wasWanted) this.fields.noLongerWanted(piece, this.#peers.values());
    const have = encodeMessage({ type: "have", piece });
    for (const peer of this.#peers.values()) {
      // Also to those that have it: it is how they learn that we are complete.
      if (!peer.isSeed) out.push({ type: "send", link: peer.link, bytes: have });
      if (wasWanted) updateInterest(peer, this.#wants(peer), out);
    }
    out.push(event({ type: "piece", torrent: this.id, piece }));
    for (const file of body.content.filesCompletedBy(piece)) out.push(event({ type: "file", torrent: this.id, file }));
    this.#finishIfDone(body, now, out, true);
  }

  #pieceBad(body: Body, piece: number, bytes: Uint8Array | undefined, now: Millis, out: SessionOutput[]): void {
    const partial = body.requests.partial(piece);
    out.push(event({ type: "piece-corrupt", torrent: this.id, piece }));
    if (partial === undefined) return;
    this.#wasted += partial.byteLength;
    const sentences = this.#blame.failed(partial, bytes);
    body.requests.failed(piece);
    for (const sentence of sentences) this.#punish(sentence, now, out);
  }

  #punish(sentence: Sentence, now: Millis, out: SessionOutput[]): void {
    const endpoint = parseEndpoint(sentence.endpoint);
    if (endpoint === undefined) return;
    this.#context.bans.ban(endpoint, now, sentence.reason);
    out.push(event({ type: "peer-banned", torrent: this.id, peer: endpoint, reason: sentence.reason }));
    for (const peer of this.#peers.values()) if (nameOf(peer) === sentence.endpoint) this.#context.drop(peer, sentence.reason);
  }

  #finishIfDone(body: Body, now: Millis, out: SessionOutput[], wasDownloading: boolean): void {
    if (this.#isDoneTold || body.picker.wantedMissing > 0) return;
    this.#isDoneTold = true;
    out.push(event({ type: "done", torrent: this.id }));
    body.content.completed(now, out);
    if (wasDownloading && body.content.have.isFull) this.#discovery.announces.completed(now);
    for (const peer of this.#peers.values()) {
      updateInterest(peer, false, out);
      sendUploadOnly(peer, out);
      if (body.content.have.isFull && peer.isSeed) this.#context.drop(peer, "both are complete");
    }
  }

  #faulted(fault: HostError, now: Millis, out: SessionOutput[]): void {
    if (this.#life === "closing" || this.#life === "closed") return;
    // Every piece on its way meets the same disk: the first one says it.
    const isNews = this.#life !== "faulted";
    this.#fault = fault;
    this.#life = "faulted";
    if (!isNews) return;
    this.body?.requests.clear();
    for (const peer of this.#peers.values()) updateInterest(peer, false, out);
    out.push(event({ type: "error", torrent: this.id, fault }));
    this.#keepTicking(now);
  }

  // ---- commands

  command(command: Exclude<Command, { type: "listen" | "configure" | "add-torrent" | "close" }>, now: Millis, out: SessionOutput[]): void {
    switch (command.type) {
      case "remove-torrent":
        this.#isRemoving = true;
        this.#end(now, out, command.deleteFiles);
        break;
      case "pause":
        this.#pause(now, out);
        break;
      case "resume":
        this.#resume(now, out);
        break;
      case "recheck":
        this.#isDoneTold = false;
        this.body?.requests.clear();
        for (const news of this.body?.content.recheck(now, out) ?? []) this.#learn(news, now, out);
        break;
      case "reannounce":
        this.reannounce(now, true);
        break;
      case "move":
        this.body?.content.move(command.root, out);
        break;
      case "prioritize":
        this.#prioritize(command.priorities, now, out);
        break;
      case "set-sequential":
        if (this.body !== undefined) this.body.requests.isSequential = command.sequential;
        break;
      case "hurry":
        command.pieces.forEach((piece, place) => {
          this.body?.picker.setDeadline(piece, now + place);
        });
        for (const peer of this.#peers.values()) this.#ask(peer, now, out);
        break;
      case "limit":
        if (command.downRateMax !== undefined) this.#downBucket.setRate(command.downRateMax, now);
        if (command.upRateMax !== undefined) this.#upBucket.setRate(command.upRateMax, now);
        break;
      case "add-peers":
        this.#swarm.meet(command.peers, "user", now);
        break;
      case "add-trackers":
        for (const url of command.trackers) this.#discovery.announces.add(url);
        break;
    }
    this.#tellState(out);
  }

  #pause(now: Millis, out: SessionOutput[]): void {
    this.#isPausedByUser = true;
    if (this.#life === "starting" || this.#life === "closing" || this.#life === "closed") return;
    this.#life = "paused";
    this.#fault = undefined;
    this.#discovery.announces.stop(now, out);
    this.body?.requests.clear();
    this.body?.content.rest(now, out);
    this.#swarm.isOpen = false;
    this.#swarm.disperse("paused");
  }

  #resume(now: Millis, out: SessionOutput[]): void {
    this.#isPausedByUser = false;
    if (this.#life !== "paused" && this.#life !== "faulted") return;
    this.#fault = undefined;
    this.#swarm.welcomeBack(this.#add.peers ?? [], now);
    if (this.body === undefined) {
      this.#life = "metadata";
      this.#network(now);
      return;
    }
    this.#life = "content";
    const { content } = this.body;
    for (const news of content.resume(now, out)) this.#learn(news, now, out);
    if (content.isOpen) this.#contentOpened(this.body, now, out);
    else if (content.isClosed) this.#openContent(now, out);
  }

  #prioritize(priorities: readonly FilePriority[], now: Millis, out: SessionOutput[]): void {
    this.#priorities = priorities;
    const body = this.body;
    if (body === undefined) return;
    body.content.prioritize(priorities, now, out);
    body.picker.setPriorities(body.content.piecePriorities());
    this.fields.recount(this.#peers.values());
    this.#isDoneTold = false;
    this.#finishIfDone(body, now, out, false);
    for (const peer of this.#peers.values()) this.#wishAndAsk(peer, now, out);
  }

  reannounce(now: Millis, isForced: boolean): void {
    this.#discovery.announces.hurry(now, isForced);
  }

  /** The session ends: goodbye to trackers and peers, everything to the disk. */
  close(now: Millis, out: SessionOutput[]): void {
    if (this.#life !== "closing" && this.#life !== "closed") this.#end(now, out, false);
  }

  #end(now: Millis, out: SessionOutput[], deleteFiles: boolean): void {
    this.#discovery.announces.stop(now, out);
    this.#swarm.isOpen = false;
    this.#swarm.disperse("the torrent ends");
    this.body?.requests.clear();
    this.#life = "closing";
    if (deleteFiles) out.push({ type: "erase-record", torrent: this.id, key: this.#add.recordKey });
    if (this.body === undefined || !this.body.content.close(deleteFiles, now, out)) {
      this.#life = "closed";
      if (this.#isRemoving) out.push(event({ type: "removed", torrent: this.id, fault: undefined }));
    }
  }

  get isRemoved(): boolean {
    return this.#isRemoving && this.#life === "closed" && !this.#discovery.announces.isBusy;
  }

  /** Nothing is under way any more. */
  get isQuiet(): boolean {
    return this.#life === "closed" && !this.#discovery.announces.isBusy;
  }

  // ---- peers

  get #peers(): ReadonlyMap<LinkId, Peer> {
    return this.#swarm.peers;
  }

  /** Our dial stands: the handshake goes out. */
  dialled(peer: Peer, out: SessionOutput[]): void {
    sendHandshake(peer, this.#greetingFacts(), out);
  }

  /** The other handshake is here; a reason refuses the peer. */
  join(peer: Peer, handshake: Handshake, now: Millis, out: SessionOutput[]): string | undefined {
    peer.handshake = handshake;
    peer.peerId = latin1(handshake.peerId);
    peer.client = clientName(handshake.peerId);
    const refusal = this.#swarm.join(peer, now);
    if (refusal !== undefined) return refusal;
    if (!peer.dialledByUs) sendHandshake(peer, { ...this.#greetingFacts(), infoHash: this.#nameFor(handshake) }, out);
    this.fields.joined(peer);
    sendGreeting(peer, this.#greetingFacts(), out);
    out.push(event({ type: "peer-joined", torrent: this.id, peer: peer.remote }));
    this.body?.giving.joined(peer);
    this.body?.choking.offer(peer, now, out);
    this.#keepTicking(now);
    return undefined;
  }

  /**
   * A hybrid torrent has two names: who comes by one is answered by the same, but who comes by the old one and speaks v2
   * is answered by the new one (BEP 52, "Upgrade Path"); libtorrent 2.0.8 hangs up otherwise.
   */
  #nameFor({ infoHash, features }: Handshake): Uint8Array {
    const [, newName] = this.infoHashes;
    return features.v2 && newName !== undefined ? hexBytes(newName) : infoHash;
  }

  /** The peer is gone, or never came. */
  leave(peer: Peer, reason: string, now: Millis, out: SessionOutput[]): void {
    const isUseless = peer.isSeed && this.body?.content.have.isFull === true;
    if (this.#swarm.leave(peer, now, isUseless)) {
      this.body?.requests.forget(peer);
      this.fetch?.left(peer);
      this.#layers?.left(peer);
      this.fields.left(peer);
      this.body?.giving.left(peer);
      out.push(event({ type: "peer-left", torrent: this.id, peer: peer.remote, reason }));
      for (const other of this.#peers.values()) this.#ask(other, now, out);
    }
    this.#swarm.lookFurther(now);
  }

  dial(now: Millis, out: SessionOutput[]): void {
    this.#swarm.dial(now, out);
    this.#keepTicking(now);
  }

  /** One message of a peer that joined. */
  receive(peer: Peer, message: PeerMessage, now: Millis, out: SessionOutput[]): void {
    hear(this, peer, message, now, out);
  }

  /** All messages of one read were heard: ask for more and give what was asked for. Hot: once a read. */
  readEnded(peer: Peer, now: Millis, out: SessionOutput[]): void {
    if (!this.#peers.has(peer.link)) return;
    this.#ask(peer, now, out);
    this.#serve(peer, now, out);
    this.fetch?.fill(peer, now, out);
    this.body?.giving.reveal(now, out);
  }

  get mayRequest(): boolean {
    return this.#life === "content" && this.body?.content.isOpen === true;
  }

  #wants(peer: Peer): boolean {
    return this.mayRequest && peer.wantedPieces > 0;
  }

  peerHasMore(peer: Peer, now: Millis, out: SessionOutput[]): void {
    if (this.mayRequest) updateInterest(peer, this.#wants(peer), out);
    const have = this.body?.content.have;
    if (have?.isFull === true && peer.isSeed && this.mayRequest) this.#context.drop(peer, "both are complete");
    this.#keepTicking(now);
  }

  #wishAndAsk(peer: Peer, now: Millis, out: SessionOutput[]): void {
    updateInterest(peer, this.#wants(peer), out);
    this.#ask(peer, now, out);
  }

  #ask(peer: Peer, now: Millis, out: SessionOutput[]): void {
    if (!this.mayRequest || this.body === undefined || !peer.areWeInterested) return;
    if (peer.isChokingUs && peer.requests.allowedFast.size === 0) return;
    this.body.requests.fill(peer, now, out);
    if (!this.#downBucket.isUnlimited || !this.#context.downBucket.isUnlimited) this.#waitForTokens(now);
  }

  #serve(peer: Peer, now: Millis, out: SessionOutput[]): void {
    if (peer.uploads.queue.length === 0) return;
    this.body?.uploads.serve(peer, now, out);
    const isLimited = !this.#upBucket.isUnlimited || !this.#context.upBucket.isUnlimited;
    if (isLimited && peer.uploads.queue.length > 0) this.#waitForTokens(now);
  }

  blockArrived(peer: Peer, message: PieceMessage, now: Millis, out: SessionOutput[]): void {
    const body = this.body;
    if (body === undefined) return;
    const length = message.block.length;
    peer.down.add(length, now);
    this.#down.add(length, now);
    const arrival = body.requests.receive(peer, message.piece, message.begin, message.block, now, out);
    if (arrival.type === "run-complete") body.content.store(arrival.partial, arrival.run, out);
    else if (arrival.type === "wasted") this.#wasted += length;
    else if (arrival.type === "flood") throw new ProtocolError("BLOCK_FLOOD", "blocks that nobody asked for");
  }

  blocksSent(peer: Peer, byteLength: number, now: Millis, out: SessionOutput[]): void {
    this.#up.add(byteLength, now);
    this.body?.content.uploaded(byteLength);
    this.body?.uploads.sent(peer, byteLength, now);
    this.#serve(peer, now, out);
    this.body?.giving.reveal(now, out);
  }

  blocksFailed(peer: Peer, blocks: readonly BlockSpan[], out: SessionOutput[]): void {
    for (const block of blocks) {
      peer.uploads.inFlight -= block.length;
      if (peer.canFast) out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "reject", ...block }) });
    }
    if (!peer.canFast) this.#context.drop(peer, "the disk did not give what was promised");
    // Our own disk is to blame, nobody else: what cannot be read is looked at again.
    this.body?.content.suspect(
      blocks.map((block) => block.piece),
      out,
    );
  }

  metadataArrived(peer: Peer, payload: Uint8Array, now: Millis, out: SessionOutput[]): void {
    const arrival = this.fetch?.receive(peer, payload);
    if (arrival?.type === "whole") {
      const metainfo = parseMetadata({ info: arrival.bytes }, this.#add.source);
      if (metainfo === undefined) return this.#badMetadata(out);
      this.#infoArrived(metainfo, now, out);
    } else if (arrival?.type === "false") {
      for (const liar of arrival.contributors)
        if (arrival.contributors.length === 1) this.#punish({ endpoint: nameOf(liar), reason: "sent false metadata" }, now, out);
    }
  }

  /** The info dictionary is here; of a version 2 torrent the piece layers may still be missing. */
  #infoArrived(metainfo: Metainfo, now: Millis, out: SessionOutput[]): void {
    if (!LayersFetch.isNeeded(metainfo)) return this.#embody(metainfo, undefined, now, out);
    this.fetch = undefined;
    this.#layers = new LayersFetch(metainfo);
    for (const peer of this.#peers.values()) this.#layers.fill(peer, now, out);
  }

  #badMetadata(out: SessionOutput[]): void {
    this.#fault = new ProtocolError("METADATA_INVALID", "the info dictionary has the right hash and is no valid torrent");
    this.#life = "faulted";
    out.push(event({ type: "error", torrent: this.id, fault: this.#fault }));
    this.#tellState(out);
  }

  hashesArrived(peer: Peer, message: HashesMessage | HashRangeMessage, now: Millis, out: SessionOutput[]): void {
    if (this.#layers === undefined) return;
    const arrival = this.#layers.arrived(peer, message);
    if (arrival === "false") this.#punish({ endpoint: nameOf(peer), reason: "sent false hashes" }, now, out);
    else if (arrival === "whole") this.#embody(this.#layers.whole(), undefined, now, out);
    else this.#layers.fill(peer, now, out);
  }

  introduced(peer: Peer, now: Millis, out: SessionOutput[]): void {
    this.#swarm.learnEndpoint(peer);
    this.fetch?.fill(peer, now, out);
    this.#layers?.fill(peer, now, out);
  }

  // ---- trackers

  answered(input: Answered, now: Millis, out: SessionOutput[]): void {
    this.#found(this.#discovery.answered(input, now, out), now);
  }

  announced(answer: UdpTrackerAnswer, now: Millis, out: SessionOutput[]): void {
    this.#found(this.#discovery.announced(answer, now, out), now);
  }

  #found(peers: readonly Endpoint[], now: Millis): void {
    if (this.#life === "closing" || this.#life === "closed") return;
    this.#swarm.meet(peers, "tracker", now);
    this.#keepTicking(now);
  }

  // ---- time

  get deadline(): Millis | undefined {
    return earliest(
      this.#tickAt,
      this.#limitedAt,
      this.#discovery.announces.deadline,
      this.body?.content.deadline,
      this.body?.choking.deadline,
      this.#swarm.deadline,
    );
  }

  #keepTicking(now: Millis): void {
    this.#tickAt ??= now + TICK_MILLIS;
  }

  tick(now: Millis, out: SessionOutput[]): void {
    this.#discovery.announces.tick(now, out);
    const body = this.body;
    if (body !== undefined) {
      body.content.tick(now, out);
      body.choking.tick(now, out);
    }
    if (this.#tickAt !== undefined && now >= this.#tickAt) this.#peersTick(now, out);
    if (this.#limitedAt !== undefined && now >= this.#limitedAt) this.#limitedTick(now, out);
    this.#swarm.lookFurther(now);
    this.#tellState(out);
  }

  #peersTick(now: Millis, out: SessionOutput[]): void {
    this.#tickAt = !this.#swarm.isEmpty || this.#life === "faulted" ? now + TICK_MILLIS : undefined;
    for (const peer of this.#peers.values()) this.#peerTick(peer, now, out);
    this.#swarm.dropSilentDials(now);
    this.body?.requests.tick(now, out);
    this.body?.giving.reveal(now, out);
    this.fetch?.tick(now);
    this.#layers?.tick(now);
    for (const peer of this.#peers.values()) {
      this.fetch?.fill(peer, now, out);
      this.#layers?.fill(peer, now, out);
    }
    const needsPeers = this.#peers.size < PEERS_WANTED && this.#state() !== "seeding" && this.#swarm.candidateCount === 0;
    if (needsPeers) this.#discovery.announces.hurry(now, false);
  }

  #peerTick(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const { settings } = this.#context;
    if (now - peer.receivedAt > settings.idleTimeoutMillis) return this.#context.drop(peer, "silent for too long");
    if (now - peer.sentAt > KEEPALIVE_QUIET_MILLIS) {
      peer.sentAt = now;
      out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "keep-alive" }) });
    }
    this.body?.choking.remind(peer, now, out);
    peer.requests.pipeline.adapt(peer.down.rate(now));
    if (peer.requests.outstanding > 0 && now - peer.requests.progressAt > SNUB_MILLIS) peer.isSnubbed = true;
    this.#ask(peer, now, out);
    this.#serve(peer, now, out);
  }

  /** Under a rate limit everybody gets a turn every few milliseconds, each time another one first. */
  #limitedTick(now: Millis, out: SessionOutput[]): void {
    this.#limitedAt = undefined;
    const peers = [...this.#peers.values()];
    const first = peers.length === 0 ? 0 : Math.floor(now / LIMITED_TICK_MILLIS) % peers.length;
    for (const peer of [...peers.slice(first), ...peers.slice(0, first)]) {
      this.#ask(peer, now, out);
      this.#serve(peer, now, out);
    }
  }

  #waitForTokens(now: Millis): void {
    this.#limitedAt ??= now + LIMITED_TICK_MILLIS;
  }

  #isUplinkBusy(): boolean {
    for (const peer of this.#peers.values()) if (peer.uploads.inFlight > 0 && peer.uploads.queue.length > 0) return true;
    return false;
  }

  // ---- facts and looks

  #facts(): AnnounceFacts {
    const content = this.body?.content;
    return {
      infoHashes: this.infoHashes.map((hex) => hexBytes(hex)),
      peerId: this.#context.peerId,
      port: this.#context.listenPort,
      uploaded: this.#up.total,
      downloaded: this.#down.total,
      // While the length is unknown, anything but 0: 0 would make us a seed.
      left: content === undefined ? 1 : content.leftLength,
      key: this.#context.key,
      address: this.#context.settings.announceAddress,
      userAgent: this.#context.settings.userAgent,
      isPartialSeed: content !== undefined && content.isDone && !content.have.isFull,
      wantsPeers: this.#peers.size < this.#context.settings.peersPerTorrentMax,
    };
  }

  #greetingFacts(): GreetingFacts {
    const { settings, peerId, listenPort } = this.#context;
    const content = this.body?.content;
    return {
      infoHash: hexBytes(this.infoHashes[0] as string),
      peerId,
      supportsV2: this.#metainfo === undefined ? this.infoHashes.length > 1 : this.#metainfo.version !== "v1",
      clientName: settings.clientName,
      listenPort,
      requestQueueMax: settings.requestQueueMax,
      metadataLength: this.#metainfo?.infoBytes.length ?? 0,
      have: content?.isOpen === true ? content.have : undefined,
      // Who hides what it has must not say that it wants nothing: that tells it all.
      isUploadOnly: content?.isDone === true && this.body?.giving.isHiding === false,
      isHiding: this.body?.giving.isHiding === true,
    };
  }

  #state(): TorrentState {
    const content = this.body?.content;
    if (this.#life === "paused") return "paused";
    if (this.#life === "faulted") return "error";
    if (content === undefined) return this.#metainfo === undefined ? "metadata" : "checking";
    if (!content.isOpen) return this.#life === "content" ? "checking" : "paused";
    if (content.have.isFull) return "seeding";
    return content.isDone ? "finished" : "downloading";
  }

  #tellState(out: SessionOutput[]): void {
    const state = this.#state();
    if (state === this.#toldState || this.#life === "closing" || this.#life === "closed") return;
    this.#toldState = state;
    out.push(event({ type: "state", torrent: this.id, state }));
  }

  snapshot(now: Millis): TorrentSnapshot {
    const facts = { torrent: this.id, state: this.#state(), body: this.body, peers: this.#peers.values(), down: this.#down, up: this.#up };
    return torrentSnapshot(
      { ...facts, wasted: this.#wasted, swarm: this.#discovery.announces.swarm, fault: this.#fault, addedAt: this.#addedAt },
      now,
    );
  }

  peerSnapshots(now: Millis): PeerSnapshot[] {
    return [...this.#peers.values()].map((peer) => peerSnapshot(peer, now));
  }

  trackerSnapshots(now: Millis): TrackerSnapshot[] {
    return this.#discovery.announces.snapshot(now);
  }

  pieceMap(): PieceMap | undefined {
    return this.body === undefined ? undefined : pieceMap(this.body);
  }

  symptoms(now: Millis): TorrentSymptoms {
    const body = this.body;
    return {
      now: this.snapshot(now),
      peers: this.peerSnapshots(now),
      trackers: this.trackerSnapshots(now),
      isPausedByUser: this.#isPausedByUser,
      candidateCount: this.#swarm.candidateCount,
      diallingCount: this.#swarm.diallingCount,
      unreachableCount: this.#swarm.unreachableCount,
      ...missingPieces(body?.picker),
      storingLength: body?.content.storingLength ?? 0,
      downRateMax: this.#downBucket.rate,
      upRateMax: this.#upBucket.rate,
    };
  }

  verifiedPieces(): Bitfield | undefined {
    return this.body?.content.have.copy();
  }

  filesProgress(): readonly number[] {
    return this.body?.content.filesProgress() ?? [];
  }
}

function event(what: SessionEvent): SessionOutput {
  return { type: "event", event: what };
}

function earliest(...times: (Millis | undefined)[]): Millis | undefined {
  let first: Millis | undefined;
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time;
  return first;
}

function hexBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}
