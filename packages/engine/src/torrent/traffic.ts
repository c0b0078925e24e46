/**
 * Blocks in and out: who is asked and who is served after each read, once a second, and under a rate limit.
 * @module
 */
import type { BlockSpan } from "@bittern/host";
import { BLOCK_LENGTH, type Millis, ProtocolError } from "@bittern/protocol/base";
import { type BlockRun, blockOfRun, encodeMessage, KEEPALIVE_QUIET_MILLIS, type PieceMessage } from "@bittern/protocol/peer";
import type { Peer } from "../peers/peer.ts";
import type { SessionOutput } from "../session/output.ts";
import { updateInterest } from "./conversation.ts";
import type { TorrentCore } from "./core.ts";
import { tellWishes } from "./wishes.ts";

/** While a rate limit holds something back, it is looked at this often. */
const LIMITED_TICK_MILLIS: Millis = 25;
/** So often those who could bring the last blocks sooner are looked at: they have nothing to say, and a second later is late. */
const ENDING_TICK_MILLIS: Millis = 100;
/** Without payload for this long, a peer that owes us some is snubbing us (BEP 3). */
const SNUB_MILLIS = 60_000;

export class Traffic {
  readonly #core: TorrentCore;
  /** When all have their next turn, because a rate limit held some back or the end is near. */
  #turnAt: Millis | undefined;

  constructor(core: TorrentCore) {
    this.#core = core;
  }

  get deadline(): Millis | undefined {
    return this.#turnAt;
  }

  /** Whether the peer has something that we may ask for. */
  wants(peer: Peer): boolean {
    return this.#core.mayRequest && peer.wantedPieces > 0 && !peer.isDistrusted;
  }

  wishAndAsk(peer: Peer, now: Millis, out: SessionOutput[]): void {
    updateInterest(peer, this.wants(peer), out);
    this.ask(peer, now, out);
  }

  wishAndAskAll(now: Millis, out: SessionOutput[]): void {
    for (const peer of this.#core.peers.values()) this.wishAndAsk(peer, now, out);
  }

  ask(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const { body, mayRequest, context, downBucket } = this.#core;
    if (!mayRequest || body === undefined || !peer.areWeInterested) return;
    if (peer.isChokingUs && peer.requests.allowedFast.size === 0) return;
    // The disk does not keep up: whoever gives a buffer back lets everybody ask again.
    if (body.content.storingLength >= context.pool.storingLengthMax) return;
    body.requests.fill(peer, now, out);
    if (!downBucket.isUnlimited || !context.downBucket.isUnlimited) this.#waitForTurn(LIMITED_TICK_MILLIS, now);
    else if (body.requests.isEnding) this.#waitForTurn(ENDING_TICK_MILLIS, now);
  }

  /** Seeds that hide what they have hear what somebody waits for. */
  wish(out: SessionOutput[]): void {
    const { body, mayRequest, peers } = this.#core;
    if (body !== undefined && mayRequest) tellWishes(peers.values(), body.picker, body.requests.isSequential, out);
  }

  /** Those to whom others left a piece. */
  askSuccessors(now: Millis, out: SessionOutput[]): void {
    for (const peer of this.#core.body?.requests.takeSuccessors() ?? []) this.ask(peer, now, out);
  }

  askAll(now: Millis, out: SessionOutput[]): void {
    // A seed of thousands hears of each that leaves.
    if (!this.#core.mayRequest || this.#core.body?.picker.wantedMissing === 0) return;
    for (const peer of this.#core.peers.values()) this.ask(peer, now, out);
  }

  /** Lets as much leave as may leave now, to whomever. */
  serve(now: Millis, out: SessionOutput[]): void {
    const { body, context, upBucket } = this.#core;
    if (body === undefined || body.uploads.isIdle) return;
    body.uploads.serve(now, out);
    const isLimited = !upBucket.isUnlimited || !context.upBucket.isUnlimited;
    if (isLimited && !body.uploads.isIdle) this.#waitForTurn(LIMITED_TICK_MILLIS, now);
  }

  blockArrived(peer: Peer, message: PieceMessage, now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    if (core.body === undefined) return;
    // What a block has of padding is nobody's content.
    const length = core.body.requests.contentLength(message.piece, message.begin, message.block.length);
    const arrival = core.body.requests.receive(peer, message.piece, message.begin, message.block, now, out);
    if (arrival.type === "unasked") {
      // Nothing was downloaded: else any stranger could set our ratio, and earn our uplink with noise.
      core.wasted += length;
      return;
    }
    peer.down.add(message.block.length, now);
    core.down.add(length, now);
    if (arrival.type === "run-complete") core.body.content.store(arrival.partial, arrival.run, out);
    else if (arrival.type === "wasted") core.wasted += length;
    else if (arrival.type === "flood") throw new ProtocolError("BLOCK_FLOOD", "blocks that nobody asked for");
  }

  /** The same for a run of blocks. Hot: nearly all of a fast download comes this way. */
  blocksArrived(peer: Peer, run: BlockRun, now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    if (core.body === undefined) return;
    const { requests, content } = core.body;
    for (let block = 0; block < run.count; ) {
      const arrival = requests.receiveRun(peer, run, block, now);
      if (arrival === undefined) {
        const message = {
          type: "piece",
          piece: run.piece,
          begin: run.begin + block * BLOCK_LENGTH,
          block: blockOfRun(run, block),
        } as const;
        this.blockArrived(peer, message, now, out);
        block++;
        continue;
      }
      const length = arrival.count * BLOCK_LENGTH;
      peer.down.add(length, now);
      core.down.add(length, now);
      if (arrival.isComplete) content.store(arrival.partial, arrival.run, out);
      block += arrival.count;
    }
  }

  blocksSent(peer: Peer, byteLength: number, now: Millis, out: SessionOutput[]): void {
    const { body, up } = this.#core;
    const length = body?.uploads.sent(peer, byteLength, now) ?? 0;
    up.add(length, now);
    body?.content.uploaded(length);
    this.serve(now, out);
    body?.giving.reveal(now, out);
    body?.offers.make(now, out);
  }

  blocksFailed(peer: Peer, blocks: readonly BlockSpan[], out: SessionOutput[]): void {
    this.#core.body?.uploads.unsent(peer, blocks);
    for (const block of blocks) {
      if (peer.canFast) out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "reject", ...block }) });
    }
    if (!peer.canFast) this.#core.context.drop(peer, "the disk did not give what was promised");
    // Our own disk is to blame, nobody else: what cannot be read is looked at again.
    const pieces = blocks.map((block) => block.piece);
    this.#core.body?.content.suspect(pieces, out);
  }

  /** Once a second. */
  peerTick(peer: Peer, now: Millis, out: SessionOutput[]): void {
    const { context, body } = this.#core;
    if (now - peer.receivedAt > context.settings.idleTimeoutMillis) return context.drop(peer, "silent for too long");
    if (now - peer.sentAt > KEEPALIVE_QUIET_MILLIS) {
      peer.sentAt = now;
      out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "keep-alive" }) });
    }
    body?.choking.review(peer, now);
    body?.choking.remind(peer, now, out);
    if (peer.isDistrusted) this.#trustAgain(peer, now, out);
    const { pipeline } = peer.requests;
    // Most of a hundred links carry nothing at the moment, and their meters are left alone.
    if (pipeline.isFlowing) pipeline.adapt(peer.down.rate(now));
    if (peer.requests.outstanding > 0 && now - peer.requests.progressAt > SNUB_MILLIS) peer.isSnubbed = true;
    this.ask(peer, now, out);
  }

  #trustAgain(peer: Peer, now: Millis, out: SessionOutput[]): void {
    peer.isDistrusted = this.#core.blame.isDistrusted(peer, now);
    updateInterest(peer, this.wants(peer), out);
  }

  /** Under a rate limit everybody gets a turn every few milliseconds, each time another one first; and towards the end. */
  turnTick(now: Millis, out: SessionOutput[]): void {
    if (this.#turnAt === undefined || now < this.#turnAt) return;
    this.#turnAt = undefined;
    const peers = [...this.#core.peers.values()];
    const first = peers.length === 0 ? 0 : Math.floor(now / LIMITED_TICK_MILLIS) % peers.length;
    for (const peer of [...peers.slice(first), ...peers.slice(0, first)]) {
      this.ask(peer, now, out);
    }
    this.serve(now, out);
  }

  #waitForTurn(millis: Millis, now: Millis): void {
    this.#turnAt = Math.min(this.#turnAt ?? Infinity, now + millis);
  }
}
