/**
 * Makes a fresh clone ready: dependencies as the lockfile says, every room compiled, the command line bundled, its manual written.
 * Plain Node without a package, because it runs before there is one. What is already right is not done again.
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const NODE_FLOOR = [20, 19];

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor < NODE_FLOOR[1])) {
  fail(`Bittern needs Node ${NODE_FLOOR.join(".")} or later, this is ${process.versions.node}`);
}

if (!isInstalled()) {
  console.error("setup: installing dependencies (npm ci)");
  // NODE_ENV=production would leave the tools out.
  run(process.platform === "win32" ? "npm.cmd" : "npm", ["ci", "--include=dev", "--no-audit", "--no-fund"]);
}
console.error("setup: compiling");
// The rooms only; the tests' own program is the business of `npm run check`.
const rooms = ["packages", "apps"].flatMap((street) => readdirSync(join(ROOT, street)).map((room) => join(street, room)));
run(process.execPath, [
  join(ROOT, "node_modules/typescript/bin/tsc"),
  "-b",
  ...rooms.filter((room) => existsSync(join(ROOT, room, "tsconfig.json"))),
]);
for (const step of ["vendor", "bundle", "code-cache", "manual"]) run(process.execPath, [join(ROOT, `tools/${step}.mjs`)]);

/**
 * Whether node_modules holds what the lockfile names. Compared by content: times lie after a checkout, and `npm install`
 * writes the two files in either order.
 */
function isInstalled() {
  const installedPath = join(ROOT, "node_modules/.package-lock.json");
  if (!existsSync(installedPath)) return false;
  const wanted = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedPath, "utf8")).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes("node_modules/")) continue;
    const found = installed[path];
    // An optional package may belong to another platform.
    if (found === undefined && (entry.optional || entry.devOptional || entry.peer)) continue;
    if (found === undefined || found.version !== entry.version) return false;
  }
  return true;
}

function run(command, args) {
  // Standard output belongs to whatever comes after the set-up, which may be a command that prints JSON.
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ["inherit", 2, 2], shell: command.endsWith(".cmd") });
  if (error) fail(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function fail(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}
