/**
 * The trackers of a torrent.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import type { TrackerInfo } from "./status.ts";

/** A live view: each look at it shows the trackers as they are then. */
export class TrackerList implements Iterable<TrackerInfo> {
  readonly #look: () => readonly TrackerInfo[];
  readonly #add: (url: string) => void;

  /** Lists come from `Torrent.trackers`. */
  constructor(look: () => readonly TrackerInfo[], add: (url: string) => void) {
    this.#look = look;
    this.#add = add;
  }

  /** How many trackers there are at this moment. */
  get length(): number {
    return this.#look().length;
  }

  /** Adds an announce URL (http, https or udp) as a tier of its own. */
  add(url: string): void {
    if (!URL.canParse(url) || !["http:", "https:", "udp:"].includes(new URL(url).protocol)) {
      throw new UsageError("TRACKER_URL", `"${url}" is no announce URL; give one of http, https or udp`);
    }
    this.#add(url);
  }

  [Symbol.iterator](): IterableIterator<TrackerInfo> {
    return this.#look()[Symbol.iterator]();
  }
}
