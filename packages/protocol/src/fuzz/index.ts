/**
 * Damaged bytes for the tests of every parser; nothing here runs in production.
 * @module
 */
export { FUZZ_COUNT, FuzzFailure, type FuzzOptions, type FuzzTally, fuzz, fuzzCount } from "./fuzz.ts";
export { mutate } from "./mutate.ts";
export { seededRandom } from "./seeded-random.ts";
