/**
 * The one HTTP client, for programs that fetch more than torrents: bounded in bytes and time, and never sent into a private
 * network by what a stranger wrote.
 * @module
 */
import type { HttpAnswer, HttpRequest, UrlSource } from "@bittern/host";
import { createNodeHost, type NodeHost } from "@bittern/node";
import { asked, type WaitOptions, withSignal } from "./waits.ts";

export type { HttpAnswer } from "@bittern/host";

/** A question by HTTP, with its bounds: each of them has to be said. */
export interface FetchOptions extends WaitOptions {
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  /** Who named the URL: the user may mean a private address, a stranger may not. */
  readonly source: UrlSource;
  /** Bytes, counted after unpacking. */
  readonly bodyLengthMax: number;
  /** For the whole answer, redirects included. */
  readonly timeoutMillis: number;
}

/** Asks HTTP servers with the bounds that sessions use; close it, or `await using` it, when done. */
export class HttpClient implements AsyncDisposable {
  readonly #host: NodeHost = createNodeHost();

  /** Any status is an answer; only what keeps an answer from arriving rejects, with a `HostError`. At most 3 redirects are followed. */
  async fetch(url: string, options: FetchOptions): Promise<HttpAnswer> {
    const { signal, ...question } = options;
    const request: HttpRequest = { url, ...question };
    return await asked<HttpAnswer>((done) => this.#host.http.request(request, done), signal);
  }

  /** Ends what is under way; a signal ends the waiting only. */
  async close({ signal }: WaitOptions = {}): Promise<void> {
    await withSignal(this.#host.close(), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
