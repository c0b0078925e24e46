/**
 * Datagrams.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import type { Cancel, Done } from "./done.ts";

/** Who sent a datagram. */
export interface Sender extends Endpoint {
  /** An IPv4 address as one signed number, where the host has it at hand: it saves a text and the reading of it. */
  readonly ipv4?: number;
}

export interface UdpSocket {
  readonly local: Endpoint;
  /** Sends or loses the datagram; the bytes are free again when this returns. */
  send(bytes: Uint8Array, to: Sender): void;
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
  /**
   * Many small datagrams will come, and each is answered before `receive` returns or never: the host may take and send many at once.
   * Then what is sent meanwhile leaves after the last of them, and datagrams longer than 4 KiB may be lost.
   */
  readonly isBusy?: boolean;
}

export interface Udp {
  /** `receive` is called for each datagram; its bytes die when it returns. */
  bind(options: UdpBindOptions, receive: (bytes: Uint8Array, from: Sender, socket: UdpSocket) => void, done: Done<UdpSocket>): Cancel;
}
