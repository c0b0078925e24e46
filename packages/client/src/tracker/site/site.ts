/**
 * What a tracker answers on its HTTP ports beside announce and scrape: pages, numbers, files.
 * @module
 */
import { readFile } from "node:fs/promises";
import { fromLatin1, toHex } from "@bittern/protocol/base";
import { formatMagnet } from "@bittern/protocol/magnet";
import {
  type FrameView,
  missingPage,
  type OtherRequest,
  overviewPage,
  PAGE_POLICY,
  ROWS_PER_PAGE,
  SORTS,
  type Sort,
  STYLE,
  STYLE_PATH,
  type TrackerRun,
  torrentPage,
} from "@bittern/tracker";
import { VERSION } from "../../version.ts";
import type { PageOptions } from "../options.ts";
import type { KnownTorrent } from "../torrent-folder.ts";
import { json, packed, plain, type SiteAnswer, text } from "./answer.ts";
import { Api } from "./api.ts";
import { ClassicSite } from "./classic-site.ts";
import { type KnownSwarm, Listing } from "./listing.ts";
import { Metrics } from "./metrics.ts";
import type { SiteParts } from "./parts.ts";

const TITLE = "BitTorrent tracker";
const SEARCH_LENGTH_MAX = 200;
const NO_TORRENTS: ReadonlyMap<string, KnownTorrent> = new Map();
/** Bytes of the largest icon that is served. */
const FAVICON_LENGTH_MAX = 1024 * 1024;

/** Answers one path; `undefined` where it is nobody's. */
type Route = (request: OtherRequest, parameters: URLSearchParams) => SiteAnswer | undefined | Promise<SiteAnswer | undefined>;

export class Site {
  readonly #parts: SiteParts;
  readonly #page: PageOptions;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #metrics = new Metrics();
  readonly #classic: ClassicSite;
  readonly #api: Api | undefined;
  #listing: Listing | undefined;

  constructor(parts: SiteParts) {
    this.#parts = parts;
    this.#classic = new ClassicSite(parts);
    this.#api = parts.apiToken === undefined ? undefined : new Api(parts, parts.apiToken);
    this.#page = parts.page ?? { style: "none" };
    const { style, redirect, faviconPath } = this.#page;
    const page: Route = (request, parameters) => this.#front(request, parameters);
    const routes: (readonly [string, Route])[] = [];
    if (style !== "none" || redirect !== undefined) routes.push(["/", page], ["/index.html", page]);
    if (style === "modern") routes.push([STYLE_PATH, (request) => this.#style(request)]);
    // Who wants no page at `/` is watched all the same.
    if (parts.page !== undefined) {
      routes.push(["/stats.json", () => this.#stats()]);
      routes.push(["/metrics", () => this.#metrics.answer(parts.run().snapshot(), parts.sharing())]);
      routes.push(["/healthz", () => this.#health()]);
    }
    if (parts.servesFiles) routes.push(["/file", (request) => this.#file(request)]);
    if (faviconPath !== undefined) routes.push(["/favicon.ico", () => this.#favicon()]);
    this.#routes = new Map(routes);
  }

  /** `undefined` for a path that is none of ours. */
  async answer(request: OtherRequest): Promise<SiteAnswer | undefined> {
    const managed = await this.#api?.answer(request);
    if (managed !== undefined) return await packed(managed, request);
    const torrent = /^\/torrent\/([0-9a-fA-F]{40})$/.exec(request.path)?.[1];
    const isTorrent = torrent !== undefined && this.#page.style === "modern";
    const route = isTorrent ? () => this.#torrent(request, torrent.toLowerCase()) : this.#routes.get(request.path);
    if (route === undefined) return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "Only GET and HEAD", { Allow: "GET, HEAD" });
    const answer = await route(request, new URLSearchParams(request.query));
    return answer && (await packed(answer, request));
  }

  async #front(request: OtherRequest, parameters: URLSearchParams): Promise<SiteAnswer> {
    const page = this.#page;
    if (page.redirect !== undefined) return redirect(page.redirect);
    if (page.style === "classic") return this.#classic.answer();
    const search = (parameters.get("q") ?? "").trim().slice(0, SEARCH_LENGTH_MAX);
    const sort = SORTS.find((by) => by === parameters.get("sort")) ?? ("peers" satisfies Sort);
    const number = Math.min(1000, Math.max(1, Math.floor(Number(parameters.get("page") ?? 1)) || 1));
    const listed = await this.#lists.list({ search, sort });
    const from = (number - 1) * ROWS_PER_PAGE;
    const run = this.#parts.run();
    const snapshot = run.snapshot();
    const history = run.ask.history().fine;
    const body = overviewPage({
      ...this.#frame(search),
      announce: this.#announceUrls(request),
      torrentCount: snapshot.torrents,
      peers: snapshot.peers.all,
      seeds: snapshot.seeds,
      webSocketPeers: snapshot.webSocketPeers,
      completed: snapshot.completedKnown,
      announcesPerMinute: announcesPerMinute(run),
      history,
      torrents: listed.slice(from, from + ROWS_PER_PAGE),
      sort,
      page: number,
      hasNext: listed.length > from + ROWS_PER_PAGE,
    });
    return html(200, body);
  }

  #torrent(request: OtherRequest, infoHash: string): SiteAnswer {
    const torrent = this.#lists.find(infoHash);
    if (torrent === undefined) return html(404, missingPage(this.#frame(""), "Nobody announces this torrent here."));
    const known = this.#known.get(infoHash);
    const body = torrentPage({
      ...this.#frame(""),
      torrent,
      partialSeeds: torrent.partialSeeds,
      history: this.#parts.run().ask.swarmHistory(Buffer.from(infoHash, "hex")),
      magnet: formatMagnet({
        infoHashes: { v1: infoHash },
        name: torrent.name,
        exactLength: torrent.byteLength,
        trackers: this.#announceUrls(request),
      }),
      ...(known === undefined ? {} : { fileCount: known.fileCount }),
      ...(known !== undefined && this.#parts.servesFiles ? { filePath: `/file?info_hash=${infoHash.replace(/../g, "%$&")}` } : {}),
    });
    return html(200, body);
  }

  #style(request: OtherRequest): SiteAnswer {
    const tag = `"${VERSION}-${STYLE.length}"`;
    const headers = { "Cache-Control": "public, max-age=300", ETag: tag };
    if (request.headers.get("if-none-match") === tag) return text(304, "text/css", "", headers);
    return text(200, "text/css", STYLE, headers);
  }

  async #stats(): Promise<SiteAnswer> {
    const run = this.#parts.run();
    const swarms = await this.#lists.list({ search: "", sort: "peers" });
    const { fine, coarse } = run.ask.history();
    const body = {
      version: VERSION,
      ...run.snapshot(),
      sharing: this.#parts.sharing(),
      swarms: swarms.slice(0, ROWS_PER_PAGE).map(countedApart),
      history: { fine, coarse },
    };
    return json(200, body, { "Access-Control-Allow-Origin": "*" });
  }

  /** Whether it should be sent requests: it runs, and remembers what it is told to remember. */
  #health(): SiteAnswer {
    const { journal, uptimeSeconds } = this.#parts.run().snapshot();
    const isWell = journal.state !== "failing";
    return json(isWell ? 200 : 503, { status: isWell ? "ok" : "the journal cannot be written", uptimeSeconds });
  }

  async #file(request: OtherRequest): Promise<SiteAnswer> {
    const infoHash = hashOf(request.query);
    const known = infoHash === undefined ? undefined : this.#parts.folder?.torrents.get(infoHash);
    const bytes = known && (await readFile(known.path).catch(() => undefined));
    if (known === undefined || bytes === undefined) return plain(404, "There is no file of that torrent here");
    const ascii = known.name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
    const disposition = `attachment; filename="${ascii}.torrent"; filename*=UTF-8''${rfc5987(`${known.name}.torrent`)}`;
    const headers = { "Content-Type": "application/x-bittorrent", "Content-Disposition": disposition, "X-Content-Type-Options": "nosniff" };
    return { status: 200, headers, body: new Uint8Array(bytes) };
  }

  async #favicon(): Promise<SiteAnswer> {
    const icon = await readFile(this.#page.faviconPath as string).catch(() => undefined);
    if (icon === undefined || icon.length > FAVICON_LENGTH_MAX) return plain(404, "There is no icon");
    return {
      status: 200,
      headers: { "Content-Type": "image/x-icon", "Cache-Control": "public, max-age=86400" },
      body: new Uint8Array(icon),
    };
  }

  #frame(search: string): FrameView {
    return {
      title: this.#page.title ?? TITLE,
      version: VERSION,
      uptimeSeconds: this.#parts.run().snapshot().uptimeSeconds,
      search,
    };
  }

  get #known(): ReadonlyMap<string, KnownTorrent> {
    return this.#page.showsNames === false ? NO_TORRENTS : (this.#parts.folder?.torrents ?? NO_TORRENTS);
  }

  get #lists(): Listing {
    this.#listing ??= new Listing(this.#parts.run().ask, () => this.#known);
    return this.#listing;
  }

  #announceUrls(request: OtherRequest): readonly string[] {
    const host = request.headers.get("host") ?? "";
    return this.#parts.announceUrls(/^(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(:\d{1,5})?$/.exec(host)?.[1]);
  }
}

function html(status: number, body: string): SiteAnswer {
  return text(status, "text/html", body, { "Content-Security-Policy": PAGE_POLICY });
}

function redirect(to: string): SiteAnswer {
  const link = to.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return text(302, "text/html", `<A HREF="${link}">Click Here</A>`, { Location: encodeURI(decodeSafely(to)) });
}

/** Without what would be escaped twice. */
function decodeSafely(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** As the totals count: pages have partial seeds among the downloaders. */
function countedApart({ downloaders, ...swarm }: KnownSwarm): KnownSwarm {
  return { ...swarm, downloaders: downloaders - swarm.partialSeeds };
}

/** Of the last minutes, or since the start. */
function announcesPerMinute(run: TrackerRun): number {
  const [before, last] = run.ask.history().fine.slice(-2);
  if (before !== undefined && last !== undefined && last.wallSeconds > before.wallSeconds) {
    return (60 * last.announces) / (last.wallSeconds - before.wallSeconds);
  }
  const { counts, uptimeSeconds } = run.snapshot();
  return (60 * (counts.announces.http + counts.announces.udp + counts.announces.websocket)) / Math.max(60, uptimeSeconds);
}

/** The hash a query names, in percent-encoded bytes or in hex. */
function hashOf(query: string): string | undefined {
  const value = /(?:^|&)(?:info_)?hash=([^&]*)/.exec(query)?.[1] ?? "";
  if (/^[0-9a-fA-F]{40}$/.test(value)) return value.toLowerCase();
  const bytes = fromLatin1(
    value.replaceAll("+", " ").replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
  );
  return bytes.length === 20 ? toHex(bytes) : undefined;
}

function rfc5987(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
