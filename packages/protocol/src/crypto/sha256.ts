/**
 * SHA-256 (FIPS 180-4), as the info hashes and hash trees of BEP 52 need it: small and now and then. Pieces are hashed by the host.
 * @module
 */
import { HashBlocks } from "./blocks.ts";

/** Bytes. */
export const SHA256_LENGTH: number = 32;

const ROUNDS = 64;
/** Message schedule, overwritten by every block: nothing runs between two blocks, so all hashes share it. */
const schedule: Int32Array = new Int32Array(ROUNDS);

/** First 32 bits of the fractional parts of `root(prime)` for the first primes: that is how the standard defines its constants. */
function fractions(count: number, root: (prime: number) => number): Int32Array {
  const constants = new Int32Array(count);
  let found = 0;
  for (let candidate = 2; found < count; candidate++) {
    if (isPrime(candidate)) constants[found++] = ((root(candidate) % 1) * 2 ** 32) | 0;
  }
  return constants;
}

function isPrime(candidate: number): boolean {
  for (let factor = 2; factor * factor <= candidate; factor++) if (candidate % factor === 0) return false;
  return true;
}

const ROUND_CONSTANTS: Int32Array = fractions(ROUNDS, Math.cbrt);
const START: Int32Array = fractions(8, Math.sqrt);

/** The hash of one message. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Sha256().update(bytes).digest();
}

/** The hash of a message that comes in parts. */
export class Sha256 extends HashBlocks {
  readonly #state: Int32Array = START.slice();

  protected override words(): Int32Array {
    return this.#state;
  }

  protected override compress(bytes: Uint8Array, at: number): void {
    expand(bytes, at);
    mix(this.#state);
  }
}

/** A node of a hash tree: the 64 bytes from `at` are hashed to the 32 bytes from `targetAt`. Hot: trees have a node a piece, so nothing is allocated. */
export function sha256Node(bytes: Uint8Array, at: number, target: Uint8Array, targetAt: number): void {
  nodeState.set(START);
  expand(bytes, at);
  mix(nodeState);
  schedule.set(NODE_END);
  mix(nodeState);
  for (let byte = 0; byte < SHA256_LENGTH; byte++) target[targetAt + byte] = (nodeState[byte >> 2] as number) >>> (24 - 8 * (byte & 3));
}

const nodeState: Int32Array = new Int32Array(8);
/** The schedule of the last block of a message of 64 bytes, which holds nothing but its length. */
const NODE_END: Int32Array = scheduleOf(Uint8Array.from({ length: 64 }, (_, at) => (at === 0 ? 0x80 : at === 62 ? 2 : 0)));

function scheduleOf(block: Uint8Array): Int32Array {
  expand(block, 0);
  return schedule.slice();
}

/** Mixes the expanded block into the state. Hot. */
function mix(state: Int32Array): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let round = 0; round < ROUNDS; round++) {
    const sumE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const chosen = (e & f) ^ (~e & g);
    const first = (h + sumE + chosen + (ROUND_CONSTANTS[round] as number) + (schedule[round] as number)) | 0;
    const sumA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sumA + majority) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

function expand(bytes: Uint8Array, at: number): void {
  for (let word = 0; word < 16; word++) {
    const from = at + 4 * word;
    schedule[word] =
      ((bytes[from] as number) << 24) |
      ((bytes[from + 1] as number) << 16) |
      ((bytes[from + 2] as number) << 8) |
      (bytes[from + 3] as number);
  }
  for (let word = 16; word < ROUNDS; word++) {
    const early = schedule[word - 15] as number;
    const late = schedule[word - 2] as number;
    const mixedEarly = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
    const mixedLate = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
    schedule[word] = ((schedule[word - 16] as number) + mixedEarly + (schedule[word - 7] as number) + mixedLate) | 0;
  }
}
