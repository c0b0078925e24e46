/**
 * What the user wants done: `reduce` returns it, who has the session does it.
 * @module
 */
import type { Priority } from "../snapshot.ts";

export type Intent =
  /** A path, a URL, a magnet link or an info hash. */
  | { readonly type: "add"; readonly source: string; readonly folder: string; readonly isPaused: boolean }
  | { readonly type: "remove"; readonly id: string; readonly deleteFiles: boolean }
  | { readonly type: "pause" | "resume" | "recheck" | "reannounce"; readonly id: string }
  /** Bytes per second, 0 for none; without `id` of the whole session. */
  | { readonly type: "limit"; readonly id: string | undefined; readonly down: number; readonly up: number }
  | { readonly type: "prioritize"; readonly id: string; readonly file: number; readonly priority: Priority }
  | { readonly type: "set-sequential"; readonly id: string; readonly sequential: boolean }
  | { readonly type: "use-mouse"; readonly usesMouse: boolean }
  | { readonly type: "quit" };
