/**
 * One TCP connection.
 *
 * All connections of the thread read into one static buffer: 256 KiB a read and one copy by whoever takes the bytes is
 * the cheapest way in (measured: 0.18 s/GiB where 'data' events cost 0.36). Ten thousand of these must be cheap, so a
 * link has two closures and no timer of its own once it stands.
 * @module
 */
import { isIP, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { TcpHandler, TcpLink } from "@bittern/host";
import { canonicalAddress, type Endpoint } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import { networkFault } from "../faults.ts";
import type { Rostered } from "./roster.ts";

/** Bytes. Larger reads gain nothing, smaller ones cost a call each (measured from 64 KiB to 1 MiB). */
const RECEIVE_LENGTH = 256 * 1024;

export const UNBOUND: Endpoint = { address: "0.0.0.0", port: 0 };

/** Whose socket it is, so that the listeners can be shared by all sockets. */
const OWNER: unique symbol = Symbol("link");
type OwnedSocket = Socket & { [OWNER]?: Link };

/** Who keeps account of links: it hears when one begins to end, and when it is gone. */
export interface LinkKeeper {
  closing(link: KeptLink): void;
  gone(link: KeptLink): void;
}

/** A link as its keeper sees it. */
export interface KeptLink extends Rostered {
  /** Ends it at once; `closed` of its handler says `fault`. */
  destroy(fault: HostError | undefined): void;
}

/** Hears when the other side sends no more, and closes the link itself; for a handler that does not, it is closed at once. */
export interface HalfCloseHearer extends TcpHandler {
  halfClosed(link: TcpLink): void;
}

export interface DialPlan {
  readonly localAddress: string | undefined;
  readonly timeoutMillis: number;
}

/** What all connections read into, one at a time. */
export function receiveBuffer(): Buffer<ArrayBuffer> {
  sharedBuffer ??= Buffer.allocUnsafeSlow(RECEIVE_LENGTH);
  return sharedBuffer;
}
let sharedBuffer: Buffer<ArrayBuffer> | undefined;

export class Link implements TcpLink, KeptLink {
  place = -1;
  readonly remote: Endpoint;
  readonly #socket: OwnedSocket;
  readonly #keeper: LinkKeeper;
  #handler: TcpHandler | undefined;
  #local: Endpoint = UNBOUND;
  #fault: HostError | undefined;
  #dialTimer: NodeJS.Timeout | undefined;
  #isClosing = false;
  #isGone = false;
  #isPaused = false;
  /** The other side sends no more, and may still read. */
  #hasEnded = false;
  /** What waits for writes to leave, oldest first; one entry for each write whose callback has not come. */
  readonly #releases: ((() => void) | undefined)[] = [];
  #owesDrained = false;
  readonly #onWritten = (error?: Error | null): void => this.#written(error);

  private constructor(remote: Endpoint, keeper: LinkKeeper, handler: TcpHandler | undefined, adopt: (onread: OnRead) => Socket) {
    this.remote = remote;
    this.#keeper = keeper;
    this.#handler = handler;
    const callback = (length: number, buffer: Uint8Array): boolean => {
      this.#receive(new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, length));
      return true;
    };
    this.#socket = adopt({ buffer: receiveBuffer(), callback });
    this.#socket[OWNER] = this;
    this.#socket.on("connect", onConnect).on("error", onError).on("close", onClose);
  }

  /** Dials. The answer is `connected` or `closed` of the handler, never before this has returned. */
  static dial(to: Endpoint, plan: DialPlan, keeper: LinkKeeper, handler: TcpHandler): Link {
    const link = new Link(to, keeper, handler, (onread) => newSocket({ onread }));
    link.#dial(plan);
    return link;
  }

  /** Takes over a connection that was accepted; `undefined` when its other end has left already. */
  static accepted(socket: Socket, keeper: LinkKeeper): Link | undefined {
    const remote = endpointOf(socket.remoteAddress, socket.remotePort);
    if (remote === undefined) {
      socket.destroy();
      return undefined;
    }
    const link = new Link(remote, keeper, undefined, (onread) => adoptSocket(socket, onread));
    if (link.#socket === socket) socket.on("data", onData);
    // Node would end our side as soon as the other one has ended, though an answer is still being made.
    if (isDeciphered(socket)) {
      socket.allowHalfOpen = true;
      socket.on("end", onEnd);
    }
    return link;
  }

  /** Names the handler of an accepted link and begins to read, or refuses the link. */
  begin(handler: TcpHandler | undefined): void {
    this.#handler = handler;
    if (handler === undefined) this.destroy(undefined);
    else if (!this.#isClosing) this.#socket.resume();
  }

  get local(): Endpoint {
    if (this.#local === UNBOUND && !this.#isGone && !this.#socket.connecting) {
      this.#local = endpointOf(this.#socket.localAddress, this.#socket.localPort) ?? UNBOUND;
    }
    return this.#local;
  }

  get unsentLength(): number {
    return this.#isGone ? 0 : this.#socket.writableLength;
  }

  // Hot: once for every run of blocks. After `write` a `writableLength` of 0 means that the kernel took it all (measured
  // on Node 20 for any length), so the bytes are free at once; Node's own callback comes a turn later.
  write(bytes: Uint8Array, release?: () => void): void {
    const socket = this.#socket;
    // Not writable: we close, or the other side has ended the link and `closed` is on its way.
    if (this.#isClosing || !socket.writable) {
      release?.();
      return;
    }
    socket.write(bytes, this.#onWritten);
    if (socket.writableLength === 0) {
      this.#releases.push(undefined);
      release?.();
      return;
    }
    this.#releases.push(release);
    this.#owesDrained = true;
  }

  pauseReading(): void {
    this.#isPaused = true;
    if (!this.#isClosing) this.#socket.pause();
  }

  resumeReading(): void {
    this.#isPaused = false;
    if (!this.#isClosing) this.#socket.resume();
    // Whoever reads again may have an answer to write first.
    if (this.#hasEnded) process.nextTick(() => this.#end());
  }

  // Reading goes on (into nothing) until the other side ends too: closing a socket with unread bytes makes the kernel
  // send a reset, which would destroy what we have just written.
  close(): void {
    if (this.#isClosing || this.#isGone) return;
    this.#isClosing = true;
    if (this.#socket.connecting) {
      this.destroy(undefined);
      return;
    }
    this.#socket.end();
    this.#socket.resume();
    this.#keeper.closing(this);
  }

  /** Ends the link at once; `closed` says `fault`. */
  destroy(fault: HostError | undefined): void {
    this.#isClosing = true;
    this.#fault ??= fault;
    this.#socket.destroy();
  }

  #dial({ localAddress, timeoutMillis }: DialPlan): void {
    const { address, port } = this.remote;
    const family = isIP(address);
    if (family === 0 || port < 1 || port > 65_535) {
      this.destroy(new HostError("ADDRESS_UNAVAILABLE", `${address} port ${port} is nowhere`));
      return;
    }
    const late = (): void => this.destroy(new HostError("TIMED_OUT", `no answer from ${address} port ${port} in ${timeoutMillis} ms`));
    this.#dialTimer = setTimeout(late, timeoutMillis);
    const from = localAddress === undefined ? {} : { localAddress };
    this.#socket.connect({ host: address, port, family, noDelay: true, autoSelectFamily: false, ...from });
  }

  /** For the listeners below. */
  static heard(socket: OwnedSocket, what: "connect" | "data" | "end" | "error" | "close", detail?: unknown): void {
    const link = socket[OWNER];
    if (link === undefined) return;
    if (what === "connect") link.#connected();
    else if (what === "data") link.#receive(detail as Uint8Array);
    else if (what === "end") link.#halfClosed();
    else if (what === "error") link.#fault ??= networkFault(detail, `${link.remote.address} port ${link.remote.port}`);
    else link.#closed();
  }

  #connected(): void {
    clearTimeout(this.#dialTimer);
    if (!this.#isClosing) this.#handler?.connected(this);
  }

  #receive(bytes: Uint8Array): void {
    if (!this.#isClosing) this.#handler?.bytes(this, bytes);
  }

  #halfClosed(): void {
    const handler: Partial<HalfCloseHearer> | undefined = this.#handler;
    if (handler?.halfClosed !== undefined && !this.#isClosing) return handler.halfClosed(this);
    this.#hasEnded = true;
    this.#end();
  }

  /** Where nobody hears of it, the end counts as read when reading goes on, as it does for a link that reads by itself. */
  #end(): void {
    if (!this.#isPaused) this.close();
  }

  #written(error: Error | null | undefined): void {
    this.#releases.shift()?.();
    if (!this.#owesDrained || error || this.#isGone || this.#socket.writableLength > 0) return;
    this.#owesDrained = false;
    if (!this.#isClosing) this.#handler?.drained(this);
  }

  // Node has cancelled or finished every write before it says 'close': nobody looks at the lent bytes any more.
  #closed(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#isClosing = true;
    clearTimeout(this.#dialTimer);
    for (const release of this.#releases.splice(0)) release?.();
    this.#keeper.gone(this);
    this.#handler?.closed(this, this.#fault);
  }
}

interface OnRead {
  readonly buffer: Uint8Array;
  readonly callback: (length: number, buffer: Uint8Array) => boolean;
}

/**
 * Gives an accepted socket the static buffer, which `net.createServer` cannot: its handle moves into a new socket.
 * `_handle` is no public API; where it is missing the socket comes back as it is and is read through 'data'.
 */
function adoptSocket(socket: Socket, onread: OnRead): Socket {
  // What comes out of a cipher comes in buffers of its own.
  if (isDeciphered(socket)) return socket;
  const inner = socket as unknown as { _handle?: { useUserBuffer?: unknown } | null };
  const handle = inner._handle;
  if (!handle || typeof handle.useUserBuffer !== "function") return socket;
  inner._handle = null;
  return newSocket({ handle, onread });
}

function isDeciphered(socket: Socket): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

/** The types of Node name neither option here; `onread` is documented for `net.connect` and handed on to this constructor. */
function newSocket(options: { readonly onread: OnRead; readonly handle?: unknown }): Socket {
  return new Socket(options as unknown as ConstructorParameters<typeof Socket>[0]);
}

function onConnect(this: Socket): void {
  Link.heard(this, "connect");
}

function onData(this: Socket, bytes: Buffer): void {
  // A plain view: `slice` of a Buffer does not copy, and that of a Uint8Array does.
  Link.heard(this, "data", new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
}

function onEnd(this: Socket): void {
  Link.heard(this, "end");
}

function onError(this: Socket, error: Error): void {
  Link.heard(this, "error", error);
}

function onClose(this: Socket): void {
  Link.heard(this, "close");
}

/** Without a zone, and an IPv4-mapped address as the IPv4 address it is. */
export function endpointOf(address: string | undefined, port: number | undefined): Endpoint | undefined {
  if (address === undefined || port === undefined) return undefined;
  const canonical = canonicalAddress(address.replace(/%.*$/, ""));
  return canonical === undefined ? undefined : { address: canonical, port };
}
