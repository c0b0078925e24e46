/**
 * What all pages of today have in common: the head of the document, the way home, the search, the foot.
 * @module
 */
import { duration } from "./figures.ts";
import { escapeHtml } from "./html.ts";
import { STYLE_PATH } from "./style.ts";

export interface FrameView {
  /** Heading of the tracker. */
  readonly title: string;
  readonly version: string;
  readonly uptimeSeconds: number;
  /** Text in the field of the search. */
  readonly search: string;
}

/** A whole document; `heading` is text, `body` is HTML. The front page, headed by the title, needs no heading of its own. */
export function framed({ title, version, uptimeSeconds, search }: FrameView, heading: string, body: string): string {
  const name = heading === title ? heading : `${heading} - ${title}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(name)}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
${heading === title ? `<h1 class="brand">${MARK}${escapeHtml(title)}</h1>` : `<a class="brand" href="/">${MARK}${escapeHtml(title)}</a>`}
<form class="search" action="/" role="search">
<input type="search" name="q" value="${escapeHtml(search)}" placeholder="Name or info hash" aria-label="Search torrents by name or info hash" maxlength="200">
<button>Search</button>
</form>
</header>
<main id="main">
${body}
</main>
<footer>
<span>Bittern ${escapeHtml(version)}, up for ${duration(uptimeSeconds)}</span>
<ul><li><a href="/stats.json">JSON</a></li><li><a href="/metrics">Metrics</a></li></ul>
</footer>
</body>
</html>
`;
}

/** Three peers and what holds them together. */
const MARK =
  '<svg viewBox="0 0 28 28" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"><path d="M14 8v7m0 0-6 5m6-5 6 5"/><circle cx="14" cy="5" r="3" fill="currentColor"/><circle cx="6" cy="22" r="3" fill="currentColor"/><circle cx="22" cy="22" r="3" fill="currentColor"/></svg>';

/** Big numbers under small words. */
export function numbers(entries: readonly (readonly [name: string, value: string])[]): string {
  const items = entries.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<dl class="numbers">${items.join("")}</dl>`;
}

/** Names of lines, for people who see the chart. */
export function legend(series: readonly { readonly name: string; readonly kind: string }[]): string {
  return `<ul class="legend" aria-hidden="true">${series.map(({ name, kind }) => `<li class="${kind}">${escapeHtml(name)}</li>`).join("")}</ul>`;
}

/** A heading with a chart below, or why there is none yet. */
export function chartCard(
  heading: string,
  drawn: string | undefined,
  series: readonly { readonly name: string; readonly kind: string }[],
): string {
  const inside = drawn ?? '<p class="empty">The first line is drawn after ten minutes.</p>';
  return `<section class="card"><div class="head"><h2>${escapeHtml(heading)}</h2>${drawn === undefined ? "" : legend(series)}</div>${inside}</section>`;
}
