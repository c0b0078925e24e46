/**
 * The page of one torrent: who is there, how it went, how to get it.
 * @module
 */

import type { SwarmSample } from "../swarm-history.ts";
import { chart } from "./chart.ts";
import { grouped, size } from "./figures.ts";
import { chartCard, type FrameView, framed, numbers } from "./frame.ts";
import { escapeHtml } from "./html.ts";
import type { ListedTorrent } from "./overview.ts";

export interface TorrentView extends FrameView {
  readonly torrent: ListedTorrent;
  /** Incomplete, wanting nothing more; among the downloaders of `torrent`. */
  readonly partialSeeds: number;
  readonly history: readonly SwarmSample[];
  /** Where the .torrent is; absent where it is not given out. */
  readonly filePath?: string;
  readonly magnet: string;
  /** Of the torrent, where its file is known. */
  readonly fileCount?: number;
}

export function torrentPage(view: TorrentView): string {
  const { torrent, history, filePath } = view;
  const series = [
    { name: "Seeds", kind: "seeds", values: history.map(({ seeds }) => seeds) },
    { name: "Downloaders", kind: "downloaders", values: history.map(({ downloaders }) => downloaders) },
  ];
  const drawn = chart({ title: "Seeds and downloaders of this torrent", times: history.map(({ wallSeconds }) => wallSeconds), series });
  const heading = torrent.name ?? torrent.infoHash;
  const file =
    filePath === undefined
      ? ""
      : `<a class="button" href="${escapeHtml(filePath)}" type="application/x-bittorrent" download>Get the .torrent</a>`;
  const body = `<h1>${torrent.name === undefined ? `<code>${torrent.infoHash}</code>` : escapeHtml(torrent.name)}</h1>
${subtitle(view)}
<p class="buttons"><a class="button first" href="${escapeHtml(view.magnet)}">Open magnet link</a>${file}</p>
${numbers([
  ["Seeds", grouped(torrent.seeds)],
  ["Downloaders", grouped(torrent.downloaders)],
  ["Completed", grouped(torrent.completed)],
])}
${chartCard("Last two days", drawn, series)}
<section class="card"><h2>Details</h2><dl class="facts"><dt>Info hash</dt><dd><code>${torrent.infoHash}</code></dd>${partial(view)}<dt>Magnet link</dt><dd><code>${escapeHtml(view.magnet)}</code></dd></dl></section>`;
  return framed(view, heading, body);
}

function subtitle({ torrent, fileCount }: TorrentView): string {
  if (torrent.byteLength === undefined) return "";
  const files = fileCount === undefined ? "" : ` in ${grouped(fileCount)} ${fileCount === 1 ? "file" : "files"}`;
  return `<p class="soft">${size(torrent.byteLength)}${files}</p>`;
}

function partial({ partialSeeds }: TorrentView): string {
  return partialSeeds === 0 ? "" : `<dt>Partial seeds</dt><dd>${grouped(partialSeeds)} of the downloaders want nothing more</dd>`;
}

/** A page that says that something is not here. */
export function missingPage(view: FrameView, what: string): string {
  return framed(view, "Not here", `<h1>Not here</h1><p class="soft">${escapeHtml(what)}</p><p><a href="/">To the front page</a></p>`);
}
