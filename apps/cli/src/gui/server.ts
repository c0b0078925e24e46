/**
 * The server behind the window: on loopback only, for this one process, and for nobody without the token in its address.
 *
 * Other sites open in the same browser cannot reach it: a name that leads here by a trick (DNS rebinding) is not in the list of
 * hosts, a form or a script of theirs has another origin, and the token is 128 bits of dice. Whoever may read the list of
 * processes of this user can read the address; keep such a machine to yourself.
 * @module
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { failureOf } from "../failure.ts";
import type { WindowMessages } from "../messages/catalogue.ts";
import type { FolderListing } from "./folders.ts";
import { SCRIPT, STYLE, windowPage } from "./page.ts";
import type { WindowView } from "./view.ts";

/** What the page may ask of the program. */
export interface WindowHandlers {
  view(): WindowView;
  /** Begins the download into this path. */
  save(path: string): void;
  /** Cancel, or Close. */
  end(): void;
  folder(path: string): Promise<FolderListing>;
  /** How many pages look now; told at every change. */
  watched(pageCount: number): void;
}

/** Bytes of what a page sends. */
export const REQUEST_LENGTH_MAX: number = 16 * 1024;
/** Pages that look at once. */
export const PAGES_MAX: number = 8;
const CONNECTIONS_MAX = 64;
/** Milliseconds between two signs of life, so that no proxy or sleeping tab takes the line for dead. */
const HEARTBEAT_MILLIS = 15_000;

const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

export class WindowServer {
  readonly #handlers: WindowHandlers;
  readonly #texts: WindowMessages;
  readonly #token: string = randomBytes(16).toString("hex");
  readonly #server: Server;
  readonly #pages = new Set<ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;
  #port = 0;
  #said = "";

  constructor(handlers: WindowHandlers, texts: WindowMessages) {
    this.#handlers = handlers;
    this.#texts = texts;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#heartbeat = setInterval(() => this.#say(":\n\n"), HEARTBEAT_MILLIS);
  }

  /** Resolves with the address of the page. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.#port}/${this.#token}/`;
  }

  /** Shows the pages what changed. */
  push(): void {
    const text = JSON.stringify(this.#handlers.view());
    if (text === this.#said) return;
    this.#said = text;
    this.#say(`data: ${text}\n\n`);
  }

  /** Says the last word and closes every line. */
  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.push();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const page of this.#pages) page.end("event: over\ndata:\n\n");
    this.#server.closeIdleConnections();
    await closed;
  }

  #say(text: string): void {
    for (const page of this.#pages) {
      // A page that does not read is not written to: what it misses is in the next view.
      if (!page.writableNeedDrain) page.write(text);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = this.#admit(request);
      if (path === undefined) return void response.writeHead(404, COMMON_HEADERS).end();
      if (request.method === "POST") await this.#act(path, request, response);
      else await this.#show(path, request, response);
    } catch (error) {
      if (response.headersSent) return void response.destroy();
      reply(response, 400, "application/json", JSON.stringify({ error: failureOf(error).message }));
    }
  }

  /** The path behind the token; `undefined` for whoever may not be here. */
  #admit(request: IncomingMessage): string | undefined {
    const { host, origin } = request.headers;
    if (host !== `127.0.0.1:${this.#port}` && host !== `localhost:${this.#port}`) return undefined;
    if (request.method !== "GET" && request.method !== "POST") return undefined;
    if (request.method === "POST" && (origin !== `http://${host}` || request.headers["content-type"] !== "application/json"))
      return undefined;
    const [, token = "", path] = /^\/([^/?]*)\/([^?]*)/.exec(request.url ?? "") ?? [];
    const [given, wanted] = [Buffer.from(token), Buffer.from(this.#token)];
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? path : undefined;
  }

  async #show(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (path) {
      case "":
        return reply(response, 200, "text/html", windowPage(this.#texts));
      case "window.js":
        return reply(response, 200, "text/javascript", SCRIPT);
      case "window.css":
        return reply(response, 200, "text/css", STYLE);
      case "events":
        return this.#watch(response);
      case "folder": {
        const wanted = new URL(request.url ?? "", "http://localhost").searchParams.get("path") ?? "";
        return reply(response, 200, "application/json", JSON.stringify(await this.#handlers.folder(wanted)));
      }
      default:
        response.writeHead(404, COMMON_HEADERS).end();
    }
  }

  #watch(response: ServerResponse): void {
    if (this.#pages.size >= PAGES_MAX) return void response.writeHead(503, COMMON_HEADERS).end();
    response.writeHead(200, { ...COMMON_HEADERS, "Content-Type": "text/event-stream; charset=utf-8" });
    response.write(`retry: 1000\ndata: ${JSON.stringify(this.#handlers.view())}\n\n`);
    this.#pages.add(response);
    this.#handlers.watched(this.#pages.size);
    response.on("close", () => {
      this.#pages.delete(response);
      this.#handlers.watched(this.#pages.size);
    });
  }

  async #act(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readJson(request);
    if (path === "save" && typeof body["path"] === "string") this.#handlers.save(body["path"]);
    else if (path === "end") this.#handlers.end();
    else return void response.writeHead(404, COMMON_HEADERS).end();
    reply(response, 200, "application/json", "{}");
    this.push();
  }
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk as string;
    if (text.length > REQUEST_LENGTH_MAX) throw new Error(`more than ${REQUEST_LENGTH_MAX} bytes`);
  }
  const value: unknown = text === "" ? {} : JSON.parse(text);
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function reply(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { ...COMMON_HEADERS, "Content-Type": `${type}; charset=utf-8` }).end(text);
}
