/**
 * UDP on node:dgram.
 *
 * A datagram leaves in one system call and nothing is allocated for it but what Node itself needs: names are never
 * looked up (a synchronous `lookup`, measured: 118 to 127 thousand datagrams a second where the default does 110). At a busy
 * door many of them come and go in one call, where the system and libc.ts have it.
 * @module
 */
import { createSocket, type Socket } from "node:dgram";
import { isIP } from "node:net";
import type { Cancel, Done, Sender, Udp, UdpBindOptions, UdpSocket } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import { networkFault } from "../faults.ts";
import { type Batches, BatchWire } from "./batch-wire.ts";
import type { Interface } from "./interface.ts";
import { loadLibc } from "./libc.ts";
import { endpointOf } from "./link.ts";
import { SendingThread } from "./sending-thread.ts";
import type { Receive, Sharer } from "./sharer.ts";
import { DATAGRAM_MAX, HandleWire, SocketWire, type Wire } from "./wire.ts";

/** Bytes the kernel may hold for us. The default of 208 KiB is about 280 small packets, less than a busy tracker gets in a moment. */
const RECEIVE_BUFFER_LENGTH = 4 * 1024 * 1024;

export interface NodeUdpOptions {
  /** Takes datagrams of every socket too, but for those at which this process takes many at once. */
  readonly sharer?: Sharer | undefined;
  /** False: each datagram in a call of its own, at busy doors too. */
  readonly batches?: boolean | undefined;
  /** Whether a thread sends what busy doors answer, if many come at once. */
  readonly hasSendingThread?: boolean;
}

export class NodeUdp implements Udp {
  readonly #interface: Interface;
  readonly #sharer: Sharer | undefined;
  readonly #batches: boolean;
  readonly #hasThread: boolean;
  #thread: SendingThread | undefined;
  readonly #open = new Set<NodeUdpSocket>();

  constructor(chosen: Interface, { sharer, batches = true, hasSendingThread = false }: NodeUdpOptions = {}) {
    this.#interface = chosen;
    this.#sharer = sharer;
    this.#batches = batches;
    this.#hasThread = hasSendingThread;
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
    const open = (many: Batches | undefined): void => {
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
        const own = this.adopt(socket, receive, many);
        answer(own.takesMany ? own : (this.#sharer?.shareSocket(socket, own, receive) ?? own));
      });
    };
    // Nothing is to be lost between the two, so what a busy door needs is there before it opens.
    if (options.isBusy === true && this.#batches) void this.#prepare().then((many) => (isAnswered ? undefined : open(many)));
    else open(undefined);
    return () => process.nextTick(() => answer(new HostError("ABORTED", "binding UDP was given up")));
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.close();
    await this.#thread?.close();
  }

  async #prepare(): Promise<Batches | undefined> {
    const libc = await loadLibc();
    if (libc === undefined) return undefined;
    if (this.#hasThread) this.#thread ??= new SendingThread();
    return { libc, thread: this.#thread };
  }

  /** Takes over a socket that somebody else has bound; with `batches` it takes and sends many datagrams at once, if it can. */
  adopt(socket: Socket, receive: Receive, batches?: Batches): NodeUdpSocket {
    const adopted = new NodeUdpSocket(socket, { receive, batches }, () => this.#open.delete(adopted));
    this.#open.add(adopted);
    return adopted;
  }

  #addressFor(address: string): string {
    const isAny = address === "0.0.0.0" || address === "::";
    if (isAny) return this.#interface.dialAddress(familyOf(address)) ?? address;
    if (isIP(address) === 0) throw new HostError("ADDRESS_UNAVAILABLE", `${address} is no address`);
    return address;
  }
}

/** Of what is known to be an address. Node's own expression for IPv6 takes 3 ms to compile, the second time it is used. */
function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}

function openSocket(address: string, recvBufferSize: number): Socket {
  const family = familyOf(address);
  return createSocket({
    type: family === 6 ? "udp6" : "udp4",
    ipv6Only: family === 6,
    recvBufferSize,
    lookup: (host, _options, callback) => callback(null, host, family),
  });
}

class NodeUdpSocket implements UdpSocket {
  readonly local: Endpoint;
  /** Whether many datagrams come and go at once. */
  readonly takesMany: boolean;
  readonly #wire: Wire;
  readonly #onClose: () => void;
  #isOpen = true;

  constructor(socket: Socket, { receive, batches }: { receive: Receive; batches: Batches | undefined }, onClose: () => void) {
    const { address, port } = socket.address();
    this.local = endpointOf(address, port) ?? { address, port };
    this.#onClose = onClose;
    const isIpv4 = familyOf(address) === 4;
    // Hot.
    const take = (bytes: Uint8Array, from: Endpoint): void => {
      if (!this.#isOpen) return;
      // The kernel writes IPv4 in one way only: there is nothing to make canonical.
      const sender = isIpv4 ? { address: from.address, port: from.port } : endpointOf(from.address, from.port);
      if (sender !== undefined) receive(bytes, sender, this);
    };
    const single = HandleWire.over(socket, take) ?? new SocketWire(socket, take);
    const many = batches && BatchWire.over(socket, batches, single, (bytes, from) => receive(bytes, from, this));
    this.#wire = many ?? single;
    this.takesMany = many !== undefined;
  }

  send(bytes: Uint8Array, to: Sender): void {
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
