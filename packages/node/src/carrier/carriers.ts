/**
 * Carriers as the main process of a tracker sees them: its doors are theirs too, and what comes in there arrives here as if it
 * had come in here. So more cores do what costs most, the calls of the system, and one machine still decides everything.
 *
 * Sockets go to a carrier by the way that Node has for it (`subprocess.send`), so each process has a descriptor of its own.
 * @module
 */
import type { Socket as DatagramSocket } from "node:dgram";
import type { Server } from "node:net";
import type { UdpSocket } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import { UNBOUND } from "../net/link.ts";
import type { Accept, Receive, Sharer } from "../net/sharer.ts";
import type { TlsIdentity } from "../net/tls-identity.ts";
import { CarrierProcess, type Door } from "./carrier-process.ts";
import type { Order } from "./orders.ts";
import { SharedSocket } from "./shared-socket.ts";

/** Milliseconds until a carrier that died is replaced. */
const REPLACE_MILLIS = 1000;

export interface CarriersOptions {
  readonly count: number;
  /** The compiled program of a carrier. */
  readonly url: URL;
  /** Hears that one ended that should not have. */
  readonly onFault: (message: string) => void;
}

export class Carriers implements Sharer {
  readonly #options: CarriersOptions;
  readonly #doors: Map<number, Door> = new Map();
  readonly #running: Set<CarrierProcess> = new Set();
  readonly #timers: Set<NodeJS.Timeout> = new Set();
  #lastDoor = 0;
  #isClosed = false;

  constructor(options: CarriersOptions) {
    this.#options = options;
    for (let index = 0; index < options.count; index++) this.#start();
  }

  /** Resolves when all of them stand at the doors; rejects when one cannot. */
  async ready(): Promise<void> {
    const all = await Promise.all([...this.#running].map(async (carrier) => await carrier.ready));
    if (all.includes(false)) throw new HostError("IO", "a process that carries for the tracker ended before it began");
  }

  shareServers(servers: readonly Server[], secure: TlsIdentity | undefined, accept: Accept): () => void {
    const doors = servers.map((server) => {
      const number = ++this.#lastDoor;
      const place = server.address();
      const local = typeof place === "object" && place !== null ? { address: place.address, port: place.port } : UNBOUND;
      const door: Door = { number, order: { type: "tcp", door: number, secure: secure?.files }, handle: server, local, accept };
      this.#open(door);
      return door;
    });
    const forget = secure?.onRenewal((files) => {
      for (const door of doors) this.#renew(door, files);
    });
    return () => {
      forget?.();
      for (const { number } of doors) this.#shut(number);
    };
  }

  shareSocket(handle: DatagramSocket, own: UdpSocket, receive: Receive): UdpSocket {
    const number = ++this.#lastDoor;
    const socket = new SharedSocket(own, () => this.#shut(number));
    const family = own.local.address.includes(":") ? 6 : 4;
    this.#open({ number, order: { type: "udp", door: number, family }, handle, local: own.local, receive, socket });
    return socket;
  }

  /** Ends all of them; what was written still leaves. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#running].map(async (carrier) => await carrier.close()));
  }

  #open(door: Door): void {
    this.#doors.set(door.number, door);
    for (const carrier of this.#running) carrier.order(door.order, door.handle);
  }

  #renew(door: Door, secure: NonNullable<(Order & { readonly type: "renew" })["secure"]>): void {
    this.#doors.set(door.number, { ...door, order: { type: "tcp", door: door.number, secure } });
    for (const carrier of this.#running) carrier.order({ type: "renew", door: door.number, secure });
  }

  #shut(number: number): void {
    if (!this.#doors.delete(number)) return;
    for (const carrier of this.#running) carrier.order({ type: "shut", door: number });
  }

  #start(): void {
    const carrier = new CarrierProcess(this.#options.url, this.#doors, () => {
      this.#running.delete(carrier);
      if (this.#isClosed) return;
      this.#options.onFault("a process that carries for the tracker ended; another one takes its place");
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#start();
      }, REPLACE_MILLIS);
      this.#timers.add(timer);
    });
    this.#running.add(carrier);
  }
}
