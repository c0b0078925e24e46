/** Which tests run how: pure rooms share one thread pool without isolation, the rest is isolated. */
import { defineConfig } from "vitest/config";

const resolve = { conditions: ["@bittern/source"] };
const ssr = { resolve: { conditions: ["@bittern/source", "node", "import", "default"] } };

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "pure",
          include: ["packages/{protocol,host,engine,tracker,simulator,contract,faces}/src/**/*.test.ts"],
          pool: "threads",
          isolate: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "node",
          include: ["packages/{node,client}/src/**/*.test.ts", "apps/**/src/**/*.test.{ts,tsx}", "tools/**/*.test.ts", "examples/**/*.test.ts"],
          pool: "threads",
          testTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "interop",
          include: ["interop/**/*.test.ts"],
          pool: "forks",
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
