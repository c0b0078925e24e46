/**
 * How numbers went over time, as one inline SVG: a line for each series, marks that people read, and words for those who
 * do not see it. A pure function of its samples; colours come from the page's style by class.
 * @module
 */
import { grouped, moment } from "./figures.ts";
import { escapeHtml } from "./html.ts";

export interface ChartSeries {
  readonly name: string;
  /** Becomes the class of its line: "seeds", "downloaders", "peers". */
  readonly kind: string;
  readonly values: readonly number[];
}

export interface ChartView {
  /** What it shows, in a few words. */
  readonly title: string;
  /** When the values were taken, seconds since 1970, ascending; as many as each series has. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
}

const WIDTH = 720;
const HEIGHT = 220;
const LEFT = 62;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 30;
/** Samples farther apart than so many times the usual distance are not joined: nobody was there to take any. */
const GAP_FACTOR = 3;
const MARKS = 4;

/** The chart; `undefined` while there are not two samples to draw a line between. */
export function chart({ title, times, series }: ChartView): string | undefined {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || last <= first) return undefined;
  const top = niceTop(Math.max(1, ...series.map(({ values }) => maxOf(values))));
  const x = (time: number): number => LEFT + ((time - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const runs = runsOf(times);
  const lines = series.map(({ kind, values }) => {
    const path = runs
      .map((run) =>
        run.map((at, place) => `${place === 0 ? "M" : "L"}${fixed(x(times[at] as number))} ${fixed(y(values[at] ?? 0))}`).join(""),
      )
      .join("");
    const area = runs.map((run) => areaOf(run, (at) => [x(times[at] as number), y(values[at] ?? 0)], y(0))).join("");
    return `<path class="area ${kind}" d="${area}"/><path class="line ${kind}" d="${path}"/>`;
  });
  const ends = series.map(({ name, values }) => `${name} ${grouped(values.at(-1) ?? 0)} now, ${grouped(maxOf(values))} at most`);
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title}: ${ends.join("; ")}`)}">${valueMarks(top, y)}${timeMarks(first, last, x)}${lines.join("")}</svg>`;
}

/** The least number not below the value whose quarters are whole and round. */
function niceTop(value: number): number {
  for (let power = 1; ; power *= 10) {
    const top = (power === 1 ? [4, 8] : [1.2, 1.6, 2, 4, 6, 8].map((factor) => Math.round(factor * power))).find(
      (candidate) => candidate >= value,
    );
    if (top !== undefined) return top;
  }
}

function valueMarks(top: number, y: (value: number) => number): string {
  return Array.from({ length: MARKS + 1 }, (_, at) => (top / MARKS) * at)
    .map((value) => {
      const height = fixed(y(value));
      const text = value >= 10_000 ? `${fixed(value / 1000)}k` : grouped(value);
      return `<path class="grid" d="M${LEFT} ${height}H${WIDTH - RIGHT}"/><text x="${LEFT - 8}" y="${height}" class="mark value">${text}</text>`;
    })
    .join("");
}

function timeMarks(first: number, last: number, x: (time: number) => number): string {
  return Array.from({ length: MARKS + 1 }, (_, at) => first + ((last - first) / MARKS) * at)
    .map((time, at) => {
      const { date, time: clock } = moment(time);
      const side = at === 0 ? " first" : at === MARKS ? " last" : "";
      const text = last - first > 3 * 86_400 ? date.slice(5) : clock;
      return `<text x="${fixed(x(time))}" y="${HEIGHT - 8}" class="mark time${side}">${text}</text>`;
    })
    .join("");
}

/** The samples in runs without a gap, as their places. */
function runsOf(times: readonly number[]): readonly (readonly number[])[] {
  const steps = times
    .slice(1)
    .map((time, at) => time - (times[at] as number))
    .toSorted((left, right) => left - right);
  const usual = steps[Math.floor(steps.length / 2)] ?? 0;
  const runs: number[][] = [];
  for (const [at, time] of times.entries()) {
    const before = times[at - 1];
    if (before !== undefined && time - before <= GAP_FACTOR * usual) runs.at(-1)?.push(at);
    else runs.push([at]);
  }
  return runs;
}

function areaOf(run: readonly number[], point: (at: number) => readonly [number, number], floor: number): string {
  const points = run.map(point);
  const [start, end] = [points[0], points.at(-1)];
  if (start === undefined || end === undefined) return "";
  const line = points.map(([x, y]) => `L${fixed(x)} ${fixed(y)}`).join("");
  return `M${fixed(start[0])} ${fixed(floor)}${line}L${fixed(end[0])} ${fixed(floor)}Z`;
}

function maxOf(values: readonly number[]): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
