/**
 * Which tests run how. Those of the rooms share threads or processes and what was imported there: a file of its own world would read the same
 * modules again, which was a third of the suite's work. The house tests start whole tools (compilers, npm, Vitest itself) on the
 * house; interop and browser run alone in processes.
 * `*.long.test.ts` (soak, matrices, other Nodes) belongs to `npm run test:long`; `npm run fuzz` runs the `*.fuzz.test.ts` alone.
 * @module
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

const resolve = { conditions: ["@bittern/source"] };
const ssr = { resolve: { conditions: ["@bittern/source", "node", "import", "default"] } };
// No test may speak to the DHT of the world: every program that one starts is kept to its laboratory.
process.env["BITTERN_DHT"] = "off";

const isLong = process.env["BITTERN_LONG"] === "1";
const isFuzz = process.env["BITTERN_FUZZ"] === "1";
const isPatient = isLong || isFuzz;
const ending = isLong ? "long.test" : isFuzz ? "fuzz.test" : "test";
const exclude = isLong ? configDefaults.exclude : [...configDefaults.exclude, "**/*.long.test.ts"];

/** Tests that import fast-check get it with its dice laid. */
const SEEDED_FAST_CHECK = fileURLToPath(new URL("tools/seeded-fast-check.ts", import.meta.url));
const plugins = [
  {
    name: "seeded-fast-check",
    enforce: "pre" as const,
    resolveId: (source: string, importer: string | undefined) =>
      source === "fast-check" && importer !== SEEDED_FAST_CHECK ? SEEDED_FAST_CHECK : undefined,
  },
];

/** Pages, looked at by a real browser: one at a time, alone. */
const BROWSER_TESTS = `interop/browser/**/*.${ending}.ts`;

export default defineConfig({
  test: {
    reporters: ["default", "./tools/count-reporter.mjs"],
    // Vitest leaves a core to itself, which of two is one half; and much of our tests' time is waiting for processes and timers.
    // What takes long also weighs and times, and has its machine to itself.
    ...(isLong ? {} : { maxWorkers: availableParallelism() + 1 }),
    projects: [
      {
        plugins,
        resolve,
        ssr,
        test: {
          name: "pure",
          include: [`packages/{protocol,host,engine,tracker,simulator,contract,faces}/src/**/*.${ending}.ts`],
          exclude,
          pool: "threads",
          isolate: false,
          testTimeout: isPatient ? 3_600_000 : 60_000,
        },
      },
      {
        plugins,
        resolve,
        ssr,
        test: {
          name: "node",
          include: [
            `packages/{node,client}/src/**/*.${ending}.ts`,
            `apps/**/src/**/*.${ending}.{ts,tsx}`,
            `bench/**/*.${ending}.ts`,
            `examples/**/*.${ending}.ts`,
          ],
          exclude,
          // Processes: what is counted there, such as open descriptors, is nobody else's.
          pool: "forks",
          // A second, the default, is not much on a machine that is busy.
          expect: { poll: { timeout: 10_000 } },
          isolate: false,
          testTimeout: isPatient ? 3_600_000 : 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins,
        resolve,
        ssr,
        test: {
          name: "house",
          include: [`tools/**/*.${ending}.ts`],
          exclude,
          pool: "threads",
          testTimeout: isPatient ? 3_600_000 : 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins,
        resolve,
        ssr,
        test: {
          name: "browser",
          include: [BROWSER_TESTS],
          exclude,
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        plugins,
        resolve,
        ssr,
        test: {
          name: "interop",
          include: [`interop/**/*.${ending}.ts`],
          exclude: [...exclude, BROWSER_TESTS],
          pool: "forks",
          testTimeout: isPatient ? 3_600_000 : 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
