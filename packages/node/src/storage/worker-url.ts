/**
 * Where the compiled worker lies: threads of Node 20 run JavaScript only.
 * @module
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The worker that belongs to this module: beside it when compiled, in `dist` when this is the TypeScript source, and
 * `storage-worker.cjs` beside or above it when all was bundled.
 */
export function workerUrl(): URL {
  const here = import.meta.url;
  if (here.endsWith("/src/storage/worker-url.ts")) return new URL("../../dist/storage/worker.js", here);
  if (here.endsWith("/storage/worker-url.js")) return new URL("./worker.js", here);
  const beside = new URL("./storage-worker.cjs", here);
  return existsSync(fileURLToPath(beside)) ? beside : new URL("../storage-worker.cjs", here);
}
