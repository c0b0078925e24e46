/**
 * Bundles the command line: our own rooms go in, third-party packages stay outside (they are the package's dependencies).
 * Code splitting keeps what a command does not need unread; the I/O worker is a file of its own beside `main.js`.
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = join(ROOT, "apps/cli/dist");

rmSync(OUT, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: { main: "apps/cli/src/main.ts", "storage-worker": "packages/node/src/storage/worker.ts" },
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: true,
  sourcesContent: false,
  legalComments: "none",
  conditions: ["@bittern/source"],
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "warning",
  plugins: [{ name: "third parties stay outside", setup: leaveThirdPartiesOutside }],
});

function leaveThirdPartiesOutside(bundler) {
  bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
    if (kind === "entry-point" || path.startsWith("@bittern/")) return undefined;
    return { path, external: true };
  });
}
