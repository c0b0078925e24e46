import { describe, expect, it } from "vitest";
import { curveSvg } from "./curve.ts";
import type { CurvePoint } from "./report.ts";

const point = (peers: number, lastMillis: number): CurvePoint => ({
  peers,
  lastMillis,
  boundMillis: 10_000,
  serverMillis: 10_000 * peers,
  copiesFromSeed: 1,
});

describe("the picture of the curve", () => {
  const svg = curveSvg([point(1, 11_000), point(10, 12_000), point(100, 13_000)], "8 MiB & more");

  it("has a line for the swarm, for the least possible time and for one server, and names them", () => {
    expect(svg.match(/<path class="line" d="M[^"]*L[^"]*L/g)).toHaveLength(3);
    for (const name of ["Bittern", "least possible", "one HTTP server"]) expect(svg).toContain(`>${name}</text>`);
  });

  it("goes from the fewest downloaders to the most, and marks the powers of ten between", () => {
    for (const text of ["1", "10", "100", "10 s", "100 s", "1000 s"]) expect(svg).toContain(`>${text}</text>`);
  });

  it("ends each line with its name and its last value, never two on top of each other", () => {
    for (const text of ["13.0 s", "17 min"]) expect(svg).toContain(`>${text}</text>`);
    const heights = [...svg.matchAll(/class="name" x="[^"]*" y="([^"]*)"/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(3);
    expect(Math.min(...heights.slice(1).map((y, at) => y - (heights[at] as number)))).toBeGreaterThan(30);
  });

  it("has colours for light and for dark pages", () => {
    expect(svg).toContain("prefers-color-scheme: dark");
  });

  it("says in words what it shows, and escapes its title", () => {
    expect(svg).toContain("100: 13.0 s, HTTP server 1000.0 s");
    expect(svg).toContain("8 MiB &amp; more");
  });

  it("leaves out what never was", () => {
    expect(curveSvg([point(1, 11_000), point(10, Number.NaN)], "")).not.toContain('"MNaN');
    expect(curveSvg([point(1, 11_000), point(10, Number.NaN)], "").match(/d="[^"]*NaN/)).toBeNull();
  });
});
