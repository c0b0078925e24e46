/**
 * Streams between two endpoints.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import type { HostError } from "@bittern/protocol/base";
import type { Cancel, Done } from "./done.ts";

/** What happens on one link. After `closed` nothing more is called. */
export interface TcpHandler {
  /** A dialled link stands. Never called for an accepted one. */
  connected(link: TcpLink): void;
  /** Bytes arrived. The view dies when this returns: copy what must stay. */
  bytes(link: TcpLink, bytes: Uint8Array): void;
  /** Everything written has left this process; called only after `unsentLength` had been above 0. */
  drained(link: TcpLink): void;
  /** The link is gone, or a dial failed: once, and last. `undefined`: the other side ended it, or we did. */
  closed(link: TcpLink, fault: HostError | undefined): void;
}

export interface TcpLink {
  readonly remote: Endpoint;
  /** Ours; address "0.0.0.0" and port 0 until connected. */
  readonly local: Endpoint;
  /** Bytes written that have not left this process yet. */
  readonly unsentLength: number;
  /**
   * Sends bytes. They are lent until `release` is called, which happens exactly once, before `write` returns when
   * the system took everything at once, and also when the link closes; without `release` they are given away.
   */
  write(bytes: Uint8Array, release?: () => void): void;
  /**
   * Sends what the system takes of the bytes at once, and returns how many those are: none while older ones wait, none once the link
   * has ended. The bytes are lent for the call; the rest is the caller's to `write`. Absent where a link cannot tell.
   */
  writeNow?(bytes: Uint8Array): number;
  /** Stops and starts reading; what was read already may still arrive once. */
  pauseReading(): void;
  resumeReading(): void;
  /** Ends the link: what was written is sent when that is possible within seconds. `closed` follows. */
  close(): void;
}

export interface TcpListener {
  /** What was bound, one for IPv4 and one for IPv6 where both were; never port 0. */
  readonly endpoints: readonly Endpoint[];
  close(): void;
}

export interface TcpListenOptions {
  /** Address to bind; `undefined`: all of IPv4 and IPv6. */
  readonly address?: string;
  /** First and last port to try, in order; 0 to 0: any free port. */
  readonly ports: readonly [first: number, last: number];
  /**
   * Connections will bring a small request or a few, and we end them with an answer: the host may spend less on each. Who
   * still sends when such a link closes may lose the end of the answer.
   */
  readonly isBrief?: boolean;
}

export interface TcpConnectOptions {
  /** Local address to dial from. */
  readonly localAddress?: string;
  readonly timeoutMillis: number;
}

export interface Tcp {
  /** `accept` names the handler of a new link, or refuses it with `undefined`. */
  listen(options: TcpListenOptions, accept: (link: TcpLink) => TcpHandler | undefined, done: Done<TcpListener>): Cancel;
  connect(to: Endpoint, options: TcpConnectOptions, handler: TcpHandler): TcpLink;
}
