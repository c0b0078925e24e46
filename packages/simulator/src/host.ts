/**
 * A node of the virtual world, as the engine on it sees the world: the Host contract over virtual links and disks.
 *
 * What belongs to the machine (addresses, disk, records) outlives what runs on it. `kill` and `cutPower` end the process:
 * nothing it asked for is ever answered; `start` begins a new one with fresh sockets and timers on the same disk.
 * @module
 */
import type { Host } from "@bittern/host";
import { assert } from "@bittern/protocol/base";
import { SimulatedClock } from "./clock.ts";
import { type Names, SimulatedDns } from "./network/dns.ts";
import { SimulatedHttp } from "./network/http.ts";
import type { Network } from "./network/network.ts";
import { Ports } from "./network/ports.ts";
import type { Station } from "./network/station.ts";
import { SimulatedTcp } from "./network/tcp.ts";
import { SimulatedUdp } from "./network/udp.ts";
import type { Web } from "./network/web.ts";
import type { SeededRandom } from "./random.ts";
import type { TorrentContent } from "./storage/content.ts";
import { Disk, type DiskSettings } from "./storage/disk.ts";
import type { FramePool } from "./storage/frames.ts";
import { pathOf } from "./storage/places.ts";
import { type RecordShelf, SimulatedRecords } from "./storage/records.ts";
import { type ContentOf, Shelf, SimulatedStorage } from "./storage/storage.ts";
import type { Lie, StoreContext } from "./storage/store-context.ts";
import { KIND } from "./trace.ts";

/** What a node needs to know of its world. */
export interface HostContext {
  readonly network: Network;
  readonly names: Names;
  readonly web: Web;
  readonly wallStartSeconds: number;
  readonly contentOf: ContentOf;
  hostOf(station: Station): SimulatedHost | undefined;
}

/** The parts of a host that live and die with a process. */
interface Running {
  isAlive: boolean;
  readonly random: SeededRandom;
  readonly clock: SimulatedClock;
  readonly tcp: SimulatedTcp;
  readonly udp: SimulatedUdp;
  readonly dns: SimulatedDns;
  readonly http: SimulatedHttp;
  readonly storage: SimulatedStorage;
  readonly records: SimulatedRecords;
}

export class SimulatedHost implements Host {
  readonly station: Station;
  readonly disk: Disk;
  readonly shelf: Shelf = new Shelf();
  /** Lets the node send wrong blocks. */
  lie: Lie | undefined;
  /** Told of every piece a store of this node judged. */
  onJudged: ((piece: number, isGood: boolean) => void) | undefined;
  readonly #context: HostContext;
  readonly #records: RecordShelf = new Map();
  readonly #pool: FramePool;
  #running: Running;
  #startCount = 0;
  #healPower: (() => void) | undefined;

  constructor(context: HostContext, station: Station, disk: DiskSettings, pool: FramePool) {
    this.#context = context;
    this.station = station;
    this.#pool = pool;
    this.disk = new Disk(context.network.timeline, station.index, station.name, disk);
    this.#running = this.#run();
  }

  get name(): string {
    return this.station.name;
  }
  /** Position in the world, from 0. */
  get index(): number {
    return this.station.index;
  }
  /** The first address. */
  get address(): string {
    return this.station.addresses[0] as string;
  }
  get isRunning(): boolean {
    return this.#running.isAlive;
  }

  get clock(): SimulatedClock {
    return this.#running.clock;
  }
  get random(): SeededRandom {
    return this.#running.random;
  }
  get tcp(): SimulatedTcp {
    return this.#running.tcp;
  }
  get udp(): SimulatedUdp {
    return this.#running.udp;
  }
  get dns(): SimulatedDns {
    return this.#running.dns;
  }
  get http(): SimulatedHttp {
    return this.#running.http;
  }
  get storage(): SimulatedStorage {
    return this.#running.storage;
  }
  get records(): SimulatedRecords {
    return this.#running.records;
  }

  /** Ends the process as `kill -9` does: its system resets what it had open. The disk stays as it is. */
  kill(): void {
    this.#end(true);
  }

  /** Takes the power away: nobody is told, and what was not synced is kept, lost or torn. */
  cutPower(): void {
    if (this.isRunning) this.#end(false);
    this.station.isUp = false;
    const { cuts, timeline } = this.#context.network;
    this.#healPower ??= cuts.add([this.index], undefined, () => timeline.now);
    this.shelf.files.cutPower(this.disk.random);
    for (const holding of this.shelf.holdings.values()) holding.cutPower(this.disk.random);
  }

  /** Begins anew on the same disk. */
  start(): void {
    assert(!this.isRunning, "only what has ended is started again");
    this.station.isUp = true;
    this.#running = this.#run();
    this.#context.network.timeline.note(KIND.started, this.index, 0);
    this.#healPower?.();
    this.#healPower = undefined;
  }

  /** Puts a content on the disk as if it had been there for ever: all of it, or the pieces named. */
  plant(content: TorrentContent, root: string, pieces: Iterable<number> = range(content.pieceCount)): void {
    if (content.mode === "pattern") {
      const holding = this.shelf.holding(content, root);
      for (const piece of pieces) holding.put(piece, true);
      holding.sync();
      return;
    }
    const file = this.shelf.files.open(pathOf(root, { path: [content.name], length: content.totalLength, isPad: false, offset: 0 }));
    assert(!("code" in file), "nothing stands in the way of what is planted");
    for (const piece of pieces) {
      const bytes = new Uint8Array(content.lengthOf(piece));
      content.copyTo(bytes, 0, piece, 0, bytes.length);
      file.write(piece * content.pieceLength, bytes, 0);
    }
    file.sync();
  }

  #end(isHeard: boolean): void {
    const running = this.#running;
    if (!running.isAlive) return;
    running.isAlive = false;
    running.tcp.vanish(isHeard);
    running.udp.vanish();
    this.#context.network.timeline.note(KIND.killed, this.index, isHeard ? 1 : 0);
  }

  #run(): Running {
    const { network, names, web, wallStartSeconds } = this.#context;
    const { timeline } = network;
    const { station } = this;
    const hostOf = (other: Station): SimulatedHost | undefined => this.#context.hostOf(other);
    const state = { isAlive: true };
    const stores: StoreContext = {
      disk: this.disk,
      process: state,
      pool: this.#pool,
      lie: () => this.lie,
      judged: (piece, isGood) => this.onJudged?.(piece, isGood),
      rootIdentity: (root) => `${station.name}:${root}`,
    };
    const tcp = new SimulatedTcp(network, station, state, new Ports(), (other) => hostOf(other)?.tcp);
    return Object.assign(state, {
      random: timeline.random.fork(`host/${station.name}/${this.#startCount++}`),
      clock: new SimulatedClock(timeline, state, station.index, wallStartSeconds),
      tcp,
      udp: new SimulatedUdp(network, station, state, new Ports(), (other) => hostOf(other)?.udp),
      dns: new SimulatedDns(timeline, names, station, state),
      http: new SimulatedHttp({ network, names, web, tcp }, station, state),
      storage: new SimulatedStorage(stores, this.shelf, this.#context.contentOf),
      records: new SimulatedRecords(this.disk, state, this.#records),
    });
  }
}

function range(count: number): Iterable<number> {
  return Array.from({ length: count }, (_, index) => index);
}
