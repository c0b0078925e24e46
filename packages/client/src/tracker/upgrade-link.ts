/**
 * A connection that somebody else's HTTP server gave away with a request to become a WebSocket (RFC 6455): a link of a tracker on it.
 * @module
 */
import type { Duplex } from "node:stream";
import type { TcpHandler, TcpLink } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";

/** Milliseconds that the other side has to take what was written last. */
const CLOSE_MILLIS = 5000;

export class UpgradeLink implements TcpLink {
  readonly remote: Endpoint;
  readonly local: Endpoint = { address: "0.0.0.0", port: 0 };
  readonly #socket: Duplex;
  #handler: TcpHandler | undefined;
  #isClosing = false;
  #owesDrained = false;
  #closeTimer: NodeJS.Timeout | undefined;

  constructor(socket: Duplex, remote: Endpoint) {
    this.#socket = socket;
    this.remote = remote;
  }

  /** Hands over the request and what came with it, then whatever comes. */
  begin(handler: TcpHandler, request: Uint8Array, head: Uint8Array): void {
    this.#handler = handler;
    const socket = this.#socket;
    // What it fails of does not matter to a tracker: 'close' follows.
    socket.on("error", () => undefined);
    socket.once("close", () => this.#closed());
    socket.once("end", () => this.close());
    handler.bytes(this, request);
    if (head.length > 0 && !this.#isClosing) handler.bytes(this, plainView(head));
    socket.on("data", (bytes: Buffer) => {
      if (!this.#isClosing) handler.bytes(this, plainView(bytes));
    });
    // It may have ended before it was given away, and says so to nobody then.
    if (socket.destroyed) this.#closed();
  }

  get unsentLength(): number {
    return this.#socket.destroyed ? 0 : this.#socket.writableLength;
  }

  write(bytes: Uint8Array, release?: () => void): void {
    const socket = this.#socket;
    if (!this.#isClosing && socket.writable) {
      // A stream tells late, and not in every case, that it is done with lent bytes.
      socket.write(release === undefined ? bytes : bytes.slice(), () => this.#written());
      if (socket.writableLength > 0) this.#owesDrained = true;
    }
    release?.();
  }

  pauseReading(): void {
    if (!this.#isClosing) this.#socket.pause();
  }

  resumeReading(): void {
    if (!this.#isClosing) this.#socket.resume();
  }

  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#socket.end();
    // Unread bytes would hold the end of the stream back.
    this.#socket.resume();
    this.#closeTimer = setTimeout(() => this.#socket.destroy(), CLOSE_MILLIS).unref();
  }

  #written(): void {
    if (!this.#owesDrained || this.unsentLength > 0) return;
    this.#owesDrained = false;
    if (!this.#isClosing) this.#handler?.drained(this);
  }

  #closed(): void {
    this.#isClosing = true;
    clearTimeout(this.#closeTimer);
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.closed(this, undefined);
  }
}

/** `slice` of a Buffer does not copy, and that of a Uint8Array does. */
function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
