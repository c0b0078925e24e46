/**
 * The links of one run loop: numbers for the engine, objects for the host, and an outbox each that keeps the order of
 * what is sent, gathers the small messages of a turn into one write, and waits where payload must be read first.
 * @module
 */

import type { BlockSpan, Store, Tcp, TcpHandler, TcpLink, TcpListener } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { concatBytes, type HostError, HostError as HostErrorClass, KIB, MIB } from "@bittern/protocol/base";
import type { Transport } from "../peers/candidate.ts";
import type { LinkId, TorrentId } from "../session/ids.ts";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";
import { News } from "./news.ts";
import type { UtpPort } from "./utp-port.ts";

/** The outputs that concern links. */
export type LinkOutput = Extract<
  SessionOutput,
  {
    type:
      | "send"
      | "send-news"
      | "send-waiting"
      | "send-answer"
      | "send-blocks"
      | "listen"
      | "stop-listening"
      | "connect"
      | "close-link"
      | "pause-reading"
      | "resume-reading";
  }
>;

/** Milliseconds a dial may take. */
const CONNECT_TIMEOUT_MILLIS = 10_000;

/**
 * Bytes of messages that may wait to leave, a link (limits table). An honest peer that reads keeps it near nothing; who
 * makes us speak and does not listen is let go.
 */
const UNSENT_LENGTH_MAX: number = 4 * MIB;

/** Bytes of news after which each link takes what it has not sent of it. */
const NEWS_LENGTH_MAX: number = 64 * KIB;

interface BlocksToSend {
  readonly store: Store | undefined;
  readonly blocks: readonly BlockSpan[];
}

interface AnswerToSend {
  readonly answer: Uint8Array;
}

type OutboxItem = Uint8Array | AnswerToSend | BlocksToSend;
type Give = (input: SessionInput) => void;

export interface LinksParts {
  readonly tcp: Tcp;
  readonly utp: Pick<UtpPort, "connect">;
  readonly storeOf: (torrent: TorrentId) => Store | undefined;
  readonly give: Give;
}

export class Links {
  readonly #tcp: Tcp;
  readonly #utp: Pick<UtpPort, "connect">;
  readonly #storeOf: (torrent: TorrentId) => Store | undefined;
  readonly #give: Give;
  readonly #links = new Map<LinkId, Link>();
  /** Links with something to send since the last flush. */
  readonly #busy: Link[] = [];
  /** Links on which something waits for the next word. */
  readonly #patient: Link[] = [];
  readonly #news = new News();
  readonly #listeners = new Set<TcpListener>();
  #acceptedCount = 0;

  constructor({ tcp, utp, storeOf, give }: LinksParts) {
    this.#tcp = tcp;
    this.#utp = utp;
    this.#storeOf = storeOf;
    this.#give = give;
  }

  perform(output: LinkOutput): void {
    if (output.type === "listen") return this.#listen(output.options);
    if (output.type === "stop-listening") return this.#stopListening(output.endpoints);
    if (output.type === "send-news") return this.#sendNews(output.links, output.bytes);
    if (output.type === "send-waiting") return this.#sendWaiting();
    if (output.type === "connect") {
      const link = this.#add(output.link);
      link.tcp =
        output.transport === "utp"
          ? this.#utp.connect(output.to, link)
          : this.#tcp.connect(output.to, { timeoutMillis: CONNECT_TIMEOUT_MILLIS }, link);
      return;
    }
    const link = this.#links.get(output.link);
    // The link may have died while the engine decided; its `closed` is on the way.
    if (link === undefined) return;
    switch (output.type) {
      case "send":
        return output.mayWait === true ? this.#keep(link, output.bytes) : this.#queue(link, output.bytes, output.bytes.length);
      case "send-answer":
        return this.#queue(link, { answer: output.bytes }, output.bytes.length);
      case "send-blocks":
        return this.#queue(link, { store: this.#storeOf(output.torrent), blocks: output.blocks }, 0);
      case "close-link":
        link.flush();
        link.tcp?.close();
        return;
      case "pause-reading":
        link.tcp?.pauseReading();
        return;
      case "resume-reading":
        link.tcp?.resumeReading();
        return;
    }
  }

  #queue(link: Link, item: OutboxItem, byteLength: number): void {
    link.push(item, byteLength);
    this.#isBusy(link);
  }

  #isBusy(link: Link): void {
    if (link.isQueued) return;
    link.isQueued = true;
    this.#busy.push(link);
  }

  /** A word for which no write of its own is made. */
  #keep(link: Link, bytes: Uint8Array): void {
    link.push(bytes, bytes.length);
    this.#isPatient(link);
  }

  #isPatient(link: Link): void {
    if (link.isPatient) return;
    link.isPatient = true;
    this.#patient.push(link);
  }

  /** Hot: a piece is told to a hundred links in a crowd. */
  #sendNews(ids: readonly LinkId[], bytes: Uint8Array): void {
    if (this.#news.length + bytes.length > NEWS_LENGTH_MAX) this.#takeAllNews();
    const begin = this.#news.length;
    this.#news.add(bytes);
    for (const id of ids) {
      const link = this.#links.get(id);
      if (link === undefined) continue;
      link.hearNews(begin, begin + bytes.length);
      this.#isPatient(link);
    }
  }

  /** Who has something to take of the news is patient. */
  #takeAllNews(): void {
    for (const link of this.#patient) link.takeNews();
    this.#news.clear();
  }

  #sendWaiting(): void {
    this.#takeAllNews();
    for (const link of this.#patient) {
      link.isPatient = false;
      if (link.outbox.length > 0) this.#isBusy(link);
    }
    this.#patient.length = 0;
  }

  /** Sends what the turn gathered, one write a link. */
  flush(): void {
    for (const link of this.#busy) {
      link.isQueued = false;
      link.flush();
      if (link.unsentLength > UNSENT_LENGTH_MAX) link.letGo();
    }
    this.#busy.length = 0;
  }

  closeAll(): void {
    for (const listener of this.#listeners) listener.close();
    for (const link of this.#links.values()) link.tcp?.close();
  }

  #listen(options: Parameters<Tcp["listen"]>[0]): void {
    this.#tcp.listen(
      options,
      (tcp) => this.accept(tcp, "tcp"),
      (outcome) => {
        if (outcome instanceof HostErrorClass) return this.#give({ type: "listen-failed", fault: outcome });
        this.#listeners.add(outcome);
        this.#give({ type: "listening", endpoints: outcome.endpoints });
      },
    );
  }

  /** Somebody came; what happens on the link goes to the handler. */
  accept(tcp: TcpLink, transport: Transport): TcpHandler {
    const link = this.#add(-++this.#acceptedCount);
    link.tcp = tcp;
    this.#give({ type: "accepted", link: link.id, remote: tcp.remote, transport });
    return link;
  }

  #stopListening(places: readonly Endpoint[]): void {
    for (const listener of this.#listeners) {
      if (!listener.endpoints.some((endpoint) => places.some((place) => isSame(place, endpoint)))) continue;
      this.#listeners.delete(listener);
      listener.close();
    }
  }

  #add(id: LinkId): Link {
    const link = new Link(id, this.#news, this.#give, (gone) => this.#links.delete(gone));
    this.#links.set(id, link);
    return link;
  }
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.address === other.address && one.port === other.port;
}

class Link implements TcpHandler {
  readonly id: LinkId;
  tcp: TcpLink | undefined;
  readonly outbox: OutboxItem[] = [];
  /** Bytes of the messages in it. */
  outboxLength = 0;
  isQueued = false;
  /** Something in the outbox waits for the next word. */
  isPatient = false;
  readonly #news: News;
  /** What of the news it has not sent, and is not in its outbox. */
  #newsBegin = 0;
  #newsEnd = 0;
  readonly #give: Give;
  readonly #gone: (link: LinkId) => void;
  /** A read for this link is under way: what follows it waits. */
  #isReading = false;
  #isFlushing = false;
  #isClosed = false;

  constructor(id: LinkId, news: News, give: Give, gone: (link: LinkId) => void) {
    this.id = id;
    this.#news = news;
    this.#give = give;
    this.#gone = gone;
  }

  connected(tcp: TcpLink): void {
    this.#give({ type: "connected", link: this.id, local: tcp.local });
  }
  bytes(_tcp: TcpLink, bytes: Uint8Array): void {
    this.#give({ type: "bytes", link: this.id, bytes });
  }
  drained(): void {
    this.flush();
  }
  closed(_tcp: TcpLink, fault: HostError | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.outbox.length = 0;
    this.#newsBegin = this.#newsEnd;
    this.#gone(this.id);
    this.#give({ type: "closed", link: this.id, fault });
  }

  /** Puts something behind all that was said before. */
  push(item: OutboxItem, byteLength: number): void {
    this.takeNews();
    this.outbox.push(item);
    this.outboxLength += byteLength;
  }

  /** What was said there last is for this link, too; it waits where it lies while one word follows the other. */
  hearNews(begin: number, end: number): void {
    if (this.#newsEnd !== begin) this.takeNews();
    if (this.#newsBegin === this.#newsEnd) this.#newsBegin = begin;
    this.#newsEnd = end;
    this.outboxLength += end - begin;
  }

  takeNews(): void {
    if (this.#newsBegin === this.#newsEnd) return;
    this.outbox.push(this.#news.copy(this.#newsBegin, this.#newsEnd));
    this.#newsBegin = this.#newsEnd;
  }

  /** Bytes of messages that have not left; payload on its way counts, too, and is bounded by the engine. */
  get unsentLength(): number {
    return this.outboxLength + (this.tcp?.unsentLength ?? 0);
  }

  /** The other side does not read. */
  letGo(): void {
    if (this.tcp === undefined || this.#isClosed) return;
    this.tcp.close();
    this.closed(this.tcp, new HostErrorClass("SEND_BUFFER_FULL", "it does not read what it makes us send"));
  }

  flush(): void {
    // A read that is answered at once comes back here from inside of the loop, which goes on by itself.
    if (this.#isFlushing) return;
    this.takeNews();
    this.#isFlushing = true;
    while (this.outbox.length > 0 && !this.#isReading && !this.#isClosed && this.tcp !== undefined) {
      const small = this.#takeSmall();
      if (small !== undefined) this.tcp.write(small);
      else this.#sendLarge(this.outbox.shift() as AnswerToSend | BlocksToSend);
    }
    this.#isFlushing = false;
  }

  /** The messages up to the next payload, as one piece of memory; `undefined` when payload is next. */
  #takeSmall(): Uint8Array | undefined {
    let count = 0;
    while (this.outbox[count] instanceof Uint8Array) count++;
    if (count === 0) return undefined;
    if (count === 1) {
      const small = this.outbox.shift() as Uint8Array;
      this.outboxLength -= small.length;
      return small;
    }
    const parts = this.outbox.splice(0, count) as Uint8Array[];
    const small = concatBytes(parts);
    this.outboxLength -= small.length;
    return small;
  }

  #sendLarge(item: AnswerToSend | BlocksToSend): void {
    if ("blocks" in item) return this.#read(item);
    const byteLength = item.answer.length;
    this.outboxLength -= byteLength;
    this.tcp?.write(item.answer, () => {
      if (!this.#isClosed) this.#give({ type: "answer-sent", link: this.id, byteLength });
    });
  }

  #read(job: BlocksToSend): void {
    if (job.store === undefined) {
      const fault = new HostErrorClass("STORAGE_MISSING", "the store was closed");
      return this.#give({ type: "blocks-failed", link: this.id, blocks: job.blocks, fault });
    }
    this.#isReading = true;
    job.store.readBlocks(job.blocks, (outcome) => {
      this.#isReading = false;
      if (outcome instanceof HostErrorClass) {
        this.#give({ type: "blocks-failed", link: this.id, blocks: job.blocks, fault: outcome });
      } else if (this.#isClosed || this.tcp === undefined) {
        outcome.release();
      } else {
        this.#write(job, outcome.bytes, outcome.release);
      }
      this.flush();
    });
  }

  #write(job: BlocksToSend, bytes: Uint8Array, release: () => void): void {
    let byteLength = 0;
    for (const block of job.blocks) byteLength += block.length;
    this.tcp?.write(bytes, () => {
      release();
      if (!this.#isClosed) this.#give({ type: "blocks-sent", link: this.id, byteLength });
    });
  }
}
