/**
 * The places that one torrent holds: where it lies, where it lay, and where it is about to go.
 *
 * What it left is held until its end: what it remembers goes along, and nobody looks for it there before it has gone.
 * @module
 */
import { resolve } from "node:path";
import type { Claim } from "./claims.ts";
import { type Place, type Places, placeAt } from "./places.ts";

interface HeldPlace {
  readonly claim: Claim;
  /** Those who went there, or are about to. */
  users: number;
}

export class HeldPlaces {
  readonly #places: Places;
  readonly #first: Place;
  /** By the root with every link resolved. */
  readonly #held = new Map<string, HeldPlace>();
  readonly #names: Claim[] = [];
  #latest: Place;
  #name: string | undefined;

  /** Without a name it is a link whose metadata is not known. Throws a `UsageError` (TARGET_IN_USE) when another works there. */
  constructor(places: Places, place: Place, name: string | undefined) {
    this.#places = places;
    this.#first = place;
    this.#latest = place;
    this.#name = name;
    this.#hold(place);
  }

  /** The place of that path, before the files go there. Throws as the constructor does. */
  claim(path: string): Place {
    const place = placeAt({ ...this.#first, root: resolve(path) });
    this.#hold(place);
    this.#latest = place;
    return place;
  }

  /** The name of the torrent's record at that place. */
  recordKey(place: Place): string {
    return this.#places.recordKey(place);
  }

  /** The files did not go there after all. */
  giveBack({ realRoot }: Place): void {
    const held = this.#held.get(realRoot);
    if (held === undefined || --held.users > 0) return;
    this.#held.delete(realRoot);
    held.claim.release();
  }

  /** The metadata of a link brought its name. */
  named(name: string): void {
    if (this.#name !== undefined) return;
    this.#names.push(this.#places.claimName(this.#latest, name));
    this.#name = name;
  }

  /** The torrent is gone. */
  release(): void {
    for (const claim of [...this.#names, ...[...this.#held.values()].map((held) => held.claim)]) claim.release();
    this.#names.length = 0;
    this.#held.clear();
  }

  #hold(place: Place): void {
    const held = this.#held.get(place.realRoot);
    if (held !== undefined) held.users++;
    else this.#held.set(place.realRoot, { claim: this.#places.claim(place, this.#name), users: 1 });
  }
}
