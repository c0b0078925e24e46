/**
 * Who guesses at the token of the API: each address may be wrong a few times, and then has to wait, longer each time.
 *
 * Nobody waits for the guesses of another, so that a stranger cannot shut the owner out.
 * @module
 */

/** Wrong tokens from one address before it has to wait. */
const WRONG_MAX = 5;
/** Milliseconds it waits first; twice as long after each further one, up to the most. */
const WAIT_MILLIS_LEAST = 1000;
const WAIT_MILLIS_MOST = 60_000;
/** Milliseconds after which its guesses are forgotten. */
const REMEMBERED_MILLIS = 600_000;
const ADDRESSES_MAX = 10_000;

interface Guesses {
  count: number;
  lastAt: number;
}

export class TokenGuesses {
  readonly #guesses: Map<string, Guesses> = new Map();

  /** Milliseconds an address has to wait before it is heard again; 0: none. */
  waitMillis(address: string, now: number): number {
    const known = this.#guesses.get(address);
    if (known === undefined || known.count < WRONG_MAX) return 0;
    const wait = Math.min(WAIT_MILLIS_MOST, WAIT_MILLIS_LEAST * 2 ** (known.count - WRONG_MAX));
    return Math.max(0, known.lastAt + wait - now);
  }

  noteWrong(address: string, now: number): void {
    const known = this.#guesses.get(address);
    const count = known === undefined || now - known.lastAt > REMEMBERED_MILLIS ? 0 : known.count;
    // Whoever was wrong last stands last, and goes last when there are too many.
    this.#guesses.delete(address);
    this.#guesses.set(address, { count: count + 1, lastAt: now });
    const [oldest] = this.#guesses.keys();
    if (this.#guesses.size > ADDRESSES_MAX && oldest !== undefined) this.#guesses.delete(oldest);
  }

  /** It knows the token after all. */
  noteRight(address: string): void {
    this.#guesses.delete(address);
  }
}
