/**
 * The program as it runs without npm: the files of the package `bittern` and of every package it depends on, from this checkout.
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ROOM = join(ROOT, "apps/cli");

/** What runs nowhere here: maps, types, tests, pages, hidden files, commands of other packages, sources of what is compiled. Licences stay. */
const LEFT_OUT =
  /(?:^|\/)(?:\.[^/]*|(?:__tests__|tests?|docs?|examples?)\/.*|node_modules\/(?:@[^/]+\/)?[^/]+\/bin\/.*)$|\/\.|\.(?:map|d\.[cm]?ts|[cm]?tsx?|md|markdown|flow|cc?|hh?|inc|asm|s|def)$/i;
const LICENCE = /(?:^|\/)(?:licen[cs]e|copying|notice)[^/]*$/i;

export const manifest = JSON.parse(readFileSync(join(ROOM, "package.json"), "utf8"));

/** The licence of the Node that runs this script, as its distributors place it; who ships the one ships the other. */
export function runtimeLicence() {
  const places = [join(dirname(process.execPath), "../LICENSE"), join(dirname(process.execPath), "../share/doc/nodejs/LICENSE")];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`the licence of ${process.execPath} is at none of ${places.join(", ")}`);
  return found;
}

/** Path in the program's folder -> path on this disk, sorted. */
export function programFiles() {
  const files = new Map();
  for (const part of ["bin", "dist"])
    for (const path of filesUnder(join(ROOM, part))) take(files, posix.join(part, path), join(ROOM, part, path));
  for (const name of ["package.json", "LICENSE"]) files.set(name, join(ROOM, name));
  for (const folder of dependencyFolders()) {
    for (const path of filesUnder(folder)) take(files, posix.join(relative(ROOT, folder).replaceAll("\\", "/"), path), join(folder, path));
  }
  return new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Name -> file in `bin/`, as the manifest says. */
export function programNames() {
  return new Map(Object.entries(manifest.bin).map(([name, path]) => [name, posix.normalize(path)]));
}

function take(files, path, source) {
  if (!LEFT_OUT.test(path) || LICENCE.test(path)) files.set(path, source);
}

/** Folders of all packages that the program's dependencies lead to, each once. */
function dependencyFolders() {
  const found = new Map();
  const visit = (name, from, isOptional) => {
    const folder = locate(name, from);
    if (folder === undefined) {
      if (isOptional) return;
      throw new Error(`${name}, which ${relative(ROOT, from)} needs, is not installed; run npm run build`);
    }
    if (found.has(folder)) return;
    found.set(folder, name);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifestOf(folder);
    for (const needed of Object.keys(dependencies)) visit(needed, folder, needed in optionalDependencies);
    for (const needed of Object.keys(optionalDependencies)) visit(needed, folder, true);
    for (const needed of Object.keys(peerDependencies)) visit(needed, folder, peerDependenciesMeta[needed]?.optional === true);
  };
  for (const name of Object.keys(manifest.dependencies ?? {})) visit(name, ROOM, false);
  for (const name of Object.keys(manifest.optionalDependencies ?? {})) visit(name, ROOM, true);
  return [...found.keys()];
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** As Node looks a package up: in each `node_modules` on the way to the root. */
function locate(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (folder === dirname(folder) || relative(ROOT, folder).startsWith("..")) return undefined;
  }
}

/** Files below a folder, with `/`; not those of packages inside it, which are found by themselves. */
function filesUnder(folder, prefix = "") {
  return readdirSync(join(folder, prefix)).flatMap((name) => {
    const path = posix.join(prefix, name);
    if (name === "node_modules") return [];
    return statSync(join(folder, path)).isDirectory() ? filesUnder(folder, path) : [path];
  });
}
