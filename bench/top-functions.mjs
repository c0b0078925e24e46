/**
 * Where a .cpuprofile says the time went: functions by self time, idling left out.
 * usage: node bench/top-functions.mjs FILE... [--count N]
 * @module
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";

const MICROS_PER_SECOND = 1e6;
const IDLE = new Set(["(idle)", "(root)"]);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { count: { type: "string", default: "25" } } });

for (const path of positionals) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, "utf8"));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const seconds = new Map();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const { functionName, url, lineNumber } = frames.get(id);
    if (IDLE.has(functionName)) continue;
    const spent = timeDeltas[index] / MICROS_PER_SECOND;
    const name = `${functionName || "(anonymous)"}  ${url === "" ? "" : `${basename(url)}:${lineNumber + 1}`}`;
    seconds.set(name, (seconds.get(name) ?? 0) + spent);
    busy += spent;
  }
  console.log(`${path}: busy for ${busy.toFixed(2)} s`);
  const sorted = [...seconds].toSorted(([, a], [, b]) => b - a).slice(0, Number(values.count));
  for (const [name, spent] of sorted)
    console.log(`${spent.toFixed(3).padStart(8)} s ${((spent / busy) * 100).toFixed(1).padStart(5)} %  ${name}`);
}
