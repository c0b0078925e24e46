/**
 * The TCP of one node: dials, listens, and keeps account of what stands.
 *
 * Nobody is called back before the asking call has returned.
 * @module
 */
import type { Cancel, Done, Tcp, TcpConnectOptions, TcpHandler, TcpLink, TcpListener, TcpListenOptions } from "@bittern/host";
import { type Endpoint, parseAddress } from "@bittern/protocol/address";
import { HostError, type Millis } from "@bittern/protocol/base";
import { Dial } from "./dial.ts";
import { LinkEnd, type LinkOwner } from "./link.ts";
import { isIpv6, isLoopback, type Network } from "./network.ts";
import type { Ports } from "./ports.ts";
import type { Process } from "./process.ts";
import type { Station } from "./station.ts";
import { Stream } from "./stream.ts";

/** A link as its acceptor first sees it. */
type Accept = (link: TcpLink) => TcpHandler | undefined;

interface Listening {
  /** `undefined`: every address of the node. */
  readonly address: string | undefined;
  readonly port: number;
  readonly accept: Accept;
}

export class SimulatedTcp implements Tcp, LinkOwner {
  readonly #network: Network;
  readonly #station: Station;
  readonly #process: Process;
  readonly #ports: Ports;
  /** The TCP that runs on another node now. */
  readonly #tcpOf: (station: Station) => SimulatedTcp | undefined;
  readonly #listening: Set<Listening> = new Set();
  readonly #links: Set<LinkEnd> = new Set();

  constructor(network: Network, station: Station, process: Process, ports: Ports, tcpOf: (station: Station) => SimulatedTcp | undefined) {
    this.#network = network;
    this.#station = station;
    this.#process = process;
    this.#ports = ports;
    this.#tcpOf = tcpOf;
  }

  get isAlive(): boolean {
    return this.#process.isAlive;
  }

  /** The ends that are open or being dialled. */
  get links(): ReadonlySet<LinkEnd> {
    return this.#links;
  }

  listen(options: TcpListenOptions, accept: Accept, done: Done<TcpListener>): Cancel {
    const answer = this.#listen(options, accept);
    let isAnswered = false;
    this.#soon(() => {
      if (isAnswered) return;
      isAnswered = true;
      done(answer);
    });
    return () => {
      if (isAnswered) return;
      isAnswered = true;
      if (!(answer instanceof HostError)) answer.close();
      done(new HostError("ABORTED", "listening was given up"));
    };
  }

  connect(to: Endpoint, options: TcpConnectOptions, handler: TcpHandler): TcpLink {
    const link = this.#makeLink({ local: { address: "0.0.0.0", port: 0 }, remote: to });
    link.handler = handler;
    const source = this.#sourceOf(to, options);
    const port = source instanceof HostError ? source : this.#ports.take([0, 0]);
    if (source instanceof HostError || port instanceof HostError) {
      this.#soon(() => link.finish(source instanceof HostError ? source : (port as HostError)));
      return link;
    }
    this.#dial(link, { address: source, port }, to, options.timeoutMillis);
    this.#network.introduce(link, this.#station, "dialled");
    return link;
  }

  forget(link: LinkEnd): void {
    this.#links.delete(link);
    if (link.dialledFrom !== undefined) this.#ports.free(link.dialledFrom.port);
  }

  /** The process is gone; `isHeard` unless the power is gone with it. */
  vanish(isHeard: boolean): void {
    this.#listening.clear();
    for (const link of this.#links) link.vanish(isHeard);
    this.#links.clear();
  }

  /** Takes a link in that somebody dialled; false when nobody listens there. */
  answer(dialler: LinkEnd, local: Endpoint, from: Station, source: Endpoint): boolean {
    const listening = this.#listenerAt(local);
    if (listening === undefined) return false;
    const link = this.#makeLink({ local, remote: source });
    const network = this.#network;
    link.in = dialler.out = new Stream(network, { from, to: this.#station, writer: dialler, receiver: link });
    link.out = dialler.in = new Stream(network, { from: this.#station, to: from, writer: link, receiver: dialler });
    link.out.announce("connected");
    link.accepted();
    network.introduce(link, this.#station, "accepted");
    const handler = listening.accept(link);
    if (handler === undefined) link.close();
    else link.handler = handler;
    return true;
  }

  #listen({ address, ports }: TcpListenOptions, accept: Accept): TcpListener | HostError {
    const isOurs = address === undefined || isAnyAddress(address) || isLoopback(address) || this.#station.addresses.includes(address);
    if (!isOurs) return new HostError("ADDRESS_UNAVAILABLE", `${address} is no address of this node`);
    const port = this.#ports.take(ports);
    if (port instanceof HostError) return port;
    const listening: Listening = { address, port, accept };
    this.#listening.add(listening);
    const endpoints = (address === undefined ? anyAddresses(this.#station) : [address]).map((each) => ({ address: each, port }));
    return {
      endpoints,
      close: () => {
        if (this.#listening.delete(listening)) this.#ports.free(port);
      },
    };
  }

  #listenerAt({ address, port }: Endpoint): Listening | undefined {
    for (const listening of this.#listening) {
      if (listening.port !== port) continue;
      const bound = listening.address;
      if (bound === undefined || bound === address) return listening;
      if (isAnyAddress(bound) && isIpv6(bound) === isIpv6(address)) return listening;
    }
    return undefined;
  }

  #sourceOf(to: Endpoint, { localAddress }: TcpConnectOptions): string | HostError {
    if (parseAddress(to.address) === undefined || !(to.port > 0 && to.port <= 65_535)) {
      return new HostError("ADDRESS_UNAVAILABLE", `${to.address} port ${to.port} is no endpoint`);
    }
    if (localAddress === undefined || isAnyAddress(localAddress)) {
      return this.#network.sourceAddress(this.#station, to.address) ?? new HostError("UNREACHABLE", `no way to ${to.address}`);
    }
    if (isLoopback(localAddress) || this.#station.addresses.includes(localAddress)) return localAddress;
    return new HostError("ADDRESS_UNAVAILABLE", `${localAddress} is no address of this node`);
  }

  #dial(link: LinkEnd, source: Endpoint, to: Endpoint, timeoutMillis: Millis): void {
    link.dialledFrom = source;
    link.dial = new Dial(this.#network.timeline, timeoutMillis, {
      ask: () => this.#ask(link, source, to),
      giveUp: () => link.finish(new HostError("TIMED_OUT", `${to.address} did not answer in ${timeoutMillis} ms`)),
    });
  }

  /** Sends one SYN. */
  #ask(link: LinkEnd, source: Endpoint, to: Endpoint): void {
    const network = this.#network;
    const target = network.stationAt(to.address, this.#station);
    if (target === undefined) return;
    const latency = network.latency(this.#station, target);
    network.timeline.after(latency, () => {
      if (!link.isOpening || link.out !== undefined || !network.isReachable(this.#station, target)) return;
      if (target.linkCount >= target.linksMax || this.#tcpOf(target)?.answer(link, to, this.#station, source) === true) return;
      network.timeline.after(latency, () => {
        if (link.isOpening) link.finish(new HostError("CONNECTION_REFUSED", `${to.address} port ${to.port} is closed`));
      });
    });
  }

  #makeLink(ends: { local: Endpoint; remote: Endpoint }): LinkEnd {
    const link = new LinkEnd(this.#network, this.#station, this, ends);
    this.#links.add(link);
    return link;
  }

  #soon(run: () => void): void {
    this.#network.timeline.after(0, () => {
      if (this.isAlive) run();
    });
  }
}

function isAnyAddress(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

function anyAddresses(station: Station): readonly string[] {
  const any = new Set(station.addresses.map((address) => (isIpv6(address) ? "::" : "0.0.0.0")));
  return any.size === 0 ? ["0.0.0.0"] : [...any];
}
