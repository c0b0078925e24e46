/**
 * Listens on every link between the peers of a world and holds each message of honest ones against the laws.
 *
 * It costs about as much as the engine itself, so large swarms are run without it.
 * @module
 */
import type { SimulatedHost } from "../host.ts";
import type { LinkEnd } from "../network/link.ts";
import { endpointKey } from "../network/network.ts";
import type { World } from "../world.ts";
import { BOUNDS, type Bounds, judgeLinks, judgeRequests } from "./bounds.ts";
import { apply, Side } from "./conversation.ts";
import { type Breach, judgeData } from "./data.ts";
import { judgeOrder } from "./order.ts";
import type { Violations } from "./violations.ts";
import { type WireMessage, WireReader } from "./wire.ts";

export interface OnlookerOptions {
  readonly violations: Violations;
  /** Pieces of the one torrent of the world. */
  readonly pieceCount: number;
  /** Nodes that are held to the laws; liars and strangers are not. */
  readonly isHonest: (host: SimulatedHost) => boolean;
  readonly bounds?: Partial<Bounds>;
}

export class Onlooker {
  readonly #world: World;
  readonly #options: OnlookerOptions;
  readonly #bounds: Bounds;
  /** The dialling side by the two endpoints, until the accepting one is there. */
  readonly #waiting: Map<string, Side> = new Map();
  readonly #verified: Map<SimulatedHost, Set<number>> = new Map();
  readonly #sides: Side[] = [];

  constructor(world: World, options: OnlookerOptions) {
    this.#world = world;
    this.#options = options;
    this.#bounds = { ...BOUNDS, ...options.bounds };
    world.watchLinks((link, station, direction) => {
      const host = world.hosts[station.index] as SimulatedHost;
      const other = world.network.stationAt(link.remote.address, station);
      if (other !== undefined && !this.#verified.has(world.hosts[other.index] as SimulatedHost)) return undefined;
      if (!this.#verified.has(host)) return undefined;
      const side = this.#sideOf(host, link, direction);
      const breach = judgeLinks(host, this.#bounds);
      if (breach !== undefined) this.#accuse(host, breach);
      const reader = this.#readerOf(side);
      return (bytes) => reader.receive(bytes);
    });
  }

  /** Listens to a node from now on, and learns which pieces it verifies; what lies on its disk already counts once it was checked. */
  follow(host: SimulatedHost, trusted: Iterable<number> = []): void {
    const verified = new Set(trusted);
    this.#verified.set(host, verified);
    host.onJudged = (piece, isGood) => {
      if (isGood) verified.add(piece);
    };
  }

  /** Keeps of what a node verified only what is still so: after a power cut. */
  forget(host: SimulatedHost, isStillThere: (piece: number) => boolean): void {
    const verified = this.#verified.get(host) ?? new Set();
    for (const piece of verified) if (!isStillThere(piece)) verified.delete(piece);
  }

  /** Payload bytes a node has put on the wire. */
  sentLength(host: SimulatedHost): number {
    let length = 0;
    for (const side of this.#sides) if (side.host === host) length += side.sentLength;
    return length;
  }

  #sideOf(host: SimulatedHost, link: LinkEnd, direction: "dialled" | "accepted"): Side {
    const side = new Side(host);
    this.#sides.push(side);
    if (direction === "dialled") {
      this.#waiting.set(`${endpointKey(link.dialledFrom ?? link.local)}>${endpointKey(link.remote)}`, side);
      return side;
    }
    const key = `${endpointKey(link.remote)}>${endpointKey(link.local)}`;
    const dialler = this.#waiting.get(key);
    this.#waiting.delete(key);
    side.other = dialler;
    if (dialler !== undefined) dialler.other = side;
    return side;
  }

  #readerOf(side: Side): WireReader {
    return new WireReader({
      handshake: (infoHash, reserved) => {
        side.infoHash = infoHash;
        side.offersFast = ((reserved[7] as number) & 4) !== 0;
      },
      message: (message) => this.#hear(side, message),
      foreign: (why) => this.#accuse(side.host, ["S15", `does not speak the peer protocol: ${why}`]),
    });
  }

  #hear(side: Side, message: WireMessage): void {
    const { pieceCount } = this.#options;
    const verifiedOf = (of: Side): ReadonlySet<number> => this.#verified.get(of.host) ?? new Set();
    const breach = judgeOrder(side, message, pieceCount) ?? judgeData(side, message, pieceCount, verifiedOf);
    if (breach !== undefined) this.#accuse(side.host, breach);
    apply(side, message, pieceCount);
    const open = judgeRequests(side, this.#bounds);
    if (open !== undefined) this.#accuse(side.host, open);
  }

  #accuse(host: SimulatedHost, [invariant, text]: Breach): void {
    if (!this.#options.isHonest(host)) return;
    this.#options.violations.add({ invariant, at: this.#world.now, node: host.name, text });
  }
}
