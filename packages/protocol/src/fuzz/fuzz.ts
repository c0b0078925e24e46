/**
 * Feeds damaged bytes to a parser and lets only one kind of failure pass: a `ProtocolError`, which says the bytes were wrong.
 *
 *     it("survives damaged frames", () => {
 *       fuzz({ seeds, target: (bytes) => decode(bytes), count: fuzzCount(process.env), seed: 1 });
 *     });
 *
 * Tests that fuzz are named `*.fuzz.test.ts`, so that `npm run fuzz` finds them.
 * @module
 */
import { below, ProtocolError, toHex } from "../base/index.ts";
import { mutate } from "./mutate.ts";
import { seededRandom } from "./seeded-random.ts";

/** Inputs for each target in an everyday run. */
export const FUZZ_COUNT: number = 20_000;
/** Bytes of an input that a failure prints; the rest can be made again from the seed. */
const SHOWN_LENGTH_MAX = 8192;

export interface FuzzOptions {
  /** Honest inputs; each is tried as it is first. */
  readonly seeds: readonly Uint8Array[];
  /** Runs the parser. It may throw `ProtocolError`, and nothing else; its own checks of what was parsed may throw anything. */
  readonly target: (bytes: Uint8Array) => void;
  /** Damaged inputs, after the seeds. */
  readonly count: number;
  /** Of the dice: the same number feeds the same inputs. */
  readonly seed: number;
}

/** How the inputs ended: a fuzz test where nothing gets through, or everything, tests nothing. */
export interface FuzzTally {
  readonly accepted: number;
  readonly refused: number;
}

/** A target failed with something else than `ProtocolError`; the message holds the input as hex, `cause` what was thrown. */
export class FuzzFailure extends Error {
  override readonly name = "FuzzFailure";
  readonly input: Uint8Array;
  constructor(input: Uint8Array, round: number, cause: unknown) {
    const shown = toHex(input.subarray(0, SHOWN_LENGTH_MAX)) + (input.length > SHOWN_LENGTH_MAX ? "..." : "");
    super(`input ${round} of ${input.length} bytes: ${String(cause)}\n${shown}`, { cause });
    this.input = input;
  }
}

/** Runs `target` on every seed and on `count` mutants; throws a `FuzzFailure` at the first input that breaks it. */
export function fuzz({ seeds, target, count, seed }: FuzzOptions): FuzzTally {
  const random = seededRandom(seed);
  const tally = { accepted: 0, refused: 0 };
  for (let round = 0; round < seeds.length + count; round++) {
    const input = seeds[round] ?? mutate(pick(seeds, random), random, pick(seeds, random));
    // The target gets a copy at an odd offset: a parser that forgets `byteOffset`, or writes into its input, is found out.
    const lent = new Uint8Array(input.length + 3).subarray(3);
    lent.set(input);
    if (passes(target, lent, input, round)) tally.accepted++;
    else tally.refused++;
  }
  return tally;
}

/** How many inputs a run asks for: `BITTERN_FUZZ_RUNS` of the environment, or `FUZZ_COUNT`. */
export function fuzzCount(environment: Readonly<Record<string, string | undefined>>): number {
  return Number(environment["BITTERN_FUZZ_RUNS"] ?? FUZZ_COUNT);
}

function passes(target: FuzzOptions["target"], lent: Uint8Array, input: Uint8Array, round: number): boolean {
  try {
    target(lent);
    return true;
  } catch (fault) {
    if (fault instanceof ProtocolError) return false;
    throw new FuzzFailure(input, round, fault);
  }
}

function pick(seeds: readonly Uint8Array[], random: { u32(): number }): Uint8Array {
  return seeds[below(random, seeds.length)] ?? new Uint8Array(0);
}
