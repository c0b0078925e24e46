/**
 * The curve of `scaling` as a picture (SVG): the time until all are complete over the number of downloaders, beside the least
 * possible time and beside one HTTP server. Both axes are logarithmic. It has a background of its own, which is dark for
 * readers who prefer that. A pure function of its points.
 * @module
 */
import type { CurvePoint } from "./report.ts";

const WIDTH = 800;
const HEIGHT = 440;
const LEFT = 72;
/** Room for the names of the lines. */
const RIGHT = 160;
const TOP = 88;
const BOTTOM = 56;
/** Pixels from one line of text to the next. */
const LINE_HEIGHT = 17;
/** Names of lines that end closer together would be written over each other. */
const NAME_HEIGHT: number = 2 * LINE_HEIGHT + 4;

/** The words of the picture in one language. */
export interface CurveWords {
  readonly title: string;
  /** Below the axis. */
  readonly downloaders: string;
  readonly lines: Readonly<Record<LineName, string>>;
  /** What it shows, for those who do not see it: `points` are the numbers, `server` stands before each of the server's. */
  readonly description: (points: string) => string;
  readonly server: string;
}

const ENGLISH: CurveWords = {
  title: "Time until every downloader is complete",
  downloaders: "downloaders",
  lines: { server: "one HTTP server", swarm: "Bittern", least: "least possible" },
  description: (points) => `Time until all downloaders are complete, by their number. ${points}`,
  server: "HTTP server",
};

type LineName = "server" | "swarm" | "least";

interface Line {
  /** Its class in the style sheet as well. */
  readonly name: LineName;
  readonly value: (point: CurvePoint) => number;
}

/** The slowest first. */
const LINES: readonly Line[] = [
  { name: "server", value: (point) => point.serverMillis / 1000 },
  { name: "swarm", value: (point) => point.lastMillis / 1000 },
  { name: "least", value: (point) => point.boundMillis / 1000 },
];

const STYLE = `
  .page { fill: #ffffff } .grid { stroke: #e2e8f0 } .axis { fill: #475569 } .title { fill: #0f172a; font-size: 18px; font-weight: 600 }
  .server { color: #b45309 } .swarm { color: #0f766e } .least { color: #64748b }
  .line { fill: none; stroke: currentColor; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round }
  .least .line { stroke-width: 2; stroke-dasharray: 1 5 } .least circle { display: none }
  .name { fill: currentColor; font-weight: 600 } .end { fill: currentColor } circle { fill: currentColor }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .grid { stroke: #273040 } .axis { fill: #9aa7b8 } .title { fill: #f1f5f9 }
    .server { color: #f5a344 } .swarm { color: #2dd4bf } .least { color: #a3b1c6 }
  }`;

/** The picture; at least two points make one. `subtitle`: what was shared, and over which links. */
export function curveSvg(points: readonly CurvePoint[], subtitle: string, words: CurveWords = ENGLISH): string {
  const values = points.flatMap((point) => LINES.map(({ value }) => value(point)).filter(Number.isFinite));
  const [bottom, top] = [roundDown(Math.min(...values)), roundUp(Math.max(...values))];
  const [first, last] = [points[0]?.peers ?? 1, Math.max(2, points.at(-1)?.peers ?? 2)];
  const x = (peers: number): number => LEFT + (Math.log(peers / first) / Math.log(last / first)) * (WIDTH - LEFT - RIGHT);
  const y = (seconds: number): number => HEIGHT - BOTTOM - (Math.log(seconds / bottom) / Math.log(top / bottom)) * (HEIGHT - TOP - BOTTOM);
  const ends = LINES.map(({ value }) => points.map(value).findLast(Number.isFinite));
  const heights = apart(ends.map((seconds) => (seconds === undefined ? TOP : y(seconds))));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="${escape(describe(points, words))}">`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    `<text class="title" x="24" y="36">${escape(words.title)}</text>`,
    `<text class="axis" x="24" y="58">${escape(subtitle)}</text>`,
    ...tens(bottom, top).map((seconds) => gridLine(y(seconds), duration(seconds))),
    ...points.map(({ peers }) => label(x(peers), HEIGHT - BOTTOM + 22, "middle", String(peers))),
    label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "middle", words.downloaders),
    ...LINES.map((line, at) => drawLine(points, line, words.lines[line.name], { x, y, nameAt: heights[at] as number })),
    "</svg>",
    "",
  ].join("\n");
}

interface Place {
  readonly x: (peers: number) => number;
  readonly y: (seconds: number) => number;
  /** Where the name of the line stands. */
  readonly nameAt: number;
}

function drawLine(points: readonly CurvePoint[], { name, value }: Line, title: string, { x, y, nameAt }: Place): string {
  const drawn = points.filter((point) => Number.isFinite(value(point)));
  const path = drawn.map((point, at) => `${at === 0 ? "M" : "L"}${fixed(x(point.peers))} ${fixed(y(value(point)))}`).join("");
  const dots = drawn.map((point) => `<circle cx="${fixed(x(point.peers))}" cy="${fixed(y(value(point)))}" r="3.5"/>`).join("");
  const end = drawn.at(-1);
  if (end === undefined) return "";
  const at = `x="${fixed(x(end.peers) + 14)}"`;
  const text = `<text class="name" ${at} y="${fixed(nameAt)}">${escape(title)}</text>`;
  const figure = `<text class="end" ${at} y="${fixed(nameAt + LINE_HEIGHT)}">${figureOf(value(end))}</text>`;
  return `<g class="${name}"><path class="line" d="${path}"/>${dots}${text}${figure}</g>`;
}

/** Heights of the names, from the topmost line to the lowest, moved apart evenly where two would touch. */
function apart(heights: readonly number[]): readonly number[] {
  const moved = [...heights];
  for (let at = 1; at < moved.length; at++) {
    const [above, below] = [moved[at - 1] as number, moved[at] as number];
    const lack = NAME_HEIGHT - (below - above);
    if (lack <= 0) continue;
    moved[at - 1] = above - lack / 2;
    moved[at] = below + lack / 2;
  }
  return moved;
}

function gridLine(y: number, text: string): string {
  return `<path class="grid" d="M${LEFT} ${fixed(y)}H${WIDTH - RIGHT}"/>${label(LEFT - 12, y + 4, "end", text)}`;
}

function label(x: number, y: number, anchor: "middle" | "end", text: string): string {
  return `<text class="axis" x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}">${text}</text>`;
}

function describe(points: readonly CurvePoint[], { description, server }: CurveWords): string {
  const parts = points.map(({ peers, lastMillis, serverMillis }) => {
    return `${peers}: ${(lastMillis / 1000).toFixed(1)} s, ${server} ${(serverMillis / 1000).toFixed(1)} s`;
  });
  return description(parts.join("; "));
}

/** The powers of ten between two numbers. */
function tens(from: number, to: number): readonly number[] {
  const steps: number[] = [];
  for (let value = 10 ** Math.ceil(Math.log10(from * 0.999)); value <= to * 1.001; value *= 10) steps.push(value);
  return steps;
}

/** The next of 1, 2, 5, 10, … that is no greater. */
function roundDown(value: number): number {
  const ten = 10 ** Math.floor(Math.log10(value * 1.001));
  return ten * (value >= 5 * ten ? 5 : value >= 2 * ten ? 2 : 1);
}

/** And the next that is no smaller. */
function roundUp(value: number): number {
  const ten = 10 ** Math.floor(Math.log10(value * 0.999));
  return ten * (value <= 2 * ten ? 2 : value <= 5 * ten ? 5 : 10);
}

function duration(seconds: number): string {
  return seconds >= 1 ? `${seconds} s` : `${Number(seconds.toPrecision(1))} s`;
}

/** As a reader would say it: 1.7 s, 28 min. */
function figureOf(seconds: number): string {
  if (seconds >= 600) return `${Math.round(seconds / 60)} min`;
  return `${seconds.toFixed(seconds >= 100 ? 0 : 1)} s`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
