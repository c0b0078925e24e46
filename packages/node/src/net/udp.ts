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
import { type HandleRequest, type UdpHandle, udpHandleOf } from "./handles.ts";
import type { Interface } from "./interface.ts";
import { endpointOf } from "./link.ts";
import type { Receive, Sharer } from "./sharer.ts";

/** Bytes the kernel may hold for us. The default of 208 KiB is about 280 small packets, less than a busy tracker gets in a moment. */
const RECEIVE_BUFFER_LENGTH = 4 * 1024 * 1024;
/** Bytes. Past this the network is not taking what we send, and datagrams are lost as the contract says. */
const QUEUED_MAX = 1024 * 1024;
/** Bytes. The largest datagram there is. */
const DATAGRAM_MAX = 65_535;

export class NodeUdp implements Udp {
  readonly #interface: Interface;
  readonly #sharer: Sharer | undefined;
  readonly #open = new Set<NodeUdpSocket>();

  /** `sharer` takes datagrams of every socket too. */
  constructor(chosen: Interface, sharer?: Sharer) {
    this.#interface = chosen;
    this.#sharer = sharer;
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
    const socket = openSocket(address, options.waitingLengthMax ?? RECEIVE_BUFFER_LENGTH);
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
      const own = this.adopt(socket, receive);
      answer(this.#sharer?.shareSocket(socket, own, receive) ?? own);
    });
    return () => process.nextTick(() => answer(new HostError("ABORTED", "binding UDP was given up")));
  }

  close(): void {
    for (const socket of this.#open) socket.close();
  }

  /** Takes over a socket that somebody else has bound. */
  adopt(socket: Socket, receive: Receive): UdpSocket {
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

function openSocket(address: string, recvBufferSize: number): Socket {
  const family = isIP(address) === 6 ? 6 : 4;
  return createSocket({
    type: family === 6 ? "udp6" : "udp4",
    ipv6Only: family === 6,
    recvBufferSize,
    lookup: (host, _options, callback) => callback(null, host, family),
  });
}

class NodeUdpSocket implements UdpSocket {
  readonly local: Endpoint;
  readonly #wire: Wire;
  readonly #onClose: () => void;
  #isOpen = true;

  constructor(socket: Socket, receive: Receive, onClose: () => void) {
    const { address, port } = socket.address();
    this.local = endpointOf(address, port) ?? { address, port };
    this.#onClose = onClose;
    const isIpv4 = isIP(address) === 4;
    // Hot.
    const take = (bytes: Uint8Array, from: Endpoint): void => {
      if (!this.#isOpen) return;
      // The kernel writes IPv4 in one way only: there is nothing to make canonical.
      const sender = isIpv4 ? { address: from.address, port: from.port } : endpointOf(from.address, from.port);
      if (sender !== undefined) receive(bytes, sender, this);
    };
    this.#wire = HandleWire.over(socket, take) ?? new SocketWire(socket, take);
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    if (!this.#isOpen || bytes.length > DATAGRAM_MAX || to.port < 1 || to.port > 65_535) return;
    this.#wire.send(bytes, to);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#wire.close();
    this.#onClose();
  }
}

type Take = (bytes: Uint8Array, from: Endpoint) => void;

/** How datagrams go over a socket. */
interface Wire {
  /** The bytes are free when this returns. An address of another family is a datagram lost. */
  send(bytes: Uint8Array, to: Endpoint): void;
  close(): void;
}

/** The public way. */
class SocketWire implements Wire {
  readonly #socket: Socket;
  readonly #family: number;
  #scratch = Buffer.allocUnsafeSlow(DATAGRAM_MAX);

  constructor(socket: Socket, take: Take) {
    this.#socket = socket;
    this.#family = isIP(socket.address().address);
    // A plain view: `slice` of a Buffer does not copy, and that of a Uint8Array does.
    socket.on("message", (bytes, from) => take(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), from));
  }

  // Hot. Node sends at once unless the kernel's buffer is full; then it keeps a view of the bytes, which is why they go
  // through a scratch of ours that is left to Node as long as anything is queued.
  send(bytes: Uint8Array, to: Endpoint): void {
    if (isIP(to.address) !== this.#family) return;
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
    this.#socket.close();
  }
}

/** The same below node:dgram: no object is made for a datagram that leaves at once, and one that arrives is lent where it lies. */
class HandleWire implements Wire {
  readonly #socket: Socket;
  readonly #handle: UdpHandle;
  readonly #newSend: () => HandleRequest;
  #request: HandleRequest;
  #scratch = new Uint8Array(DATAGRAM_MAX);
  #hasQueued = false;
  /** Views of the scratch by length, as a send takes them: made once each. */
  #parts: Uint8Array[][] = [];

  /** `undefined` where this Node does not let us. */
  static over(socket: Socket, take: Take): HandleWire | undefined {
    const found = udpHandleOf(socket);
    return found === undefined ? undefined : new HandleWire(socket, found.handle, found.newSend, take);
  }

  private constructor(socket: Socket, handle: UdpHandle, newSend: () => HandleRequest, take: Take) {
    this.#socket = socket;
    this.#handle = handle;
    this.#newSend = newSend;
    this.#request = newSend();
    handle.onmessage = (length, _handle, bytes, from) => {
      // A datagram refused by the system (no route, no buffer) is a datagram lost.
      // Of Node's own class, whose `slice` does not copy: these bytes are nobody else's, so no view is made to hide that. Hot.
      if (length >= 0) take(bytes, from);
    };
  }

  // Hot.
  send(bytes: Uint8Array, to: Endpoint): void {
    if (this.#hasQueued && !this.#hasRoom()) return;
    const { length } = bytes;
    this.#scratch.set(bytes);
    this.#parts[length] ??= [this.#scratch.subarray(0, length)];
    const parts = this.#parts[length];
    const status = this.#handle.send(this.#request, parts, 1, to.port, to.address, false);
    if (status !== 0) return;
    // Queued: what was handed over stays with it.
    this.#hasQueued = true;
    this.#request.kept = parts;
    this.#request = this.#newSend();
    this.#scratch = new Uint8Array(DATAGRAM_MAX);
    this.#parts = [];
  }

  /** Asked only after something had to be queued: each question is a call into Node. */
  #hasRoom(): boolean {
    this.#hasQueued = this.#handle.getSendQueueCount() > 0;
    return this.#handle.getSendQueueSize() <= QUEUED_MAX;
  }

  close(): void {
    this.#socket.close();
  }
}
