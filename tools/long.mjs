/**
 * `npm run test:long` and `npm run fuzz`: the same tests with more of everything, asked for through variables.
 *
 *     BITTERN_LONG=1             runs `*.long.test.ts` instead of the daily tests
 *     BITTERN_FUZZ=1             runs `*.fuzz.test.ts` alone
 *     BITTERN_FUZZ_RUNS=<n>      inputs a fuzz test feeds to each parser (20,000 when unset)
 *     BITTERN_SEED=<n>|fresh     the dice of property tests (1 when unset)
 *
 * Usage: `node tools/long.mjs long|fuzz [arguments of vitest]`. Variables already set are kept.
 * @module
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const KINDS = {
  long: { BITTERN_LONG: "1", BITTERN_SEED: "fresh" },
  fuzz: { BITTERN_FUZZ: "1", BITTERN_FUZZ_RUNS: "1000000", BITTERN_SEED: "fresh" },
};

const [kind, ...given] = process.argv.slice(2);
const { status } = spawnSync(process.execPath, [VITEST, "run", ...given], {
  cwd: ROOT,
  stdio: "inherit",
  env: { ...KINDS[kind], ...process.env },
});
process.exitCode = status ?? 1;
