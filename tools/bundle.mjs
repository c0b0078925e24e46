/**
 * Bundles the command line into `apps/cli/dist`: our own rooms go in, third-party packages stay outside (they are the package's
 * dependencies). Code splitting keeps what a command does not need unread. A worker thread and a process beside ours are files of their own.
 * @module
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { unlessFresh } from "./fresh.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = join(ROOT, "apps/cli/dist");

const sources = ["packages", "apps"].flatMap((street) => readdirSync(join(ROOT, street)).map((room) => `${street}/${room}/src`));
/** Of both forms. */
const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node20.19",
  legalComments: "none",
  conditions: ["@bittern/source"],
  // React has a slow half for developers.
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
};

/** Of the scripts. */
const AS_SCRIPT = {
  ...COMMON,
  outExtension: { ".js": ".cjs" },
  format: "cjs",
  // A script that comes out of V8's cache may not import: what is loaded late is required, modules too.
  supported: { "dynamic-import": false },
  define: { ...COMMON.define, "import.meta.url": "bundleUrl" },
  banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
  metafile: true,
  plugins: [{ name: "the terminal face stays outside as well", setup: leaveTerminalFaceOutside }],
};

/** What every `get` and `seed` loads late. */
const LOADED_AT_ONCE = /await import\("(\.[^"]*\/(?:get|seed|english)\.ts)"\)/g;

await unlessFresh("bundle", ["tools/bundle.mjs", "package-lock.json", ...sources], "apps/cli/dist/main.js", bundle);

async function bundle() {
  // Made beside the old one and then put in its place: a program that starts meanwhile finds one or the other.
  const fresh = `${OUT}.${process.pid}`;
  const { metafile } = await build({
    ...COMMON,
    entryPoints: {
      main: "apps/cli/src/main.ts",
      classic: "apps/cli/src/classic/main.ts",
      tui: "apps/tui/src/index.ts",
      "tracker-carrier": "packages/node/src/carrier/carrier.ts",
      "datagram-sender": "packages/node/src/net/sender.ts",
    },
    outdir: fresh,
    splitting: true,
    format: "esm",
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    // All files lie in one folder, so that `new URL("./storage-worker.cjs", import.meta.url)` is right wherever the code ends up.
    chunkNames: "[name]-[hash]",
    plugins: [{ name: "third parties stay outside", setup: leaveThirdPartiesOutside }],
  });
  // Once more as one script: V8 can keep what it compiled of a script, and of a module it cannot. And a thread that begins with one script
  // is there 15 ms of CPU sooner than one that begins with four modules.
  const { metafile: scripts } = await build({
    ...AS_SCRIPT,
    entryPoints: { main: "apps/cli/src/main.ts", "storage-worker": "packages/node/src/storage/worker.ts" },
    outdir: fresh,
  });
  // And `get` and `seed` alone, where somebody waits for the start: what they need is evaluated in place, and what they do not is left out.
  const { metafile: transfer } = await build({
    ...AS_SCRIPT,
    entryPoints: { transfer: "apps/cli/src/transfer-main.ts" },
    outdir: fresh,
    plugins: [...AS_SCRIPT.plugins, { name: "nothing is late", setup: loadAtOnce }],
  });
  const inputs = [metafile, scripts, transfer].flatMap((one) => Object.keys(one.inputs));
  writeFileSync(join(fresh, "THIRD-PARTY-LICENSES.txt"), licences(inputs));
  const old = `${OUT}.old.${process.pid}`;
  if (existsSync(OUT)) renameSync(OUT, old);
  renameSync(fresh, OUT);
  rmSync(old, { recursive: true, force: true });
}

/**
 * What the terminal face draws with (Ink, React) goes in all the same: it is a chunk that only `bittern tui` reads, and forty
 * packages less for everybody to install.
 */
function leaveThirdPartiesOutside(bundler) {
  bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
    if (kind === "entry-point" || path.startsWith("@bittern/")) return undefined;
    if (!/[\\/](?:apps[\\/]tui|node_modules)[\\/]/.test(importer)) return { path, external: true };
    if (!isBuiltin(path)) return undefined;
    // An ES module has no `require`: what CommonJS inside asks of Node is imported for it.
    return kind === "require-call" ? { path, namespace: "builtin" } : { path, external: true };
  });
  bundler.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
    contents: `export * from "${path}"; export { default } from "${path}";`,
  }));
  // Ink's bridge to React's debugger, which nobody installs.
  bundler.onLoad({ filter: /[\\/]ink[\\/]build[\\/]devtools\.js$/ }, () => ({ contents: "" }));
}

/**
 * A script cannot wait for what it loads as Ink does: it takes the module instead. What reads the command line goes in, because each
 * start needs it, and only what is inside lies in V8's cache; it asks for other processes, which hardly any command starts.
 */
function leaveTerminalFaceOutside(bundler) {
  bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
    if (path === "@bittern/tui") return { path: "./tui.js", external: true };
    if (path === "node:child_process" && /[\\/]commander[\\/]/.test(importer)) return { path, namespace: "late" };
    return kind === "entry-point" || path === "commander" || path.startsWith("@bittern/") ? undefined : { path, external: true };
  });
  bundler.onLoad({ filter: /.*/, namespace: "late" }, ({ path }) => ({
    contents: `exports.spawn = (...given) => require("${path}").spawn(...given);`,
  }));
}

/**
 * A module that is loaded late, and all that it shares with others, is wrapped into a function, and takes along whatever its imports name.
 * What is imported is evaluated in place, and of a room that is a library only what is used goes in.
 */
function loadAtOnce(bundler) {
  bundler.onLoad({ filter: /[\\/]apps[\\/]cli[\\/]src[\\/](?:commands[\\/]get|messages[\\/]language)\.ts$/ }, ({ path }) => {
    const imports = [];
    const body = readFileSync(path, "utf8").replaceAll(LOADED_AT_ONCE, (_, from) => {
      imports.push(`import * as late${imports.length} from "${from}";\n`);
      return `late${imports.length - 1}`;
    });
    if (imports.length === 0) throw new Error(`${path} loads nothing late any more`);
    return { contents: imports.join("") + body, loader: "ts" };
  });
}

/** What the packages inside ask for in return: their names and licences, word for word. */
function licences(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? []));
  const parts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
    const file = readdirSync(join(ROOT, folder)).find((entry) => /^(?:licen[cs]e|copying)/i.test(entry));
    return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(join(ROOT, folder, file), "utf8").trim()}\n`;
  });
  // The same version may lie in several places.
  return ["What reads the command line and what draws `bittern tui` contain these packages.\n", ...new Set(parts.toSorted())].join(
    `\n${"-".repeat(80)}\n\n`,
  );
}
