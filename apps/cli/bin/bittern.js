#!/usr/bin/env node
/**
 * Starts the program: with what V8 compiled of it before, where the build has left that for this V8 (`tools/code-cache.mjs`); or as
 * it stands, and then a Node that keeps such a cache by itself is asked to. A script, as `package.json` beside it says: Node takes 4 ms
 * longer to begin a module.
 * @module
 */
"use strict";
const { readFileSync } = require("node:fs");
const { createRequire, enableCompileCache } = require("node:module");
const { dirname, join } = require("node:path");
const vm = require("node:vm");

/** They have a script of their own, with nothing of the other commands in it. */
const TRANSFERS = ["get", "seed"];

const path = join(__dirname, TRANSFERS.includes(process.argv[2]) ? "../dist/transfer.cjs" : "../dist/main.cjs");
// The terminal face is a module that shares classes with the program around it.
const script = process.argv.includes("tui") ? undefined : cachedScript();
if (script === undefined) {
  enableCompileCache?.();
  void import("../dist/main.js");
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
