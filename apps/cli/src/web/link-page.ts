/**
 * The page with links that stands beside .torrent files on any web server: relative links, magnet links, nothing from elsewhere
 * and no script.
 * @module
 */
import { formatBytes } from "@bittern/faces";
import { escapeHtml } from "@bittern/tracker";
import type { PageMessages } from "../messages/catalogue.ts";

export interface LinkedTorrent {
  /** Name of the .torrent, in the folder of the page. */
  readonly file: string;
  readonly name: string;
  readonly totalLength: number;
  readonly fileCount: number;
  readonly magnet: string;
  readonly comment: string;
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#566273;--paper:#fbfaf7;--line:#dcdfe4;--accent:#0b6b50}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a2adbb;--paper:#12161c;--line:#2f3843;--accent:#4cc79c}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}
main{max-width:54rem;margin:0 auto;padding:clamp(1.25rem,5vw,3.5rem) 1.25rem}
h1{margin:0 0 1.5rem;font-size:clamp(1.5rem,5vw,2.25rem);line-height:1.2;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse}
th{text-align:left;font-weight:600;color:var(--soft);font-size:.9375rem}
th,td{padding:.6rem 1rem .6rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{overflow-wrap:anywhere}
.size{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
a{color:var(--accent)}
td:first-child a{font-weight:600}
.soft{color:var(--soft);font-size:.9375rem;margin:.15rem 0 0;white-space:pre-wrap}
`.trim();

export function linkPage(title: string, torrents: readonly LinkedTorrent[], words: PageMessages): string {
  const rows = torrents.map((torrent) => row(torrent, words)).join("\n");
  return `<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<table>
<thead><tr><th scope="col">${words.torrent}</th><th scope="col">${words.link}</th><th scope="col" class="size">${words.size}</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</main>
</body>
</html>
`;
}

function row({ file, name, totalLength, fileCount, magnet, comment }: LinkedTorrent, words: PageMessages): string {
  const href = `./${encodeURIComponent(file)}`;
  const remark = comment === "" ? "" : `<p class="soft">${escapeHtml(comment)}</p>`;
  const link = `<a href="${escapeHtml(href)}" type="application/x-bittorrent">${escapeHtml(name)}</a>`;
  const size = `${formatBytes(totalLength)}<div class="soft">${words.files(fileCount)}</div>`;
  return `<tr><td>${link}${remark}</td><td><a href="${escapeHtml(magnet)}">magnet</a></td><td class="size">${size}</td></tr>`;
}
