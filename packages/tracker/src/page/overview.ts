/**
 * The tracker's front page: numbers, two days as a chart, the swarms and a search for them.
 * @module
 */
import type { HistorySample } from "../history.ts";
import { chart } from "./chart.ts";
import { grouped, size } from "./figures.ts";
import { chartCard, type FrameView, framed, numbers } from "./frame.ts";
import { escapeHtml } from "./html.ts";

/** What the list can be sorted by. */
export const SORTS = ["peers", "seeds", "downloaders", "completed"] as const;
export type Sort = (typeof SORTS)[number];

/** Rows of a page. */
export const ROWS_PER_PAGE: number = 50;

/** One torrent as pages show it. */
export interface ListedTorrent {
  /** 40 lower-case hex digits. */
  readonly infoHash: string;
  readonly seeds: number;
  /** All that are no seeds. */
  readonly downloaders: number;
  readonly completed: number;
  /** What the folder of torrents says of it. */
  readonly name?: string;
  readonly byteLength?: number;
}

export interface OverviewView extends FrameView {
  readonly announce: readonly string[];
  readonly torrentCount: number;
  readonly peers: number;
  readonly seeds: number;
  /** Those of `peers` that come over WebSockets. */
  readonly webSocketPeers: number;
  readonly completed: number;
  readonly announcesPerMinute: number;
  readonly history: readonly HistorySample[];
  /** The rows of this page. */
  readonly torrents: readonly ListedTorrent[];
  readonly sort: Sort;
  /** Pages begin with 1. */
  readonly page: number;
  readonly hasNext: boolean;
}

const HEADINGS: Readonly<Record<Sort, string>> = { peers: "Peers", seeds: "Seeds", downloaders: "Downloading", completed: "Completed" };

export function overviewPage(view: OverviewView): string {
  const { title, announce, history } = view;
  const series = [
    { name: "Seeds", kind: "seeds", values: history.map(({ seeds }) => seeds) },
    { name: "Downloaders", kind: "downloaders", values: history.map(({ peers, seeds }) => peers - seeds) },
  ];
  const drawn = chart({
    title: "Seeds and downloaders over the last two days",
    times: history.map(({ wallSeconds }) => wallSeconds),
    series,
  });
  const addresses = announce.map((url) => `<code>${escapeHtml(url)}</code>`).join(" or ");
  const isStart = view.search === "" && view.page === 1;
  const start = `${addresses === "" ? "" : `<p class="soft">Announce to ${addresses}</p>`}
${numbers([
  ["Torrents", grouped(view.torrentCount)],
  ["Seeds", grouped(view.seeds)],
  ["Downloaders", grouped(view.peers - view.seeds)],
  ...(view.webSocketPeers > 0 ? [["In browsers", grouped(view.webSocketPeers)] as const] : []),
  ["Completed", grouped(view.completed)],
  ["Announces / min", grouped(view.announcesPerMinute)],
])}
${chartCard("Last two days", drawn, series)}
`;
  const heading = view.search === "" ? (isStart ? title : `Page ${view.page}`) : `Search for ${view.search}`;
  const other = `<h1>${escapeHtml(heading)}</h1>\n`;
  return framed(view, heading, `${isStart ? start : other}${list(view)}`);
}

function list(view: OverviewView): string {
  const { torrents, search, sort } = view;
  if (torrents.length === 0) {
    const reason = search === "" ? "No torrent has been announced here yet." : "No torrent here has that name or hash.";
    return `<section class="card"><h2>Swarms</h2><p class="empty">${reason}</p></section>`;
  }
  const hasSizes = torrents.some(({ byteLength }) => byteLength !== undefined);
  const sortable = SORTS.map((by) => {
    const state = by === sort ? ' aria-sort="descending"' : "";
    return `<th scope="col"${state}><a href="${hrefOf(view, { sort: by, page: 1 })}">${HEADINGS[by]}</a></th>`;
  });
  const size = hasSizes ? '<th scope="col" class="wide">Size</th>' : "";
  return `<section class="card"><h2>Swarms</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Swarms"><table>
<thead><tr><th scope="col">Torrent</th>${size}${sortable.join("")}</tr></thead>
<tbody>
${torrents.map((torrent) => row(torrent, hasSizes)).join("\n")}
</tbody>
</table></div>
${pages(view)}</section>`;
}

function row({ infoHash, name, byteLength, seeds, downloaders, completed }: ListedTorrent, hasSizes: boolean): string {
  const link = `/torrent/${infoHash}`;
  const what =
    name === undefined
      ? `<a href="${link}"><code>${infoHash}</code></a>`
      : `<a href="${link}">${escapeHtml(name)}</a><small><code>${infoHash}</code></small>`;
  const length = hasSizes ? `<td class="wide">${byteLength === undefined ? "" : size(byteLength)}</td>` : "";
  const counts = [seeds + downloaders, seeds, downloaders, completed].map((count) => `<td>${grouped(count)}</td>`).join("");
  return `<tr><th scope="row">${what}</th>${length}${counts}</tr>`;
}

function pages(view: OverviewView): string {
  if (view.page === 1 && !view.hasNext) return "";
  const before = view.page > 1 ? `<a rel="prev" href="${hrefOf(view, { page: view.page - 1 })}">Previous page</a>` : "<span></span>";
  const after = view.hasNext ? `<a rel="next" href="${hrefOf(view, { page: view.page + 1 })}">Next page</a>` : "";
  return `<nav class="pages" aria-label="Pages">${before}${after}</nav>`;
}

function hrefOf(view: OverviewView, { sort = view.sort, page }: { readonly sort?: Sort; readonly page: number }): string {
  const parts = [
    ...(view.search === "" ? [] : [`q=${encodeURIComponent(view.search)}`]),
    ...(sort === "peers" ? [] : [`sort=${sort}`]),
    ...(page === 1 ? [] : [`page=${page}`]),
  ];
  return parts.length === 0 ? "/" : escapeHtml(`/?${parts.join("&")}`);
}
