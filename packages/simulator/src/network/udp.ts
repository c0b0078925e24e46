/**
 * Datagrams of one node: they share its uplink with the streams, and get lost, late, doubled and out of order.
 *
 * Both ends drop what would wait too long, as routers do: a flood harms the flooder's neighbours, not their memory.
 * @module
 */
import type { Cancel, Done, Udp, UdpBindOptions, UdpSocket } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { HostError, type Millis } from "@bittern/protocol/base";
import { Fifo } from "../fifo.ts";
import { KIND } from "../trace.ts";
import { endpointKey, isIpv6, isLoopback, type Network } from "./network.ts";
import type { Ports } from "./ports.ts";
import type { Process } from "./process.ts";
import type { Station } from "./station.ts";
import type { Sender } from "./uplink.ts";

/** Bytes that wait for the uplink; what comes beyond is dropped. */
const QUEUE_LENGTH_MAX = 256 * 1024;
/** A downlink that is further behind drops datagrams. */
const BACKLOG_MILLIS_MAX: Millis = 500;
/** Bytes; more does not fit a datagram. */
const DATAGRAM_LENGTH_MAX = 65_507;

/** A router lets in what comes from where something went to within this time (RFC 4787: address and port dependent filtering). */
const OPENING_MILLIS: Millis = 30_000;
/** Openings a router remembers for one socket; then the oldest closes. */
const OPENINGS_MAX = 1_000;

/** What happens to datagrams on their way; shares are probabilities. */
export interface DatagramFaults {
  readonly lossShare: number;
  readonly duplicateShare: number;
  /** Datagrams that are held back, and for how long at most: those sent later overtake them. */
  readonly reorderShare: number;
  readonly reorderMillis: Millis;
  /** Bytes; longer datagrams vanish. */
  readonly mtu: number;
}

export const NO_DATAGRAM_FAULTS: DatagramFaults = {
  lossShare: 0,
  duplicateShare: 0,
  reorderShare: 0,
  reorderMillis: 0,
  mtu: DATAGRAM_LENGTH_MAX,
};

interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: Endpoint;
  readonly to: Endpoint;
}

interface Bound {
  readonly local: Endpoint;
  readonly socket: UdpSocket;
  readonly receive: (bytes: Uint8Array, from: Endpoint, socket: UdpSocket) => void;
  /** Where datagrams went, and until when the router of a shielded node lets some in from there. */
  readonly openings: Map<string, Millis>;
}

export class SimulatedUdp implements Udp, Sender {
  isListed = false;
  /** Of the way from this node to the world; may be changed at any time. */
  faults: DatagramFaults = NO_DATAGRAM_FAULTS;
  readonly #network: Network;
  readonly #station: Station;
  readonly #process: Process;
  readonly #ports: Ports;
  readonly #udpOf: (station: Station) => SimulatedUdp | undefined;
  readonly #bound: Map<string, Bound> = new Map();
  readonly #queue: Fifo<Datagram> = new Fifo();
  #queuedLength = 0;

  constructor(network: Network, station: Station, process: Process, ports: Ports, udpOf: (station: Station) => SimulatedUdp | undefined) {
    this.#network = network;
    this.#station = station;
    this.#process = process;
    this.#ports = ports;
    this.#udpOf = udpOf;
  }

  bind(options: UdpBindOptions, receive: Bound["receive"], done: Done<UdpSocket>): Cancel {
    const answer = this.#bind(options, receive);
    let isAnswered = false;
    this.#network.timeline.after(0, () => {
      if (isAnswered || !this.#process.isAlive) return;
      isAnswered = true;
      done(answer);
    });
    return () => {
      if (isAnswered) return;
      isAnswered = true;
      if (!(answer instanceof HostError)) answer.close();
      done(new HostError("ABORTED", "binding was given up"));
    };
  }

  get readyLength(): number {
    return this.#queuedLength;
  }

  cut(): number {
    return this.#queue.first?.bytes.length || 1;
  }

  depart(): void {
    const datagram = this.#queue.shift();
    if (datagram === undefined) return;
    this.#queuedLength -= Math.max(1, datagram.bytes.length);
    const target = this.#network.stationAt(datagram.to.address, this.#station);
    const { lossShare, duplicateShare, mtu } = this.faults;
    const { random } = this.#station;
    if (target === undefined || datagram.bytes.length > mtu || random.chance(lossShare)) return;
    this.#carry(datagram, target);
    if (random.chance(duplicateShare)) this.#carry(datagram, target);
  }

  /** The process is gone. */
  vanish(): void {
    this.#bound.clear();
    this.#queue.clear();
    this.#queuedLength = 0;
  }

  #bind({ address, port }: UdpBindOptions, receive: Bound["receive"]): UdpSocket | HostError {
    const isOurs = address === "0.0.0.0" || address === "::" || isLoopback(address) || this.#station.addresses.includes(address);
    if (!isOurs) return new HostError("ADDRESS_UNAVAILABLE", `${address} is no address of this node`);
    const bound = this.#ports.take([port, port]);
    if (bound instanceof HostError) return bound;
    const local = { address, port: bound };
    const key = endpointKey(local);
    const openings = new Map<string, Millis>();
    const socket: UdpSocket = {
      local,
      send: (bytes, to) => {
        if (!this.#bound.has(key)) return;
        if (this.#station.isShielded) this.#open(openings, to);
        this.#send(bytes, local, to);
      },
      close: () => {
        if (this.#bound.delete(key)) this.#ports.free(bound);
      },
    };
    this.#bound.set(key, { local, socket, receive, openings });
    return socket;
  }

  #open(openings: Map<string, Millis>, to: Endpoint): void {
    const key = endpointKey(to);
    openings.delete(key);
    if (openings.size === OPENINGS_MAX) openings.delete(openings.keys().next().value as string);
    openings.set(key, this.#network.timeline.now + OPENING_MILLIS);
  }

  #send(bytes: Uint8Array, local: Endpoint, to: Endpoint): void {
    const isAny = local.address === "0.0.0.0" || local.address === "::";
    const address = isAny ? this.#network.sourceAddress(this.#station, to.address) : local.address;
    if (address === undefined || isIpv6(address) !== isIpv6(to.address)) return;
    if (bytes.length > DATAGRAM_LENGTH_MAX || this.#queuedLength + bytes.length > QUEUE_LENGTH_MAX) return;
    this.#queue.push({ bytes: bytes.slice(), from: { address, port: local.port }, to });
    this.#queuedLength += Math.max(1, bytes.length);
    this.#station.uplink.offer(this);
  }

  #carry(datagram: Datagram, target: Station): void {
    const { timeline, settings } = this.#network;
    const { random } = this.#station;
    const late = random.chance(this.faults.reorderShare) ? random.between(0, this.faults.reorderMillis) : 0;
    const jitter = settings.jitterMillis > 0 ? random.between(0, settings.jitterMillis) : 0;
    timeline.after(this.#network.latency(this.#station, target) + late + jitter, () => {
      if (!this.#network.hasWay(this.#station, target) || target.downlink.backlogMillis(timeline.now) > BACKLOG_MILLIS_MAX) return;
      const passedAt = target.downlink.admit(datagram.bytes.length, timeline.now);
      const deliver = (): void => this.#udpOf(target)?.deliver(datagram, this.#station);
      if (passedAt <= timeline.now) deliver();
      else timeline.after(passedAt - timeline.now, deliver);
    });
  }

  /** A datagram is here; without a socket for it, or behind a router that nothing opened, it is forgotten. */
  deliver({ bytes, from, to }: Datagram, sender: Station): void {
    const any = isIpv6(to.address) ? "::" : "0.0.0.0";
    const bound = this.#bound.get(endpointKey(to)) ?? this.#bound.get(endpointKey({ address: any, port: to.port }));
    if (bound === undefined || !this.#process.isAlive) return;
    const { now } = this.#network.timeline;
    const isLetIn = !this.#station.isShielded || sender === this.#station || now < (bound.openings.get(endpointKey(from)) ?? now);
    if (!isLetIn) return;
    this.#network.timeline.note(KIND.datagram, this.#station.index, bytes.length);
    const view = bytes.slice();
    bound.receive(view, from, bound.socket);
    if (this.#network.settings.poisonsReads) view.fill(0xdb);
  }
}
