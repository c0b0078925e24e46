/**
 * One HTTP client for everything, so that no limit can be forgotten on one path.
 * @module
 */
import type { Cancel, Done } from "./done.ts";

/**
 * Who named the URL. What the user gave may lie at a loopback or private address, and so may a tracker of a torrent that
 * the user gave, since one machine and a local network must work; but its author is a stranger, so at a loopback address
 * its path has to be that of an announce, and ports of services that take commands as text are refused. What a stranger
 * gave may not lie there at all. A redirect from a global address to a private one is refused for all.
 */
export type UrlSource = "user" | "torrent" | "stranger";

export interface HttpRequest {
  /** http or https. */
  readonly url: string;
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly source: UrlSource;
  /** Bytes, counted after decompression. */
  readonly bodyLengthMax: number;
  readonly timeoutMillis: number;
  /** Local address to dial from. */
  readonly localAddress?: string;
  /** Only addresses of this family are used, `FAMILY_ABSENT` where the name has none; both when absent. */
  readonly family?: 4 | 6;
}

/** What a server answered, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** Given away. */
  readonly body: Uint8Array;
  /** Where the answer came from after redirects. */
  readonly url: string;
  /** The address that answered. */
  readonly address: string;
}

export interface Http {
  /** Any status is an answer; only what keeps an answer from arriving is a fault. Redirects (at most 3) are followed. */
  request(request: HttpRequest, done: Done<HttpAnswer>): Cancel;
}
