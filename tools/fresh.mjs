/**
 * Remembers from which inputs something was made, so that what is already right is not made again.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MEMORY = join(ROOT, "node_modules/.cache/bittern");

/**
 * Calls `make` unless `output` is there and `inputs` (files and folders, from the root) have the same names, sizes and times as when it
 * was made last.
 */
export async function unlessFresh(name, inputs, output, make) {
  const stamp = join(MEMORY, `${name}.stamp`);
  const now = fingerprint(inputs);
  if (existsSync(join(ROOT, output)) && existsSync(stamp) && readFileSync(stamp, "utf8") === now) return;
  await make();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
}

function fingerprint(inputs) {
  const hash = createHash("sha256");
  for (const input of inputs) {
    for (const path of filesUnder(join(ROOT, input))) {
      const { size, mtimeMs } = statSync(path);
      hash.update(`${path} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest("hex");
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  // The compiler touches its notes even when it has nothing to say.
  return readdirSync(path)
    .filter((name) => !/\.(tsbuildinfo|map)$/.test(name))
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}
