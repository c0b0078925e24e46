/**
 * `npm run check`: every wall at once, no tests. Two at a time (they are processes of their own), the slowest first;
 * a wall that holds is one line, a wall that was crossed prints what its tool says.
 * @module
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "node_modules/.bin");
const AT_ONCE = 2;
const FOLDERS = ["packages", "apps", "tools", "bench", "examples", "interop"].filter((folder) => existsSync(join(ROOT, folder)));

/** Name -> commands that run one after another. */
const WALLS = {
  types: [["tsc", "-b"]],
  arrows: [["depcruise", "--config", ".dependency-cruiser.mjs", ...FOLDERS]],
  "dead code": [["knip", "--no-progress", "--no-config-hints"]],
  judgement: [["oxlint"]],
  layout: [["biome", "check", "--max-diagnostics=50"]],
};

const waiting = Object.entries(WALLS);
let crossed = 0;
await Promise.all(Array.from({ length: AT_ONCE }, work));
process.exitCode = crossed > 0 ? 1 : 0;

async function work() {
  for (let wall = waiting.shift(); wall !== undefined; wall = waiting.shift()) {
    const [name, commands] = wall;
    const startedAt = performance.now();
    const said = [];
    let stands = true;
    for (const [command, ...args] of commands) {
      const { status, output } = await run(command, args);
      if (status === 0) continue;
      stands = false;
      said.push(output.trimEnd());
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${stands ? "ok     " : "CROSSED"} ${name.padEnd(10)} ${seconds} s`);
    if (!stands) {
      crossed++;
      console.log(said.join("\n"));
    }
  }
}

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(join(BIN, command), args, { cwd: ROOT, env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        output += text;
      });
    }
    child.on("error", (error) => resolve({ status: 1, output: error.message }));
    child.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}
