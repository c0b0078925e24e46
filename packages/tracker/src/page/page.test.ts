/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chart } from "./chart.ts";
import { duration, grouped, moment, size } from "./figures.ts";
import { type OverviewView, overviewPage } from "./overview.ts";
import { missingPage, torrentPage } from "./torrent.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
const FRAME = { title: "Our tracker", version: "1.2.3", uptimeSeconds: 90_061, search: "" };
const SAMPLES = Array.from({ length: 10 }, (_, at) => ({
  wallSeconds: 1_800_000_000 + 300 * at,
  torrents: 1,
  peers: 20 + at,
  seeds: 5,
  announces: 9,
  completed: 0,
}));
const LISTED = { infoHash: HASH, seeds: 5, downloaders: 24, completed: 7, name: "A name", byteLength: 1536 };
const OVERVIEW: OverviewView = {
  ...FRAME,
  announce: ["http://t.example:6969/announce"],
  torrentCount: 1234,
  peers: 29,
  seeds: 5,
  webSocketPeers: 0,
  completed: 7,
  announcesPerMinute: 1.8,
  history: SAMPLES,
  torrents: [LISTED],
  sort: "peers",
  page: 1,
  hasNext: true,
};

describe("The front page", () => {
  it("tells numbers, a chart, and the swarms", () => {
    const page = overviewPage(OVERVIEW);
    for (const text of [
      "<title>Our tracker</title>",
      "<code>http://t.example:6969/announce</code>",
      "<dt>Torrents</dt><dd>1,234</dd>",
      "<dt>Downloaders</dt><dd>24</dd>",
      'aria-label="Seeds and downloaders over the last two days: Seeds 5 now, 5 at most; Downloaders 24 now, 24 at most"',
      `<a href="/torrent/${HASH}">A name</a>`,
      '<td class="wide">1.5 KiB</td><td>29</td><td>5</td><td>24</td><td>7</td>',
      '<th scope="col" aria-sort="descending"><a href="/">Peers</a></th>',
      '<a href="/?sort=seeds">Seeds</a>',
      '<a rel="next" href="/?page=2">Next page</a>',
      "up for 1 day 1 hour",
    ]) {
      expect(page).toContain(text);
    }
  });

  it("counts the peers that come over WebSockets where there are any", () => {
    expect(overviewPage(OVERVIEW)).not.toContain("In browsers");
    expect(overviewPage({ ...OVERVIEW, webSocketPeers: 1500 })).toContain("<dt>In browsers</dt><dd>1,500</dd>");
  });

  it("needs no script and nothing from elsewhere", () => {
    const page = overviewPage(OVERVIEW);
    expect(page).not.toMatch(/<script|javascript:| on\w+=| style=|src=|url\(/);
    expect([...page.matchAll(/href="([^"]*)"/g)].every(([, href]) => href?.startsWith("/") === true || href === "#main")).toBe(true);
  });

  it("keeps what was searched and sorted from page to page", () => {
    const page = overviewPage({ ...OVERVIEW, search: "a&b", sort: "seeds", page: 2 });
    expect(page).toContain('href="/?q=a%26b&amp;sort=seeds"');
    expect(page).toContain('href="/?q=a%26b&amp;sort=seeds&amp;page=3"');
    expect(page).toContain("<h1>Search for a&amp;b</h1>");
    expect(overviewPage({ ...OVERVIEW, torrents: [], search: "x" })).toContain("No torrent here has that name or hash.");
  });

  it("lets no text become markup", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const name = `${text}<img src=x>"'`;
        const pages = [
          overviewPage({
            ...OVERVIEW,
            search: name,
            title: name,
            announce: [name],
            torrents: [{ ...LISTED, name }],
          }),
          torrentPage({
            ...FRAME,
            title: name,
            torrent: { infoHash: HASH, seeds: 1, downloaders: 1, completed: 1, name },
            partialSeeds: 0,
            history: [],
            magnet: name,
          }),
          missingPage({ ...FRAME, search: name }, name),
        ];
        for (const page of pages) expect(page).not.toMatch(/<img/);
      }),
      { numRuns: 15 },
    );
  });
});

describe("The page of a torrent", () => {
  it("tells who is there and how to get it", () => {
    const page = torrentPage({
      ...FRAME,
      torrent: { infoHash: HASH, seeds: 3, downloaders: 2, completed: 1, name: "A name", byteLength: 2048 },
      partialSeeds: 1,
      history: SAMPLES.map(({ wallSeconds, seeds }) => ({ wallSeconds, seeds, downloaders: 2 })),
      filePath: "/file?info_hash=%01",
      magnet: "magnet:?xt=urn:btih:1&dn=x",
      fileCount: 2,
    });
    expect(page).toContain("<title>A name - Our tracker</title>");
    expect(page).toContain("2.0 KiB in 2 files");
    expect(page).toContain('href="magnet:?xt=urn:btih:1&amp;dn=x"');
    expect(page).toContain('href="/file?info_hash=%01" type="application/x-bittorrent" download');
    expect(page).toContain('<svg class="chart"');
  });
});

describe("A chart", () => {
  const series = (values: readonly number[]) => [{ name: "Seeds", kind: "seeds", values }];
  it("begins with two samples", () => {
    expect(chart({ title: "t", times: [], series: series([]) })).toBeUndefined();
    expect(chart({ title: "t", times: [5], series: series([1]) })).toBeUndefined();
    expect(chart({ title: "t", times: [5, 10], series: series([1, 2]) })).toContain("<svg");
  });
  it("does not draw over a time when nobody was there to look", () => {
    const drawn = chart({ title: "t", times: [0, 300, 600, 9000, 9300], series: series([1, 2, 3, 4, 5]) }) as string;
    const line = /class="line seeds" d="([^"]*)"/.exec(drawn)?.[1] as string;
    expect(line.match(/M/g)).toHaveLength(2);
  });
  it("keeps every line inside its frame", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000_000), { minLength: 2, maxLength: 50 }), (values) => {
        const drawn = chart({ title: "t", times: values.map((_, at) => at * 300), series: series(values) }) as string;
        const line = /class="line seeds" d="([^"]*)"/.exec(drawn)?.[1] as string;
        for (const [, x, y] of line.matchAll(/[ML]([\d.]+) ([\d.]+)/g)) {
          expect(Number(x)).toBeLessThanOrEqual(720);
          expect(Number(y)).toBeLessThanOrEqual(190);
        }
        expect(drawn).not.toContain("NaN");
      }),
    );
  });
});

describe("Figures", () => {
  it("read well", () => {
    expect([grouped(0), grouped(999), grouped(1_234_567)]).toEqual(["0", "999", "1,234,567"]);
    expect([size(0), size(1023), size(1024), size(5 * 1024 ** 3)]).toEqual(["0 B", "1023 B", "1.0 KiB", "5.0 GiB"]);
    expect([duration(5), duration(60), duration(7200), duration(90_061)]).toEqual([
      "less than a minute",
      "1 minute",
      "2 hours",
      "1 day 1 hour",
    ]);
    expect(moment(0)).toEqual({ date: "1970-01-01", time: "00:00" });
    expect(moment(951_782_400)).toEqual({ date: "2000-02-29", time: "00:00" });
    expect(moment(1_112_104_200)).toEqual({ date: "2005-03-29", time: "13:50" });
  });
});
