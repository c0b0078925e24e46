/**
 * One torrent: the inner switchboard. Each input goes to the corner that decides, and what one corner learns is carried
 * to the others by `life.ts` and `verdicts.ts`.
 *
 *     record ──► metadata ──► content (open, check) ──► requests, uploads, choking ◄── fields ◄── peers
 *                                 └── good pieces ──► have, picker, announces
 * @module
 */

import type { BlockSpan } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { fromHex, latin1, type Millis, toHex } from "@bittern/protocol/base";
import {
  type BlockRun,
  clientName,
  type Handshake,
  type HandshakeHead,
  type HashesMessage,
  type HashRangeMessage,
  type MessageRun,
  type PeerMessage,
  type PieceMessage,
} from "@bittern/protocol/peer";
import type { Peer } from "../peers/peer.ts";
import type { AddTorrent } from "../session/command.ts";
import type { SessionContext } from "../session/context.ts";
import type { DhtNews } from "../session/dht-node.ts";
import type { TorrentId } from "../session/ids.ts";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";
import type { UdpTrackerAnswer } from "../session/udp-trackers.ts";
import { acknowledge } from "./acknowledge.ts";
import type { Body } from "./body.ts";
import { obey, type TorrentCommand } from "./commands.ts";
import type { ContentInput } from "./content/content-news.ts";
import { hear, type Listener, updateInterest } from "./conversation.ts";
import { TorrentCore } from "./core.ts";
import type { Answered } from "./discovery/discovery.ts";
import type { Fields } from "./fields.ts";
import { sendGreeting, sendHandshake, TURN_ID } from "./greeting.ts";
import { TorrentLife } from "./life.ts";
import { InfoFetch } from "./metadata/info-fetch.ts";
import { TorrentView } from "./torrent-view.ts";
import { Traffic } from "./traffic.ts";
import { passUnused } from "./upload/offers.ts";
import { Verdicts } from "./verdicts.ts";

/** One shared tick for everything about peers that needs no better than a second. */
const TICK_MILLIS = 1000;
/** Fewer candidates than this and the tracker is asked again as soon as it allows. */
const PEERS_WANTED = 30;

export class Torrent implements Listener {
  readonly #core: TorrentCore;
  readonly #info: InfoFetch;
  readonly #traffic: Traffic;
  readonly #verdicts: Verdicts;
  readonly #life: TorrentLife;
  readonly view: TorrentView;
  /** What the session's agenda says: written by who keeps it (`torrent-table.ts`), who acts on the torrent whenever its time has come. */
  wakesAt: Millis | undefined;
  #tickAt: Millis | undefined;
  /** When the corners are due that blocks, requests and haves do not concern. */
  #calmDeadline: Millis | undefined;
  /** Something else was heard since that was asked. */
  #isStirred = true;
  /** More than pieces of others was heard in this read. */
  #hasHeardMore = false;

  constructor(add: AddTorrent, context: SessionContext, now: Millis) {
    const core = new TorrentCore(add, context, now);
    this.#core = core;
    this.#info = new InfoFetch(add.source, core.peers, core.context.metadataAllowance);
    this.#traffic = new Traffic(core);
    this.#verdicts = new Verdicts(core, this.#traffic);
    const keepTicking = (at: Millis): void => this.#keepTicking(at);
    this.#life = new TorrentLife({ core, info: this.#info, traffic: this.#traffic, verdicts: this.#verdicts, keepTicking });
    this.view = new TorrentView(core, this.#life);
  }

  get id(): TorrentId {
    return this.#core.id;
  }
  /** As the wire carries them, 40 hex digits: one, or two for a hybrid. */
  get infoHashes(): readonly string[] {
    return this.#core.infoHashes;
  }

  // ---- life and commands

  start(_now: Millis, out: SessionOutput[]): void {
    this.#life.start(out);
  }

  handleStore(input: SessionInput, now: Millis, out: SessionOutput[]): void {
    if (input.type === "record-loaded") return this.#life.recordLoaded(input.bytes, now, out);
    if (input.type === "leaves-hashed") return this.#leavesHashed(input, out);
    const news = this.body?.content.handle(input as ContentInput, now, out) ?? [];
    for (const one of news) this.#life.learn(one, now, out);
    this.#core.tellState(out);
  }

  #leavesHashed({ piece, outcome }: Extract<SessionInput, { type: "leaves-hashed" }>, out: SessionOutput[]): void {
    this.body?.hashes.hashed(outcome, out);
    if (outcome === undefined) this.body?.content.suspect([piece], out);
  }

  command(command: TorrentCommand, now: Millis, out: SessionOutput[]): void {
    const corners = { core: this.#core, life: this.#life, traffic: this.#traffic, verdicts: this.#verdicts };
    obey(corners, command, now, out);
    this.#core.tellState(out);
  }

  reannounce(now: Millis, isForced: boolean): void {
    this.#core.discovery.announces.hurry(now, isForced);
  }

  /** The session ends: goodbye to trackers and peers, everything to the disk. */
  close(now: Millis, out: SessionOutput[]): void {
    this.#life.close(now, out);
  }

  get isRemoved(): boolean {
    return this.#life.isRemoved;
  }

  /** Nothing is under way any more. */
  get isQuiet(): boolean {
    return this.#life.isQuiet;
  }

  // ---- peers

  /** Our dial stands: the handshake goes out. */
  dialled(peer: Peer, out: SessionOutput[]): void {
    sendHandshake(peer, this.#core.greetingFacts(peer), out);
  }

  /** The other handshake is here; a reason refuses the peer. */
  join(peer: Peer, handshake: Handshake, now: Millis, out: SessionOutput[]): string | undefined {
    const core = this.#core;
    peer.handshake = handshake;
    peer.peerId = latin1(handshake.peerId);
    peer.client = clientName(handshake.peerId);
    const refusal = core.swarm.join(peer, now);
    if (refusal !== undefined) return refusal;
    if (!peer.isGreeted) this.#shakeHands(peer, handshake, out);
    // By the new name libtorrent does not set the bit; and who was not told that we speak v2 hangs up at the first question.
    peer.speaksV2 = toHex(handshake.infoHash) === core.newName || (handshake.features.v2 && peer.isToldOfV2);
    core.fields.joined(peer);
    peer.isDistrusted = core.blame.isDistrusted(peer, now);
    core.exchange.learn(peer, now);
    sendGreeting(peer, core.greetingFacts(peer), out);
    core.tell({ type: "peer-joined", torrent: this.id, peer: peer.remote }, out);
    core.body?.giving.joined(peer);
    core.body?.choking.offer(peer, now, out);
    this.#keepTicking(now);
    return undefined;
  }

  /** Of a handshake all but the peer id is here: ours may go out already. */
  answer(peer: Peer, head: HandshakeHead, out: SessionOutput[]): void {
    if (this.#core.swarm.isOpen) this.#shakeHands(peer, head, out);
  }

  #shakeHands(peer: Peer, head: HandshakeHead, out: SessionOutput[]): void {
    sendHandshake(peer, { ...this.#core.greetingFacts(peer), infoHash: this.#nameFor(head) }, out);
  }

  /**
   * A hybrid torrent has two names: who comes by one is answered by the same, but who comes by the old one and speaks v2
   * is answered by the new one (BEP 52, "Upgrade Path"); libtorrent 2.0.8 hangs up otherwise.
   */
  #nameFor({ infoHash, features }: HandshakeHead): Uint8Array {
    const { newName } = this.#core;
    return features.v2 && newName !== undefined ? (fromHex(newName) as Uint8Array) : infoHash;
  }

  /** The peer is gone, or never came. */
  leave(peer: Peer, reason: string, now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    const isUseless = peer.isSeed && core.body?.content.have.isFull === true;
    if (core.swarm.leave(peer, now, isUseless)) {
      core.body?.requests.forget(peer);
      this.#info.left(peer, now);
      // Before it is forgotten what the peer had: a seed wants to know whether it was complete.
      core.body?.giving.left(peer);
      core.fields.left(peer);
      core.exchange.left(peer);
      core.holepunch.left(peer);
      core.body?.hashes.left(peer);
      core.body?.offers.left(peer);
      core.body?.uploads.left(peer);
      core.body?.choking.left(peer);
      core.tell({ type: "peer-left", torrent: this.id, peer: peer.remote, reason }, out);
      this.#traffic.askAll(now, out);
    }
    core.holepunch.seek(core.swarm.takeHidden(), out);
    core.swarm.keepMeetings(now, out);
    core.swarm.lookFurther(now);
  }

  dial(now: Millis, out: SessionOutput[]): void {
    this.#core.swarm.dial(now, out);
    this.#keepTicking(now);
  }

  /** One message of a peer that joined, or a run of them. */
  receive(peer: Peer, message: PeerMessage | MessageRun, now: Millis, out: SessionOutput[]): void {
    const isNews = message.type === "have" || message.type === "have-run";
    if (!isNews) {
      this.#hasHeardMore = true;
      if (!isCalm(message)) this.#isStirred = true;
    }
    hear(this, peer, message, now, out);
  }

  /** All messages of one read were heard: ask for more and give what was asked for. Hot: once a read. */
  readEnded(peer: Peer, now: Millis, out: SessionOutput[]): void {
    // A part of a handshake is no member yet; who was refused or left is not read any more.
    if (peer.handshake === undefined) return;
    const isNewsOnly = !this.#hasHeardMore;
    this.#hasHeardMore = false;
    // In a crowd nearly half of all reads: one that waits for our offers, and offers to us, says what it has. That ends turns, and no more.
    if (isNewsOnly && peer.requests.takesTurns && !peer.requests.isOffered && !peer.isSeed) return this.#newsEnded(now, out);
    this.body?.choking.noted(peer);
    this.#traffic.askSuccessors(now, out);
    this.#traffic.ask(peer, now, out);
    passUnused(peer, out);
    this.#traffic.serve(now, out);
    this.#info.fill(peer, now, out);
    this.body?.giving.reveal(now, out);
    acknowledge(peer, now, out);
    this.body?.offers.makeAfterRead(peer, now, out);
  }

  #newsEnded(now: Millis, out: SessionOutput[]): void {
    this.#traffic.serve(now, out);
    const { body } = this;
    if (body?.giving.isHiding !== true) return;
    body.giving.reveal(now, out);
    // It was the last piece that somebody waited for: from now on we offer like everybody else.
    if (!body.giving.isHiding) body.offers.make(now, out);
  }

  blocksSent(peer: Peer, byteLength: number, now: Millis, out: SessionOutput[]): void {
    this.#traffic.blocksSent(peer, byteLength, now, out);
  }

  answerSent(peer: Peer, byteLength: number, out: SessionOutput[]): void {
    this.body?.answers.sent(peer, byteLength, out);
  }

  blocksFailed(peer: Peer, blocks: readonly BlockSpan[], out: SessionOutput[]): void {
    this.#traffic.blocksFailed(peer, blocks, out);
  }

  // ---- what a conversation says (`Listener`)

  get body(): Body | undefined {
    return this.#core.body;
  }
  get fields(): Fields {
    return this.#core.fields;
  }
  get wantsMetadata(): boolean {
    return this.#info.wantsDictionary;
  }

  peerHasMore(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const { mayRequest, body, context } = this.#core;
    if (mayRequest) updateInterest(peer, this.#traffic.wants(peer), out);
    if (mayRequest && body?.content.have.isFull === true && peer.isSeed) context.drop(peer, "both are complete");
    this.#keepTicking(now);
  }

  blockArrived(peer: Peer, message: PieceMessage, now: Millis, out: SessionOutput[]): void {
    this.#traffic.blockArrived(peer, message, now, out);
  }

  blocksArrived(peer: Peer, run: BlockRun, now: Millis, out: SessionOutput[]): void {
    this.#traffic.blocksArrived(peer, run, now, out);
  }

  metadataArrived(peer: Peer, payload: Uint8Array, now: Millis, out: SessionOutput[]): void {
    this.#life.infoArrived(this.#info.dictionaryArrived(peer, payload, now, out), now, out);
  }

  hashesArrived(peer: Peer, message: HashesMessage | HashRangeMessage, now: Millis, out: SessionOutput[]): void {
    this.#life.infoArrived(this.#info.hashesArrived(peer, message, now, out), now, out);
  }

  holepunchHeard(peer: Peer, payload: Uint8Array, now: Millis, out: SessionOutput[]): void {
    this.#core.holepunch.heard(peer, payload, now, out);
  }

  peersHeard(peer: Peer, payload: Uint8Array, now: Millis): void {
    const { exchange, swarm } = this.#core;
    if (swarm.hasEnough) return;
    swarm.meet(exchange.heard(peer, payload, now), "pex", now, peer.remote);
  }

  nodeHeard(peer: Peer, port: number, now: Millis, out: SessionOutput[]): void {
    const { dht, context } = this.#core;
    if (dht.isAllowed) context.dht.heard({ address: peer.remote.address, port }, now, out);
  }

  introduced(peer: Peer, ourAddress: string | undefined, now: Millis, out: SessionOutput[]): void {
    if (ourAddress !== undefined) this.#core.context.ourAddresses.heard(peer.remote.address, ourAddress);
    this.#core.swarm.learnEndpoint(peer);
    this.#core.exchange.learn(peer, now);
    this.body?.offers.introduced(peer);
    this.body?.choking.offer(peer, now, out);
    this.#traffic.wish(out);
    this.#info.fill(peer, now, out);
  }

  // ---- trackers

  answered(input: Answered, now: Millis, out: SessionOutput[]): void {
    this.#found(this.#core.discovery.answered(input, now, out), now);
  }

  announced(answer: UdpTrackerAnswer, now: Millis, out: SessionOutput[]): void {
    this.#found(this.#core.discovery.announced(answer, now, out), now);
  }

  #found(peers: readonly Endpoint[], now: Millis): void {
    if (this.#core.isEnding) return;
    this.#core.swarm.meet(peers, "tracker", now);
    this.#keepTicking(now);
  }

  // ---- the DHT

  dhtIsReady(now: Millis): void {
    this.#core.dht.nodeIsReady(now);
  }

  /** Peers, or the end of a search of ours. */
  dhtFound(news: Extract<DhtNews, { type: "peers" | "ended" }>, now: Millis, out: SessionOutput[]): void {
    const { dht, swarm, isEnding } = this.#core;
    if (isEnding || !dht.isAllowed) return;
    if (news.type === "peers") {
      swarm.meet(news.peers, "dht", now, news.from);
      return this.#keepTicking(now);
    }
    const isOver = dht.ended(news.search, news.report, swarm.isEmpty && swarm.candidateCount === 0, now);
    if (isOver) this.#core.tell({ type: "dht-round", torrent: this.id, report: dht.report }, out);
  }

  // ---- time

  get deadline(): Millis | undefined {
    const { discovery, dht, body, swarm } = this.#core;
    const { announces } = discovery;
    this.#calmDeadline = earliest(announces.deadline, dht.deadline, body?.content.deadline, body?.choking.deadline, swarm.deadline);
    this.#isStirred = false;
    return this.deadlineAfterRead;
  }

  /**
   * The same, for who only read since it was asked: nearly every read is a block, a request or a have, and the corners that these do not
   * concern are twenty objects far apart in memory.
   */
  get deadlineAfterRead(): Millis | undefined {
    if (this.#isStirred) return this.deadline;
    return earliest(this.#tickAt, this.#traffic.deadline, this.#core.body?.offers.deadline, this.#calmDeadline);
  }

  #keepTicking(now: Millis): void {
    this.#tickAt ??= now + TICK_MILLIS;
  }

  tick(now: Millis, out: SessionOutput[]): void {
    const { discovery, dht, body, swarm } = this.#core;
    discovery.tick(now, out);
    dht.tick(now, out);
    body?.content.tick(now, out);
    body?.choking.tick(now, out);
    if (this.#tickAt !== undefined && now >= this.#tickAt) this.#peersTick(now, out);
    this.#traffic.turnTick(now, out);
    body?.offers.make(now, out);
    swarm.lookFurther(now);
    this.#core.tellState(out);
  }

  #peersTick(now: Millis, out: SessionOutput[]): void {
    const { swarm, life, peers, body, state, discovery, exchange } = this.#core;
    this.#tickAt = !swarm.isEmpty || life === "faulted" ? now + TICK_MILLIS : undefined;
    for (const peer of peers.values()) this.#traffic.peerTick(peer, now, out);
    this.#traffic.serve(now, out);
    if (body?.offers.isSpokenTo === true) out.push({ type: "send-waiting" });
    swarm.dropSilentDials(now);
    swarm.partTwins(now);
    body?.requests.tick(now, out);
    this.#traffic.askSuccessors(now, out);
    this.#traffic.wish(out);
    exchange.tick(now, out);
    body?.giving.reveal(now, out);
    body?.hashes.tick(now);
    this.#life.infoArrived(this.#info.tick(now, out), now, out);
    const needsPeers = peers.size < PEERS_WANTED && state !== "seeding" && swarm.candidateCount === 0;
    if (needsPeers) discovery.announces.hurry(now, false);
  }
}

/** As haves do, it moves no deadline but those of the second's tick, of a rate limit and of offers. */
function isCalm(message: PeerMessage | MessageRun): boolean {
  const { type } = message;
  if (type === "extended") return message.id === TURN_ID;
  return type === "block-run" || type === "request-run" || type === "piece" || type === "request" || type === "cancel";
}

function earliest(...times: (Millis | undefined)[]): Millis | undefined {
  let first: Millis | undefined;
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time;
  return first;
}
