/**
 * The life of a torrent: what it begins with, when it is opened, paused, in trouble, at its end.
 *
 *     record ──► metadata ──► content (open, check) ──► pieces, faults, end
 * @module
 */
import { type HostError, type Millis, ProtocolError } from "@bittern/protocol/base";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { encodeMessage } from "@bittern/protocol/peer";
import { decodeResume, type ResumeRecord } from "../disk/resume.ts";
import type { Peer } from "../peers/peer.ts";
import { Limiter } from "../rate/limiter.ts";
import type { AddTorrent, Command, FilePriority } from "../session/command.ts";
import type { SessionOutput } from "../session/output.ts";
import type { Body } from "./body.ts";
import type { Content } from "./content/content.ts";
import type { ContentNews } from "./content/content-news.ts";
import type { MoveQuestion } from "./content/moves.ts";
import { updateInterest } from "./conversation.ts";
import type { TorrentCore } from "./core.ts";
import { damageFault } from "./damage.ts";
import { nameOf } from "./download/blame.ts";
import { makeBody } from "./make-body.ts";
import { type InfoArrival, InfoFetch } from "./metadata/info-fetch.ts";
import { parseMetadata, withLayers } from "./metadata/metadata-source.ts";
import type { Traffic } from "./traffic.ts";
import type { Verdicts } from "./verdicts.ts";

type Removal = Pick<Extract<Command, { type: "remove-torrent" }>, "deleteFiles" | "forget">;

export interface LifeParts {
  readonly core: TorrentCore;
  readonly info: InfoFetch;
  readonly traffic: Traffic;
  readonly verdicts: Verdicts;
  /** Peers need a look once a second from now on. */
  readonly keepTicking: (now: Millis) => void;
}

export class TorrentLife {
  readonly #core: TorrentCore;
  readonly #parts: LifeParts;
  #isPausedByUser: boolean;
  #isRemoving = false;
  /** Its record goes when it has ended. */
  #isForgetting = false;
  /** The content was open before: peers know what we have. */
  #wasOpened = false;
  /** Where the content is to lie, of a torrent that was moved before its metadata was known. */
  #place: Pick<MoveQuestion, "root" | "recordKey"> | undefined;
  /** Asked before the record was loaded, which says what there is. */
  #postponed: ((now: Millis, out: SessionOutput[]) => void)[] = [];

  constructor(parts: LifeParts) {
    this.#core = parts.core;
    this.#parts = parts;
    this.#isPausedByUser = parts.core.add.paused === true;
  }

  start(out: SessionOutput[]): void {
    out.push({ type: "load-record", torrent: this.#core.id, key: this.#core.add.recordKey });
  }

  recordLoaded(bytes: Uint8Array | undefined, now: Millis, out: SessionOutput[]): void {
    const record = bytes === undefined ? undefined : decodeResume(bytes);
    const core = this.#core;
    if (core.life !== "starting") return;
    this.#begin(record, now, out);
    for (const command of this.#postponed.splice(0)) command(now, out);
  }

  #begin(record: ResumeRecord | undefined, now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    const told = core.metainfo === undefined ? undefined : withLayers(core.metainfo, record);
    const metainfo = told ?? (record === undefined ? undefined : parseMetadata(record, core.add.source));
    if (metainfo !== undefined && !InfoFetch.isNeeded(metainfo)) return this.#embody(metainfo, record, now, out);
    const { info } = this.#parts;
    info.begin(metainfo);
    core.life = info.wants;
    if (this.#isPausedByUser) core.life = "paused";
    else this.#network(now, out);
    core.tellState(out);
  }

  /** A message that may have brought the rest of the metadata. */
  infoArrived(arrival: InfoArrival, now: Millis, out: SessionOutput[]): void {
    switch (arrival.type) {
      case "none":
        // The dictionary may have come, and the layers be missing.
        if (this.#core.life === "metadata") this.#core.life = this.#parts.info.wants;
        return;
      case "whole":
        return this.#embody(arrival.metainfo, undefined, now, out);
      case "invalid":
        return this.#badMetadata(out);
      case "false":
        return this.#core.punish({ endpoint: nameOf(arrival.liar), reason: arrival.reason }, now, out);
    }
  }

  #badMetadata(out: SessionOutput[]): void {
    const core = this.#core;
    this.#parts.info.end();
    const fault = new ProtocolError("METADATA_INVALID", "the info dictionary has the right hash and is no valid torrent");
    core.fault = fault;
    core.life = "faulted";
    core.tell({ type: "error", torrent: core.id, fault }, out);
    core.tellState(out);
  }

  /** The metadata is known: the corners that need it come to be, and the content is opened. */
  #embody(metainfo: Metainfo, record: ResumeRecord | undefined, now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    const { context } = core;
    const add = this.#addThere();
    const isNews = core.metainfo === undefined;
    core.metainfo = metainfo;
    if (isNews && metainfo.private) core.swarm.becomePrivate();
    context.named(core.id);
    this.#parts.info.end();
    core.priorities ??= add.priorities?.(metainfo.filesWithPads) ?? (record?.priorities as readonly FilePriority[] | undefined);
    core.body = makeBody({
      torrent: core.id,
      metainfo,
      add,
      priorities: core.priorities,
      record,
      context,
      peers: core.peers,
      isAnnounced: () => core.discovery.announces.isAnnounced,
      down: new Limiter([context.downBucket, core.downBucket]),
      up: new Limiter([context.upBucket, core.upBucket]),
      blame: core.blame,
      uplink: (at) => ({ rate: core.up.rate(at), isBusy: core.body?.uploads.isUplinkBusy === true }),
    });
    for (const liar of core.fields.open(core.body.picker, core.peers.values())) context.drop(liar, "a bitfield that does not fit");
    if (isNews) core.tell({ type: "metadata", torrent: core.id, metainfo }, out);
    if (this.#isPausedByUser) {
      core.life = "paused";
      core.body.content.rest(now, out);
    } else this.#openContent(now, out);
    core.tellState(out);
  }

  /** What it was added with, at the place it was told of since. */
  #addThere(): AddTorrent {
    const { add } = this.#core;
    if (this.#place === undefined) return add;
    const { root, recordKey } = this.#place;
    return { ...add, recordKey, placement: { ...add.placement, root } };
  }

  #eraseRecords(out: SessionOutput[]): void {
    const { id, body, add } = this.#core;
    for (const key of body?.content.recordKeys ?? [add.recordKey]) out.push({ type: "erase-record", torrent: id, key });
  }

  #openContent(now: Millis, out: SessionOutput[]): void {
    this.#core.life = "content";
    this.#core.body?.content.open(out);
    // Peers found for the metadata stay; new ones are looked for when the content is open.
    if (this.#core.peers.size > 0) this.#parts.keepTicking(now);
  }

  /** Starts to look for peers. */
  #network(now: Millis, out: SessionOutput[]): void {
    const { add, discovery, dht, swarm, context, metainfo } = this.#core;
    discovery.announces.start(now);
    const nodes = add.source.type === "magnet" ? add.source.magnet.nodes : metainfo?.nodes;
    if (dht.isAllowed) context.dht.named(nodes ?? [], now, out);
    dht.start(now);
    swarm.open();
    swarm.lookFurther(now);
    this.#parts.keepTicking(now);
  }

  /** Carries what the content corner learnt to everybody else. */
  learn(news: ContentNews, now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    const { id, body } = core;
    const { verdicts, traffic } = this.#parts;
    if (body === undefined) return;
    switch (news.type) {
      case "open":
        this.#healed();
        // Paused meanwhile: `resume` goes on from here.
        return core.life === "content" ? this.#contentOpened(body, now, out) : core.tell({ type: "checked", torrent: id }, out);
      case "checked":
        return core.tell({ type: "checked", torrent: id }, out);
      case "piece-good":
        return verdicts.good(body, news.piece, news.bytes, now, out);
      case "piece-bad":
        return verdicts.bad(body, news.piece, news.bytes, now, out);
      case "piece-unstored":
        core.wasted += body.requests.failed(news.piece, out);
        return;
      case "piece-found":
        return body.picker.markHave(news.piece);
      case "pieces-lost":
        this.#damagedIfReadOnly(body, now, out);
        return verdicts.lost(body, news.pieces, now, out);
      case "buffer":
        core.context.pool.give(news.buffer);
        return traffic.askAll(now, out);
      case "fault":
        return this.#faulted(news.fault, now, out);
      case "healed":
        return this.#healed();
      case "unhealed":
        return core.life === "content" ? this.#faulted(news.fault, now, out) : undefined;
      case "durable":
        return core.tell({ type: "durable", torrent: id }, out);
      case "closed":
        return this.#closed(news.fault, out);
      case "moved":
        return core.tell({ type: "moved", torrent: id, move: news.move, fault: news.fault }, out);
      case "warning":
        return core.tell({ type: "warning", torrent: id, code: news.code, message: news.message }, out);
    }
  }

  #contentOpened(body: Body, now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    core.tell({ type: "checked", torrent: core.id }, out);
    body.giving.begin();
    // Peers that came while the metadata was fetched were told of nothing yet.
    if (!this.#wasOpened) for (const peer of core.peers.values()) tellOfAll(peer, body, out);
    else this.#damagedIfReadOnly(body, now, out);
    this.#wasOpened = true;
    core.fields.recount(core.peers.values());
    this.#network(now, out);
    this.#parts.verdicts.finishIfDone(body, now, out, false);
    this.#parts.traffic.wishAndAskAll(now, out);
  }

  #faulted(fault: HostError, now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    if (core.isEnding) return;
    if (core.life === "paused") {
      const isFirst = core.fault === undefined;
      core.fault = fault;
      if (isFirst) core.tell({ type: "error", torrent: core.id, fault }, out);
      return;
    }
    // Every piece on its way meets the same disk: the first one says it.
    const isNews = core.life !== "faulted";
    core.fault = fault;
    core.life = "faulted";
    if (!isNews) return;
    core.wasted += core.body?.requests.clear(out) ?? 0;
    for (const peer of core.peers.values()) updateInterest(peer, false, out);
    core.tell({ type: "error", torrent: core.id, fault }, out);
    this.#parts.keepTicking(now);
  }

  /** What we only read is never fetched anew: where some of it got lost, the torrent is in trouble, and gives what is left. */
  #damagedIfReadOnly(body: Body, now: Millis, out: SessionOutput[]): void {
    const { add, metainfo, life } = this.#core;
    const { content } = body;
    // While everything is hashed anew nothing is known to be lost.
    if (add.readOnly !== true || metainfo === undefined || content.isDone || content.isChecking) return;
    if (life !== "content" && life !== "faulted") return;
    this.#faulted(damageFault(metainfo.layout, content.missing()), now, out);
  }

  /** The disk refused and takes things again. */
  #healed(): void {
    const core = this.#core;
    if (core.isEnding) return;
    core.fault = undefined;
    if (core.life === "faulted") core.life = "content";
  }

  /** A full disk stays full until it says otherwise, whoever tries; every other fault shows itself again if it is still there. */
  #standFull(content: Content, now: Millis): void {
    const core = this.#core;
    if (core.life !== "content" || content.fault?.code !== "DISK_FULL") return;
    core.fault = content.fault;
    core.life = "faulted";
    this.#parts.keepTicking(now);
  }

  pause(now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    this.#isPausedByUser = true;
    if (core.life === "starting" || core.isEnding) return;
    core.life = "paused";
    core.fault = undefined;
    core.discovery.announces.stop(now, out);
    core.dht.stop(now, out);
    core.wasted += core.body?.requests.clear(out) ?? 0;
    core.body?.content.rest(now, out);
    core.swarm.close("paused");
  }

  resume(now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    this.#isPausedByUser = false;
    if (core.life !== "paused" && core.life !== "faulted") return;
    core.fault = undefined;
    core.swarm.welcomeBack(core.add.peers ?? [], now);
    if (core.body === undefined) {
      core.life = this.#parts.info.wants;
      this.#network(now, out);
      return;
    }
    core.life = "content";
    const { content } = core.body;
    for (const news of content.resume(now, out)) this.learn(news, now, out);
    if (content.isOpen) this.#contentOpened(core.body, now, out);
    else if (content.isClosed) this.#openContent(now, out);
    this.#standFull(content, now);
  }

  /** Hashes everything anew, paused or not; `checked` follows. */
  recheck(now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    const { body, life } = core;
    if (life === "starting") this.#postponed.push((at, to) => this.recheck(at, to));
    if (body === undefined || core.isEnding) return;
    core.isDoneTold = false;
    core.fault = undefined;
    if (life === "faulted") core.life = "content";
    core.wasted += body.requests.clear(out);
    for (const news of body.content.recheck(now, out)) this.learn(news, now, out);
    this.#standFull(body.content, now);
  }

  /** Moves all files, or of a torrent whose metadata is unknown the place where they are going to be; `moved` follows. */
  move(question: MoveQuestion, now: Millis, out: SessionOutput[]): void {
    const core = this.#core;
    if (core.life === "starting") {
      this.#postponed.push((at, to) => this.move(question, at, to));
    } else if (core.body !== undefined) {
      for (const news of core.body.content.move(question, out)) this.learn(news, now, out);
    } else if (!core.isEnding) {
      this.#place = question;
      core.tell({ type: "moved", torrent: core.id, move: question.move, fault: undefined }, out);
    }
  }

  /** The user wants it no more: `removed` follows. */
  remove({ deleteFiles, forget = false }: Removal, now: Millis, out: SessionOutput[]): void {
    this.#isRemoving = true;
    this.#isForgetting = forget && !deleteFiles;
    this.#end(now, out, deleteFiles);
  }

  /** The session ends: goodbye to trackers and peers, everything to the disk. */
  close(now: Millis, out: SessionOutput[]): void {
    if (!this.#core.isEnding) this.#end(now, out, false);
  }

  #end(now: Millis, out: SessionOutput[], deleteFiles: boolean): void {
    const core = this.#core;
    core.discovery.announces.stop(now, out);
    core.dht.stop(now, out);
    core.swarm.close("the torrent ends");
    core.wasted += core.body?.requests.clear(out) ?? 0;
    core.life = "closing";
    this.#parts.info.end();
    if (deleteFiles) this.#eraseRecords(out);
    if (core.body === undefined || !core.body.content.close(deleteFiles, now, out)) this.#closed(undefined, out);
  }

  #closed(fault: HostError | undefined, out: SessionOutput[]): void {
    const core = this.#core;
    core.life = "closed";
    // Last of all: an orderly end saves it.
    if (this.#isForgetting) this.#eraseRecords(out);
    if (this.#isRemoving) core.tell({ type: "removed", torrent: core.id, fault }, out);
  }

  get isPausedByUser(): boolean {
    return this.#isPausedByUser;
  }

  get isRemoved(): boolean {
    return this.#isRemoving && this.isQuiet;
  }

  /** Nothing is under way any more. */
  get isQuiet(): boolean {
    return this.#core.life === "closed" && !this.#core.discovery.announces.isBusy;
  }
}

function tellOfAll(peer: Peer, body: Body, out: SessionOutput[]): void {
  for (const piece of body.content.have) out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "have", piece }) });
}
