/**
 * What `share` answers on its port beside the tracker: the page, the .torrent, and the numbers of the swarm.
 * @module
 */
import type { ShareMessages } from "../messages/catalogue.ts";
import { PAGE_POLICY, type PageView, type SwarmNumbers, sharePage } from "./page.ts";

export interface SiteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a site is made of. */
export interface SiteParts {
  readonly view: Omit<PageView, "swarm" | "torrentPath" | "statusPath">;
  readonly words: ShareMessages;
  readonly torrent: Uint8Array;
  readonly swarm: () => Promise<SwarmNumbers>;
}

const STATUS_PATH = "/status.json";
const COMMON_HEADERS = { "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store" };

/** Where the .torrent of this name lies. */
export function torrentPath(name: string): string {
  return `/${encodeURIComponent(name)}.torrent`;
}

export class Site {
  readonly #parts: SiteParts;
  readonly #torrentPath: string;

  constructor(parts: SiteParts) {
    this.#parts = parts;
    this.#torrentPath = torrentPath(parts.view.name);
  }

  /** `path` as it was sent, without the query. */
  async answer(method: string, path: string): Promise<SiteAnswer> {
    if (method !== "GET" && method !== "HEAD") return plain(405, "Only GET and HEAD", { Allow: "GET, HEAD" });
    if (path === "/" || path === "/index.html") return await this.#page();
    if (path === STATUS_PATH) return text(200, "application/json", JSON.stringify(await this.#parts.swarm()));
    if (decoded(path) === decoded(this.#torrentPath)) return this.#torrent();
    return plain(404, "There is nothing here; the page is at /");
  }

  async #page(): Promise<SiteAnswer> {
    const view = { ...this.#parts.view, swarm: await this.#parts.swarm(), torrentPath: this.#torrentPath, statusPath: STATUS_PATH };
    return text(200, "text/html", sharePage(view, this.#parts.words), { "Content-Security-Policy": PAGE_POLICY });
  }

  #torrent(): SiteAnswer {
    const { name } = this.#parts.view;
    const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
    const disposition = `attachment; filename="${ascii}.torrent"; filename*=UTF-8''${rfc5987(`${name}.torrent`)}`;
    const headers = { ...COMMON_HEADERS, "Content-Type": "application/x-bittorrent", "Content-Disposition": disposition };
    return { status: 200, headers, body: this.#parts.torrent };
  }
}

/** Before there is anything to serve. */
export function notReady(): SiteAnswer {
  return plain(503, "The torrent is being made; try again in a moment", { "Retry-After": "2" });
}

function plain(status: number, words: string, headers: Readonly<Record<string, string>> = {}): SiteAnswer {
  return text(status, "text/plain", `${words}\n`, headers);
}

function text(status: number, type: string, body: string, headers: Readonly<Record<string, string>> = {}): SiteAnswer {
  const all = { ...COMMON_HEADERS, "Content-Type": `${type}; charset=utf-8`, ...headers };
  return { status, headers: all, body: new TextEncoder().encode(body) };
}

/** The path without its escapes; a broken one is no path of ours. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "";
  }
}

function rfc5987(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
