/**
 * From single runs to a table: contenders take turns, so that a bad minute of the machine hits all of them; every figure is a
 * median with its least and greatest value.
 * @module
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";

/** Figures of one run by name, such as `{ seconds: 2.5, megabytesPerSecond: 420 }`. */
export type Sample<Figure extends string> = Readonly<Record<Figure, number>>;

export interface Contender<Figure extends string> {
  readonly name: string;
  run(): Promise<Sample<Figure>>;
}

export interface Turns {
  /** Measured runs of each contender. */
  readonly runs: number;
  /** Runs before them whose figures are thrown away; 1 when left out. */
  readonly warmUps?: number;
  /** Told before each run, for a line of progress. */
  readonly announce?: (name: string, round: number) => void;
  /** Told of a run that failed; the others go on, and the table says how many failed. Without it a failure ends everything. */
  readonly fail?: (name: string, fault: unknown) => void;
}

/** The samples of each contender, by its name, in the order of the contenders; the name tells how many runs failed. */
export type Samples<Figure extends string> = ReadonlyMap<string, readonly Sample<Figure>[]>;

/** Lets contenders take turns; each round begins with another one, since the first of a round may find a warmer machine. */
export async function interleave<Figure extends string>(
  contenders: readonly Contender<Figure>[],
  { runs, warmUps = 1, announce, fail }: Turns,
): Promise<Samples<Figure>> {
  const samples = new Map<string, Sample<Figure>[]>(contenders.map(({ name }) => [name, []]));
  const failures = new Map<string, number>();
  for (let round = -warmUps; round < runs; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(turn + round + warmUps) % contenders.length] as Contender<Figure>;
      announce?.(contender.name, round);
      try {
        const sample = await contender.run();
        if (round >= 0) samples.get(contender.name)?.push(sample);
      } catch (fault) {
        if (fail === undefined) throw fault;
        fail(contender.name, fault);
        if (round >= 0) failures.set(contender.name, (failures.get(contender.name) ?? 0) + 1);
      }
    }
  }
  return new Map([...samples].map(([name, taken]) => [`${name}${toldFailures(failures.get(name), runs)}`, taken]));
}

function toldFailures(count: number | undefined, runs: number): string {
  return count === undefined ? "" : ` (${count} of ${runs} runs failed)`;
}

export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** For an even number of values the median is the upper of the two in the middle. Not defined for none. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), least: at(0), greatest: at(sorted.length - 1) };
}

export interface Column<Figure extends string> {
  readonly figure: Figure;
  /** With its unit. */
  readonly title: string;
  /** Digits after the point. */
  readonly digits: number;
}

/** A Markdown table: one row a contender, `median (least-greatest)` a cell; NaN is a figure that a contender does not have. */
export function formatTable<Figure extends string>(samples: Samples<Figure>, columns: readonly Column<Figure>[]): string {
  const rows = [...samples].map(([name, runs]) => [name, ...columns.map((column) => formatCell(runs, column))]);
  const header = ["", ...columns.map(({ title }) => title)];
  const widths = header.map((title, index) => Math.max(title.length, ...rows.map((row) => (row[index] as string).length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, index) => cell.padEnd(widths[index] as number)).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function formatCell<Figure extends string>(runs: readonly Sample<Figure>[], { figure, digits }: Column<Figure>): string {
  const values = runs.map((run) => run[figure]).filter((value) => !Number.isNaN(value));
  if (values.length === 0) return "-";
  const { median, least, greatest } = summarize(values);
  const [middle, low, high] = [median, least, greatest].map((value) => value.toFixed(digits));
  return values.length === 1 ? `${middle}` : `${middle} (${low}-${high})`;
}

/** One line about the machine and the day; a figure without it is a rumour. */
export function describeMachine(today: Date = new Date()): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const parts = [
    `${processors[0]?.model.trim() ?? "unknown processor"} x ${processors.length}`,
    `${memory} GiB`,
    `${process.platform} ${release()}`,
  ];
  return [...parts, `Node ${process.versions.node}`, `TCP ${congestionControl()}`, today.toISOString().slice(0, 10)].join(", ");
}

/** How busy the machine was with other work: the load before anything of a bench ran. */
export function describeLoad(): string {
  return `load before ${(loadavg()[0] as number).toFixed(1)}`;
}

function congestionControl(): string {
  try {
    return readFileSync("/proc/sys/net/ipv4/tcp_congestion_control", "utf8").trim();
  } catch {
    return "unknown";
  }
}
