/**
 * A link as a square of modules: for the page as SVG, for a terminal as half blocks.
 * @module
 */
import { create } from "qrcode";

/** Modules of white around the code that readers ask for. */
const QUIET_ZONE = 4;

/** True where a module is dark. */
type Modules = readonly (readonly boolean[])[];

/** `undefined` when the text is too long for any code. */
function modulesOf(text: string): Modules | undefined {
  try {
    const { modules } = create(text, { errorCorrectionLevel: "L" });
    return Array.from({ length: modules.size }, (_, row) =>
      Array.from({ length: modules.size }, (_, column) => modules.get(row, column) === 1),
    );
  } catch {
    return undefined;
  }
}

/** An inline `<svg>` of one path; dark on white whatever the page's colours are, because readers need it so. */
export function qrSvg(text: string, title: string): string | undefined {
  const modules = modulesOf(text);
  if (modules === undefined) return undefined;
  const size = modules.length + 2 * QUIET_ZONE;
  const path = modules
    .flatMap((row, y) => runsOf(row).map(([x, length]) => `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h${length}v1h-${length}z`))
    .join("");
  return `<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${title}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path}"/></svg>`;
}

/** Lines of half blocks, light modules drawn: on a dark terminal as on a light one the quiet zone is drawn too. */
export function qrLines(text: string): readonly string[] | undefined {
  const modules = modulesOf(text);
  if (modules === undefined) return undefined;
  const isLight = (row: number, column: number): boolean => modules[row]?.[column] !== true;
  const lines: string[] = [];
  for (let row = -2; row < modules.length + 2; row += 2) {
    let line = "";
    for (let column = -2; column < modules.length + 2; column++) {
      const [upper, lower] = [isLight(row, column), isLight(row + 1, column)];
      line += upper ? (lower ? "█" : "▀") : lower ? "▄" : " ";
    }
    lines.push(line);
  }
  return lines;
}

/** Where dark modules stand beside each other: position and count. */
function runsOf(row: readonly boolean[]): readonly (readonly [at: number, length: number])[] {
  const runs: [number, number][] = [];
  for (let at = 0; at < row.length; at++) {
    if (row[at] !== true) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === at) last[1]++;
    else runs.push([at, 1]);
  }
  return runs;
}
