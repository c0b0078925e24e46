/**
 * One carrier as the main process sees it: started, told of doors, heard, ended.
 * @module
 */
import type { ChildProcess } from "node:child_process";
import type { Socket as DatagramSocket } from "node:dgram";
import type { Server, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Endpoint } from "@bittern/protocol/address";
import { UNBOUND } from "../net/link.ts";
import type { Accept, Receive } from "../net/sharer.ts";
import { CarriedLink } from "./carried-link.ts";
import { Channel, KIND, readAddressed } from "./channel.ts";
import type { Order } from "./orders.ts";
import type { SharedSocket } from "./shared-socket.ts";

/** Milliseconds for one to end by itself. */
const ENDING_MILLIS = 3000;
/** Bytes that wait for a carrier; what more it should send as datagrams is lost. */
const WAITING_MAX = 4 * 1024 * 1024;
/** Descriptor of the channel in a carrier: behind the three of every process and that of Node itself. */
const CHANNEL_DESCRIPTOR = 4;

/** What carriers stand at. */
export interface Door {
  readonly number: number;
  readonly order: Order;
  readonly handle: DatagramSocket | Server;
  readonly local: Endpoint;
  readonly receive?: Receive;
  readonly socket?: SharedSocket;
  readonly accept?: Accept;
}

export class CarrierProcess {
  readonly #child: ChildProcess;
  readonly #channel: Channel;
  readonly #doors: ReadonlyMap<number, Door>;
  readonly #links: Map<number, CarriedLink> = new Map();
  readonly #ended: Promise<void>;
  /** Whether it came to be. */
  readonly ready: Promise<boolean>;
  #isReady = false;

  constructor(url: URL, doors: ReadonlyMap<number, Door>, onEnd: () => void) {
    this.#doors = doors;
    // Only a tracker that is shared starts processes: nobody else loads what that takes.
    this.#child = process.getBuiltinModule("node:child_process").fork(fileURLToPath(url), [], {
      // Compiled code resolves compiled packages, whatever conditions this process was started with.
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc", "pipe"],
    });
    this.#child.on("error", () => undefined);
    this.ready = new Promise((resolve) => {
      this.#child.once("message", () => {
        this.#isReady = true;
        for (const { order, handle } of doors.values()) this.order(order, handle);
        resolve(true);
      });
      this.#child.once("exit", () => resolve(false));
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("exit", () => {
        this.#channel.destroy();
        for (const link of [...this.#links.values()]) link.ended();
        onEnd();
        resolve();
      });
    });
    this.#channel = new Channel(
      this.#child.stdio[CHANNEL_DESCRIPTOR] as Socket,
      (kind, number, payload) => this.#take(kind, number, payload),
      () => undefined,
    );
  }

  /** Once it is there it learns of all doors by itself. */
  order(order: Order, handle?: DatagramSocket | Server): void {
    // Windows passes no datagram sockets on: there the main process alone has them.
    if (order.type === "udp" && process.platform === "win32") return;
    if (this.#isReady && this.#child.connected) this.#child.send(order, handle, {}, () => undefined);
  }

  async close(): Promise<void> {
    this.#channel.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), ENDING_MILLIS);
    await this.#ended;
    clearTimeout(timer);
  }

  #take(kind: number, number: number, payload: Buffer): void {
    if (kind === KIND.datagram) return this.#ask(number, payload);
    if (kind === KIND.linked) return this.#link(number, payload);
    const link = this.#links.get(number);
    if (link === undefined) return;
    if (kind === KIND.bytes) link.heard(payload);
    else if (kind === KIND.sent) link.sent(payload.readUInt32LE(0));
    else if (kind === KIND.halfClosed) link.halfClosed();
    else if (kind === KIND.closed) {
      this.#links.delete(number);
      link.ended();
    }
  }

  // Hot. The answer comes before `receive` returns, or not by this way.
  #ask(number: number, payload: Buffer): void {
    const { door, from, rest } = readAddressed(payload);
    const { receive, socket } = this.#doors.get(door) ?? {};
    if (receive === undefined || socket === undefined) return;
    socket.begin(from, (bytes) => {
      if (this.#channel.waitingLength <= WAITING_MAX) this.#channel.put(KIND.answer, number, bytes);
    });
    receive(new Uint8Array(rest.buffer, rest.byteOffset, rest.length), from, socket);
    socket.end();
  }

  #link(number: number, payload: Buffer): void {
    const { door, from } = readAddressed(payload);
    const { accept, local } = this.#doors.get(door) ?? {};
    const link = new CarriedLink(number, from, local ?? UNBOUND, this.#channel);
    const handler = accept?.(link);
    if (handler === undefined) this.#channel.put(KIND.close, number);
    else {
      this.#links.set(number, link);
      link.begin(handler);
    }
  }
}
