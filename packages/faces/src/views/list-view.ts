/**
 * The list of torrents: of thousands, the few that fit.
 * @module
 */
import type { FaceSnapshot } from "../snapshot.ts";
import { windowTop } from "../store/geometry.ts";
import { visible } from "../store/order.ts";
import { cursorIn } from "../store/reduce.ts";
import type { FaceState } from "../store/state.ts";
import { count, formatRate } from "../units.ts";
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

export function listView(state: FaceState, snapshot: FaceSnapshot, rowCount: number): ListView {
  const shown = visible(snapshot.torrents, state.choice);
  const cursor = cursorIn(state, shown);
  const above = windowTop(shown.length, rowCount, cursor);
  const { search, filter } = state.choice;
  return {
    rows: shown.slice(above, above + rowCount).map(torrentRow),
    cursor: shown.length === 0 ? -1 : cursor - above,
    above,
    shownCount: shown.length,
    emptyText:
      snapshot.torrents.length === 0
        ? "No torrents yet. Press a to add one, ? for help."
        : `No torrent is ${[filter === "all" ? "" : filter, search === "" ? "" : `called "${search}"`].filter(Boolean).join(" and ")}. Escape shows all.`,
  };
}

/** The words of the first line: how many torrents, what flows, where it listens. */
export function totalsWords(state: FaceState, snapshot: FaceSnapshot): readonly string[] {
  const { torrents, downRate, upRate, peers, port, downLimit, upLimit } = snapshot;
  const shown = visible(torrents, state.choice).length;
  const { filter, search, sort } = state.choice;
  const limited = (rate: number, limit: number): string => formatRate(rate) + (limit > 0 ? ` (max ${formatRate(limit)})` : "");
  return [
    shown === torrents.length ? count(torrents.length, "torrent") : `${shown} of ${count(torrents.length, "torrent")}`,
    `down ${limited(downRate, downLimit)}`,
    `up ${limited(upRate, upLimit)}`,
    count(peers, "peer"),
    port === 0 ? "not listening" : `port ${port}`,
    ...(filter === "all" ? [] : [`only ${filter}`]),
    ...(search === "" ? [] : [`"${search}"`]),
    ...(sort.key === "added" && !sort.isDescending ? [] : [`by ${sort.key}${sort.isDescending ? ", most first" : ""}`]),
  ];
}
