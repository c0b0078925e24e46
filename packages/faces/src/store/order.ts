/**
 * Which torrents a list shows, and in which order.
 * @module
 */
import { isUnopened, type TorrentItem } from "../snapshot.ts";

export const SORT_KEYS = ["added", "name", "size", "done", "down", "up", "left", "ratio", "peers", "state"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sort {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

export const FILTERS = ["all", "downloading", "seeding", "paused", "active", "failed"] as const;
export type Filter = (typeof FILTERS)[number];

/** What `visible` looks at. */
export interface Choice {
  readonly sort: Sort;
  readonly filter: Filter;
  /** Words that a name must hold, all of them; "" is every name. */
  readonly search: string;
}

/** Numbers are read from the great end first, names from A. */
export function firstDirection(key: SortKey): boolean {
  return key !== "name" && key !== "added" && key !== "state" && key !== "left";
}

const STATE_RANK: Readonly<Record<TorrentItem["state"], number>> = {
  error: 0,
  checking: 1,
  metadata: 2,
  layers: 3,
  downloading: 4,
  finished: 5,
  seeding: 6,
  paused: 7,
};

const NUMBERS: Readonly<Record<Exclude<SortKey, "name">, (item: TorrentItem) => number>> = {
  added: (item) => item.order,
  size: (item) => item.totalWanted,
  done: (item) => item.progress,
  down: (item) => item.downRate,
  up: (item) => item.upRate,
  left: (item) => item.secondsLeft ?? Number.POSITIVE_INFINITY,
  ratio: (item) => item.ratio,
  peers: (item) => item.peers,
  state: (item) => STATE_RANK[item.state],
};

const HOLDS: Readonly<Record<Filter, (item: TorrentItem) => boolean>> = {
  all: () => true,
  downloading: (item) => item.state === "downloading" || isUnopened(item.state) || item.state === "checking",
  seeding: (item) => item.state === "seeding" || item.state === "finished",
  paused: (item) => item.state === "paused",
  active: (item) => item.downRate > 0 || item.upRate > 0,
  failed: (item) => item.state === "error",
};

/** The last answer for each list: a key that moves the cursor must not sort ten thousand rows again. */
const answers = new WeakMap<readonly TorrentItem[], { readonly choice: Choice; readonly answer: readonly TorrentItem[] }>();

/** The torrents that are chosen, sorted; torrents that are equal stay in the order they were added. */
export function visible(torrents: readonly TorrentItem[], choice: Choice): readonly TorrentItem[] {
  const known = answers.get(torrents);
  if (known !== undefined && isSame(known.choice, choice)) return known.answer;
  const { sort, filter, search } = choice;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (item: TorrentItem): boolean => {
    if (words.length === 0) return true;
    const name = item.name.toLowerCase();
    return words.every((word) => name.includes(word) || item.id.startsWith(word));
  };
  const chosen = torrents.filter((item) => HOLDS[filter](item) && matches(item));
  const answer = chosen.sort(comparator(sort));
  answers.set(torrents, { choice, answer });
  return answer;
}

function isSame(one: Choice, other: Choice): boolean {
  const { sort } = other;
  return (
    one.search === other.search && one.filter === other.filter && one.sort.key === sort.key && one.sort.isDescending === sort.isDescending
  );
}

/** One for all comparisons: `localeCompare` would make its own for each. */
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function comparator({ key, isDescending }: Sort): (one: TorrentItem, other: TorrentItem) => number {
  const direction = isDescending ? -1 : 1;
  if (key === "name") return (one, other) => direction * collator.compare(one.name, other.name) || one.order - other.order;
  const of = NUMBERS[key];
  return (one, other) => {
    const [left, right] = [of(one), of(other)];
    return left === right ? one.order - other.order : direction * (left < right ? -1 : 1);
  };
}
