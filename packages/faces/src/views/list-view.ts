/**
 * The list of torrents: of thousands, the few that fit.
 * @module
 */
import type { FaceSnapshot } from "../snapshot.ts";
import { windowTop } from "../store/geometry.ts";
import { visible } from "../store/order.ts";
import { cursorIn } from "../store/reduce.ts";
import type { FaceState } from "../store/state.ts";
import { formatRate } from "../units.ts";
import type { FaceWords } from "../words/words.ts";
import { type TorrentRow, torrentRow } from "./torrent-row.ts";

export interface ListView {
  /** At most as many as were asked for. */
  readonly rows: readonly TorrentRow[];
  /** Position of the cursor among `rows`; -1 when there are none. */
  readonly cursor: number;
  /** How many stand above the first row, and how many there are. */
  readonly above: number;
  readonly shownCount: number;
  /** What is said where there are no rows. */
  readonly emptyText: string;
}

export function listView(state: FaceState, snapshot: FaceSnapshot, rowCount: number, words: FaceWords): ListView {
  const shown = visible(snapshot.torrents, state.choice);
  const cursor = cursorIn(state, shown);
  const above = windowTop(shown.length, rowCount, cursor);
  const { search, filter } = state.choice;
  return {
    rows: shown.slice(above, above + rowCount).map((item) => torrentRow(item, words, state.marked.has(item.id))),
    cursor: shown.length === 0 ? -1 : cursor - above,
    above,
    shownCount: shown.length,
    emptyText:
      snapshot.torrents.length === 0
        ? snapshot.openingCount > 0
          ? words.list.opening(snapshot.openingCount)
          : words.list.empty
        : words.list.noneIs(filter === "all" ? undefined : words.filters[filter], search === "" ? undefined : search),
  };
}

/** The words of the first line: how many torrents, what flows, where it listens. */
export function totalsWords(state: FaceState, snapshot: FaceSnapshot, { list: words, filters, sorts }: FaceWords): readonly string[] {
  const { torrents, downRate, upRate, peers, port, downLimit, upLimit } = snapshot;
  const shown = visible(torrents, state.choice).length;
  const { filter, search, sort } = state.choice;
  const limited = (rate: number, limit: number): string => formatRate(rate) + (limit > 0 ? ` ${words.max(formatRate(limit))}` : "");
  return [
    shown === torrents.length ? words.torrents(torrents.length) : words.torrentsOf(shown, torrents.length),
    ...(state.marked.size === 0 ? [] : [words.marked(state.marked.size)]),
    words.down(limited(downRate, downLimit)),
    words.up(limited(upRate, upLimit)),
    words.peers(peers),
    port === 0 ? words.notListening : words.port(port),
    ...(filter === "all" ? [] : [words.only(filters[filter])]),
    ...(search === "" ? [] : [`"${search}"`]),
    ...(sort.key === "added" && !sort.isDescending ? [] : [words.by(sorts[sort.key], sort.isDescending)]),
  ];
}
