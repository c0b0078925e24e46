/**
 * Questions to trackers, without a session: how large the swarms are (scrape), and who is in one (announce).
 *
 * Every tracker is asked by IPv4 and by IPv6, where its host says in DNS that it is (BEP 34). Over a WebSocket (ws, wss) an announce
 * is always taken back at once: nobody could connect to us the way its peers do.
 * @module
 */
import { askTracker, DEFAULT_SETTINGS, familiesOf, faultOf, TrackerPreferences, type TrackerReply } from "@bittern/engine";
import { createNodeHost, type NodeHost } from "@bittern/node";
import { type Endpoint, formatEndpoint } from "@bittern/protocol/address";
import { fromHex, HostError, ProtocolError, UsageError } from "@bittern/protocol/base";
import { makePeerId } from "@bittern/protocol/peer";
import type { AnnounceEvent, AnnounceRequest, AnnounceSuccess, ScrapeSuccess, SwarmCounts } from "@bittern/protocol/tracker";
import { asked, type WaitOptions } from "./waits.ts";

/** Milliseconds a tracker has for its answer. */
const TIMEOUT_MILLIS = 20_000;
/** How far a goodbye is waited for. */
const GOODBYE_MILLIS = 3000;

/** How long trackers may think. */
export interface AskOptions extends WaitOptions {
  /** Milliseconds each tracker has for its answer; 20,000 when absent. */
  readonly timeoutMillis?: number;
}

/** What one tracker says of one info hash. */
export interface ScrapeReport {
  readonly url: string;
  /** 40 hex digits, as the wire carries it. */
  readonly infoHash: string;
  /** Null where the tracker does not know the torrent, or said nothing. */
  readonly counts: SwarmCounts | null;
  /** Why there are no counts; null where the tracker answered. */
  readonly error: Error | null;
}

/** What one tracker answers to one announce. */
export interface AnnounceReport {
  readonly url: string;
  /** 40 hex digits, as the wire carries it. */
  readonly infoHash: string;
  /** Answers by family; a family without a way to the tracker is left out where the other was answered. */
  readonly answers: readonly { readonly address: string; readonly answer: AnnounceSuccess }[];
  /** All peers that were told, each once; none over a WebSocket, where peers meet without addresses. */
  readonly peers: readonly Endpoint[];
  /** Why nobody answered; null where somebody did. */
  readonly error: Error | null;
}

/** What an announce says of us (BEP 3): a peer of our own making, which no session stands behind. */
export interface AnnounceOptions extends AskOptions {
  /** Port we would be reached at; 6881 when absent. */
  readonly port?: number;
  /** Bytes we lack; 1 when absent, so that we are told of seeds too. */
  readonly left?: number;
  /** Peers wanted at most, over HTTP and UDP; 50 when absent. */
  readonly numwant?: number;
  /** What is announced. Without one we only ask, and take ourselves out of the swarm again; over a WebSocket always. */
  readonly event?: AnnounceEvent;
}

/** Asks each tracker how many seeds and downloaders it knows. `infoHashes`: 40 hex digits each, at most 70. */
export async function scrapeTrackers(
  urls: readonly string[],
  infoHashes: readonly string[],
  options: AskOptions = {},
): Promise<readonly ScrapeReport[]> {
  const hashes = infoHashes.map(hashBytes);
  return await withAsker(options, async (asker) => {
    const reports = urls.map(async (url): Promise<readonly ScrapeReport[]> => {
      const replies = await asker.ask(url, { type: "scrape", infoHashes: hashes });
      const error = errorOf(replies);
      return infoHashes.map((infoHash) => ({ url, infoHash, counts: largest(replies, infoHash.toLowerCase()), error }));
    });
    return (await Promise.all(reports)).flat();
  });
}

/** Announces to each tracker and reports whom it tells of. `infoHashes`: 40 hex digits each. */
export async function announceToTrackers(
  urls: readonly string[],
  infoHashes: readonly string[],
  options: AnnounceOptions = {},
): Promise<readonly AnnounceReport[]> {
  const hashes = infoHashes.map((text) => ({ text, bytes: hashBytes(text) }));
  return await withAsker(options, async (asker) => {
    const reports = urls.flatMap((url) =>
      hashes.map(async ({ text, bytes }): Promise<AnnounceReport> => {
        const announce = asker.request(bytes, options);
        const replies = await asker.ask(url, { type: "announce", announce });
        if (options.event === undefined) await asker.goodbye(url, announce);
        return reportOf(url, text, replies);
      }),
    );
    return await Promise.all(reports);
  });
}

type Question = Parameters<typeof askTracker>[1]["question"];
type Reply = TrackerReply | HostError | ProtocolError;

async function withAsker<Report>(options: AskOptions, work: (asker: Asker) => Promise<Report>): Promise<Report> {
  options.signal?.throwIfAborted();
  const host = createNodeHost();
  try {
    return await work(new Asker(host, options));
  } finally {
    await host.close();
  }
}

class Asker {
  readonly #host: NodeHost;
  readonly #options: AskOptions;
  readonly #preferences = new TrackerPreferences();
  readonly #peerId: Uint8Array;
  readonly #key: number;

  constructor(host: NodeHost, options: AskOptions) {
    this.#host = host;
    this.#options = options;
    this.#peerId = makePeerId(DEFAULT_SETTINGS.peerIdPrefix, host.random);
    this.#key = host.random.u32();
  }

  request(infoHash: Uint8Array, { port = 6881, left = 1, numwant = 50, event }: AnnounceOptions): AnnounceRequest {
    const counters = { uploaded: 0, downloaded: 0, left };
    const request = { infoHash, peerId: this.#peerId, port, ...counters, numwant, key: this.#key, compact: true };
    return event === undefined ? request : { ...request, event };
  }

  /** The answers by both families, of the first of the tracker's places that answers. */
  async ask(
    url: string,
    question: Question,
    timeoutMillis: number = this.#options.timeoutMillis ?? TIMEOUT_MILLIS,
  ): Promise<readonly Reply[]> {
    let replies: readonly Reply[] = [new ProtocolError("TRACKER_DENIED", "the host says in its DNS that it runs no tracker we may use")];
    for (const place of await this.#placesOf(url)) {
      const families = familiesOf(place);
      replies = await Promise.all(families.map((family) => this.#askOnce({ url: place, family, question, timeoutMillis })));
      if (replies.some((reply) => !(reply instanceof Error))) break;
    }
    return replies;
  }

  async #askOnce(question: Omit<Parameters<typeof askTracker>[1], "userAgent">): Promise<Reply> {
    const whole = { ...question, userAgent: DEFAULT_SETTINGS.userAgent };
    const askBy = isWebSocket(question.url) ? (await import("./ask-signal-tracker.ts")).askSignalTracker : askTracker;
    try {
      return await asked<TrackerReply | ProtocolError>((done) => askBy(this.#host, whole, done), this.#options.signal);
    } catch (error) {
      if (error instanceof HostError && this.#options.signal?.aborted !== true) return error;
      throw error;
    }
  }

  /** Takes us out of the swarm again; a tracker that does not hear it forgets us by itself. */
  async goodbye(url: string, announce: AnnounceRequest): Promise<void> {
    if ((await this.#placesOf(url)).every(isWebSocket)) return;
    await this.ask(url, { type: "announce", announce: { ...announce, event: "stopped", numwant: 0 } }, GOODBYE_MILLIS);
  }

  async #placesOf(url: string): Promise<readonly string[]> {
    const now = this.#host.clock.now();
    const name = this.#preferences.nameToAsk(url, now);
    if (name !== undefined) {
      const texts = await asked<readonly string[]>((done) => this.#host.dns.resolveTexts(name, done), this.#options.signal).catch(
        (error: unknown) => (error instanceof HostError ? error : Promise.reject(error)),
      );
      this.#preferences.learn(name, texts, now);
    }
    return this.#preferences.urlsFor(url);
  }
}

function isWebSocket(url: string): boolean {
  return /^wss?:/i.test(url);
}

function hashBytes(text: string): Uint8Array {
  const bytes = text.length === 40 ? fromHex(text) : undefined;
  if (bytes === undefined) throw new UsageError("INFO_HASH_INVALID", `${text} is no info hash of 40 hex digits`);
  return bytes;
}

/** The larger of what the families say: a tracker may count the swarms of IPv4 and IPv6 apart. */
function largest(replies: readonly Reply[], infoHash: string): SwarmCounts | null {
  let best: SwarmCounts | null = null;
  for (const reply of replies) {
    const counts = reply instanceof Error || !("swarms" in reply.answer) ? undefined : (reply.answer as ScrapeSuccess).swarms.get(infoHash);
    if (counts !== undefined && (best === null || counts.complete + counts.incomplete > best.complete + best.incomplete)) best = counts;
  }
  return best;
}

function reportOf(url: string, infoHash: string, replies: readonly Reply[]): AnnounceReport {
  const answers = replies.flatMap((reply) =>
    reply instanceof Error || !("peers" in reply.answer) ? [] : [{ address: reply.address, answer: reply.answer }],
  );
  const peers = new Map<string, Endpoint>();
  for (const { answer } of answers)
    for (const { address, port } of answer.peers) peers.set(formatEndpoint({ address, port }), { address, port });
  return { url, infoHash, answers, peers: [...peers.values()], error: errorOf(replies) };
}

/** The most telling of the faults, where nobody answered well. */
function errorOf(replies: readonly Reply[]): Error | null {
  let worst: { readonly error: Error; readonly rank: number } | undefined;
  for (const reply of replies) {
    const answer = reply instanceof Error ? reply : reply.answer;
    if (!(answer instanceof Error) && !("failure" in answer)) return null;
    const rank = faultOf(answer)?.rank ?? 0;
    const error = answer instanceof Error ? answer : new ProtocolError("TRACKER_FAILURE", answer.failure);
    if (worst === undefined || rank > worst.rank) worst = { error, rank };
  }
  return worst?.error ?? null;
}
