/**
 * TCP on node:net: dialling, listening, and keeping account of what is open.
 * @module
 */
import { isIP, type Server, type Socket } from "node:net";
import type { Cancel, Done, Tcp, TcpConnectOptions, TcpHandler, TcpLink, TcpListener, TcpListenOptions } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import { networkFault } from "../faults.ts";
import { BriefLink } from "./brief-link.ts";
import { listeningDescriptorOf, streamKit, takeConnections } from "./handles.ts";
import type { Interface } from "./interface.ts";
import { type KeptLink, Link, type LinkKeeper } from "./link.ts";
import { bindServers, Listener } from "./listener.ts";
import { PolledDoor } from "./polled-door.ts";
import { Roster } from "./roster.ts";
import type { Accept, Sharer } from "./sharer.ts";
import { loadStreamCalls } from "./stream-calls.ts";
import { StreamPoll } from "./stream-poll.ts";
import type { TlsIdentity } from "./tls-identity.ts";

/** Milliseconds a closing link may take to send what was written. */
const CLOSING_MAX = 5000;
/** A sweep looks at the closing links, one timer for all of them: so many times within that span. */
const SWEEPS = 10;

export interface TcpOptions {
  /** Accepted links are TLS, and what comes and goes is what is inside. */
  readonly secure?: TlsIdentity | undefined;
  /** How long a closing link may take to send what was written; five seconds when absent. */
  readonly closingMillis?: number;
  /** Takes brief connections too. */
  readonly sharer?: Sharer | undefined;
  /** False: brief connections are Node's, one by one, though the calls of the system can be had. */
  readonly polls?: boolean | undefined;
}

export class NodeTcp implements Tcp, LinkKeeper {
  readonly #interface: Interface;
  readonly #links = new Roster<KeptLink>();
  readonly #listeners = new Set<Listener>();
  /** Closing links and how many sweeps they have left, oldest first. */
  readonly #closing = new Map<KeptLink, number>();
  readonly #secure: TlsIdentity | undefined;
  readonly #sharer: Sharer | undefined;
  readonly #polls: boolean;
  #poll: StreamPoll | undefined;
  readonly #sweepEvery: number;
  #sweep: NodeJS.Timeout | undefined;

  constructor(chosen: Interface, options: TcpOptions = {}) {
    this.#interface = chosen;
    this.#secure = options.secure;
    this.#sharer = options.sharer;
    // A cipher needs the socket that Node makes; and whoever shares a door with us needs Node's server.
    this.#polls = options.polls !== false && options.secure === undefined && options.sharer === undefined;
    this.#sweepEvery = (options.closingMillis ?? CLOSING_MAX) / SWEEPS;
  }

  listen(options: TcpListenOptions, accept: Accept, done: Done<TcpListener>): Cancel {
    let isCancelled = false;
    this.#bind(options, accept).then(
      (listener) => {
        if (isCancelled) listener.close();
        done(isCancelled ? new HostError("ABORTED", "listening was given up") : listener);
      },
      (error: unknown) => done(networkFault(error, "listening")),
    );
    return () => {
      isCancelled = true;
    };
  }

  connect(to: Endpoint, options: TcpConnectOptions, handler: TcpHandler): TcpLink {
    let localAddress = options.localAddress;
    let refusal: HostError | undefined;
    try {
      localAddress ??= this.#interface.dialAddress(isIP(to.address) === 6 ? 6 : 4, to.address);
    } catch (error) {
      refusal = networkFault(error, `dialling ${to.address}`);
    }
    const link = Link.dial(to, { localAddress, timeoutMillis: options.timeoutMillis }, this, handler);
    this.#links.add(link);
    if (refusal !== undefined) link.destroy(refusal);
    return link;
  }

  closing(link: KeptLink): void {
    this.#closing.set(link, SWEEPS);
    this.#sweep ??= setInterval(() => this.#sweepClosing(), this.#sweepEvery);
  }

  gone(link: KeptLink): void {
    this.#links.delete(link);
    if (!this.#closing.delete(link) || this.#closing.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  /** Takes no more connections; those that stand go on. */
  deafen(): void {
    for (const listener of this.#listeners) listener.close();
  }

  /** Ends everything that is open, at once. */
  close(): void {
    this.deafen();
    for (const link of this.#links.members()) link.destroy(undefined);
  }

  async #bind(options: TcpListenOptions, accept: Accept): Promise<Listener> {
    if (options.isBrief === true && this.#polls) await this.#prepare();
    const addresses = options.address === undefined ? this.#interface.listenAddresses() : [options.address];
    const servers = await bindServers(addresses, options.ports, (socket) => this.#accept(socket, accept));
    const unshare = options.isBrief === true ? this.#sharer?.shareServers(servers, this.#secure, accept) : undefined;
    return this.#listenAt(servers, options, accept, unshare);
  }

  /** Takes the connections of servers that somebody else has bound. */
  listenAt(servers: readonly Server[], options: Pick<TcpListenOptions, "isBrief">, accept: Accept): TcpListener {
    for (const server of servers) server.on("connection", (socket) => this.#accept(socket, accept));
    return this.#listenAt(servers, options, accept);
  }

  #listenAt(servers: readonly Server[], { isBrief }: Pick<TcpListenOptions, "isBrief">, accept: Accept, unshare?: () => void): Listener {
    const doors: PolledDoor[] = [];
    const listener = new Listener(servers, (closed) => {
      unshare?.();
      for (const door of doors) door.close();
      this.#listeners.delete(closed);
    });
    this.#listeners.add(listener);
    if (isBrief === true && this.#secure === undefined) {
      for (const server of servers) {
        const door = this.#openDoor(server, accept);
        if (door === undefined) this.#takeBrief(server, accept);
        else doors.push(door);
      }
    }
    return listener;
  }

  #accept(socket: Socket, accept: Accept): void {
    if (this.#secure === undefined) this.#adopt(socket, accept);
    else this.#secure.decipher(socket, (plain) => this.#adopt(plain, accept));
  }

  #adopt(socket: Socket, accept: Accept): void {
    const link = Link.accepted(socket, this);
    if (link === undefined) return;
    this.#links.add(link);
    link.begin(accept(link));
  }

  /** Takes the connections of a server before Node makes sockets of them, where this Node lets us. */
  #takeBrief(server: Server, accept: Accept): void {
    const kit = streamKit();
    if (kit === undefined) return;
    takeConnections(server, (handle) => {
      const link = BriefLink.accepted(handle, kit, this);
      if (link === undefined) return;
      this.#links.add(link);
      link.begin(accept(link));
    });
  }

  async #prepare(): Promise<void> {
    const calls = await loadStreamCalls();
    if (calls !== undefined) this.#poll ??= new StreamPoll(calls);
  }

  /** Takes a server's place at its door; `undefined` where it has to stay. */
  #openDoor(server: Server, accept: Accept): PolledDoor | undefined {
    const descriptor = listeningDescriptorOf(server);
    if (this.#poll === undefined || !this.#polls || descriptor === undefined) return undefined;
    const own = this.#poll.calls.libc.copyDescriptor(descriptor);
    if (own < 0) return undefined;
    const door = PolledDoor.open(own, this.#poll, this, (link) => {
      this.#links.add(link);
      link.begin(accept(link));
    });
    // The socket goes on listening with the copy.
    if (door !== undefined) server.close();
    return door;
  }

  #sweepClosing(): void {
    for (const [link, sweepsLeft] of this.#closing) {
      if (sweepsLeft > 1) this.#closing.set(link, sweepsLeft - 1);
      else link.destroy(undefined);
    }
  }
}
