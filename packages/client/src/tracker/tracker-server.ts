/**
 * A tracker for people: opens its doors, tells its numbers, closes.
 * @module
 */
import type { IncomingMessage, RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import { constants, deflateRawSync } from "node:zlib";
import { createNodeHost, type NodeHost } from "@bittern/node";
import { canonicalAddress, type Endpoint } from "@bittern/protocol/address";
import { fromHex, ProtocolError, toHex, UsageError } from "@bittern/protocol/base";
import { decodeScrapeAnswer, type SwarmCounts, scrapeUrl } from "@bittern/protocol/tracker";
import {
  type OtherAnswer,
  type OtherRequest,
  runTracker,
  TRACKER_DEFAULTS,
  type TrackerCommand,
  type TrackerDoors,
  type TrackerRun,
  type TrackerRunOptions,
  type TrackerSettings,
  type TrackerSnapshot,
} from "@bittern/tracker";
import { asked, throwIfAborted, type WaitOptions, withSignal } from "../waits.ts";
import { announceUrlsOf, namedUrls, type TrackerUrls } from "./announce-urls.ts";
import { Companions, isFolderAllowList } from "./companions.ts";
import type { TrackerOptions } from "./options.ts";
import { type DoorAnswer, type DoorRequest, RequestDoor, refuseUpgrade } from "./request-door.ts";
import { SHARED_OFF, type SharedStatus } from "./shared-status.ts";
import { plain, type SiteAnswer } from "./site/answer.ts";
import { Site } from "./site/site.ts";
import type { TorrentFolder } from "./torrent-folder.ts";
import { welcomesOf } from "./verdict.ts";
import { WatchedJournal } from "./watched-journal.ts";

/** Swarms, peers and what was asked since the start, at one moment. */
export type TrackerStats = TrackerSnapshot;

/** Level 4 takes a fifth less time than the default, for three bytes more in a hundred. */
const deflate = (bytes: Uint8Array): Uint8Array => deflateRawSync(bytes, { level: 4, finishFlush: constants.Z_SYNC_FLUSH });

/**
 * A tracker (BEP 3, 15, 23, 48) with doors of its own, or behind a server of yours by `handler` and `upgradeHandler`. `listen` opens
 * it, `close` or `await using` ends it.
 */
export class TrackerServer implements AsyncDisposable {
  readonly #options: TrackerOptions;
  readonly #door = new RequestDoor();
  #host: NodeHost | undefined;
  #run: TrackerRun | undefined;
  readonly #companions: Companions;
  #urls: TrackerUrls = {};

  /** Throws `UsageError` for a token that could be guessed, and for settings that cannot be. */
  constructor(options: TrackerOptions = {}) {
    const { apiToken, threads = 1 } = options;
    if (apiToken !== undefined && !/^\S{16,1000}$/.test(apiToken)) {
      throw new UsageError("TOKEN_WEAK", "the token of the API needs at least 16 characters and no spaces");
    }
    if (!Number.isInteger(threads) || threads < 1 || threads > THREADS_MAX) {
      throw new UsageError("TRACKER_SETTING", `threads is ${threads}, but must be from 1 to ${THREADS_MAX}`);
    }
    this.#options = options;
    this.#companions = new Companions(options, () => this.#run);
  }

  /**
   * Opens the doors; resolves with the announce URLs, rejects when a port is taken or a file cannot be used. When its signal is
   * aborted before they are open, they are closed again.
   */
  async listen({ signal }: WaitOptions = {}): Promise<TrackerUrls> {
    if (this.#run !== undefined) throw new UsageError("TRACKER_LISTENS", "the tracker listens already");
    throwIfAborted(signal);
    const urls = await this.#open();
    if (signal?.aborted === true) await this.close();
    throwIfAborted(signal);
    return urls;
  }

  async #open(): Promise<TrackerUrls> {
    const { interface: chosen, threads = 1, native = true, onWarning } = this.#options;
    const host = createNodeHost({
      carriers: threads - 1,
      native,
      ...(chosen === undefined ? {} : { interface: chosen }),
      ...(onWarning === undefined ? {} : { onCarrierEnd: onWarning }),
    });
    this.#host = host;
    try {
      await host.ready();
      await this.#companions.open();
      const remembered = await this.#companions.remembered(host.random);
      const doors = await asked<TrackerDoors>((done) => {
        this.#run = runTracker(host, this.#runOptions(host, remembered), done);
        this.#companions.allowFolder();
      });
      await this.#companions.start();
      this.#urls = announceUrlsOf(doors, this.#options);
      return this.#urls;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** The announce URLs; none before `listen`. */
  get urls(): TrackerUrls {
    return this.#urls;
  }

  /**
   * For `http.createServer` or a framework: answers what that server received. `listen` first, without doors if it shall have
   * none. `upgradeHandler` takes WebSockets.
   */
  readonly handler: RequestListener = (request, response) => {
    void this.#door.ask(doorRequest(request)).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  };

  /**
   * For `server.on("upgrade", …)` of that server, HTTP or HTTPS: takes the WebSockets of WebTorrent peers, whatever their path;
   * who has others on the same server looks at `request.url` first. Their connections are the tracker's from then on, and end
   * when it closes.
   */
  readonly upgradeHandler = (request: IncomingMessage, socket: Duplex, head: Uint8Array): void => {
    const { method, httpVersion, headers } = request;
    const isWebSocket = method === "GET" && httpVersion === "1.1" && headers.upgrade?.toLowerCase() === "websocket";
    if (isWebSocket) this.#door.upgrade(doorRequest(request), socket, head);
    else refuseUpgrade(socket, "400 Bad Request");
  };

  /** How many are in the swarms of these info hashes (40 hex digits); hashes that nobody announced are left out. */
  async scrape(infoHashes: readonly string[], { signal }: WaitOptions = {}): Promise<ReadonlyMap<string, SwarmCounts>> {
    const bytes = infoHashes.map((hash) => fromHex(hash)).filter((hash) => hash !== undefined);
    const url = new URL(scrapeUrl("http://tracker/announce", bytes) ?? "http://tracker/scrape");
    const answer = await withSignal(this.#ask(`${url.pathname}${url.search}`), signal);
    const scrape = decodeScrapeAnswer(answer.body);
    if (!("swarms" in scrape)) throw new ProtocolError("TRACKER_FAILURE", scrape.failure);
    return scrape.swarms;
  }

  #ask(target: string): Promise<DoorAnswer> {
    const from = { address: "127.0.0.1", port: 1 };
    return this.#door.ask({ method: "GET", target, rawHeaders: ["Host", "tracker"], from });
  }

  /** How it is at this moment; throws a `UsageError` (TRACKER_SHUT) while it does not listen. */
  stats(): TrackerStats {
    return this.#running.snapshot();
  }

  /** How the sharing with other trackers does. */
  get sharing(): SharedStatus {
    return this.#companions.store?.status ?? SHARED_OFF;
  }

  /** Changes lists, secrets and users while the tracker runs; throws `UsageError` for what makes no sense. */
  command(command: TrackerCommand): void {
    this.#running.command(command);
  }

  /**
   * Looks now at the files beside the tracker, lists, folder of torrents and certificate, which it does by itself every five to sixty
   * seconds: resolves when those that have changed are taken over, with a sentence about each that could not be. Such a one leaves
   * things as they were and is told as a warning, too, the first time.
   */
  async reload({ signal }: WaitOptions = {}): Promise<readonly string[]> {
    return await withSignal(this.#companions.lookAgain(), signal);
  }

  get #running(): TrackerRun {
    if (this.#run === undefined) throw new UsageError("TRACKER_SHUT", "the tracker does not listen; call listen() first");
    return this.#run;
  }

  /** Closes every door; resolves when everything that is to be remembered is on the disk. A signal ends the waiting, not the closing. */
  async close({ signal }: WaitOptions = {}): Promise<void> {
    await withSignal(this.#close(), signal);
  }

  async #close(): Promise<void> {
    await this.#companions.close(async () => {
      const run = this.#run;
      this.#run = undefined;
      if (run !== undefined) await new Promise<void>((resolve) => run.close(resolve));
    });
    await this.#host?.close();
    this.#host = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #runOptions(host: NodeHost, remembered: Uint8Array | undefined): TrackerRunOptions {
    const { tls, journal, folder, store } = this.#companions;
    const { http, https, udp, onWarning = () => undefined } = this.#options;
    const bound = <Port>(door: { readonly port: Port; readonly host?: string }) => ({
      port: door.port,
      ...(door.host === undefined ? {} : { address: door.host }),
    });
    return {
      settings: this.#settings(),
      http: [
        ...(http === undefined ? [] : [bound(http)]),
        ...(https === undefined || tls === undefined ? [] : [{ ...bound(https), tcp: host.secureTcp(tls.identity) }]),
        { port: 0, tcp: this.#door },
      ],
      udp: udp === undefined ? [] : [bound(udp)],
      ...(journal === undefined ? {} : { journal: new WatchedJournal(journal, onWarning) }),
      ...(store === undefined ? {} : { shared: store }),
      ...(remembered === undefined ? {} : { remembered }),
      ...welcomesOf(this.#options),
      onUnnamedProxy: (address) =>
        onWarning(
          `${address} passes requests of others on (X-Forwarded-For) and is not trusted as a proxy: all of them count as coming from it; name it with --trust-proxy, or in proxies`,
        ),
      onOther: this.#onOther(folder),
    };
  }

  #settings(): Partial<TrackerSettings> {
    const isSetting = (name: string): boolean => name in TRACKER_DEFAULTS || name === "admits" || name === "nameOf";
    const given = Object.fromEntries(Object.entries(this.#options).filter(([name]) => isSetting(name)));
    const settings = { ...this.#names(), ...given, deflate };
    return { ...settings, torrentPolicy: this.#torrentPolicy };
  }

  get #torrentPolicy(): TrackerSettings["torrentPolicy"] {
    return isFolderAllowList(this.#options) ? "allow-list" : (this.#options.torrentPolicy ?? TRACKER_DEFAULTS.torrentPolicy);
  }

  /** Scrapes tell the names that pages show. */
  #names(): Partial<TrackerSettings> {
    const { torrentFolder, page } = this.#options;
    if (torrentFolder === undefined || page?.showsNames === false) return {};
    return { nameOf: (infoHash) => this.#companions.folder?.torrents.get(toHex(infoHash))?.name };
  }

  /** Pages first, then whoever else was given. */
  #onOther(folder: TorrentFolder | undefined): (request: OtherRequest, answer: OtherAnswer) => void {
    const { answers, page, torrentFolder, onRequest, keepsEmptyTorrents = false } = this.#options;
    const isClassic = answers === "classic";
    const nothing = isClassic ? NOT_FOUND_CLASSIC : NOT_FOUND;
    const site = new Site({
      run: () => this.#running,
      page,
      torrentPolicy: this.#torrentPolicy,
      folder,
      servesFiles: torrentFolder?.servesFiles === true,
      apiToken: this.#options.apiToken,
      reload: () => this.reload(),
      sharing: () => this.sharing,
      keepsEmptyTorrents,
      announceUrls: (hostname) => page?.announceUrls ?? namedUrls(this.#urls, hostname),
    });
    return (request, answer) => {
      void site.answer(request).then(
        (found) => {
          if (found !== undefined && !(isClassic && found.status === 404)) answer(found.status, found.headers, found.body);
          else if (onRequest !== undefined) onRequest(request, answer);
          else answer(nothing.status, nothing.headers, nothing.body);
        },
        (error: unknown) => {
          this.#options.onWarning?.(`${request.path}: ${error instanceof Error ? error.message : String(error)}`);
          answer(500, FAILED.headers, FAILED.body);
        },
      );
    };
  }
}

const THREADS_MAX = 64;
const NOT_FOUND = plain(404, "This tracker answers /announce and /scrape");
/** The first trackers had one answer for all that they had not. */
const NOT_FOUND_CLASSIC: SiteAnswer = {
  status: 404,
  headers: { "Content-Type": "text/plain", Pragma: "no-cache" },
  body: new Uint8Array(Buffer.from("what you look for may be somewhere in this world\nbut alas, not here\n")),
};
const FAILED = plain(500, "This page could not be made");

function doorRequest({ method = "GET", url = "/", rawHeaders, socket }: IncomingMessage): DoorRequest {
  return { method, target: url, rawHeaders, from: endpointOf(socket.remoteAddress, socket.remotePort) };
}

/** Node shows IPv4 in the disguise of IPv6 where a server takes both. */
function endpointOf(address: string | undefined, port: number | undefined): Endpoint {
  return { address: canonicalAddress((address ?? "").replace(/^::ffff:/i, "")) ?? "0.0.0.0", port: port ?? 0 };
}
