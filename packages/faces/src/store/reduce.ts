/**
 * The store: a key or a click and what is on the screen go in, the next state comes out, and what has to be done for it.
 *
 * Pure, and the same for every face: a terminal names its keys as here, a page can do so with its buttons.
 * @module
 */
import type { FaceSnapshot, TorrentItem } from "../snapshot.ts";
import type { FaceWords } from "../words/words.ts";
import { addDialog, limitsDialog, reduceDialog } from "./dialogs.ts";
import { listPlace, tabPlace, windowTop } from "./geometry.ts";
import type { Intent } from "./intent.ts";
import { movedBy } from "./movement.ts";
import { FILTERS, firstDirection, SORT_KEYS, visible } from "./order.ts";
import { type FaceState, type Notice, type ScreenSize, TABS, type Tab } from "./state.ts";
import type { FaceInput, FaceStep } from "./step.ts";
import { textField } from "./text-field.ts";

/** Lines that a turn of the wheel moves. */
const WHEEL_LINES = 3;

export function reduce(state: FaceState, input: FaceInput, snapshot: FaceSnapshot, size: ScreenSize, words: FaceWords): FaceStep {
  if (input.type === "notice") return stay({ ...state, notice: input.notice });
  if (input.type === "key" && input.key === "ctrl+c") return { state, intents: [{ type: "quit" }] };
  const settled = settle({ ...state, notice: undefined }, snapshot);
  if (settled.dialog !== undefined) {
    return input.type === "key" ? reduceDialog(settled, settled.dialog, input.key, { snapshot, size, words }) : stay(settled);
  }
  if (input.type === "mouse") return reduceMouse(settled, input, snapshot, size, words);
  return settled.screen === "list"
    ? listKey(settled, input.key, snapshot, size, words)
    : detailKey(settled, input.key, snapshot, size, words);
}

/** The torrent under the cursor; where it is gone, the one that took its place. */
export function currentItem(state: FaceState, snapshot: FaceSnapshot): TorrentItem | undefined {
  const shown = visible(snapshot.torrents, state.choice);
  return shown[cursorIn(state, shown)];
}

/** Position of the cursor among the torrents shown; 0 when there is none. */
export function cursorIn(state: FaceState, shown: readonly TorrentItem[]): number {
  const known = shown[state.cursorIndex]?.id === state.cursorId ? state.cursorIndex : shown.findIndex(({ id }) => id === state.cursorId);
  return known >= 0 ? known : Math.max(0, Math.min(state.cursorIndex, shown.length - 1));
}

/** Lets the state agree with what is there now: the open torrent may have been removed. */
function settle(state: FaceState, snapshot: FaceSnapshot): FaceState {
  const shown = visible(snapshot.torrents, state.choice);
  const cursorIndex = cursorIn(state, shown);
  const cursorId = shown[cursorIndex]?.id;
  const isGone = state.screen === "detail" && cursorId !== state.cursorId;
  return { ...state, cursorIndex, cursorId, marked: marksOf(state, snapshot), ...(isGone ? { screen: "list" as const } : {}) };
}

/** Marks of torrents that are still there; the same set where all are. */
function marksOf({ marked }: FaceState, { torrents }: FaceSnapshot): ReadonlySet<string> {
  if (marked.size === 0) return marked;
  const left = torrents.filter(({ id }) => marked.has(id)).map(({ id }) => id);
  return left.length === marked.size ? marked : new Set(left);
}

function stay(state: FaceState): FaceStep {
  return { state, intents: [] };
}

// ---- the list

function listKey(state: FaceState, key: string, snapshot: FaceSnapshot, size: ScreenSize, words: FaceWords): FaceStep {
  const shown = visible(snapshot.torrents, state.choice);
  const moved = movedBy(key, listPlace(size).rows, state.cursorIndex, shown.length);
  if (moved !== undefined) return stay(moveTo(state, moved, shown));
  switch (key) {
    case "enter":
    case "right":
    case "l":
      return stay(state.cursorId === undefined ? state : { ...state, screen: "detail", row: 0 });
    case "escape":
      // Marks go first: a filter may be what they were set by.
      if (state.marked.size > 0) return stay({ ...state, marked: new Set() });
      return stay({ ...state, choice: { ...state.choice, search: "", filter: "all" } });
    case "t":
      return stay(markCurrent(state, shown));
    case "T": {
      const all = shown.map(({ id }) => id);
      return stay({ ...state, marked: new Set(all.every((id) => state.marked.has(id)) ? [] : all) });
    }
    case "q":
      return { state, intents: [{ type: "quit" }] };
    case "s": {
      const next = SORT_KEYS[(SORT_KEYS.indexOf(state.choice.sort.key) + 1) % SORT_KEYS.length] as (typeof SORT_KEYS)[number];
      return stay({ ...state, choice: { ...state.choice, sort: { key: next, isDescending: firstDirection(next) } } });
    }
    case "S": {
      const { sort } = state.choice;
      return stay({ ...state, choice: { ...state.choice, sort: { ...sort, isDescending: !sort.isDescending } } });
    }
    case "f": {
      const filter = FILTERS[(FILTERS.indexOf(state.choice.filter) + 1) % FILTERS.length] as (typeof FILTERS)[number];
      return stay({ ...state, choice: { ...state.choice, filter } });
    }
    case "/":
      return stay({ ...state, dialog: { type: "search", field: textField(state.choice.search), before: state.choice.search } });
    default:
      return torrentKey(state, key, snapshot, words);
  }
}

/** Marks the torrent under the cursor, or takes its mark away, and goes on to the next. */
function markCurrent(state: FaceState, shown: readonly TorrentItem[]): FaceState {
  const { cursorId, cursorIndex } = state;
  if (cursorId === undefined) return state;
  const marked = new Set(state.marked);
  if (!marked.delete(cursorId)) marked.add(cursorId);
  return moveTo({ ...state, marked }, Math.min(cursorIndex + 1, shown.length - 1), shown);
}

function moveTo(state: FaceState, index: number, shown: readonly TorrentItem[]): FaceState {
  return { ...state, cursorIndex: index, cursorId: shown[index]?.id };
}

// ---- keys that mean the same in the list and inside

function torrentKey(state: FaceState, key: string, snapshot: FaceSnapshot, { notices: words }: FaceWords): FaceStep {
  // Who pastes a link wants it added.
  if (key.startsWith("text:")) return stay({ ...state, dialog: addDialog(snapshot, key.slice("text:".length).trim()) });
  switch (key) {
    case "a":
      return stay({ ...state, dialog: addDialog(snapshot) });
    case "?":
    case "f1":
      return stay({ ...state, dialog: { type: "help", top: 0 } });
    case "L":
      return stay({ ...state, dialog: limitsDialog(undefined, words.all, snapshot.downLimit, snapshot.upLimit) });
    case "m": {
      const usesMouse = !state.usesMouse;
      const notice: Notice = { text: usesMouse ? words.mouseOn : words.mouseOff, tone: "plain" };
      return { state: { ...state, usesMouse, notice }, intents: [{ type: "use-mouse", usesMouse }] };
    }
  }
  const items = meantItems(state, snapshot);
  const [first] = items;
  if (first === undefined) return stay(state);
  const ids = items.map(({ id }) => id);
  const name = items.length === 1 ? first.name : words.several(items.length);
  const detail = snapshot.detail?.id === first.id ? snapshot.detail : undefined;
  switch (key) {
    case "space":
    case "p": {
      const rests = (item: TorrentItem): boolean => item.state === "paused" || item.state === "error";
      // Of several, all rest or all go on.
      const type = items.every(rests) ? "resume" : "pause";
      return { state, intents: items.filter((item) => type === "resume" || !rests(item)).map(({ id }) => ({ type, id })) };
    }
    case "d":
    case "delete":
      return stay({ ...state, dialog: { type: "remove", ids, name } });
    case "r":
      return told(
        state,
        words.asking(name),
        ids.map((id) => ({ type: "reannounce", id })),
      );
    case "c":
      return told(
        state,
        words.checking(name),
        ids.map((id) => ({ type: "recheck", id })),
      );
    case "u":
      // The limits of a torrent that is not open yet are known a moment later.
      return stay({ ...state, dialog: limitsDialog(ids, name, detail?.downLimit ?? 0, detail?.upLimit ?? 0) });
    case "o": {
      const sequential = !(detail?.sequential ?? false);
      const text = sequential ? words.firstFirst : words.rarestFirst;
      return told(
        state,
        text,
        ids.map((id) => ({ type: "set-sequential", id, sequential })),
      );
    }
    default:
      return stay(state);
  }
}

/** In the list those that are marked, elsewhere and otherwise the one under the cursor. */
function meantItems(state: FaceState, snapshot: FaceSnapshot): readonly TorrentItem[] {
  const marked = state.screen === "list" && state.marked.size > 0 ? snapshot.torrents.filter(({ id }) => state.marked.has(id)) : [];
  if (marked.length > 0) return marked;
  const item = currentItem(state, snapshot);
  return item === undefined ? [] : [item];
}

function told(state: FaceState, text: string, intents: readonly Intent[]): FaceStep {
  return { state: { ...state, notice: { text, tone: "plain" } }, intents };
}

// ---- inside a torrent

function detailKey(state: FaceState, key: string, snapshot: FaceSnapshot, size: ScreenSize, words: FaceWords): FaceStep {
  const moved = movedBy(key, tabPlace(size).rows, state.row, tabCount(state.tab, snapshot));
  if (moved !== undefined) return stay({ ...state, row: moved });
  const number = "12345".indexOf(key);
  if (key.length === 1 && number >= 0) return stay({ ...state, tab: TABS[number] as Tab, row: 0 });
  switch (key) {
    case "escape":
    case "q":
    case "backspace":
      return stay({ ...state, screen: "list" });
    case "tab":
    case "right":
    case "l":
      return stay(turnTab(state, 1));
    case "shift+tab":
    case "left":
    case "h":
      return stay(turnTab(state, -1));
  }
  const file = state.tab === "files" ? snapshot.detail?.files[state.row] : undefined;
  if (file !== undefined && state.cursorId !== undefined) {
    const priority = priorityKey(key, file.priority);
    if (priority !== undefined) return { state, intents: [{ type: "prioritize", id: state.cursorId, file: state.row, priority }] };
  }
  return torrentKey(state, key, snapshot, words);
}

function turnTab(state: FaceState, by: 1 | -1): FaceState {
  const next = TABS[(TABS.indexOf(state.tab) + by + TABS.length) % TABS.length] as Tab;
  return { ...state, tab: next, row: 0 };
}

/** Lines that can be moved through. */
function tabCount(tab: Tab, { detail }: FaceSnapshot): number {
  if (detail === null) return 0;
  return tab === "overview" ? 0 : detail[tab].length;
}

const PRIORITIES = [0, 1, 4, 7] as const;

/** `+` and `-` step through the priorities, `x` says no and yes. */
function priorityKey(key: string, priority: (typeof PRIORITIES)[number]): (typeof PRIORITIES)[number] | undefined {
  const at = PRIORITIES.indexOf(priority);
  if (key === "+" || key === "=") return PRIORITIES[Math.min(PRIORITIES.length - 1, at + 1)];
  if (key === "-") return PRIORITIES[Math.max(0, at - 1)];
  return key === "x" ? (priority === 0 ? 1 : 0) : undefined;
}

// ---- the mouse

function reduceMouse(
  state: FaceState,
  input: Extract<FaceInput, { type: "mouse" }>,
  snapshot: FaceSnapshot,
  size: ScreenSize,
  words: FaceWords,
): FaceStep {
  const isList = state.screen === "list";
  const shown = visible(snapshot.torrents, state.choice);
  const count = isList ? shown.length : tabCount(state.tab, snapshot);
  const at = isList ? state.cursorIndex : state.row;
  const go = (index: number): FaceState => (isList ? moveTo(state, index, shown) : { ...state, row: index });
  if (input.what !== "press") {
    const step = input.what === "wheel-up" ? -WHEEL_LINES : WHEEL_LINES;
    return stay(go(Math.max(0, Math.min(count - 1, at + step))));
  }
  const { top, rows } = isList ? listPlace(size) : tabPlace(size);
  const index = windowTop(count, rows, at) + input.line - top;
  const isInside = input.line >= top && input.line < top + rows && index < count;
  if (!isInside) return stay(isList || input.line !== TABS_LINE ? state : clickTab(state, input.column, words));
  // A second click on the same line opens it.
  if (isList && index === at) return stay({ ...state, screen: "detail", row: 0 });
  return stay(go(index));
}

/** The line of the tabs, and how many columns each takes: ` 1 overview `. */
export const TABS_LINE = 2;
export function tabWidth(tab: Tab, { tabs }: FaceWords): number {
  return tabs[tab].length + 4;
}

function clickTab(state: FaceState, column: number, words: FaceWords): FaceState {
  let at = 0;
  for (const tab of TABS) {
    at += tabWidth(tab, words);
    if (column < at) return { ...state, tab, row: 0 };
  }
  return state;
}
