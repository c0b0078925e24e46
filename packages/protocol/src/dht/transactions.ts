/**
 * Questions of ours that are on their way. An answer counts when its transaction id, 32 bits of chance, and the address it comes
 * from are those of a question: nobody answers for another (BEP 5).
 *
 * After two seconds a question is slow, and somebody else is asked as well; after ten it has failed.
 * @module
 */
import { type Endpoint, formatEndpoint } from "../address/index.ts";
import { fillRandom, latin1, type Millis, type Random } from "../base/index.ts";

const SLOW_MILLIS: Millis = 2_000;
const FAILED_MILLIS: Millis = 10_000;
/** Bytes. */
const ID_LENGTH = 4;
/** Questions on their way. */
const OPEN_MAX = 512;

export interface Transaction<Purpose> {
  /** As it travels. */
  readonly id: Uint8Array;
  readonly to: Endpoint;
  readonly purpose: Purpose;
  readonly sentAt: Millis;
}

export class Transactions<Purpose> {
  readonly #random: Random;
  /** By transaction id, the oldest first. */
  readonly #fresh = new Map<string, Transaction<Purpose>>();
  readonly #slow = new Map<string, Transaction<Purpose>>();

  /** `random` must be secret. */
  constructor(random: Random) {
    this.#random = random;
  }

  get openCount(): number {
    return this.#fresh.size + this.#slow.size;
  }

  /** `undefined` while too many are on their way. */
  begin(to: Endpoint, purpose: Purpose, now: Millis): Transaction<Purpose> | undefined {
    if (this.openCount >= OPEN_MAX) return undefined;
    const id = fillRandom(this.#random, new Uint8Array(ID_LENGTH));
    const key = latin1(id);
    if (this.#fresh.has(key) || this.#slow.has(key)) return undefined;
    const transaction = { id, to, purpose, sentAt: now };
    this.#fresh.set(key, transaction);
    return transaction;
  }

  /** The question that this is the answer to; it is on its way no longer. */
  take(id: Uint8Array, from: Endpoint): Transaction<Purpose> | undefined {
    const key = latin1(id);
    const open = this.#fresh.get(key) ?? this.#slow.get(key);
    if (open === undefined || formatEndpoint(open.to) !== formatEndpoint(from)) return undefined;
    this.#fresh.delete(key);
    this.#slow.delete(key);
    return open;
  }

  get deadline(): Millis | undefined {
    const [fresh] = this.#fresh.values();
    const [slow] = this.#slow.values();
    const slowAt = fresh === undefined ? undefined : fresh.sentAt + SLOW_MILLIS;
    const failedAt = slow === undefined ? undefined : slow.sentAt + FAILED_MILLIS;
    return slowAt === undefined || failedAt === undefined ? (slowAt ?? failedAt) : Math.min(slowAt, failedAt);
  }

  /** Questions that have become slow by now. */
  takeSlow(now: Millis): Transaction<Purpose>[] {
    const slow: Transaction<Purpose>[] = [];
    for (const [key, open] of this.#fresh) {
      if (open.sentAt + SLOW_MILLIS > now) break;
      this.#fresh.delete(key);
      this.#slow.set(key, open);
      slow.push(open);
    }
    return slow;
  }

  /** Questions that have failed by now. */
  takeFailed(now: Millis): Transaction<Purpose>[] {
    const failed: Transaction<Purpose>[] = [];
    for (const [key, open] of this.#slow) {
      if (open.sentAt + FAILED_MILLIS > now) break;
      this.#slow.delete(key);
      failed.push(open);
    }
    return failed;
  }

  /** Everything that is on its way is forgotten. */
  clear(): void {
    this.#fresh.clear();
    this.#slow.clear();
  }
}
