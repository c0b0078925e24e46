/**
 * The keys of the terminal's face, by what they are for.
 * @module
 */
import { PEER_FLAGS } from "./tables.ts";

export interface HelpSection {
  readonly title: string;
  readonly keys: readonly (readonly [keys: string, meaning: string])[];
}

export const HELP: readonly HelpSection[] = [
  {
    title: "Anywhere",
    keys: [
      ["?", "this page"],
      ["a", "add a torrent: a path, a URL, a magnet link or an info hash"],
      ["L", "limits of all torrents together"],
      ["m", "use the mouse, or give it back to the terminal"],
      ["Ctrl-C", "end; Ctrl-Z rests until `fg`"],
    ],
  },
  {
    title: "Torrents",
    keys: [
      ["↑ ↓ k j", "move; PgUp PgDn by pages, Home End g G to the ends"],
      ["Enter", "open"],
      ["Space", "pause or resume"],
      ["d", "remove; its files stay, or go as well: it asks"],
      ["u", "limits of this torrent"],
      ["o", "first pieces first, or rarest first"],
      ["c", "check all data again"],
      ["r", "ask the trackers now"],
      ["/", "search by name; Escape shows all again"],
      ["f", "show only some: downloading, seeding, paused, active, failed"],
      ["s S", "sort by the next column; turn the order round"],
      ["q", "end"],
    ],
  },
  {
    title: "Inside a torrent",
    keys: [
      ["← → Tab 1-5", "overview, files, peers, trackers, log"],
      ["+ - x", "in files: priority up and down; skip or fetch"],
      ["Esc q", "back to the list"],
    ],
  },
  { title: "Flags of peers", keys: PEER_FLAGS.map(([letter, meaning]) => [letter, meaning] as const) },
];

/** The keys that matter most, for the last line of the screen: those that fit. */
export const LIST_HINTS: readonly (readonly [key: string, meaning: string])[] = [
  ["a", "add"],
  ["space", "pause"],
  ["d", "remove"],
  ["enter", "open"],
  ["/", "search"],
  ["?", "help"],
  ["q", "quit"],
  ["s", "sort"],
  ["f", "filter"],
  ["L", "limits"],
  ["m", "mouse"],
];
export const DETAIL_HINTS: readonly (readonly [key: string, meaning: string])[] = [
  ["esc", "back"],
  ["tab", "next page"],
  ["space", "pause"],
  ["u", "limits"],
  ["d", "remove"],
  ["?", "help"],
  ["r", "reannounce"],
  ["c", "check"],
  ["o", "order"],
];
export const FILE_HINTS: readonly (readonly [key: string, meaning: string])[] = [
  ["esc", "back"],
  ["+ -", "priority"],
  ["x", "skip or fetch"],
  ["space", "pause"],
  ["?", "help"],
];
