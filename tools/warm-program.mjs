/**
 * A process that runs the bundled command line again and again: for the tests of commands that end, most of whose time would go
 * into starting Node. One run at a time; each has its words, folder and environment, and its output goes back to whoever asked.
 * @module
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOM = fileURLToPath(new URL("../apps/cli/", import.meta.url));
const EMITTERS = [process, process.stdout, process.stderr];

const require = createRequire(import.meta.url);
/** Of the program itself. */
let runCount = 0;

// Whoever asked is gone, and so is everybody who could.
process.on("disconnect", process.exit.bind(process, 0));
process.on("message", ({ program, args, cwd, env }) => {
  const known = EMITTERS.map(listenersOf);
  const said = { out: capture(process.stdout), err: capture(process.stderr) };
  process.exitCode = undefined;
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, join(ROOM, "bin", `${program}.js`), ...args];
  process.exit = (status = process.exitCode ?? 0) => {
    // What the run listens to would be gone with its process, and the last thing it hears is the end.
    for (const [at, emitter] of EMITTERS.entries()) {
      for (const [event, listener] of listenersOf(emitter)) {
        if (known[at].some(([name, other]) => name === event && other === listener)) continue;
        emitter.removeListener(event, listener);
        if (emitter === process && event === "exit") listener(status);
      }
    }
    process.send({ status: Number(status), out: said.out(), err: said.err() });
  };
  // The door is opened anew each time, what lies behind it is read once.
  if (program === "bittern") {
    runCount++;
    void import(`${pathToFileURL(join(ROOM, "dist/main.js")).href}?run=${runCount}`);
  } else {
    const door = join(ROOM, "bin", `${program}.js`);
    delete require.cache[door];
    require(door);
  }
});

function listenersOf(emitter) {
  return emitter.eventNames().flatMap((event) => emitter.rawListeners(event).map((listener) => [event, listener]));
}

/** Keeps what is written from now on; the answer reads it. */
function capture(stream) {
  const chunks = [];
  stream.write = (chunk, encoding, callback) => {
    chunks.push(Buffer.from(chunk));
    (typeof encoding === "function" ? encoding : callback)?.();
    return true;
  };
  return () => Buffer.concat(chunks).toString();
}
