/**
 * Makes `packages/client/dist`, the library as it is published: the compiled client, and beside it under `rooms/` what it needs of
 * the compiled rooms it stands on, with imports of a room turned into relative ones. Rooms are not published by themselves, so
 * the package must not name them. Only files that the client's door leads to are taken: no suite of tests, nothing stale.
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { unlessFresh } from "./fresh.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CLIENT = "client";
/** Where the compiler puts a room's files; the client's own `dist` is what we make here. */
const compiledFolder = (room) => `packages/${room}/${room === CLIENT ? "build" : "dist"}`;
const publishedFolder = (room) => (room === CLIENT ? "." : `rooms/${room}`);

const rooms = readdirSync(join(ROOT, "packages"));
const inputs = ["tools/vendor.mjs", ...rooms.flatMap((room) => [compiledFolder(room), `packages/${room}/package.json`])];
await unlessFresh("vendor", inputs, "packages/client/dist/index.js", vendor);

function vendor() {
  const made = new Map();
  for (const door of ["index.js", "index.d.ts"]) take({ room: CLIENT, path: door }, made);
  const dist = join(ROOT, "packages/client/dist");
  const fresh = `${dist}.${process.pid}`;
  for (const [path, text] of made) {
    mkdirSync(dirname(join(fresh, path)), { recursive: true });
    writeFileSync(join(fresh, path), text);
  }
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
}

/** Takes one compiled file and all it leads to. */
function take({ room, path }, made) {
  const target = posix.join(publishedFolder(room), path);
  if (made.has(target)) return;
  made.set(target, "");
  const source = readFileSync(join(ROOT, compiledFolder(room), path), "utf8").replace(/^\/\/# sourceMappingURL=.*\n?/m, "");
  const text = source.replace(/\b(from\s*|import\s*\(?\s*|new URL\(\s*)"([^"\n]+)"/g, (whole, before, specifier) => {
    const found = resolve(specifier, { room, path }, before.startsWith("new URL"));
    if (found === undefined) return whole;
    take(found, made);
    const to = posix.relative(posix.dirname(target), posix.join(publishedFolder(found.room), found.path));
    // Declarations import the `.js` beside the `.d.ts`.
    return `${before}"${(to.startsWith(".") ? to : `./${to}`).replace(/\.d\.ts$/, ".js")}"`;
  });
  made.set(target, text);
}

/** The compiled file a specifier means, of the same kind (code or declaration) as the one that names it; `undefined` for what is not ours. */
function resolve(specifier, from, isLocation) {
  const isDeclaration = from.path.endsWith(".d.ts");
  if (specifier.startsWith(".")) {
    if (!/\.[jt]s$/.test(specifier)) return undefined;
    const path = posix.join(posix.dirname(from.path), specifier.replace(/\.ts$/, ".js"));
    // A location may be a guess that code tries, such as a worker's place in a bundle; an import has to be there.
    if (isLocation && (path.startsWith("..") || !existsSync(join(ROOT, compiledFolder(from.room), path)))) return undefined;
    return onDisk(from.room, isDeclaration ? path.replace(/\.js$/, ".d.ts") : path, specifier, from);
  }
  const named = /^@bittern\/([^/]+)(?:\/(.+))?$/.exec(specifier);
  if (named === null) return undefined;
  const [, room, corner] = named;
  return onDisk(room, `${corner === undefined ? "" : `${corner}/`}index.${isDeclaration ? "d.ts" : "js"}`, specifier, from);
}

function onDisk(room, path, specifier, from) {
  if (!existsSync(join(ROOT, compiledFolder(room), path))) {
    throw new Error(`${compiledFolder(from.room)}/${from.path} imports "${specifier}", but ${compiledFolder(room)}/${path} is not there`);
  }
  return { room, path };
}
