/**
 * A world to try an engine in: nodes, the network between them, their disks, and a time that only moves when something
 * happens. One seed decides everything, so a run that went wrong goes wrong again.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import { assert } from "@bittern/protocol/base";
import { SimulatedHost } from "./host.ts";
import { Names } from "./network/dns.ts";
import { type LinkWatcher, Network } from "./network/network.ts";
import { NETWORK_DEFAULTS, type NetworkSettings } from "./network/settings.ts";
import { Web, type WebServer } from "./network/web.ts";
import { TorrentContent, type TorrentContentOptions } from "./storage/content.ts";
import { DISK_DEFAULTS, type DiskSettings } from "./storage/disk.ts";
import { FramePool } from "./storage/frames.ts";
import { Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";

/** Seconds since 1970 when a world begins, unless it says otherwise: the first of January 2026. */
const WALL_START_SECONDS = 1_767_225_600;

export interface WorldOptions {
  readonly seed: number | string;
  /** Lets the dice order what happens at one moment. */
  readonly shuffleTies?: boolean;
  readonly network?: Partial<NetworkSettings>;
  readonly wallStartSeconds?: number;
}

export interface NodeOptions {
  /** Unique; what its dice are named after. */
  readonly name: string;
  readonly address: string;
  /** A second address, of the other family. */
  readonly otherAddress?: string;
  /** Bytes per second; no limit when absent. */
  readonly up?: number;
  readonly down?: number;
  /** One way, to the middle of the network: two nodes are the sum of theirs apart. 10 when absent. */
  readonly latencyMillis?: Millis;
  /** Behind a router that lets no connection in. */
  readonly isShielded?: boolean;
  readonly linksMax?: number;
  readonly disk?: Partial<DiskSettings>;
}

export interface RunOptions {
  /** Stops when this moment is reached. */
  readonly untilMillis?: Millis;
  /** Stops when this holds; asked after every event. */
  readonly until?: () => boolean;
  /** Stops after so many events. */
  readonly eventsMax?: number;
}

/** Why a run stopped: what was asked for holds, somebody halted it, the time is over, nothing is left to happen, or too much happened. */
export type RunEnd = "until" | "halted" | "time" | "idle" | "events";

export class World {
  readonly timeline: Timeline;
  readonly network: Network;
  readonly names: Names = new Names();
  readonly hosts: SimulatedHost[] = [];
  readonly #web: Web = new Web();
  readonly #pool: FramePool = new FramePool();
  readonly #contents: Map<string, TorrentContent> = new Map();
  readonly #seed: number | string;
  readonly #wallStartSeconds: number;
  #isHalted = false;

  constructor(options: WorldOptions) {
    this.#seed = options.seed;
    this.timeline = new Timeline({ seed: options.seed, shuffleTies: options.shuffleTies ?? false });
    this.network = new Network(this.timeline, { ...NETWORK_DEFAULTS, ...options.network });
    this.#wallStartSeconds = options.wallStartSeconds ?? WALL_START_SECONDS;
  }

  get now(): Millis {
    return this.timeline.now;
  }
  get trace(): Trace {
    return this.timeline.trace;
  }

  addNode(options: NodeOptions): SimulatedHost {
    const station = this.network.addStation({
      name: options.name,
      addresses: options.otherAddress === undefined ? [options.address] : [options.address, options.otherAddress],
      up: options.up ?? Infinity,
      down: options.down ?? Infinity,
      latencyMillis: options.latencyMillis ?? 10,
      isShielded: options.isShielded ?? false,
      linksMax: options.linksMax ?? Infinity,
    });
    const host = new SimulatedHost(
      {
        network: this.network,
        names: this.names,
        web: this.#web,
        wallStartSeconds: this.#wallStartSeconds,
        contentOf: (plan) => this.#contents.get(plan.files[0]?.path.join("/") ?? ""),
        hostOf: (other) => this.hosts[other.index],
      },
      station,
      { ...DISK_DEFAULTS, ...options.disk },
      this.#pool,
    );
    this.hosts.push(host);
    return host;
  }

  /** Makes a content known: a store whose first file has its name is a store of it. */
  torrentContent(options: Omit<TorrentContentOptions, "seed"> & { readonly seed?: number | string }): TorrentContent {
    assert(!this.#contents.has(options.name), "the name of a content is unique in its world");
    const content = new TorrentContent({ seed: this.#seed, ...options });
    this.#contents.set(content.name, content);
    return content;
  }

  /** Puts a web server on a node and gives it a name; the return value takes it away again. */
  serveHttp(at: { readonly host: SimulatedHost; readonly name?: string; readonly port: number }, server: WebServer): () => void {
    if (at.name !== undefined) this.names.set(at.name, at.host.station.addresses);
    return this.#web.serve(at.host.station, at.port, server);
  }

  /** Cuts the network between some nodes and others (all others when absent); the return value heals it. */
  cut(left: readonly SimulatedHost[], right?: readonly SimulatedHost[]): () => void {
    const indices = (hosts: readonly SimulatedHost[]): number[] => hosts.map((host) => host.index);
    return this.network.cuts.add(indices(left), right === undefined ? undefined : indices(right), () => this.now);
  }

  /** Shows every new link end to a watcher, which may listen to what it writes. */
  watchLinks(watcher: LinkWatcher): void {
    this.network.watch(watcher);
  }

  /** Does something at a moment of virtual time. */
  at(millis: Millis, act: () => void): void {
    this.timeline.after(Math.max(0, millis - this.now), act);
  }

  /** Ends the run under way with the event that is happening. Costs nothing where `until` is asked after each event. */
  halt(): void {
    this.#isHalted = true;
  }

  /** Lets the world go on until something stops it. */
  run(options: RunOptions): RunEnd {
    this.#isHalted = false;
    const { until, untilMillis = Infinity, eventsMax = Infinity } = options;
    const timeline = this.timeline;
    const lastEvent = timeline.eventCount + eventsMax;
    if (until?.() === true) return "until";
    for (;;) {
      const nextAt = timeline.nextAt;
      if (nextAt === undefined || nextAt > untilMillis) {
        if (untilMillis !== Infinity) timeline.skipTo(untilMillis);
        return nextAt === undefined && untilMillis === Infinity ? "idle" : "time";
      }
      if (timeline.eventCount >= lastEvent) return "events";
      timeline.step();
      if (this.#isHalted) return "halted";
      if (until?.() === true) return "until";
    }
  }
}
