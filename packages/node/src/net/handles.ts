/**
 * What lies below node:net and node:dgram, for the few who need every microsecond: the handles that Node's own sockets stand on.
 *
 * They are no public API. So they are reached here and nowhere else, each thing is looked at before it is used, and where
 * one is not what we know (another Node, the permission model) the answer is `undefined` and the public way is gone.
 * Measured on Node 20: a connection with one request costs 13 us here and 26 us through `net`, a datagram and its answer 4.4
 * and 5.0.
 * @module
 */
import type { Socket as DatagramSocket } from "node:dgram";
import type { Server } from "node:net";

/** Where a handle writes an address; also what it says of a sender. */
export interface HandleAddress {
  address?: string | undefined;
  family?: string | undefined;
  port?: number | undefined;
}

/** A request that Node fills in; one may be used again as long as it was not needed beyond its call. */
export interface HandleRequest {
  oncomplete?: (status: number) => void;
  /** What must live as long as the request does. */
  kept?: unknown;
}

export interface TcpHandle {
  onread: ((this: TcpHandle) => void) | undefined;
  /** Whose it is. */
  owner?: unknown;
  readStart(): number;
  readStop(): number;
  useUserBuffer(bytes: Uint8Array): void;
  /** 0 or an error; whether the system took everything at once stands in the stream state. */
  writeBuffer(request: HandleRequest, bytes: Uint8Array): number;
  shutdown(request: HandleRequest): number;
  getpeername(into: HandleAddress): number;
  getsockname(into: HandleAddress): number;
  setNoDelay(isOn: boolean): number;
  /** Gives the descriptor back at once. `done` comes a turn later, when no request of it is open any more. */
  close(done?: (this: TcpHandle) => void): void;
}

export interface UdpHandle {
  onmessage: (length: number, handle: UdpHandle, bytes: Uint8Array, from: { readonly address: string; readonly port: number }) => void;
  /** Above 0: sent; 0: queued, and request and bytes must live until then; below 0: an error. */
  send(request: HandleRequest, parts: readonly Uint8Array[], count: number, port: number, address: string, hasCallback: boolean): number;
  getSendQueueCount(): number;
  getSendQueueSize(): number;
  /** Stops reading; 0 or an error. */
  recvStop?(): number;
  readonly fd?: number;
}

/** What streams share: the kinds of requests, and the words in which a handle says how a call went. */
export interface StreamKit {
  readonly newWrite: () => HandleRequest;
  readonly newShutdown: () => HandleRequest;
  /** Bytes of the last read, or the error that ended reading, below 0. */
  readLength(): number;
  /** Whether the last write must wait. */
  isWriteWaiting(): boolean;
}

type Constructor = new () => HandleRequest;

/** The streams' kit of this Node, `undefined` where it has none that we know. */
export function streamKit(): StreamKit | undefined {
  const door = doorOfNode();
  // Looked for once, and anew behind another door.
  if (kit === undefined || kit.door !== door) kit = { door, found: findStreamKit() };
  return kit.found;
}
let kit: { readonly door: unknown; readonly found: StreamKit | undefined } | undefined;

function findStreamKit(): StreamKit | undefined {
  const { WriteWrap, ShutdownWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = binding("stream_wrap");
  const isKnown =
    typeof WriteWrap === "function" &&
    typeof ShutdownWrap === "function" &&
    ArrayBuffer.isView(streamBaseState) &&
    typeof kReadBytesOrError === "number" &&
    typeof kLastWriteWasAsync === "number";
  if (!isKnown) return undefined;
  const state = streamBaseState as Int32Array;
  return {
    newWrite: () => new (WriteWrap as Constructor)(),
    newShutdown: () => new (ShutdownWrap as Constructor)(),
    readLength: () => state[kReadBytesOrError] as number,
    isWriteWaiting: () => state[kLastWriteWasAsync] !== 0,
  };
}

/**
 * Lets a listening server hand out the bare handles of its connections, one `accept` each; false when it cannot, and then it
 * goes on as it did.
 */
export function takeConnections(server: Server, accept: (handle: TcpHandle) => void): boolean {
  const handle = (server as unknown as { _handle?: { onconnection?: unknown } | null })._handle;
  if (!handle || typeof handle.onconnection !== "function") return false;
  handle.onconnection = (status: number, accepted: TcpHandle | undefined): void => {
    // Too many open files: this connection is lost, the next may come through.
    if (status === 0 && accepted !== undefined) accept(accepted);
  };
  return true;
}

/**
 * A handle bound to a port of all IPv6 addresses and of no IPv4 one, for `listen`; `undefined` where there is none to be had, or the port is not free. Node's way there
 * looks at the address with its own expression for IPv6, which takes 3 ms when it is first used.
 */
export function boundIpv6Handle(port: number): object | undefined {
  const { TCP, constants } = binding("tcp_wrap") as { readonly TCP?: unknown; readonly constants?: Readonly<Record<string, unknown>> };
  const { SERVER, UV_TCP_IPV6ONLY } = constants ?? {};
  if (typeof TCP !== "function" || typeof SERVER !== "number" || typeof UV_TCP_IPV6ONLY !== "number") return undefined;
  const handle = new (TCP as new (kind: number) => { bind6?: unknown; close(): void })(SERVER);
  if (typeof handle.bind6 === "function" && handle.bind6("::", port, UV_TCP_IPV6ONLY) === 0) return handle;
  handle.close();
  return undefined;
}

/** The descriptor of a listening server, where it has one that it tells. */
export function listeningDescriptorOf(server: Server): number | undefined {
  const { fd } = (server as unknown as { _handle?: { fd?: unknown } | null })._handle ?? {};
  return typeof fd === "number" && fd >= 0 ? fd : undefined;
}

/** The handle of a bound socket and what makes its requests. */
export function udpHandleOf(socket: DatagramSocket): { readonly handle: UdpHandle; readonly newSend: () => HandleRequest } | undefined {
  const { SendWrap } = binding("udp_wrap");
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "state symbol");
  const state = symbol === undefined ? undefined : (socket as unknown as Record<symbol, { handle?: UdpHandle | null }>)[symbol];
  const handle = state?.handle;
  if (typeof SendWrap !== "function" || !handle || typeof handle.onmessage !== "function" || typeof handle.send !== "function") {
    return undefined;
  }
  return { handle, newSend: () => new (SendWrap as Constructor)() };
}

/** Node's own modules for its own use; empty where it gives out none. */
function binding(name: string): Record<string, unknown> {
  try {
    const found: unknown = doorOfNode()?.(name);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function doorOfNode(): ((name: string) => unknown) | undefined {
  return (process as unknown as { readonly binding?: (name: string) => unknown }).binding;
}
