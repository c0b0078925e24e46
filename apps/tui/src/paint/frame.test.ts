/**
 * Whole frames, as they are seen: a frame is a pure function of a snapshot and of where the user is.
 * @module
 */
import {
  displayWidth,
  ENGLISH_FACE,
  type FaceSnapshot,
  type FaceState,
  type FaceWords,
  FIRST_STATE,
  fileColumns,
  listColumns,
  peerColumns,
  reduce,
  SPANISH_FACE,
  type TorrentItem,
  totalsWords,
  trackerColumns,
} from "@bittern/faces";
import { testItem } from "@bittern/faces/testing";
import fc from "fast-check";
import { renderToString } from "ink";
import { createElement } from "react";
import { describe, expect, it } from "vitest";
import { Screen } from "../components/screen.ts";
import { frameLines } from "./frame.ts";
import { ASCII, type Glyphs, glyphsFor, UNICODE } from "./glyphs.ts";
import { lineText } from "./line.ts";

const SIZE = { columns: 80, lines: 24 };

const item = (order: number, change: Partial<TorrentItem>): TorrentItem =>
  testItem(order, { id: String(order).repeat(40), progress: 0, totalWanted: 0, totalDone: 0, ...change });

const MIB = 1024 * 1024;
const TORRENTS = [
  item(0, {
    name: "debian-12.11.0-amd64-netinst.iso",
    progress: 0.423,
    totalWanted: 670 * MIB,
    totalDone: 283 * MIB,
    downRate: 2.1 * MIB,
    upRate: 120 * 1024,
    secondsLeft: 184,
    peers: 14,
    seeds: 3,
    ratio: 0.04,
    downloaded: 284 * MIB,
    uploaded: 11 * MIB,
    swarmPeers: 80,
    swarmSeeds: 40,
  }),
  item(1, { name: "日本の写真 2026", state: "seeding", progress: 1, totalWanted: 4096 * MIB, upRate: 900 * 1024, peers: 2, ratio: 2.5 }),
  item(2, {
    name: "a name that is much longer than the column it has to stand in.tar.gz",
    state: "paused",
    progress: 0.05,
    totalWanted: 9,
  }),
  item(3, { name: "broken", state: "error", error: "the disk is read-only", totalWanted: 10 * MIB }),
  item(4, { name: "only a link", state: "metadata" }),
];

const SNAPSHOT: FaceSnapshot = {
  torrents: TORRENTS,
  downRate: 2.1 * MIB,
  upRate: 1020 * 1024,
  peers: 16,
  port: 6881,
  downLimit: 0,
  upLimit: 0,
  saveTo: "/home/bob/downloads",
  openingCount: 0,
  detail: {
    id: "0".repeat(40),
    path: "/home/bob/downloads",
    infoHash: "0".repeat(40),
    pieceLength: MIB,
    piecesDone: 283,
    availability: 3.25,
    wasted: 2 * MIB,
    sequential: false,
    downLimit: 0,
    upLimit: 500 * 1024,
    pieces: {
      states: Uint8Array.from({ length: 670 }, (_, piece) => (piece < 250 ? 3 : piece % 9 === 0 ? 2 : piece < 290 ? 3 : 0)),
      copies: Uint16Array.from({ length: 670 }, (_, piece) => (piece > 640 ? 0 : 3)),
    },
    causes: [{ code: "pieces-absent", weight: "slows", absent: 29, missing: 387, piece: 641, peers: 14 }],
    rates: { down: Array.from({ length: 60 }, (_, second) => second * 40_000), up: [] },
    files: [
      { path: "debian-12.11.0-amd64-netinst.iso", length: 670 * MIB, progress: 0.423, priority: 1 },
      { path: "SHA512SUMS", length: 300, progress: 1, priority: 7 },
      { path: "extras/poster.png", length: 3 * MIB, progress: 0, priority: 0 },
    ],
    peers: [
      {
        endpoint: "10.1.2.3:51413",
        client: "Transmission 4.0.5",
        progress: 1,
        downRate: 1.5 * MIB,
        upRate: 0,
        downloaded: 200 * MIB,
        uploaded: 0,
        flags: "D*",
      },
      {
        endpoint: "[2001:db8::7]:6881",
        client: "",
        progress: 0.3,
        downRate: 0,
        upRate: 120 * 1024,
        downloaded: 0,
        uploaded: 9,
        flags: "dUI",
      },
    ],
    trackers: [
      {
        url: "http://tracker.example:6969/announce",
        tier: 0,
        state: "working",
        message: "",
        seeds: 40,
        peers: 80,
        nextSeconds: 1500,
      },
      { url: "udp://gone.example:80", tier: 1, state: "failed", message: "no answer", seeds: null, peers: null, nextSeconds: 30 },
    ],
    log: [
      { time: "14:05:09", level: "info", text: "downloading" },
      { time: "14:05:10", level: "warn", text: "gone.example: no answer" },
    ],
  },
};

function press(keys: readonly string[]): FaceState {
  return keys.reduce((state, key) => reduce(state, { type: "key", key }, SNAPSHOT, SIZE, ENGLISH_FACE).state, FIRST_STATE);
}

/** Through Ink, as on a screen. */
function seen(keys: readonly string[], size = SIZE, glyphs: Glyphs = UNICODE, words: FaceWords = ENGLISH_FACE): string {
  const lines = frameLines(press(keys), SNAPSHOT, size, glyphs, words);
  const drawn = renderToString(createElement(Screen, { lines, hasColours: false }), { columns: size.columns });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
  return drawn.replace(/\u001b\[[0-9;]*m/g, "");
}

const SCREENS = [
  ["list", []],
  ["overview", ["enter"]],
  ["files", ["enter", "2", "down"]],
  ["peers", ["enter", "3"]],
  ["trackers", ["enter", "4"]],
  ["log", ["enter", "5"]],
  ["help", ["?"]],
  ["add", ["a", "x", ".", "t"]],
  ["remove", ["d"]],
  ["limits", ["u"]],
  ["search", ["/", "d", "e"]],
  ["marked", ["t", "down", "t"]],
] as const;

describe("A frame of 80 columns and 24 lines", () => {
  it.each(SCREENS)("shows the %s", async (name, keys) => {
    await expect(`${seen(keys)}\n`).toMatchFileSnapshot(`./frames/${name}.txt`);
  });

  it.each(SCREENS)("shows the %s in Spanish", async (name, keys) => {
    await expect(`${seen(keys, SIZE, UNICODE, SPANISH_FACE)}\n`).toMatchFileSnapshot(`./frames/es/${name}.txt`);
  });

  it.each([
    ["English", ENGLISH_FACE],
    ["Spanish", SPANISH_FACE],
  ])("cuts no word of its own in %s", (_, words) => {
    for (const [, keys] of SCREENS) {
      const frame = seen(keys, { columns: 100, lines: 60 }, UNICODE, words).replaceAll("debian-12.11.0-a…nst.iso", "");
      expect(frame.match(/\S*…\S*/g)?.filter((word) => !/[.…](?:gz|iso|nnounce|5)$|^a name|^Transmiss/.test(word)) ?? []).toEqual([]);
    }
    for (const columns of [listColumns, fileColumns, peerColumns, trackerColumns])
      for (const { title, width } of columns(words)) expect(displayWidth(title), title).toBeLessThanOrEqual(width);
    for (const state of [...Object.values(words.states), words.waiting]) expect(displayWidth(state), state).toBeLessThanOrEqual(11);
    for (const priority of Object.values(words.priorities)) expect(displayWidth(priority), priority).toBeLessThanOrEqual(8);
    for (const state of Object.values(words.trackerStates)) expect(displayWidth(state), state).toBeLessThanOrEqual(10);
    for (const label of Object.values(words.overview.labels)) expect(displayWidth(label), label).toBeLessThan(11);
  });

  it.each([
    ["English", ENGLISH_FACE],
    ["Spanish", SPANISH_FACE],
  ])("tells all of its help in %s, cut nowhere, by pages", (_, words) => {
    const pages = Array.from({ length: 6 }, (_, page) => seen(["?", ...Array<string>(page).fill("pagedown")], SIZE, UNICODE, words));
    expect(pages.join("")).not.toContain("…");
    const told = pages.join(" ").replaceAll(/[\s│╭╮╰╯─]+/g, " ");
    for (const [key, meaning] of words.help.flatMap(({ keys }) => keys)) {
      expect(told).toContain(key);
      for (const word of meaning.split(" ")) expect(told).toContain(word);
    }
    expect(pages[5]).toBe(pages[4]);
    expect(pages[4]).toContain(Object.values(words.peerFlags).at(-1));
  });

  it.each([40, 50, 60, 70, 90, 110])("keeps as many totals as there is room for in %i columns", (columns) => {
    const parts = totalsWords(FIRST_STATE, SNAPSHOT, ENGLISH_FACE);
    const [line = ""] = seen([], { columns, lines: 24 }).split("\n");
    const shown = line
      .replace(/^ Bittern +/, "")
      .trimEnd()
      .split(UNICODE.dot);
    expect(shown).toEqual(parts.slice(0, shown.length));
    const withNext = ` Bittern ${parts.slice(0, shown.length + 1).join(UNICODE.dot)} `;
    expect(shown.length === parts.length || displayWidth(withNext) > columns).toBe(true);
  });

  it("says a long remark to its end, on the lines it takes", () => {
    const notice = {
      text: '"urn:btih:zz" no es un info hash: uno tiene 40 cifras hexadecimales, o 32 en base32; copie otra vez el enlace',
      tone: "bad" as const,
    };
    const lines = frameLines({ ...FIRST_STATE, notice }, SNAPSHOT, SIZE, UNICODE, SPANISH_FACE).map((line) => lineText(line).trimEnd());
    expect(lines).toHaveLength(24);
    expect(lines.slice(-3)).toEqual([
      "─".repeat(80),
      ' "urn:btih:zz" no es un info hash: uno tiene 40 cifras hexadecimales, o 32 en',
      " base32; copie otra vez el enlace",
    ]);
  });

  it("does with plain letters where the locale knows no others", async () => {
    await expect(`${seen(["enter"], SIZE, ASCII)}\n`).toMatchFileSnapshot("./frames/ascii.txt");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant
    const rest = seen([], SIZE, ASCII).replace("日本の写真", "");
    expect(rest).toMatch(/^[\u0000-\u007f]*$/);
    expect(glyphsFor({ LANG: "de_DE.UTF-8" })).toBe(UNICODE);
    expect(glyphsFor({ LANG: "C.utf8", LC_ALL: "C" })).toBe(ASCII);
    expect(glyphsFor({})).toBe(ASCII);
  });
});

describe("A frame of any size", () => {
  it("has exactly as many lines and columns as the screen", () => {
    const keys = fc.array(fc.constantFrom("enter", "?", "a", "d", "u", "/", "down", "tab", "2", "3", "escape", "x", "t", "T"), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        keys,
        fc.integer({ min: 1, max: 220 }),
        fc.integer({ min: 1, max: 70 }),
        fc.boolean(),
        fc.option(fc.string({ unit: "grapheme", maxLength: 300 }), { nil: undefined }),
        (pressed, columns, lines, spanish, remark) => {
          const notice = remark === undefined ? undefined : { text: remark, tone: "bad" as const };
          const frame = frameLines(
            { ...press(pressed), notice },
            SNAPSHOT,
            { columns, lines },
            UNICODE,
            spanish ? SPANISH_FACE : ENGLISH_FACE,
          );
          expect(frame.length).toBe(lines);
          for (const line of frame) expect(displayWidth(lineText(line))).toBe(columns);
        },
      ),
    );
  });
});
