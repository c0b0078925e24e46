/**
 * Makes `apps/cli/man`, a manual page for every program, from the compiled command tree, and names the pages in the manifest:
 * npm installs only those that its field `man` lists. The day on a page is `SOURCE_DATE_EPOCH`, or today.
 * @module
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unlessFresh } from "./fresh.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ROOM = join(ROOT, "apps/cli");
const epoch = process.env.SOURCE_DATE_EPOCH;

await unlessFresh("manual", ["tools/manual.mjs", "apps/cli/build", "apps/cli/package.json"], "apps/cli/man/bittern.1", manual);

async function manual() {
  const { manualFiles } = await import(new URL("../apps/cli/build/manual/files.js", import.meta.url).href);
  const files = await manualFiles(epoch === undefined ? new Date() : new Date(Number(epoch) * 1000));
  const folder = join(ROOM, "man");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const path = join(ROOM, "package.json");
  const before = readFileSync(path, "utf8");
  // npm has one place for pages, whatever their language.
  const listed = [...files.keys()].filter((name) => !name.includes("/"));
  const manifest = { ...JSON.parse(before), man: listed.map((name) => `./man/${name}`) };
  const after = `${JSON.stringify(manifest, null, 2)}\n`;
  if (after !== before) writeFileSync(path, after);
}
