/**
 * What goes into the store, and what comes out of it.
 * @module
 */
import type { Intent } from "./intent.ts";
import type { FaceState, Notice } from "./state.ts";

export type FaceInput =
  /** `a`, `A`, `enter`, `ctrl+c`; `text:…` for what was pasted. */
  | { readonly type: "key"; readonly key: string }
  /** Line and column from 0. */
  | { readonly type: "mouse"; readonly what: "press" | "wheel-up" | "wheel-down"; readonly line: number; readonly column: number }
  | { readonly type: "notice"; readonly notice: Notice };

export interface FaceStep {
  readonly state: FaceState;
  readonly intents: readonly Intent[];
}
