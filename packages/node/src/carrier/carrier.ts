/**
 * The program of a carrier: a process that stands at the doors of a tracker beside the main process, and carries bytes between
 * the network and it. It decides nothing.
 * @module
 */
import type { Socket as DatagramSocket } from "node:dgram";
import { createServer, type Server, Socket } from "node:net";
import type { TcpLink, UdpSocket } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { Interface } from "../net/interface.ts";
import type { HalfCloseHearer } from "../net/link.ts";
import { NodeTcp } from "../net/tcp.ts";
import { TlsIdentity } from "../net/tls-identity.ts";
import { NodeUdp } from "../net/udp.ts";
import { Channel, KIND } from "./channel.ts";
import type { Order } from "./orders.ts";

/** The descriptor the main process has put the channel on. */
const CHANNEL_DESCRIPTOR = 4;
/** Bytes the main process has not taken: from here on datagrams are lost and links wait. */
const CLOGGED_LENGTH = 1024 * 1024;
/** Datagrams whose senders are remembered; an answer comes long before so many more have come. */
const QUESTIONS = 8192;
/** Milliseconds for the last answers to leave, at the end. */
const ENDING_MILLIS = 1000;

interface Question {
  number: number;
  socket: UdpSocket;
  from: Endpoint;
}

interface CarriedLink {
  readonly link: TcpLink;
  /** Bytes that the main process counts as unsent. */
  unsentLength: number;
  /** The main process wants nothing from it now. */
  isPaused: boolean;
}

class Carrier {
  readonly #channel: Channel;
  readonly #udp = new NodeUdp(new Interface(undefined));
  readonly #tcps: Map<number, { readonly tcp: NodeTcp; readonly identity: TlsIdentity | undefined }> = new Map();
  readonly #sockets: Map<number, UdpSocket> = new Map();
  readonly #questions: Question[] = [];
  readonly #links: Map<number, CarriedLink> = new Map();
  /** Links that wait until the main process has taken what waits for it. */
  readonly #clogged: Set<number> = new Set();
  #lastQuestion = 0;
  #lastLink = 0;
  #isEnding = false;

  constructor(socket: Socket) {
    this.#channel = new Channel(
      socket,
      (kind, number, payload) => this.#take(kind, number, payload),
      () => this.#end(),
    );
  }

  follow(order: Order, handle: unknown): void {
    // A door that was shut while its socket was on the way.
    if ((order.type === "udp" || order.type === "tcp") && handle === undefined) return;
    if (order.type === "udp") this.#openUdp(order.door, handle as DatagramSocket);
    else if (order.type === "tcp") this.#openTcp(order, handle as Server);
    else if (order.type === "renew") this.#tcps.get(order.door)?.identity?.renew(order.secure);
    else {
      this.#sockets.get(order.door)?.close();
      this.#tcps.get(order.door)?.tcp.deafen();
    }
  }

  #openUdp(door: number, handle: DatagramSocket): void {
    // What it brings beyond what the main process can take is lost, as in the kernel's own queue.
    const receive = (bytes: Uint8Array, from: Endpoint, socket: UdpSocket): void => {
      if (this.#channel.waitingLength > CLOGGED_LENGTH) return;
      const number = (this.#lastQuestion = (this.#lastQuestion + 1) >>> 0);
      this.#questions[number % QUESTIONS] = { number, socket, from };
      this.#channel.putFrom(KIND.datagram, number, { door, from }, bytes);
    };
    this.#sockets.set(door, this.#udp.adopt(handle, receive));
  }

  #openTcp({ door, secure }: Order & { readonly type: "tcp" }, handle: Server): void {
    const identity = secure === undefined ? undefined : new TlsIdentity(secure);
    const tcp = new NodeTcp(new Interface(undefined), identity === undefined ? {} : { secure: identity });
    this.#tcps.set(door, { tcp, identity });
    const server = createServer({ pauseOnConnect: true, noDelay: true });
    server.on("error", () => undefined);
    // It listens already: whoever connects in this very turn is not to be missed.
    server.listen(handle);
    tcp.listenAt([server], { isBrief: true }, (link) => this.#accept(door, link));
  }

  #accept(door: number, link: TcpLink): HalfCloseHearer | undefined {
    if (this.#isEnding) return undefined;
    const number = (this.#lastLink = (this.#lastLink + 1) >>> 0);
    const carried: CarriedLink = { link, unsentLength: 0, isPaused: false };
    this.#links.set(number, carried);
    this.#channel.putFrom(KIND.linked, number, { door, from: link.remote });
    return {
      connected: () => undefined,
      bytes: (_link, bytes) => this.#hear(number, carried, bytes),
      drained: () => this.#settle(number, carried),
      // An answer may be on its way from the main process, which then closes the link.
      halfClosed: () => this.#channel.put(KIND.halfClosed, number),
      closed: () => {
        this.#links.delete(number);
        this.#clogged.delete(number);
        this.#channel.put(KIND.closed, number);
        if (this.#isEnding && this.#links.size === 0) process.exit(0);
      },
    };
  }

  #hear(number: number, carried: CarriedLink, bytes: Uint8Array): void {
    this.#channel.put(KIND.bytes, number, bytes);
    if (this.#channel.waitingLength <= CLOGGED_LENGTH) return;
    carried.link.pauseReading();
    if (this.#clogged.size === 0) this.#channel.onceDrained(() => this.#unclog());
    this.#clogged.add(number);
  }

  #unclog(): void {
    for (const number of this.#clogged) {
      const carried = this.#links.get(number);
      if (carried !== undefined && !carried.isPaused) carried.link.resumeReading();
    }
    this.#clogged.clear();
  }

  #settle(number: number, carried: CarriedLink): void {
    if (carried.unsentLength === 0) return;
    this.#channel.putCount(KIND.sent, number, carried.unsentLength);
    carried.unsentLength = 0;
  }

  #take(kind: number, number: number, payload: Buffer): void {
    if (kind === KIND.answer) {
      const question = this.#questions[number % QUESTIONS];
      if (question?.number === number) question.socket.send(payload, question.from);
      return;
    }
    const carried = this.#links.get(number);
    if (carried === undefined) return;
    const { link } = carried;
    if (kind === KIND.write) {
      carried.unsentLength += payload.length;
      link.write(payload);
      if (link.unsentLength === 0) this.#settle(number, carried);
    } else if (kind === KIND.close) link.close();
    else if (kind === KIND.pause) {
      carried.isPaused = true;
      link.pauseReading();
    } else if (kind === KIND.resume) {
      carried.isPaused = false;
      if (!this.#clogged.has(number)) link.resumeReading();
    }
  }

  /** The main process has ended, or wants us to. What it has given us still leaves. */
  #end(): void {
    this.#isEnding = true;
    void this.#udp.close();
    for (const { tcp } of this.#tcps.values()) tcp.deafen();
    for (const { link } of this.#links.values()) link.close();
    if (this.#links.size === 0) process.exit(0);
    setTimeout(() => process.exit(0), ENDING_MILLIS);
  }
}

const carrier = new Carrier(new Socket({ fd: CHANNEL_DESCRIPTOR, readable: true, writable: true }));
process.on("message", (order, handle) => carrier.follow(order as Order, handle));
// Node takes a socket as soon as it arrives, and whoever came in before we can hear of it would be lost.
process.send?.("ready");
// The main process is gone without a word.
process.on("disconnect", () => process.exit(0));
// Whoever stops a whole group of processes means the main one, which will stop us.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
