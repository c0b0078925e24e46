/**
 * Whoever stands at our doors beside us: what bound sockets are shown to.
 * @module
 */
import type { Socket as DatagramSocket } from "node:dgram";
import type { Server } from "node:net";
import type { Sender, TcpHandler, TcpLink, UdpSocket } from "@bittern/host";
import type { TlsIdentity } from "./tls-identity.ts";

/** Names the handler of a new link, or refuses it. */
export type Accept = (link: TcpLink) => TcpHandler | undefined;
/** Takes a datagram; its bytes die when it returns. */
export type Receive = (bytes: Uint8Array, from: Sender, socket: UdpSocket) => void;

export interface Sharer {
  /** Takes connections of these servers too; returns what ends that. */
  shareServers(servers: readonly Server[], secure: TlsIdentity | undefined, accept: Accept): () => void;
  /** Takes datagrams of a bound socket too; returns what to send with. Closing that closes `own`. */
  shareSocket(socket: DatagramSocket, own: UdpSocket, receive: Receive): UdpSocket;
}
