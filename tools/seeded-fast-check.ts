/**
 * fast-check with its dice laid: what every test gets that imports `fast-check` (vitest.config.ts sees to it).
 *
 * Daily runs draw the same numbers each time, so that they fail for what was changed and for nothing else. `BITTERN_SEED=fresh`
 * draws new ones, as `npm run fuzz` and `npm run test:long` do; a failure prints the seed that repeats it.
 * @module
 */
import { configureGlobal } from "fast-check";

const { BITTERN_SEED: seed = "1" } = process.env;
if (seed !== "fresh") configureGlobal({ seed: Number(seed) });

export * from "fast-check";
export { default } from "fast-check";
