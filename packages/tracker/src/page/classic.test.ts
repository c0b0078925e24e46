/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLASSIC_ROWS_MAX, type ClassicTorrent, type ClassicView, classicPage, classicSize } from "./classic.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
const OTHER = "f".repeat(40);
const EMPTY: ClassicView = {
  version: "3.4.2",
  wallSeconds: 1_112_104_200,
  hasFavicon: false,
  isNamed: false,
  givesFiles: false,
  torrents: [],
  complete: { addresses: 0, connections: 0 },
  downloading: { addresses: 0, connections: 0 },
  downloadedAll: 0,
};
const ONE: ClassicTorrent = { infoHash: HASH, complete: 2, downloading: 1, downloaded: 3 };

describe("The classic page", () => {
  it("says so when there is nothing", () => {
    expect(classicPage(EMPTY)).toBe(`<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">
<html><head><title>BitTorrent download info</title>
</head>
<body>
<h3>BitTorrent download info</h3>
<ul>
<li><strong>tracker version:</strong> 3.4.2</li>
<li><strong>server time:</strong> 2005-03-29 13:50 UTC</li>
</ul>
<p>not tracking any files yet...</p>
</body>
</html>
`);
  });

  it("counts no files where it has no names, as the article shows it", () => {
    const view = {
      ...EMPTY,
      torrents: [ONE],
      complete: { addresses: 1, connections: 2 },
      downloading: { addresses: 1, connections: 1 },
      downloadedAll: 9,
    };
    const page = classicPage(view);
    expect(page).toContain(
      '<table summary="files">\n<tr><th>info hash</th><th align="right">complete</th><th align="right">downloading</th><th align="right">downloaded</th></tr>\n',
    );
    expect(page).toContain(
      `<tr><td><code>${HASH}</code></td><td align="right"><code>2</code></td><td align="right"><code>1</code></td><td align="right"><code>3</code></td></tr>`,
    );
    expect(page).toContain(
      '<tr><td align="right">0 files</td><td align="right">1/2</td><td align="right">1/1</td><td align="right">3/9</td></tr>\n</table>',
    );
    expect(page.match(/<li><em>/g)).toHaveLength(5);
  });

  it("names what is in the folder, and gives the rest no row", () => {
    const file = { name: "caf\u00e9 \u2603 <b>.iso", byteLength: 3 * 1024 ** 3 };
    const view = {
      ...EMPTY,
      isNamed: true,
      givesFiles: true,
      hasFavicon: true,
      torrents: [
        { ...ONE, file },
        { ...ONE, infoHash: OTHER },
      ],
    };
    const page = classicPage(view);
    expect(page).toContain('<link rel="shortcut icon" href="/favicon.ico" />\n</head>');
    expect(page).toContain('<table summary="files" border="1">\n<tr><th>info hash</th><th>torrent name</th><th align="right">size</th>');
    expect(page).toContain(
      `<td><a href="/file?info_hash=${HASH.replace(/../g, "%$&")}">caf\u00e9 &#9731; &lt;b&gt;.iso</a></td><td align="right">3.0GiB</td><td align="right">2</td>`,
    );
    expect(page).toContain('<td align="right">9.0GiB</td></tr>');
    expect(page).not.toContain(OTHER);
    expect(page).toContain('<tr><td align="right" colspan="2">1 files</td><td align="right">3.0GiB</td>');
    expect(page).toContain('<td align="right">6/0</td>');
  });

  it("has 20,000 rows, and says how many more there are", () => {
    const torrents = new Array<ClassicTorrent>(CLASSIC_ROWS_MAX).fill(ONE);
    expect(classicPage({ ...EMPTY, torrents })).not.toContain("more</p>");
    const longer = classicPage({ ...EMPTY, torrents: [...torrents, ONE, ONE] });
    expect(longer).toContain("<p>and 2 more</p>");
    expect(longer.split(HASH).length - 1).toBe(CLASSIC_ROWS_MAX);
  });

  it("is made of single bytes, whatever torrents are called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const page = classicPage({ ...EMPTY, isNamed: true, torrents: [{ ...ONE, file: { name, byteLength: 1 } }] });
        expect(page).not.toMatch(/[^\u0000-\u00ff]/);
        expect(page.match(/<td>/g)).toHaveLength(2);
      }),
    );
  });

  it.each([
    [1023, "1023B"],
    [1024, "1KiB"],
    [1024 ** 2 - 1, "1023KiB"],
    [401_000_000, "382MiB"],
    [1024 ** 3, "1.0GiB"],
    [1.999 * 1024 ** 3, "1.99GiB"],
    [2.5 * 1024 ** 4, "2.5TiB"],
  ])("writes %i bytes as %s", (byteLength, text) => expect(classicSize(byteLength)).toBe(text));
});
