/**
 * Datagrams.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import type { Cancel, Done } from "./done.ts";

export interface UdpSocket {
  readonly local: Endpoint;
  /** Sends or loses the datagram; the bytes are free again when this returns. */
  send(bytes: Uint8Array, to: Endpoint): void;
  close(): void;
}

export interface UdpBindOptions {
  /** Address to bind; it also chooses the family: "0.0.0.0" or "::". */
  readonly address: string;
  readonly port: number;
  /**
   * Bytes of datagrams that may wait for us; the host's own measure when absent. Whoever answers in time rather than to everybody
   * asks for few: what has no room is lost at once, and what has room does not wait long.
   */
  readonly waitingLengthMax?: number;
}

export interface Udp {
  /** `receive` is called for each datagram; its bytes die when it returns. */
  bind(options: UdpBindOptions, receive: (bytes: Uint8Array, from: Endpoint, socket: UdpSocket) => void, done: Done<UdpSocket>): Cancel;
}
