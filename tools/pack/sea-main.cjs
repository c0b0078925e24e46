/**
 * What runs first in the single-file executable: finds the unpacked program, or unpacks it, and starts it.
 *
 * A thread, a wasm module and code that loads late must lie in files, so the whole program does: in the cache folder, in a
 * folder named after its content. It is written beside and then put in its place; who comes second finds it whole. Called by
 * another name (`btdownloadheadless`, by a link), it is that program.
 * @module
 */
"use strict";
const { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { homedir, tmpdir } = require("node:os");
const { basename, dirname, isAbsolute, join, relative } = require("node:path");
const { brotliDecompressSync } = require("node:zlib");
const { getAsset, getRawAsset } = require("node:sea");

const folder = programFolder();
const words = process.argv.slice(2);
// A command that starts another program of ours names its file, as it would with Node.
const isNamed = words.length > 0 && isAbsolute(words[0]) && ["bin", "dist"].includes(dirname(relative(folder, words[0])));
const script = isNamed ? words.shift() : join(folder, "bin", `${calledName()}.js`);
process.argv = [process.execPath, script, ...words];
createRequire(script)(join(folder, "start.cjs"))(script);

/** `bittern`, or the classic program whose name the link has. */
function calledName() {
  const name = basename(process.argv0).replace(/\.(?:py|exe)$/i, "");
  return existsSync(join(folder, "bin", `${name}.js`)) ? name : "bittern";
}

function programFolder() {
  const name = getAsset("name", "utf8");
  const cache = process.env.XDG_CACHE_HOME;
  const home = isAbsolute(cache ?? "")
    ? cache
    : process.platform === "win32"
      ? (process.env.LOCALAPPDATA ?? tmpdir())
      : join(homedir(), ".cache");
  const place = join(home, "bittern", name);
  if (existsSync(join(place, "start.cjs"))) return place;
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    const draft = mkdtempSync(`${place}.`);
    unpackInto(draft);
    try {
      renameSync(draft, place);
    } catch (error) {
      // Another start was faster.
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(join(place, "start.cjs"))) throw error;
    }
    return place;
  } catch {
    // No place to keep it: it is unpacked for this start alone.
    const draft = mkdtempSync(join(tmpdir(), "bittern-"));
    unpackInto(draft);
    process.on("exit", () => rmSync(draft, { recursive: true, force: true }));
    return draft;
  }
}

function unpackInto(target) {
  const all = brotliDecompressSync(Buffer.from(getRawAsset("program")));
  const end = all.indexOf(10);
  let at = end + 1;
  for (const [path, length] of JSON.parse(all.subarray(0, end).toString("utf8"))) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), all.subarray(at, at + length));
    at += length;
  }
  // Only a file on the disk may load modules of the newer kind.
  writeFileSync(
    join(target, "start.cjs"),
    'const { pathToFileURL } = require("node:url");\nmodule.exports = (script) => import(pathToFileURL(script).href);\n',
  );
}
