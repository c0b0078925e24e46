/**
 * Who said farewell, and when: kept as long as peers live, so that an older word does not bring a peer back.
 *
 * A peer that is gone leaves no trace in its swarm. Where a log was lost, or what waited for it, another tracker may never
 * have heard the farewell, and tells of the peer again.
 * @module
 */
import { INFO_HASH_LENGTH } from "../swarms/torrent-table.ts";

/** Farewells kept. */
export const FAREWELLS_MAX = 65_536;
/** How many of the oldest are forgotten at once where one more comes: a map that loses its first one each time gets slow. */
const ROOM = 1024;
/** Bytes of an endpoint, address and port. */
const LENGTH_IPV4 = 6;
const LENGTH_IPV6 = 18;

export interface Farewell {
  readonly infoHash: Uint8Array;
  readonly family: 4 | 6;
  readonly endpoint: Uint8Array;
  /** Seconds. */
  readonly seen: number;
}

export class Farewells {
  /** By info hash and endpoint, one character a byte; in the order in which they were heard. */
  readonly #seen = new Map<string, number>();

  get size(): number {
    return this.#seen.size;
  }

  /** Of the same peer the last one counts. */
  add(infoHash: Uint8Array, family: 4 | 6, endpoint: Uint8Array, seen: number): void {
    const key = keyOf(infoHash, family, endpoint);
    const known = this.#seen.get(key);
    this.#seen.delete(key);
    this.#seen.set(key, Math.max(seen, known ?? seen));
    if (this.#seen.size <= FAREWELLS_MAX) return;
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size === FAREWELLS_MAX - ROOM) return;
      this.#seen.delete(oldest);
    }
  }

  /** When the peer said farewell last; `undefined` when it did not, or that is forgotten. */
  seenOf(infoHash: Uint8Array, family: 4 | 6, endpoint: Uint8Array): number | undefined {
    return this.#seen.size === 0 ? undefined : this.#seen.get(keyOf(infoHash, family, endpoint));
  }

  /** Forgets those that were heard first, as far as they are older than `oldest`: no peer lives that long. */
  forget(oldest: number): void {
    for (const [key, seen] of this.#seen) {
      if (seen >= oldest) return;
      this.#seen.delete(key);
    }
  }

  /** All of them, a few at a time; what is added meanwhile comes too. */
  *[Symbol.iterator](): Generator<Farewell> {
    for (const [key, seen] of this.#seen) {
      const bytes = Uint8Array.from(key, (letter) => letter.charCodeAt(0));
      const endpoint = bytes.subarray(INFO_HASH_LENGTH);
      yield { infoHash: bytes.subarray(0, INFO_HASH_LENGTH), family: endpoint.length === LENGTH_IPV6 ? 6 : 4, endpoint, seen };
    }
  }
}

function keyOf(infoHash: Uint8Array, family: 4 | 6, endpoint: Uint8Array): string {
  const length = family === 6 ? LENGTH_IPV6 : LENGTH_IPV4;
  return String.fromCharCode(...infoHash.subarray(0, INFO_HASH_LENGTH), ...endpoint.subarray(0, length));
}
