/**
 * The folder that the demo publishes: real files, names with spaces and non-ASCII letters, an empty file, a large one.
 * @module
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { copyFile, readdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { makeFolder } from "@bittern/node";

export const FOLDER_NAME: string = "Bittern demo – größere & kleinere Dateien 日本";

/** Real files that are copied at most, and bytes of each. */
const REAL_FILES_MAX = 24;
const REAL_FILE_LENGTH_MAX = 1024 * 1024;
/** Bytes that are made at once. */
const CHUNK_LENGTH = 1024 * 1024;
const SKIPPED = new Set(["node_modules", "coverage", "build", "package-lock.json"]);

/** Fills `folder` and answers how many real files went in. */
export async function fillFolder(folder: string, generatedLength: number): Promise<number> {
  const texts = join(folder, "texts with spaces");
  makeFolder(texts);
  const real = await realFiles(homeOfProgram());
  for (const [at, path] of real.entries()) {
    // Files of one name may come from several folders.
    await copyFile(path, join(texts, `${String(at + 1).padStart(2, "0")} ${basename(path)}`));
  }
  await writeFile(join(folder, "Grüße aus Köln.txt"), "Servus, Grüezi, Moin.\n");
  await writeFile(join(folder, "пустой файл.txt"), "");
  await generate(join(folder, "one large file.bin"), generatedLength);
  return real.length;
}

/** The checkout this program was built in, or the folder it was installed into. */
function homeOfProgram(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  let installed = here;
  for (let folder = here; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, "ARCHITECTURE.md"))) return folder;
    if (installed === here && existsSync(join(folder, "package.json"))) installed = folder;
  }
  return installed;
}

async function realFiles(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const folders = [root];
  for (let folder = folders.shift(); folder !== undefined && found.length < REAL_FILES_MAX; folder = folders.shift()) {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
      if (entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && found.length < REAL_FILES_MAX && (await stat(path)).size <= REAL_FILE_LENGTH_MAX) found.push(path);
    }
  }
  return found;
}

async function generate(path: string, length: number): Promise<void> {
  await pipeline(function* (): Generator<Buffer> {
    for (let left = length; left > 0; left -= CHUNK_LENGTH) yield randomBytes(Math.min(CHUNK_LENGTH, left));
  }, createWriteStream(path));
}

/** SHA-256 of every file below a folder, by its path. */
export async function digestFolder(folder: string, below = ""): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) for (const [name, digest] of await digestFolder(folder, path)) digests.set(name, digest);
    else digests.set(path, await digestFile(join(folder, path)));
  }
  return digests;
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_LENGTH })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
