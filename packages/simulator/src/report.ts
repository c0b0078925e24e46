/**
 * What a scenario tells when it is over: numbers first, words only where something was wrong.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { Violation } from "./invariants/violations.ts";
import type { TraceEvent } from "./trace.ts";

/** How one node fared. */
export interface NodeReport {
  readonly name: string;
  readonly role: string;
  /** Virtual time at which all it wanted was there; `undefined`: it never was. */
  readonly completedAt: Millis | undefined;
  /** Pieces it had at the end. */
  readonly pieceCount: number;
  /** Bytes on its uplink and downlink, everything counted. */
  readonly sentLength: number;
  readonly receivedLength: number;
}

export interface ScenarioReport {
  readonly scenario: string;
  readonly seed: number | string;
  /** The options it ran with, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Everybody who should be complete is, and no law was broken. */
  readonly isGood: boolean;
  /** Why not, a sentence each. */
  readonly complaints: readonly string[];
  readonly nodes: readonly NodeReport[];
  /** Virtual time at the end. */
  readonly elapsedMillis: Millis;
  readonly eventCount: number;
  readonly traceHash: string;
  readonly violations: readonly Violation[];
  readonly violationCount: number;
  /** What happened last; only kept when something was wrong. */
  readonly recent: readonly TraceEvent[];
  /** Further numbers of the scenario, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Completion times of a role, in order. */
export function completionTimes(report: ScenarioReport, role: string): readonly Millis[] {
  const times = report.nodes.flatMap((node) => (node.role === role && node.completedAt !== undefined ? [node.completedAt] : []));
  return times.toSorted((one, other) => one - other);
}

/** The value below which a share of the values lies; `values` in order and not empty. */
export function quantile(values: readonly number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(share * values.length))] as number;
}

/** The report as text: a head, completion times, figures, complaints, and the line that runs it again. */
export function formatReport(report: ScenarioReport): string {
  const lines = [
    `${report.scenario} · seed ${report.seed} · ${seconds(report.elapsedMillis)} of virtual time · ${report.eventCount} events`,
  ];
  for (const role of new Set(report.nodes.map((node) => node.role))) lines.push(...roleLines(report, role));
  for (const [name, value] of Object.entries(report.figures)) lines.push(`  ${name.padEnd(28)} ${formatFigure(value)}`);
  for (const complaint of report.complaints) lines.push(`  wrong: ${complaint}`);
  for (const { invariant, at, node, text } of report.violations) lines.push(`  ${invariant} broken at ${seconds(at)} by ${node}: ${text}`);
  if (report.violationCount > report.violations.length) lines.push(`  … and ${report.violationCount - report.violations.length} more`);
  lines.push(`  trace ${report.traceHash} · ${report.isGood ? "good" : "NOT GOOD"}`);
  if (!report.isGood) lines.push(`  again: ${replayLine(report)}`);
  return lines.join("\n");
}

/** One line to paste that runs the same again. */
export function replayLine(report: ScenarioReport): string {
  const options = Object.entries(report.options).map(([name, value]) => ` --${dashed(name)} ${String(value)}`);
  return `npm run sim -- ${report.scenario} --seed ${report.seed}${options.join("")}`;
}

function roleLines(report: ScenarioReport, role: string): string[] {
  const nodes = report.nodes.filter((node) => node.role === role);
  const times = completionTimes(report, role);
  const head = `  ${role.padEnd(14)} ${times.length} of ${nodes.length} complete`;
  if (times.length === 0) return [head];
  const marks = [0, 0.5, 0.9].map((share) => seconds(quantile(times, share)));
  return [`${head} · first ${marks[0]} · median ${marks[1]} · 90 % ${marks[2]} · last ${seconds(times.at(-1) as number)}`];
}

function seconds(millis: Millis): string {
  return `${(millis / 1000).toFixed(2)} s`;
}

function formatFigure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
