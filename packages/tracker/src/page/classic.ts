/**
 * The information page of the classic tracker, element by element, its quirks included: the number of files counts the named
 * ones alone, and a torrent without a name has no row where others have one, yet its peers count in the totals.
 * @module
 */
import { grouped, moment } from "./figures.ts";
import { escapeHtml } from "./html.ts";

/** Rows of the table. More than a browser likes, and it bounds what one request can cost. */
export const CLASSIC_ROWS_MAX: number = 20_000;

export interface ClassicTorrent {
  /** 40 lower-case hex digits. */
  readonly infoHash: string;
  readonly complete: number;
  readonly downloading: number;
  /** Reported complete downloads. */
  readonly downloaded: number;
  /** What the folder of torrents says of it; absent where it is not there. */
  readonly file?: { readonly name: string; readonly byteLength: number };
}

/** Different addresses, and connections. */
export interface ClassicTotal {
  readonly addresses: number;
  readonly connections: number;
}

export interface ClassicView {
  readonly version: string;
  readonly wallSeconds: number;
  readonly hasFavicon: boolean;
  /** There is a folder of torrents, and its names are shown. */
  readonly isNamed: boolean;
  /** Names are links to the .torrent files. */
  readonly givesFiles: boolean;
  /** In the order of their hashes. */
  readonly torrents: readonly ClassicTorrent[];
  readonly complete: ClassicTotal;
  readonly downloading: ClassicTotal;
  /** Of all torrents that are remembered, also of those that nobody is in. */
  readonly downloadedAll: number;
}

/** What it is sent as. */
export const CLASSIC_TYPE: string = "text/html; charset=iso-8859-1";

/** The page, in characters of ISO 8859-1 alone. */
export function classicPage(view: ClassicView): string {
  const { date, time } = moment(view.wallSeconds);
  const icon = view.hasFavicon ? '<link rel="shortcut icon" href="/favicon.ico" />\n' : "";
  const body = view.torrents.length === 0 ? "<p>not tracking any files yet...</p>\n" : `${table(view)}${NOTES}`;
  const page = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">
<html><head><title>BitTorrent download info</title>
${icon}</head>
<body>
<h3>BitTorrent download info</h3>
<ul>
<li><strong>tracker version:</strong> ${escapeHtml(view.version)}</li>
<li><strong>server time:</strong> ${date} ${time} UTC</li>
</ul>
${body}</body>
</html>
`;
  // A browser of that time read one byte a character; whatever else there is comes as a number.
  return page.replace(/[^\u0000-\u00ff]/gu, (sign) => `&#${sign.codePointAt(0)};`);
}

const NOTES = `<ul>
<li><em>info hash:</em> SHA1 hash of the "info" section of the metainfo (*.torrent)</li>
<li><em>complete:</em> number of connected clients with the complete file (total: unique IPs/total connections)</li>
<li><em>downloading:</em> number of connected clients still downloading (total: unique IPs/total connections)</li>
<li><em>downloaded:</em> reported complete downloads (total: current/all)</li>
<li><em>transferred:</em> torrent size * total downloaded (does not include partial transfers)</li>
</ul>
`;

function table(view: ClassicView): string {
  const shown = view.torrents.slice(0, CLASSIC_ROWS_MAX);
  const hidden = view.torrents.length - shown.length;
  const rest = hidden > 0 ? `<p>and ${grouped(hidden)} more</p>\n` : "";
  const parts = view.isNamed ? namedTable(view, shown) : plainTable(view, shown);
  return `${parts.join("\n")}\n</table>\n${rest}`;
}

function plainTable(view: ClassicView, shown: readonly ClassicTorrent[]): string[] {
  const code = (content: string | number): string => `<code>${content}</code>`;
  const rows = shown.map(
    ({ infoHash, complete, downloading, downloaded }) =>
      `<tr><td>${code(infoHash)}</td>${right(code(complete))}${right(code(downloading))}${right(code(downloaded))}</tr>`,
  );
  const totals = `<tr>${right("0 files")}${totalCells(view)}</tr>`;
  return ['<table summary="files">', headings(["info hash"], ["complete", "downloading", "downloaded"]), ...rows, totals];
}

function namedTable(view: ClassicView, shown: readonly ClassicTorrent[]): string[] {
  const named = shown.filter(hasFile);
  const rows = named.map(({ infoHash, complete, downloading, downloaded, file }) => {
    const name = escapeHtml(file.name);
    const link = view.givesFiles ? `<a href="/file?info_hash=${infoHash.replace(/../g, "%$&")}">${name}</a>` : name;
    const numbers = [classicSize(file.byteLength), complete, downloading, downloaded, classicSize(file.byteLength * downloaded)];
    return `<tr><td><code>${infoHash}</code></td><td>${link}</td>${numbers.map(right).join("")}</tr>`;
  });
  const byteLength = sumOf(named, ({ file }) => file.byteLength);
  const transferred = sumOf(named, ({ file, downloaded }) => file.byteLength * downloaded);
  const files = `<td align="right" colspan="2">${named.length} files</td>`;
  const totals = `<tr>${files}${right(classicSize(byteLength))}${totalCells(view)}${right(classicSize(transferred))}</tr>`;
  const numbered = ["size", "complete", "downloading", "downloaded", "transferred"];
  return ['<table summary="files" border="1">', headings(["info hash", "torrent name"], numbered), ...rows, totals];
}

type NamedTorrent = ClassicTorrent & Required<Pick<ClassicTorrent, "file">>;

function hasFile(torrent: ClassicTorrent): torrent is NamedTorrent {
  return torrent.file !== undefined;
}

function headings(left: readonly string[], aligned: readonly string[]): string {
  const cells = [...left.map((title) => `<th>${title}</th>`), ...aligned.map((title) => `<th align="right">${title}</th>`)];
  return `<tr>${cells.join("")}</tr>`;
}

function totalCells({ complete, downloading, downloadedAll, torrents }: ClassicView): string {
  const downloaded = sumOf(torrents, (torrent) => torrent.downloaded);
  const pairs = [
    [complete.addresses, complete.connections],
    [downloading.addresses, downloading.connections],
    [downloaded, downloadedAll],
  ];
  return pairs.map(([one, all]) => right(`${one}/${all}`)).join("");
}

function right(content: string | number): string {
  return `<td align="right">${content}</td>`;
}

function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}

/** Whole numbers up to MiB, then two decimals, cut and not rounded; a whole one keeps a nought behind its point. */
export function classicSize(byteLength: number): string {
  if (byteLength < 1024) return `${byteLength}B`;
  if (byteLength < 1024 ** 2) return `${Math.floor(byteLength / 1024)}KiB`;
  if (byteLength < 1024 ** 3) return `${Math.floor(byteLength / 1024 ** 2)}MiB`;
  const [unit, name] = byteLength < 1024 ** 4 ? [1024 ** 3, "GiB"] : [1024 ** 4, "TiB"];
  const value = Math.floor((byteLength / unit) * 100) / 100;
  return `${Number.isInteger(value) ? value.toFixed(1) : value}${name}`;
}
