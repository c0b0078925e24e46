/**
 * Runs a scenario of the simulator: `npm run sim -- churn --seed 8123`. With `--twice` the run is repeated and
 * must give the same trace; with `--seeds 100` as many seeds are tried, and every one that went wrong prints the line that runs it again.
 * @module
 */
import { formatReport, formatSamples, runScenario, type ScenarioReport, scenarios } from "../packages/simulator/src/index.ts";

const SWITCHES: ReadonlySet<string> = new Set(["--twice", "--json", "--help"]);

function usage(): string {
  const lines = Object.entries(scenarios).map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`);
  return ["npm run sim -- SCENARIO [--seed N] [--seeds COUNT] [--twice] [--json] [--OPTION VALUE]", ...lines].join("\n");
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `--name value` pairs, the switches alone, and what stands by itself. */
function readArguments(given: readonly string[]): { values: Record<string, string | true>; name: string | undefined } {
  const values: Record<string, string | true> = {};
  let name: string | undefined;
  for (let at = 0; at < given.length; at++) {
    const word = given[at] as string;
    if (!word.startsWith("--")) name ??= word;
    else if (SWITCHES.has(word)) values[word.slice(2)] = true;
    else values[word.slice(2)] = given[++at] ?? "";
  }
  const named = values["scenario"];
  return { values, name: typeof named === "string" ? named : name };
}

function main(): number {
  const { values, name } = readArguments(process.argv.slice(2));
  if (name === undefined || values["help"] === true) {
    process.stdout.write(`${usage()}\n`);
    return values["help"] === true ? 0 : 2;
  }
  const { seed, seeds, twice, json, scenario: _, ...rest } = values;
  const options = Object.fromEntries(Object.entries(rest).map(([option, value]) => [camel(option), Number(value)]));
  const first = Number(seed ?? 1);
  let bad = 0;
  for (let at = 0; at < Number(seeds ?? 1); at++) {
    const before = process.cpuUsage();
    const report = runScenario(name, { ...options, seed: first + at });
    const took = process.cpuUsage(before).user / 1e6;
    const isSame = twice !== true || runScenario(name, { ...options, seed: first + at }).traceHash === report.traceHash;
    if (!report.isGood || !isSame) bad++;
    print(report, { took, isSame, isJson: json === true, isBrief: seeds !== undefined });
  }
  return bad === 0 ? 0 : 1;
}

function print(report: ScenarioReport, how: { took: number; isSame: boolean; isJson: boolean; isBrief: boolean }): void {
  if (how.isJson) process.stdout.write(`${JSON.stringify(report)}\n`);
  else if (how.isBrief && report.isGood && how.isSame) process.stdout.write(`seed ${report.seed}: good, ${report.traceHash}\n`);
  else process.stdout.write(`${formatReport(report)}\n`);
  if (!how.isJson && report.samples.length > 0) process.stdout.write(`${formatSamples(report.samples)}\n`);
  if (!how.isSame) process.stdout.write(`  NOT THE SAME TWICE: ${report.again}\n`);
  const rate = (count: number): number => Math.round(count / how.took);
  const { engineInputs: inputs, engineEvents: events } = report.figures;
  if (!how.isJson && inputs !== undefined && events !== undefined) {
    process.stderr.write(
      `${how.took.toFixed(2)} s of processor time, ${rate(events)} engine events, ${rate(inputs)} inputs and ${rate(report.eventCount)} events of the world a second\n`,
    );
  }
}

process.exitCode = main();
