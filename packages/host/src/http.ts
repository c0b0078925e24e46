/**
 * One HTTP client for everything, so that no limit can be forgotten on one path.
 * @module
 */
import type { Cancel, Done } from "./done.ts";

/**
 * Who named the URL. What the user gave (command line, .torrent, magnet link) may lie at a loopback or private
 * address; what a stranger gave may not. A redirect from a global address to a private one is refused for both.
 */
export type UrlSource = "user" | "stranger";

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
