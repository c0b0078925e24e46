/**
 * For tests: the other side of a download, as an article sets it up: a web server with the .torrent, and a tracker. Both are
 * this one server, which writes down what it was asked.
 * @module
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

export class Publisher {
  readonly announces: URLSearchParams[] = [];
  readonly #looks = new Set<() => void>();
  /** Ports on 127.0.0.1 that every asker is told of. */
  readonly peers: number[] = [];
  /** What every announce is answered instead of peers, bencoded. */
  saying: string | undefined;
  readonly #files = new Map<string, Uint8Array>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://publisher");
      const file = pathname === "/announce" ? this.#answer(request.url ?? "") : this.#files.get(pathname);
      response.writeHead(file === undefined ? 404 : 200, { "Content-Type": "application/x-bittorrent" }).end(file);
    });
  }

  static async open(): Promise<Publisher> {
    const server = createServer();
    const publisher = new Publisher(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });
    return publisher;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  put(path: string, bytes: Uint8Array): void {
    this.#files.set(path, bytes);
  }

  /** The announce of that number, once it came. */
  announce(number: number): Promise<URLSearchParams> {
    return new Promise((resolve) => {
      const look = (): void => {
        const query = this.announces[number];
        if (query === undefined) return;
        this.#looks.delete(look);
        resolve(query);
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Stands in the answers from the next one on. */
  trackerId: string | undefined;

  #answer(target: string): Buffer {
    const query = new URLSearchParams(target.slice(target.indexOf("?") + 1));
    this.announces.push(query);
    for (const look of [...this.#looks]) look();
    if (this.saying !== undefined) return Buffer.from(this.saying);
    const peers = Buffer.concat(this.peers.map((port) => Buffer.from([127, 0, 0, 1, Math.floor(port / 256), port % 256])));
    const id = this.trackerId === undefined ? "" : `10:tracker id${this.trackerId.length}:${this.trackerId}`;
    return Buffer.concat([Buffer.from(`d8:intervali1800e5:peers${peers.length}:`), peers, Buffer.from(`${id}e`)]);
  }
}
