/**
 * The page that `share` serves: one document without anything from elsewhere, for people with and without scripts.
 * @module
 */
import { createHash } from "node:crypto";
import { formatBytes } from "@bittern/faces";
import { escapeHtml } from "@bittern/tracker";
import type { ShareMessages } from "../messages/catalogue.ts";
import { qrSvg } from "./qr.ts";

export interface SharedFile {
  readonly path: string;
  readonly length: number;
}

/** How the swarm is right now. */
export interface SwarmNumbers {
  readonly seeds: number;
  readonly downloaders: number;
  readonly completed: number;
}

export interface PageView {
  readonly name: string;
  readonly comment: string;
  readonly totalLength: number;
  readonly files: readonly SharedFile[];
  readonly magnet: string;
  /** Paths on this server. */
  readonly torrentPath: string;
  readonly statusPath: string;
  /** Full address of the .torrent, for the line that fetches it. */
  readonly torrentUrl: string;
  readonly infoHashes: readonly string[];
  readonly swarm: SwarmNumbers;
}

/** More rows make a page slow and tell nobody more. */
const FILES_SHOWN_MAX = 500;

const STYLE = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#566273;--paper:#fbfaf7;--card:#fff;--line:#dcdfe4;--accent:#0b6b50;--accent-ink:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a2adbb;--paper:#12161c;--card:#1a2028;--line:#2f3843;--accent:#4cc79c;--accent-ink:#06251b}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:clamp(1.25rem,5vw,3.5rem) 1.25rem}
h1{margin:0;font-size:clamp(1.5rem,5vw,2.25rem);line-height:1.2;overflow-wrap:anywhere;text-wrap:balance}
h2{margin:2.5rem 0 .75rem;font-size:1.125rem}
p{margin:.5rem 0}
.soft{color:var(--soft)}
.comment{white-space:pre-wrap;overflow-wrap:anywhere}
.take{display:flex;flex-wrap:wrap;gap:1.75rem;align-items:center;margin:2rem 0;padding:1.5rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
.take>div{flex:1 1 16rem;min-width:0}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem}
a.button{display:inline-block;padding:.7rem 1.25rem;border-radius:.5rem;border:2px solid var(--accent);color:var(--accent);font-weight:600;text-decoration:none}
a.first{background:var(--accent);color:var(--accent-ink)}
a.button:hover{filter:brightness(1.1)}
a:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.qr{width:10.5rem;height:10.5rem;flex:none;border-radius:.4rem}
.swarm{display:flex;gap:2.5rem;margin:0 0 1.25rem}
.swarm div{display:flex;flex-direction:column-reverse}
.swarm dd{margin:0;font-size:2rem;font-weight:650;line-height:1.1;font-variant-numeric:tabular-nums}
.swarm dt{color:var(--soft);font-size:.9375rem}
table{width:100%;border-collapse:collapse}
th{text-align:left;font-weight:600;color:var(--soft);font-size:.9375rem}
th,td{padding:.4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{overflow-wrap:anywhere;padding-right:1rem}
th:last-child,td:last-child{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
pre{margin:.5rem 0;padding:.85rem 1rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem;white-space:pre-wrap}
`.trim();

const SCRIPT = `
const show=(id,n)=>{const e=document.getElementById(id);const t=String(n);if(e.textContent!==t)e.textContent=t};
const path=document.documentElement.dataset.status;
async function look(){
  if(document.hidden)return;
  try{
    const answer=await fetch(path,{cache:"no-store"});
    if(!answer.ok)return;
    const swarm=await answer.json();
    show("seeds",swarm.seeds);show("downloaders",swarm.downloaders);
  }catch{}
}
setInterval(look,5000);
document.addEventListener("visibilitychange",look);
`.trim();

const sha256 = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing but what stands in the page itself may run or be loaded; it may ask this server for the numbers. */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  `style-src ${sha256(STYLE)}`,
  `script-src ${sha256(SCRIPT)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function sharePage(view: PageView, words: ShareMessages): string {
  const name = escapeHtml(view.name);
  const facts = words.content(formatBytes(view.totalLength), view.files.length);
  return `<!doctype html>
<html lang="${words.language}" data-status="${escapeHtml(view.statusPath)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${name}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${name}</h1>
<p class="soft">${facts}</p>
${view.comment === "" ? "" : `<p class="comment">${escapeHtml(view.comment)}</p>\n`}<section class="take" aria-label="${words.take}">
<div>
<dl class="swarm" aria-live="polite">
<div><dt>${words.seeds}</dt><dd id="seeds">${view.swarm.seeds}</dd></div>
<div><dt>${words.downloading}</dt><dd id="downloaders">${view.swarm.downloaders}</dd></div>
</dl>
<p class="buttons">
<a class="button first" href="${escapeHtml(view.magnet)}">${words.openMagnet}</a>
<a class="button" href="${escapeHtml(view.torrentPath)}" type="application/x-bittorrent" download>${words.getTorrent}</a>
</p>
</div>
${qrSvg(view.magnet, words.code) ?? ""}
</section>
<h2>${words.files(view.files.length)}</h2>
${fileTable(view.files, words)}
<h2>${words.commandLine}</h2>
<pre><code>bittern get ${escapeHtml(view.torrentUrl)}</code></pre>
<p class="soft">${words.infoHash} ${view.infoHashes.map((hash) => `<code>${escapeHtml(hash)}</code>`).join(` ${words.and} `)}</p>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function fileTable(files: readonly SharedFile[], words: ShareMessages): string {
  const rows = files
    .slice(0, FILES_SHOWN_MAX)
    .map((file) => `<tr><td>${escapeHtml(file.path)}</td><td>${formatBytes(file.length)}</td></tr>`)
    .join("\n");
  const hidden = files.length - FILES_SHOWN_MAX;
  const rest = hidden > 0 ? `\n<p class="soft">${words.more(hidden)}</p>` : "";
  return `<table>
<thead><tr><th scope="col">${words.name}</th><th scope="col">${words.size}</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>${rest}`;
}
