/**
 * A node as the network sees it: its addresses, its two links to the rest of the world, and whether it is there.
 * @module
 */
import type { SeededRandom } from "../random.ts";
import type { Timeline } from "../timeline.ts";
import { Downlink } from "./downlink.ts";
import type { NetworkSettings } from "./settings.ts";
import { Uplink } from "./uplink.ts";

export interface StationOptions {
  readonly name: string;
  /** IPv4, IPv6 or both, canonical. */
  readonly addresses: readonly string[];
  /** Bytes per second; `Infinity` for no limit. */
  readonly up: number;
  readonly down: number;
  /** One way, between the node and the middle of the network: two nodes are the sum of theirs apart. */
  readonly latencyMillis: number;
  /** Behind a router that lets no connection in. */
  readonly isShielded: boolean;
  /** Links at one time; what comes beyond is not answered. */
  readonly linksMax: number;
}

export class Station {
  /** Position in the world, from 0. */
  readonly index: number;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly uplink: Uplink;
  readonly downlink: Downlink;
  /** For jitter, loss and the like of what it sends. */
  readonly random: SeededRandom;
  latencyMillis: number;
  isShielded: boolean;
  readonly linksMax: number;
  /** Links that stand or are being dialled. */
  linkCount = 0;
  /** False while it has no power: nothing answers, not even with a refusal. */
  isUp = true;

  constructor(timeline: Timeline, settings: NetworkSettings, index: number, options: StationOptions) {
    this.index = index;
    this.name = options.name;
    this.addresses = options.addresses;
    this.uplink = new Uplink(timeline, options.up, settings.quantum);
    this.downlink = new Downlink(options.down);
    this.random = timeline.random.fork(`network/${options.name}`);
    this.latencyMillis = options.latencyMillis;
    this.isShielded = options.isShielded;
    this.linksMax = options.linksMax;
  }
}
