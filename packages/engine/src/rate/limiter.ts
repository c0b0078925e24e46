/**
 * Several rate limits on one flow: what passes has to pass them all (the session's and the torrent's).
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { TokenBucket } from "./token-bucket.ts";

export class Limiter {
  readonly #buckets: readonly TokenBucket[];

  /** The buckets are shared: a torrent's limiter holds the session's bucket and its own. */
  constructor(buckets: readonly TokenBucket[]) {
    this.#buckets = buckets;
  }

  get isUnlimited(): boolean {
    return this.#buckets.every((bucket) => bucket.isUnlimited);
  }

  /** Takes bytes that have flowed already; what is not there becomes a debt. */
  spend(byteLength: number, now: Millis): void {
    for (const bucket of this.#buckets) bucket.spend(byteLength, now);
  }

  /** Bytes that could be taken; infinite without any limit. */
  available(now: Millis): number {
    let least = Number.POSITIVE_INFINITY;
    for (const bucket of this.#buckets) least = Math.min(least, bucket.available(now));
    return least;
  }
}
