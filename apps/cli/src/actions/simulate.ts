/**
 * `bittern simulate`: a scenario in virtual time.
 * @module
 */
import { formatBytes, tableLines } from "@bittern/faces";
import { UsageError, utf8 } from "@bittern/protocol/base";
import { curveSvg, formatReport, optionWord, runScenario, type ScenarioReport, scenarios } from "@bittern/simulator";
import { parseSize } from "../arguments.ts";
import type { Action } from "../invocation.ts";
import type { SimulateMessages } from "../messages/tool-messages.ts";
import { refuseMissingFolder, writeWholeFile } from "../write-file.ts";

/** The scenario that runs swarms of several sizes. */
const WITH_CURVE = "scaling";

interface SimulateOptions {
  readonly seed?: string;
  readonly peers?: string;
  readonly svg?: string;
}

export const simulate: Action<SimulateOptions> = async ({ output, stop }, [name, ...rest], options) => {
  if (name === undefined) {
    output.result({ scenarios: scenarioList() }, listLines(output.messages.simulate).join("\n"));
    return 0;
  }
  const given = { ...scenarioOptions(rest), ...(options.peers === undefined ? {} : { peers: numberOf("--peers", options.peers) }) };
  if (options.svg !== undefined && name !== WITH_CURVE) {
    throw new UsageError("SCENARIO_WITHOUT_CURVE", `--svg draws the curve of ${WITH_CURVE}, not of ${name}`);
  }
  if (options.svg !== undefined) await refuseMissingFolder(options.svg);
  stop.leaveSignalsToSystem();
  const report = runScenario(name, { ...given, seed: seedOf(options.seed ?? "1") });
  if (options.svg !== undefined) await draw(report, options.svg, output.messages.simulate);
  output.result(withNulls(report), formatReport(report, output.messages.simulate.report));
  return report.isGood ? 0 : 1;
};

async function draw(report: ScenarioReport, file: string, words: SimulateMessages): Promise<void> {
  const { totalLength = 0, seedUp = 0, up = 0 } = report.options;
  const subtitle = words.curveOf(formatBytes(totalLength), mbits(seedUp), mbits(up));
  await writeWholeFile(file, utf8(curveSvg(report.curve ?? [], subtitle, words.curve)), true);
}

function mbits(bytesPerSecond: number): string {
  return `${Number(((8 * bytesPerSecond) / 1e6).toPrecision(3))} Mbit/s`;
}

function seedOf(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** `--total-length 64MiB --latency=20`: what commander does not know is for the scenario. */
export function scenarioOptions(words: readonly string[]): Record<string, number> {
  const options: Record<string, number> = {};
  const left = words.flatMap((word) =>
    word.startsWith("--") && word.includes("=") ? [word.replace(/=.*/s, ""), word.replace(/^[^=]*=/s, "")] : [word],
  );
  while (left.length > 0) {
    const word = left.shift() as string;
    if (!/^--[a-z][a-z-]*$/.test(word))
      throw new UsageError("EXCESS_ARGUMENTS", `what is "${word}"? Options of a scenario are written --name NUMBER`);
    const value = left.shift();
    if (value === undefined) throw new UsageError("OPTION_MISSING_ARGUMENT", `${word} wants a number`);
    options[word.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] = numberOf(word, value);
  }
  return options;
}

function numberOf(option: string, text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  try {
    return parseSize(text);
  } catch {
    throw new UsageError("NUMBER_INVALID", `${option}: "${text}" is no number`);
  }
}

function scenarioList(): readonly object[] {
  return Object.entries(scenarios).map(([name, { summary, options }]) => ({ name, summary, options }));
}

function listLines(words: SimulateMessages): readonly string[] {
  return Object.entries(scenarios).flatMap(([name, { summary, options }], at) => {
    const rows = Object.entries(options).map(([option, { summary: meaning, value }]) => [
      `  ${optionWord(option)}`,
      `${words.option(option, meaning)} ${words.default(value)}`,
    ]);
    return [...(at === 0 ? [] : [""]), `${name}: ${words.scenario(name, summary)}`, ...tableLines([{ title: "" }, { title: "" }], rows)];
  });
}

/** In JSON what never happened is null, not absent. */
function withNulls(report: ScenarioReport): object {
  return { ...report, nodes: report.nodes.map((node) => ({ ...node, completedAt: node.completedAt ?? null })) };
}
