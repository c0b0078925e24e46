/**
 * `npm run sea`: the program as one executable file (Node's single executable applications). Its files travel packed inside
 * and are unpacked into the cache folder by the first start; see `sea-main.cjs`.
 *
 * Usage: `node tools/pack/sea.mjs [FILE]`; FILE is `dist/bittern-PLATFORM-ARCH` unless named.
 * @module
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import postject from "postject";
import { manifest, programFiles, runtimeLicence } from "./program-files.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** By this mark Node knows that there is something inside it. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

const ending = process.platform === "win32" ? ".exe" : "";
const target = resolve(process.argv[2] ?? join(ROOT, `dist/bittern-${process.platform}-${process.arch}${ending}`));
const work = mkdtempSync(join(tmpdir(), "bittern-sea-"));
try {
  const program = packed();
  const name = `${manifest.version}-${createHash("sha256").update(program).digest("hex").slice(0, 16)}`;
  writeFileSync(join(work, "program"), program);
  writeFileSync(join(work, "name"), name);
  copyFileSync(new URL("./sea-main.cjs", import.meta.url), join(work, "main.cjs"));
  const config = {
    main: join(work, "main.cjs"),
    output: join(work, "blob"),
    disableExperimentalSEAWarning: true,
    assets: { program: join(work, "program"), name: join(work, "name") },
  };
  writeFileSync(join(work, "config.json"), JSON.stringify(config));
  execFileSync(process.execPath, ["--experimental-sea-config", join(work, "config.json")], { stdio: ["ignore", "ignore", "inherit"] });
  mkdirSync(dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}`;
  copyFileSync(process.execPath, draft);
  chmodSync(draft, 0o755);
  const options = { sentinelFuse: FUSE, ...(process.platform === "darwin" ? { machoSegmentName: "NODE_SEA" } : {}) };
  await postject.inject(draft, "NODE_SEA_BLOB", readFileSync(join(work, "blob")), options);
  rmSync(target, { force: true });
  copyFileSync(draft, target);
  rmSync(draft);
  console.log(`${target} (${(statSync(target).size / 2 ** 20).toFixed(1)} MiB)`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** A line of JSON that lists paths and lengths, then the bytes of all files; packed. */
function packed() {
  const files = [...programFiles(), ["LICENSE.node", runtimeLicence()]].map(([path, source]) => [path, readFileSync(source)]);
  const index = JSON.stringify(files.map(([path, bytes]) => [path, bytes.length]));
  const all = Buffer.concat([Buffer.from(`${index}\n`), ...files.map(([, bytes]) => bytes)]);
  return brotliCompressSync(all, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: all.length } });
}
