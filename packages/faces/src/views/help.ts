/**
 * The page of keys, with the flags of peers at its end, in the lines it takes on a screen.
 * @module
 */
import type { ScreenSize } from "../store/state.ts";
import { displayWidth, wrap } from "../text.ts";
import type { FaceWords } from "../words/words.ts";
import { PEER_FLAGS } from "./tables.ts";

export type HelpLine =
  | { readonly type: "gap" }
  | { readonly type: "title"; readonly text: string }
  /** `key` is filled up to the width that all keys have, and empty where a meaning goes on. */
  | { readonly type: "key"; readonly key: string; readonly text: string };

/** Longer lines are hard to read. */
const WIDTH_MAX = 96;
/** Columns beside the frame. */
const OUTSIDE = 4;
/** Columns of the frame itself, a blank on each side with it. */
const FRAME = 4;
/** Lines of the frame, those empty within, and the last two of the screen. */
const OTHER_LINES = 6;
/** Before a key, and behind the longest. */
const GAP = "  ";

/** Where the page stands: columns with its frame, and lines that are seen at once. */
export function helpPlace({ columns, lines }: ScreenSize): { readonly width: number; readonly rows: number } {
  return { width: Math.min(WIDTH_MAX, columns - OUTSIDE), rows: Math.max(1, lines - OTHER_LINES) };
}

/** All lines, each as wide as the frame lets it be, or its key alone. */
export function helpLines({ help, helpOfFlags, peerFlags }: HelpWords, size: ScreenSize): readonly HelpLine[] {
  const sections = [...help, { title: helpOfFlags, keys: PEER_FLAGS.map(([letter]) => [letter, peerFlags[letter]] as const) }];
  const keyWidth = Math.max(...sections.flatMap(({ keys }) => keys.map(([key]) => displayWidth(key))));
  const room = Math.max(1, helpPlace(size).width - FRAME - keyWidth - 2 * GAP.length);
  const keyLines = ([key, meaning]: readonly [string, string]): HelpLine[] =>
    wrap(meaning, room).map((text, at) => {
      const shown = at === 0 ? key : "";
      return { type: "key", key: `${GAP}${shown}${" ".repeat(keyWidth - displayWidth(shown))}${GAP}`, text };
    });
  return sections.flatMap(({ title, keys }, at): HelpLine[] => [
    ...(at === 0 ? [] : [{ type: "gap" } as const]),
    { type: "title", text: title },
    ...keys.flatMap(keyLines),
  ]);
}

/** How far the page can be scrolled. */
export function helpTopMax(words: HelpWords, size: ScreenSize): number {
  return Math.max(0, helpLines(words, size).length - helpPlace(size).rows);
}

export type HelpWords = Pick<FaceWords, "help" | "helpOfFlags" | "peerFlags">;
