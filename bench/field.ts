/**
 * The field a race is run on: a network, a folder, a tracker, and programs that end with it.
 * @module
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ground } from "../interop/peers/peer.ts";
import { bitternCommand } from "./bittern.ts";
import { Program, run } from "./measure.ts";
import type { Network, Place } from "./network.ts";

const AWAIT_SEEDS = fileURLToPath(new URL("await-seeds.mjs", import.meta.url));
const TRACKER_PORT = 6969;
/** Milliseconds a program has to end by itself. */
const END_GRACE_MILLIS = 5000;

export interface FieldOptions {
  /** Empty, and removed by whoever made it. */
  readonly folder: string;
  readonly network: Network;
  /** See `ProgramOptions`. */
  readonly sampleMillis?: number;
}

export class Field {
  static readonly trackerPort: number = TRACKER_PORT;
  readonly folder: string;
  readonly network: Network;
  readonly #sampleMillis: number | undefined;
  readonly #programs = new Set<Program>();
  #folderCount = 0;
  #port = 20_000;

  constructor({ folder, network, sampleMillis }: FieldOptions) {
    this.folder = folder;
    this.network = network;
    this.#sampleMillis = sampleMillis;
  }

  /** What torrents name as their tracker, where the hub has this address. */
  static announceUrlAt(hubAddress: string): string {
    return `http://${hubAddress}:${TRACKER_PORT}/announce`;
  }

  get announceUrl(): string {
    return Field.announceUrlAt(this.network.hub.address);
  }

  /** Place number `index`, from 0. */
  place(index: number): Place {
    const place = this.network.places[index];
    if (place === undefined) throw new Error(`the network has ${this.network.places.length} places`);
    return place;
  }

  /** A port nobody had before: closed connections of the last run may linger on the old ones. */
  nextPort(): number {
    this.#port += 2;
    return this.#port;
  }

  async makeFolder(name: string): Promise<string> {
    const folder = join(this.folder, `${++this.#folderCount}-${name}`);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  start(place: Place, command: readonly string[], options: { cwd?: string; env?: Readonly<Record<string, string>> } = {}): Program {
    const sampling = this.#sampleMillis === undefined ? {} : { sampleMillis: this.#sampleMillis };
    const program = new Program(command, { ...options, ...sampling, namespace: place });
    this.#programs.add(program);
    const forget = (): void => void this.#programs.delete(program);
    program.ended().then(forget, forget);
    return program;
  }

  /** What a client's wrapper sees of one place. */
  ground(place: Place): Ground {
    return {
      start: (command, options) => this.start(place, command, options),
      run: async (command, cwd) => void (await run(command, { namespace: place, ...(cwd === undefined ? {} : { cwd }) })),
      makeFolder: (name) => this.makeFolder(name),
    };
  }

  /** Our own tracker, fresh, so that it knows nobody from an earlier run. */
  async startTracker(): Promise<Program> {
    const tracker = this.start(this.network.hub, bitternCommand(["track", "--port", String(TRACKER_PORT), "--json"]));
    await tracker.says(/"listening"/);
    return tracker;
  }

  /** Waits until the tracker knows so many peers that are complete. */
  async awaitSeeds(infoHash: string, count: number): Promise<void> {
    const url = this.announceUrl.replace("/announce", "/scrape");
    await run([process.execPath, AWAIT_SEEDS, url, infoHash, String(count)], { namespace: this.network.hub });
  }

  /** Ends programs, all of them when none is named, and waits until they are gone. */
  async stop(...programs: readonly Program[]): Promise<void> {
    const ending = programs.length > 0 ? programs : [...this.#programs];
    for (const program of ending) program.kill("SIGTERM");
    const killer = setTimeout(() => {
      for (const program of ending) program.kill("SIGKILL");
    }, END_GRACE_MILLIS);
    await Promise.all(ending.map((program) => program.ended().catch(() => undefined)));
    clearTimeout(killer);
  }

  async remove(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.stop();
    this.network.close();
  }
}
