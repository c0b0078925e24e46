/**
 * Where a face is: what is open, where the cursor stands, what is being asked. Plain data; `reduce` alone makes new ones.
 * @module
 */
import type { Choice } from "./order.ts";
import type { TextField } from "./text-field.ts";

export const TABS = ["overview", "files", "peers", "trackers", "log"] as const;
export type Tab = (typeof TABS)[number];

/** Columns and lines of the screen. */
export interface ScreenSize {
  readonly columns: number;
  readonly lines: number;
}

export type Dialog =
  /** `focus` 0: source, 1: folder, 2: whether it starts paused. */
  | { readonly type: "add"; readonly source: TextField; readonly folder: TextField; readonly isPaused: boolean; readonly focus: number }
  | { readonly type: "remove"; readonly ids: readonly string[]; readonly name: string }
  /** Of some torrents, or of the whole session. `focus` 0: down, 1: up. */
  | {
      readonly type: "limits";
      readonly ids: readonly string[] | undefined;
      readonly name: string;
      readonly down: TextField;
      readonly up: TextField;
      readonly focus: number;
    }
  /** `before` comes back with Escape. */
  | { readonly type: "search"; readonly field: TextField; readonly before: string }
  | { readonly type: "help"; readonly top: number };

/** A remark at the bottom, until the next key. */
export interface Notice {
  readonly text: string;
  readonly tone: "good" | "bad" | "plain";
}

export interface FaceState {
  readonly screen: "list" | "detail";
  readonly choice: Choice;
  /** The torrent under the cursor, by name: the order may change around it. */
  readonly cursorId: string | undefined;
  /** Where it stood last, for when it is gone. */
  readonly cursorIndex: number;
  readonly tab: Tab;
  /** Torrents that keys of the list are for, in place of the one under the cursor. */
  readonly marked: ReadonlySet<string>;
  /** The cursor, or the first line shown, in the list of the open tab. */
  readonly row: number;
  readonly dialog: Dialog | undefined;
  readonly notice: Notice | undefined;
  readonly usesMouse: boolean;
}

export const FIRST_STATE: FaceState = {
  screen: "list",
  choice: { sort: { key: "added", isDescending: false }, filter: "all", search: "" },
  cursorId: undefined,
  cursorIndex: 0,
  tab: "overview",
  marked: new Set(),
  row: 0,
  dialog: undefined,
  notice: undefined,
  usesMouse: false,
};
