/**
 * Which tracker to ask next (BEP 12): tiers in order, shuffled once within, whoever answered first in its tier from then on.
 * @module
 */
import { assert, type Random, shuffle } from "../base/index.ts";

/** Trackers kept of one torrent. */
export const TRACKERS_MAX: number = 200;

/** A round begins with the first tracker of the first tier and ends with an answer, or when all have failed. */
export class Tiers implements Iterable<string> {
  readonly #tiers: string[][] = [];
  /** All of them in a row, until a tier changes: it is looked at after every input of a session. */
  #inOrder: readonly string[] | undefined;
  /** Trackers that failed in this round: the place of the current one in the order. */
  #failedCount = 0;

  /** A URL that comes twice counts where it comes first; empty tiers vanish. */
  constructor(tiers: readonly (readonly string[])[], random: Random) {
    const seen = new Set<string>();
    for (const tier of tiers) {
      const urls: string[] = [];
      for (const url of tier) {
        if (url === "" || seen.has(url) || seen.size === TRACKERS_MAX) continue;
        seen.add(url);
        urls.push(url);
      }
      if (urls.length > 0) this.#tiers.push(shuffle(random, urls));
    }
  }

  /** The tracker whose turn it is; `undefined` when there is none at all. */
  current(): string | undefined {
    return this.#order()[this.#failedCount];
  }

  /** The current tracker did not answer. False when it was the last of the round: the next round begins with the first. */
  failed(url: string): boolean {
    if (url !== this.current()) return true;
    this.#failedCount = (this.#failedCount + 1) % this.size;
    return this.#failedCount > 0;
  }

  /** This tracker answered: it moves to the front of its tier, and the next announce begins a new round. */
  succeeded(url: string): void {
    const tier = this.#tiers.find((tier) => tier.includes(url));
    if (tier === undefined) return;
    tier.splice(tier.indexOf(url), 1);
    tier.unshift(url);
    this.#inOrder = undefined;
    this.#failedCount = 0;
    this.check();
  }

  /** Puts a tracker last in its tier, counted from 0, or into a new last tier. False when it is known, or there are too many. */
  add(url: string, tier: number = this.#tiers.length): boolean {
    if (url === "" || this.has(url) || this.size >= TRACKERS_MAX) return false;
    const current = this.current();
    const urls = this.#tiers[tier];
    if (urls === undefined) this.#tiers.push([url]);
    else urls.push(url);
    this.#inOrder = undefined;
    if (current !== undefined) this.#failedCount = this.#order().indexOf(current);
    this.check();
    return true;
  }

  has(url: string): boolean {
    return this.#tiers.some((tier) => tier.includes(url));
  }

  /** How many trackers there are. */
  get size(): number {
    return this.#order().length;
  }

  /** The tiers as they stand, copied. */
  get tiers(): readonly (readonly string[])[] {
    return this.#tiers.map((tier) => [...tier]);
  }

  /** In the order of a round. */
  [Symbol.iterator](): Iterator<string> {
    return this.#order()[Symbol.iterator]();
  }

  #order(): readonly string[] {
    this.#inOrder ??= this.#tiers.flat();
    return this.#inOrder;
  }

  /** The laws of this structure. */
  check(): void {
    const order = this.#tiers.flat();
    assert(order.join("\n") === this.#order().join("\n"), "the order that is remembered is that of the tiers");
    assert(new Set(order).size === order.length, "every tracker is there once");
    assert(
      this.#tiers.every((tier) => tier.length > 0),
      "no tier is empty",
    );
    assert(this.#failedCount === 0 || this.#failedCount < order.length, "the current tracker exists");
  }
}
