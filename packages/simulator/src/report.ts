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

/** A swarm at one moment. */
export interface SwarmSample {
  readonly at: Millis;
  /** How busy the uplinks were since the last sample: 1 is full. */
  readonly seedUplinkShare: number;
  readonly peerUplinkShare: number;
  /** Verified pieces of the downloaders. */
  readonly piecesLeast: number;
  readonly piecesMean: number;
  readonly piecesMost: number;
  /** Downloaders that have everything. */
  readonly completeCount: number;
}

/** A swarm of one size: how long it took, and how long it could have taken. */
export interface CurvePoint {
  /** Downloaders. */
  readonly peers: number;
  /** Until the last of them was complete; `NaN` when one never was. */
  readonly lastMillis: Millis;
  /** The least possible time, after Kumar and Ross. */
  readonly boundMillis: Millis;
  /** What one HTTP server with the seed's uplink needs for all of them. */
  readonly serverMillis: Millis;
  /** Copies the seed had to send. */
  readonly copiesFromSeed: number;
}

export interface ScenarioReport {
  readonly scenario: string;
  readonly seed: number | string;
  /** The options it ran with, defaults filled in. */
  readonly options: Readonly<Record<string, number>>;
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
  /** The swarm over time, where the scenario was asked to look. */
  readonly samples: readonly SwarmSample[];
  /** The time over the number of downloaders, from scenarios that run swarms of several sizes. */
  readonly curve?: readonly CurvePoint[];
  /** One line to paste that runs the same again. */
  readonly again: string;
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

/** The words of a report in one language; figures and invariants have names of their own. */
export interface ReportWords {
  readonly role: (role: string) => string;
  /** Heads of the columns of a curve. */
  readonly columns: readonly [downloaders: string, last: string, least: string, lastOverLeast: string, copies: string, server: string];
  readonly virtualTime: (time: string) => string;
  readonly events: (count: number) => string;
  readonly complete: (done: number, count: number) => string;
  /** The first, the median, nine of ten, the last. */
  readonly marks: readonly [first: string, median: string, ninth: string, last: string];
  readonly wrong: (complaint: string) => string;
  readonly broken: (invariant: string, at: string, node: string, text: string) => string;
  readonly more: (count: number) => string;
  readonly trace: (hash: string, isGood: boolean) => string;
  readonly again: (line: string) => string;
}

const ENGLISH_REPORT: ReportWords = {
  role: (role) => role,
  columns: ["downloaders", "last", "least possible", "last / least", "copies", "HTTP server"],
  virtualTime: (time) => `${time} of virtual time`,
  events: (count) => `${count} events`,
  complete: (done, count) => `${done} of ${count} complete`,
  marks: ["first", "median", "90 %", "last"],
  wrong: (complaint) => `wrong: ${complaint}`,
  broken: (invariant, at, node, text) => `${invariant} broken at ${at} by ${node}: ${text}`,
  more: (count) => `… and ${count} more`,
  trace: (hash, isGood) => `trace ${hash} · ${isGood ? "good" : "NOT GOOD"}`,
  again: (line) => `again: ${line}`,
};

/** As lines of text. */
export function formatReport(report: ScenarioReport, words: ReportWords = ENGLISH_REPORT): string {
  const time = words.virtualTime(seconds(report.elapsedMillis));
  const lines = [`${report.scenario} · seed ${report.seed} · ${time} · ${words.events(report.eventCount)}`];
  for (const role of new Set(report.nodes.map((node) => node.role))) lines.push(...roleLines(report, role, words));
  if (report.curve !== undefined) lines.push(...curveLines(report.curve, words));
  for (const [name, value] of Object.entries(report.figures)) lines.push(`  ${name.padEnd(28)} ${formatFigure(value)}`);
  for (const complaint of report.complaints) lines.push(`  ${words.wrong(complaint)}`);
  for (const { invariant, at, node, text } of report.violations) lines.push(`  ${words.broken(invariant, seconds(at), node, text)}`);
  const untold = report.violationCount - report.violations.length;
  if (untold > 0) lines.push(`  ${words.more(untold)}`);
  lines.push(`  ${words.trace(report.traceHash, report.isGood)}`);
  if (!report.isGood) lines.push(`  ${words.again(report.again)}`);
  return lines.join("\n");
}

/** The samples as lines of text. */
export function formatSamples(samples: readonly SwarmSample[]): string {
  const lines = samples.map((sample) => {
    const pieces = `${sample.piecesLeast} / ${sample.piecesMean.toFixed(1)} / ${sample.piecesMost}`;
    return [seconds(sample.at), percent(sample.seedUplinkShare), percent(sample.peerUplinkShare), pieces, String(sample.completeCount)];
  });
  const rows = [["time", "seed's uplink", "peers' uplinks", "pieces", "complete"], ...lines];
  return rows.map((row) => row.map((cell, column) => cell.padStart(column === 3 ? 20 : 15)).join("")).join("\n");
}

/** The line that runs a scenario again; only options that are not the defaults need to be named. */
export function replayLine(scenario: string, seed: number | string, options: Readonly<Record<string, number>>): string {
  const words = Object.entries(options).map(([name, value]) => ` ${optionWord(name)} ${value}`);
  return `npm run sim -- ${scenario} --seed ${seed}${words.join("")}`;
}

function roleLines(report: ScenarioReport, role: string, { role: roleWord, complete, marks: names }: ReportWords): string[] {
  const nodes = report.nodes.filter((node) => node.role === role);
  const times = completionTimes(report, role);
  const head = `  ${roleWord(role).padEnd(14)} ${complete(times.length, nodes.length)}`;
  if (times.length === 0) return [head];
  const marks = [...[0, 0.5, 0.9].map((share) => quantile(times, share)), times.at(-1) as number];
  return [[head, ...marks.map((at, place) => `${names[place]} ${seconds(at)}`)].join(" · ")];
}

function curveLines(curve: readonly CurvePoint[], { columns }: ReportWords): string[] {
  const rows = curve.map((point) => [
    String(point.peers),
    seconds(point.lastMillis),
    seconds(point.boundMillis),
    (point.lastMillis / point.boundMillis).toFixed(2),
    point.copiesFromSeed.toFixed(2),
    seconds(point.serverMillis),
  ]);
  return [columns, ...rows].map((row) => `  ${row.map((cell) => cell.padStart(14)).join("  ")}`);
}

function seconds(millis: Millis): string {
  return `${(millis / 1000).toFixed(2)} s`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function formatFigure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}

/** An option as it is typed: `--total-length`. */
export function optionWord(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
