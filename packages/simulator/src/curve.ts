/**
 * The curve of `scaling` as a picture (SVG): the time until all are complete over the number of downloaders, beside the least
 * possible time and beside one HTTP server. Both axes are logarithmic. A pure function of its points.
 * @module
 */
import type { CurvePoint } from "./report.ts";

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 64;
/** Room for the names of the lines. */
const RIGHT = 150;
const TOP = 44;
const BOTTOM = 48;

const LINES: readonly { name: string; colour: string; dash: string; value: (point: CurvePoint) => number }[] = [
  { name: "one HTTP server", colour: "#b45309", dash: "", value: (point) => point.serverMillis / 1000 },
  { name: "Bittern", colour: "#0f766e", dash: "", value: (point) => point.lastMillis / 1000 },
  { name: "least possible", colour: "#64748b", dash: "5 4", value: (point) => point.boundMillis / 1000 },
];

/** The picture; at least two points make one. `title`: one line above it. */
export function curveSvg(points: readonly CurvePoint[], title: string): string {
  const values = points.flatMap((point) => LINES.map(({ value }) => value(point)).filter(Number.isFinite));
  const [bottom, top] = [floorTen(Math.min(...values)), ceilTen(Math.max(...values))];
  const [first, last] = [points[0]?.peers ?? 1, Math.max(2, points.at(-1)?.peers ?? 2)];
  const x = (peers: number): number => LEFT + (Math.log(peers / first) / Math.log(last / first)) * (WIDTH - LEFT - RIGHT);
  const y = (seconds: number): number => HEIGHT - BOTTOM - (Math.log(seconds / bottom) / Math.log(top / bottom)) * (HEIGHT - TOP - BOTTOM);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13" role="img" aria-label="${escape(describe(points))}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="24" font-size="15" fill="#0f172a">${escape(title)}</text>`,
    ...tens(bottom, top).map((seconds) => gridLine(y(seconds), duration(seconds))),
    ...points.map(({ peers }) => label(x(peers), HEIGHT - BOTTOM + 20, "middle", String(peers))),
    label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "middle", "downloaders"),
    ...LINES.map((line) => drawLine(points, line, x, y)),
    "</svg>",
    "",
  ].join("\n");
}

function drawLine(
  points: readonly CurvePoint[],
  { name, colour, dash, value }: (typeof LINES)[number],
  x: (peers: number) => number,
  y: (seconds: number) => number,
): string {
  const drawn = points.filter((point) => Number.isFinite(value(point)));
  const path = drawn.map((point, at) => `${at === 0 ? "M" : "L"}${fixed(x(point.peers))} ${fixed(y(value(point)))}`).join("");
  const dots = drawn.map((point) => `<circle cx="${fixed(x(point.peers))}" cy="${fixed(y(value(point)))}" r="3" fill="${colour}"/>`);
  const end = drawn.at(-1);
  // The two lower lines end close together: the name of the lowest stands below its end.
  const shift = dash === "" ? -2 : 16;
  const text =
    end === undefined ? "" : `<text x="${fixed(x(end.peers) + 10)}" y="${fixed(y(value(end)) + shift)}" fill="${colour}">${name}</text>`;
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>${dash === "" ? dots.join("") : ""}${text}`;
}

function gridLine(y: number, text: string): string {
  return `<path d="M${LEFT} ${fixed(y)}H${WIDTH - RIGHT}" stroke="#e2e8f0"/>${label(LEFT - 8, y + 4, "end", text)}`;
}

function label(x: number, y: number, anchor: "middle" | "end", text: string): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" fill="#475569">${text}</text>`;
}

/** What it shows, for those who do not see it. */
function describe(points: readonly CurvePoint[]): string {
  const parts = points.map(({ peers, lastMillis, serverMillis }) => {
    return `${peers}: ${(lastMillis / 1000).toFixed(1)} s, HTTP server ${(serverMillis / 1000).toFixed(1)} s`;
  });
  return `Time until all downloaders are complete, by their number. ${parts.join("; ")}`;
}

function tens(from: number, to: number): readonly number[] {
  const steps: number[] = [];
  for (let value = from; value <= to * 1.001; value *= 10) steps.push(value);
  return steps;
}

function floorTen(value: number): number {
  return 10 ** Math.floor(Math.log10(value));
}
function ceilTen(value: number): number {
  return 10 ** Math.ceil(Math.log10(value * 1.001));
}

function duration(seconds: number): string {
  return seconds >= 1 ? `${seconds} s` : `${Number(seconds.toPrecision(1))} s`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
