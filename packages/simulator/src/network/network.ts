/**
 * The network between the nodes: who has which address, how far apart they are, who listens where.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { assert, type Millis } from "@bittern/protocol/base";
import type { Timeline } from "../timeline.ts";
import type { LinkEnd, LinkTap } from "./link.ts";
import { Cuts } from "./partition.ts";
import type { NetworkSettings } from "./settings.ts";
import { Station, type StationOptions } from "./station.ts";
import { ReadBuffer, type StreamContext } from "./stream.ts";

/** Between two processes of one node. */
const LOOPBACK_MILLIS: Millis = 0.02;

/** Looks at a new link end and may name a tap for what it writes. */
export type LinkWatcher = (link: LinkEnd, station: Station, direction: "dialled" | "accepted") => LinkTap | undefined;

export class Network implements StreamContext {
  readonly timeline: Timeline;
  readonly settings: NetworkSettings;
  readonly cuts: Cuts = new Cuts();
  readonly #reads: ReadBuffer = new ReadBuffer();
  readonly stations: Station[] = [];
  readonly #byAddress: Map<string, Station> = new Map();
  readonly #watchers: LinkWatcher[] = [];

  constructor(timeline: Timeline, settings: NetworkSettings) {
    this.timeline = timeline;
    this.settings = settings;
  }

  get readBuffer(): Uint8Array {
    return this.#reads.bytes;
  }
  readView(length: number): Uint8Array {
    return this.#reads.view(length);
  }

  addStation(options: StationOptions): Station {
    const station = new Station(this.timeline, this.settings, this.stations.length, options);
    for (const address of options.addresses) {
      assert(!this.#byAddress.has(address), "an address belongs to one node");
      this.#byAddress.set(address, station);
    }
    this.stations.push(station);
    return station;
  }

  /** Who answers at an address, seen from a node: loopback is the node itself. */
  stationAt(address: string, from: Station): Station | undefined {
    return isLoopback(address) ? from : this.#byAddress.get(address);
  }

  /** The address a node dials from to reach another; `undefined` when it has none of that family. */
  sourceAddress(from: Station, to: string): string | undefined {
    if (isLoopback(to)) return to;
    return from.addresses.find((address) => isIpv6(address) === isIpv6(to));
  }

  latency(from: Station, to: Station): Millis {
    return from === to ? LOOPBACK_MILLIS : from.latencyMillis + to.latencyMillis;
  }

  /** Whether anything gets from one node to the router of the other. */
  hasWay(from: Station, to: Station): boolean {
    return to.isUp && !this.cuts.between(from.index, to.index);
  }

  /** Whether a packet that begins something new gets through. */
  isReachable(from: Station, to: Station): boolean {
    return this.hasWay(from, to) && (from === to || !to.isShielded);
  }

  /** Lets somebody see every link end that comes to be from now on. */
  watch(watcher: LinkWatcher): void {
    this.#watchers.push(watcher);
  }

  /** Shows a new link end to all watchers. */
  introduce(link: LinkEnd, station: Station, direction: "dialled" | "accepted"): void {
    for (const watcher of this.#watchers) {
      const tap = watcher(link, station, direction);
      if (tap === undefined) continue;
      const before = link.tap;
      link.tap = before === undefined ? tap : (bytes) => [before, tap].forEach((each) => each(bytes));
    }
  }
}

/** "127.0.0.1" and its block, and "::1". */
export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Of the two texts of an address, the one with colons. */
export function isIpv6(address: string): boolean {
  return address.includes(":");
}

/** One key for an endpoint. */
export function endpointKey({ address, port }: Endpoint): string {
  return `${address}#${port}`;
}
