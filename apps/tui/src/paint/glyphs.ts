/**
 * The signs a frame draws with: a terminal that speaks UTF-8 gets blocks and arrows, any other plain letters.
 * @module
 */
import type { PieceCell, TorrentState } from "@bittern/faces";

export interface Glyphs {
  readonly states: Readonly<Record<TorrentState, string>>;
  /** In front of a torrent that keys are for. */
  readonly marked: string;
  readonly barFull: string;
  readonly barEmpty: string;
  /** A column of a graph, from empty to full. */
  readonly eighths: readonly string[];
  /** A cell of the piece map, by how much of it is there: none, some, half, most, all. */
  readonly shades: readonly [string, string, string, string, string];
  readonly cells: Readonly<Record<Extract<PieceCell["kind"], "absent" | "unwanted">, string>>;
  readonly rule: string;
  readonly dot: string;
  /** Signs in texts -> what is written for them. */
  readonly replaced: Readonly<Record<string, string>>;
}

export const UNICODE: Glyphs = {
  states: { metadata: "?", layers: "?", checking: "~", downloading: "↓", finished: "✓", seeding: "↑", paused: "‖", error: "!" },
  marked: "●",
  barFull: "━",
  barEmpty: "─",
  eighths: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
  shades: ["·", "░", "▒", "▓", "█"],
  cells: { absent: "×", unwanted: " " },
  rule: "─",
  dot: " · ",
  replaced: {},
};

export const ASCII: Glyphs = {
  states: { metadata: "?", layers: "?", checking: "~", downloading: "v", finished: "=", seeding: "^", paused: "p", error: "!" },
  marked: "*",
  barFull: "#",
  barEmpty: "-",
  eighths: [" ", ".", ".", ":", ":", "|", "|", "#", "#"],
  shades: [".", "-", "+", "*", "#"],
  cells: { absent: "x", unwanted: " " },
  rule: "-",
  dot: " | ",
  replaced: { "…": "~", "↑": "Up", "↓": "Down", "←": "Left", "→": "Right" },
};

/** By the locale, as every program of the terminal does; a console of Linux draws blocks as well. */
export function glyphsFor(environment: Readonly<Record<string, string | undefined>>): Glyphs {
  const locale = environment["LC_ALL"] || environment["LC_CTYPE"] || environment["LANG"] || "";
  return /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
