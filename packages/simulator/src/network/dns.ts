/**
 * Names of the virtual world.
 * @module
 */
import type { Cancel, Dns, Done } from "@bittern/host";
import { HostError, type Millis } from "@bittern/protocol/base";
import type { Timeline } from "../timeline.ts";
import { KIND } from "../trace.ts";
import { isIpv6 } from "./network.ts";
import type { Process } from "./process.ts";
import type { Station } from "./station.ts";

/** The table all nodes ask. */
export class Names {
  readonly #addresses: Map<string, readonly string[]> = new Map();
  /** Text records, by name. */
  readonly texts: Map<string, readonly string[]> = new Map();
  /** How long an answer takes. */
  latencyMillis: Millis = 20;

  /** Gives a name its addresses, in the order they are preferred; none takes the name away. */
  set(name: string, addresses: readonly string[]): void {
    if (addresses.length === 0) this.#addresses.delete(name.toLowerCase());
    else this.#addresses.set(name.toLowerCase(), addresses);
  }

  /** Everything a name stands for; an address stands for itself. */
  lookUp(name: string): readonly string[] | undefined {
    if (isAddress(name)) return [name];
    if (name.toLowerCase() === "localhost") return ["127.0.0.1", "::1"];
    return this.#addresses.get(name.toLowerCase());
  }
}

/** What one node may ask about names. */
export class SimulatedDns implements Dns {
  readonly #timeline: Timeline;
  readonly #names: Names;
  readonly #station: Station;
  readonly #process: Process;

  constructor(timeline: Timeline, names: Names, station: Station, process: Process) {
    this.#timeline = timeline;
    this.#names = names;
    this.#station = station;
    this.#process = process;
  }

  resolve(name: string, done: Done<readonly string[]>): Cancel {
    return this.#ask(name, isAddress(name) ? 0 : this.#names.latencyMillis, () => this.#names.lookUp(name), done);
  }

  resolveTexts(name: string, done: Done<readonly string[]>): Cancel {
    return this.#ask(name, this.#names.latencyMillis, () => this.#names.texts.get(name.toLowerCase()), done);
  }

  #ask(name: string, latencyMillis: Millis, look: () => readonly string[] | undefined, done: Done<readonly string[]>): Cancel {
    const asked = this.#timeline.after(latencyMillis, () => {
      if (!this.#process.isAlive) return;
      const found = look();
      this.#timeline.note(KIND.name, this.#station.index, found?.length ?? 0);
      done(found ?? new HostError("NAME_NOT_FOUND", `${name} is not known`));
    });
    return () => {
      if (!asked.isScheduled) return;
      this.#timeline.cancel(asked);
      done(new HostError("ABORTED", `asking for ${name} was given up`));
    };
  }
}

/** Four decimal numbers, or a text with a colon: close enough where every address is ours. */
function isAddress(text: string): boolean {
  return isIpv6(text) || /^\d{1,3}(\.\d{1,3}){3}$/.test(text);
}
