/**
 * Leaves beside the scripts of the program what V8 compiled of them, so that it starts without compiling: half of the time until it
 * listens. What is in there is what one transfer used, start to end; the rest is compiled when it is called. Only the V8 that
 * made it takes it, so it helps where the runtime comes along (the Debian package, the single file) or is this one; elsewhere
 * `bin/bittern.js` does without.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const SELF = fileURLToPath(import.meta.url);
const MAIN = fileURLToPath(new URL("../apps/cli/dist/main.cjs", import.meta.url));
const TRANSFER = fileURLToPath(new URL("../apps/cli/dist/transfer.cjs", import.meta.url));
/** Milliseconds that the trial may take; without it the program starts as it did. */
const PATIENCE_MILLIS = 60_000;
/** A trial that fails is a busy machine, nearly always: the next one is made when there is more room. */
const TRIALS_MAX = 3;
/** More than a worker keeps open at once. */
const FILE_COUNT = 100;
const FILE_LENGTH = 2_000;

if (process.argv[2] === "run") runAndKeep(process.argv[3]);
else for (const path of [MAIN, TRANSFER]) await makeCache(path);

function cacheOf(path) {
  return `${path}.${process.versions.v8}.${process.arch}.cache`;
}

/** In a process of its own: runs the script and writes down what was compiled once it ends. */
function runAndKeep(path) {
  process.argv.splice(1, 3, path);
  const source = `(function (require, __filename, __dirname) {${readFileSync(path, "latin1")}\n})`;
  const script = new vm.Script(source, { filename: path });
  process.on("exit", (status) => {
    if (status !== 0) return;
    const cache = cacheOf(path);
    writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
    renameSync(`${cache}.${process.pid}`, cache);
  });
  script.runInThisContext()(createRequire(path), path, dirname(path));
}

/** One trial after the other until the cache is there. A program without it runs as well, so this is no reason to stop a set-up. */
async function makeCache(path) {
  for (let trial = 1; !existsSync(cacheOf(path)); trial++) {
    const said = await tryOnce(path);
    if (existsSync(cacheOf(path))) return;
    console.error(`code cache: trial ${trial} of ${TRIALS_MAX} left none (${said})`);
    if (trial === TRIALS_MAX) return;
  }
}

/**
 * A download of some files from a seed on this machine that a tracker knows, and then the seed of another one: all that a usual transfer
 * runs. Answers how it ended.
 */
async function tryOnce(path) {
  const folder = mkdtempSync(join(tmpdir(), "bittern-cache-"));
  const torrent = join(folder, "trial.torrent");
  const running = [];
  const start = (...words) => {
    const program = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"], timeout: PATIENCE_MILLIS });
    running.push(program);
    return program;
  };
  const command = (...words) => start(MAIN, ...words);
  const named = (name) => ["--state", join(folder, name), "--json", "--quiet", "--port", "0"];
  const get = (name, { port }) => ["get", torrent, "--dir", join(folder, `${name}-got`), "--peer", `127.0.0.1:${port}`, ...named(name)];
  try {
    const content = join(folder, "trial");
    mkdirSync(content);
    for (let file = 0; file < FILE_COUNT; file++) writeFileSync(join(content, `${file}`), Buffer.alloc(FILE_LENGTH, `trial ${file}`));
    const { announce } = await heard(command("track", "--interface", "127.0.0.1", ...named("tracker")), "listening");
    const create = ["create", content, "-o", torrent, "--piece-length", "32KiB", "--v1", "--quiet", "--tracker", announce[0]];
    const [made] = await once(command(...create), "exit");
    if (made !== 0) return `create ended with ${made}`;
    const seed = command("seed", torrent, "--dir", folder, ...named("seed"));
    const kept = start(SELF, "run", path, ...get("kept", await heard(seed, "listening")), "--seed-ratio", "1");
    const ended = once(kept, "exit");
    const [listening] = await Promise.all([heard(kept, "listening"), heard(kept, "complete")]);
    seed.kill("SIGKILL");
    command(...get("other", listening), "--exit").stdout.resume();
    const [status, signal] = await ended;
    return `the download ended with ${status ?? signal}`;
  } catch (error) {
    return error.message;
  } finally {
    for (const program of running) program.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a program says in its first line of this type; the others are let go by. */
function heard(program, type) {
  program.said ??= createInterface({ input: program.stdout });
  return new Promise((resolve, reject) => {
    const listen = (line) => {
      const word = JSON.parse(line);
      if (word.type !== type) return;
      program.said.off("line", listen);
      resolve(word);
    };
    program.said.on("line", listen);
    program.once("exit", (status) => reject(new Error(`ended with ${status} and never said "${type}"`)));
  });
}
