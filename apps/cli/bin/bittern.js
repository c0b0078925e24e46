#!/usr/bin/env node
/**
 * Starts the program: with what V8 compiled of it before, where the build has left that for this V8 (`tools/code-cache.mjs`); or as
 * it stands, and then a Node that keeps such a cache by itself is asked to.
 * @module
 */
import { readFileSync } from "node:fs";
import module, { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

/** They have a script of their own, with nothing of the other commands in it. */
const TRANSFERS = ["get", "seed"];

const path = fileURLToPath(new URL(TRANSFERS.includes(process.argv[2]) ? "../dist/transfer.cjs" : "../dist/main.cjs", import.meta.url));
// The terminal face is a module that shares classes with the program around it.
const script = process.argv.includes("tui") ? undefined : cachedScript();
if (script === undefined) {
  module.enableCompileCache?.();
  await import("../dist/main.js");
} else {
  script.runInThisContext()(createRequire(path), path, dirname(path));
}

/** `undefined` where V8 is another one, or was started with other flags. */
function cachedScript() {
  let cachedData;
  try {
    cachedData = readFileSync(`${path}.${process.versions.v8}.${process.arch}.cache`);
  } catch {
    return undefined;
  }
  const source = `(function (require, __filename, __dirname) {${readFileSync(path, "latin1")}\n})`;
  const compiled = new vm.Script(source, { filename: path, cachedData });
  return compiled.cachedDataRejected ? undefined : compiled;
}
