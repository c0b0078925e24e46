/**
 * UDP on node:dgram.
 *
 * A datagram leaves in one system call and nothing is allocated for it but what Node itself needs: names are never
 * looked up (a synchronous `lookup`, measured: 118 to 127 thousand datagrams a second where the default does 110).
 * @module
 */
import { createSocket, type Socket } from "node:dgram";
import { isIP } from "node:net";
import type { Cancel, Done, Udp, UdpBindOptions, UdpSocket } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import { networkFault } from "../faults.ts";
import type { Interface } from "./interface.ts";
import { endpointOf } from "./link.ts";

/** Bytes the kernel may hold for us. The default of 208 KiB is about 280 small packets, less than a busy tracker gets in a moment. */
const RECEIVE_BUFFER_LENGTH = 4 * 1024 * 1024;
/** Bytes. Past this the network is not taking what we send, and datagrams are lost as the contract says. */
const QUEUED_MAX = 1024 * 1024;
/** Bytes. The largest datagram there is. */
const DATAGRAM_MAX = 65_535;

type Receive = (bytes: Uint8Array, from: Endpoint, socket: UdpSocket) => void;

export class NodeUdp implements Udp {
  readonly #interface: Interface;
  readonly #open = new Set<NodeUdpSocket>();

  constructor(chosen: Interface) {
    this.#interface = chosen;
  }

  bind(options: UdpBindOptions, receive: Receive, done: Done<UdpSocket>): Cancel {
    let isAnswered = false;
    const answer = (outcome: UdpSocket | HostError): void => {
      if (isAnswered) return;
      isAnswered = true;
      done(outcome);
    };
    let address: string;
    try {
      address = this.#addressFor(options.address);
    } catch (error) {
      answer(networkFault(error, "binding UDP"));
      return () => undefined;
    }
    const socket = openSocket(address);
    socket.once("error", (error) => {
      socket.close();
      answer(networkFault(error, `binding UDP port ${options.port}`));
    });
    socket.bind({ address, port: options.port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      // A datagram refused by the system (no route, no buffer) is a datagram lost.
      socket.on("error", () => undefined);
      if (isAnswered) {
        socket.close();
        return;
      }
      answer(this.#adopt(socket, receive));
    });
    return () => process.nextTick(() => answer(new HostError("ABORTED", "binding UDP was given up")));
  }

  close(): void {
    for (const socket of this.#open) socket.close();
  }

  #adopt(socket: Socket, receive: Receive): UdpSocket {
    const adopted = new NodeUdpSocket(socket, receive, () => this.#open.delete(adopted));
    this.#open.add(adopted);
    return adopted;
  }

  #addressFor(address: string): string {
    const family = isIP(address);
    if (family === 0) throw new HostError("ADDRESS_UNAVAILABLE", `${address} is no address`);
    const isAny = address === "0.0.0.0" || address === "::";
    return (isAny ? this.#interface.dialAddress(family === 6 ? 6 : 4) : undefined) ?? address;
  }
}

function openSocket(address: string): Socket {
  const family = isIP(address) === 6 ? 6 : 4;
  return createSocket({
    type: family === 6 ? "udp6" : "udp4",
    ipv6Only: family === 6,
    recvBufferSize: RECEIVE_BUFFER_LENGTH,
    lookup: (host, _options, callback) => callback(null, host, family),
  });
}

class NodeUdpSocket implements UdpSocket {
  readonly local: Endpoint;
  readonly #socket: Socket;
  readonly #family: number;
  readonly #onClose: () => void;
  #scratch = Buffer.allocUnsafeSlow(DATAGRAM_MAX);
  #isOpen = true;

  constructor(socket: Socket, receive: Receive, onClose: () => void) {
    const { address, port } = socket.address();
    this.local = endpointOf(address, port) ?? { address, port };
    this.#socket = socket;
    this.#family = isIP(address);
    this.#onClose = onClose;
    socket.on("message", (bytes, { address: from, port: fromPort }) => {
      const sender = endpointOf(from, fromPort);
      // A plain view: `slice` of a Buffer does not copy, and that of a Uint8Array does.
      if (this.#isOpen && sender) receive(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), sender, this);
    });
  }

  // Hot. Node sends at once unless the kernel's buffer is full; then it keeps a view of the bytes, which is why they go
  // through a scratch of ours that is left to Node as long as anything is queued.
  send(bytes: Uint8Array, to: Endpoint): void {
    if (!this.#isOpen || bytes.length > DATAGRAM_MAX || isIP(to.address) !== this.#family || to.port < 1 || to.port > 65_535) return;
    const socket = this.#socket;
    if (socket.getSendQueueCount() > 0) {
      if (socket.getSendQueueSize() <= QUEUED_MAX) socket.send(Buffer.from(bytes), to.port, to.address);
      return;
    }
    this.#scratch.set(bytes);
    socket.send(this.#scratch, 0, bytes.length, to.port, to.address);
    if (socket.getSendQueueCount() > 0) this.#scratch = Buffer.allocUnsafeSlow(DATAGRAM_MAX);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.close();
    this.#onClose();
  }
}
