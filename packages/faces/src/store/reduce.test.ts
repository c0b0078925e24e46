/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FaceSnapshot } from "../snapshot.ts";
import { testDetail, testItem, testSnapshot } from "../testing.ts";
import { listView, totalsWords } from "../views/list-view.ts";
import { ENGLISH_FACE } from "../words/english.ts";
import { listPlace, windowTop } from "./geometry.ts";
import type { Intent } from "./intent.ts";
import { reduce } from "./reduce.ts";
import { type FaceState, FIRST_STATE, type ScreenSize } from "./state.ts";

const SIZE: ScreenSize = { columns: 80, lines: 24 };
const THREE = testSnapshot([
  testItem(0, { name: "alpha", downRate: 10 }),
  testItem(1, { name: "Beta", state: "paused" }),
  testItem(2, { name: "gamma ray", downRate: 500 }),
]);
const [FIRST, SECOND, THIRD] = THREE.torrents.map(({ id }) => id);

/** Types keys one after another; a word in braces is one key. */
function type(
  keys: string,
  snapshot: FaceSnapshot = THREE,
  from: FaceState = FIRST_STATE,
): { state: FaceState; intents: readonly Intent[] } {
  let state = from;
  const intents: Intent[] = [];
  for (const [, named, sign] of keys.matchAll(/\{([^}]+)\}|(.)/g)) {
    const step = reduce(state, { type: "key", key: named ?? sign ?? "" }, snapshot, SIZE, ENGLISH_FACE);
    state = step.state;
    intents.push(...step.intents);
  }
  return { state, intents };
}

describe("The list", () => {
  it("moves its cursor and stays on a torrent when the order turns around it", () => {
    const { state } = type("{down}");
    expect(state.cursorId).toBe(SECOND);
    const sorted = type("ss", THREE, state).state;
    expect(sorted.choice.sort).toEqual({ key: "size", isDescending: true });
    expect(sorted.cursorId).toBe(SECOND);
    expect(type("G{down}{down}").state.cursorId).toBe(THIRD);
    expect(type("Gg{up}").state.cursorId).toBe(FIRST);
  });

  it("goes to the neighbour when the torrent under the cursor is gone", () => {
    const { state } = type("{down}");
    const without = testSnapshot(THREE.torrents.filter(({ id }) => id !== SECOND));
    expect(type("x", without, state).state.cursorId).toBe(THIRD);
    expect(type("x", testSnapshot([]), state).state.cursorId).toBeUndefined();
  });

  it("searches while it is typed, and forgets it with Escape", () => {
    const searching = type("/ray");
    expect(listView(searching.state, THREE, 10, ENGLISH_FACE).rows.map(({ name }) => name)).toEqual(["gamma ray"]);
    expect(searching.intents).toEqual([]);
    expect(type("{enter}", THREE, searching.state).state).toMatchObject({ dialog: undefined, choice: { search: "ray" } });
    expect(type("{escape}", THREE, searching.state).state.choice.search).toBe("");
    expect(type("{enter}{escape}", THREE, searching.state).state.choice.search).toBe("");
  });

  it("does for all that are marked what a key asks for, and forgets marks with Escape", () => {
    const marking = type("t{down}t");
    expect([...marking.state.marked]).toEqual([FIRST, THIRD]);
    expect(listView(marking.state, THREE, 10, ENGLISH_FACE).rows.map(({ isMarked }) => isMarked)).toEqual([true, false, true]);
    expect(totalsWords(marking.state, THREE, ENGLISH_FACE)).toContain("2 marked");
    expect(type("{space}", THREE, marking.state).intents).toEqual([
      { type: "pause", id: FIRST },
      { type: "pause", id: THIRD },
    ]);
    expect(type("dk", THREE, marking.state)).toMatchObject({
      intents: [
        { type: "remove", id: FIRST, deleteFiles: false },
        { type: "remove", id: THIRD, deleteFiles: false },
      ],
      state: { marked: new Set() },
    });
    expect(type("u1{enter}", THREE, marking.state).intents).toEqual([
      { type: "limit", id: FIRST, down: 1, up: 0 },
      { type: "limit", id: THIRD, down: 1, up: 0 },
    ]);
    expect(type("{escape}", THREE, marking.state).state.marked.size).toBe(0);
    expect(type("tk", THREE, type("{up}{up}", THREE, marking.state).state).state.marked).toEqual(new Set([THIRD]));
  });

  it("marks all that are shown, pauses those that run first, and loses marks with their torrents", () => {
    const all = type("T");
    expect(all.state.marked.size).toBe(3);
    expect(type("{space}", THREE, all.state).intents.map(({ type: what }) => what)).toEqual(["pause", "pause"]);
    expect(type("T", THREE, all.state).state.marked.size).toBe(0);
    const searched = type("/ta{enter}T");
    expect([...searched.state.marked]).toEqual([SECOND]);
    expect(type("{space}", THREE, searched.state).intents).toEqual([{ type: "resume", id: SECOND }]);
    const without = testSnapshot(THREE.torrents.filter(({ id }) => id !== SECOND));
    expect(type("{down}", without, searched.state).state.marked.size).toBe(0);
    // Inside a torrent a key is for that torrent, whatever is marked.
    expect(type("{enter}{space}", THREE, all.state).intents).toHaveLength(1);
  });

  it("filters", () => {
    expect(listView(type("fff").state, THREE, 10, ENGLISH_FACE).rows.map(({ name }) => name)).toEqual(["Beta"]);
    expect(listView(type("ffff").state, THREE, 10, ENGLISH_FACE).rows.map(({ name }) => name)).toEqual(["alpha", "gamma ray"]);
    expect(type("fff{escape}").state.choice.filter).toBe("all");
  });

  it("pauses what runs and resumes what is paused", () => {
    expect(type("{space}").intents).toEqual([{ type: "pause", id: FIRST }]);
    expect(type("j{space}").intents).toEqual([{ type: "resume", id: SECOND }]);
    expect(type("{space}dcruo", testSnapshot([])).intents).toEqual([]);
  });

  it("asks before it removes, and deletes files only by a key of their own", () => {
    expect(type("d").intents).toEqual([]);
    expect(type("d{escape}").state.dialog).toBeUndefined();
    expect(type("dk").intents).toEqual([{ type: "remove", id: FIRST, deleteFiles: false }]);
    expect(type("dD").intents).toEqual([{ type: "remove", id: FIRST, deleteFiles: true }]);
    expect(type("dd").intents).toEqual([]);
  });

  it("quits", () => {
    expect(type("q").intents).toEqual([{ type: "quit" }]);
    expect(type("a{ctrl+c}").intents).toEqual([{ type: "quit" }]);
  });
});

describe("Adding", () => {
  it("takes a source, a folder and whether it starts paused", () => {
    const { state, intents } = type("ax.torrent{tab}{ctrl+u}/tmp{tab}{space}{enter}");
    expect(intents).toEqual([{ type: "add", source: "x.torrent", folder: "/tmp", isPaused: true }]);
    expect(state.dialog).toBeUndefined();
  });
  it("begins by itself when a link is pasted", () => {
    const pasted = reduce(FIRST_STATE, { type: "key", key: "text: magnet:?xt=1\n" }, THREE, SIZE, ENGLISH_FACE).state;
    expect(type("{enter}", THREE, pasted).intents).toEqual([
      { type: "add", source: "magnet:?xt=1", folder: "/srv/files", isPaused: false },
    ]);
  });
  it("wants a source", () => {
    const { state, intents } = type("a{enter}");
    expect(intents).toEqual([]);
    expect(state.notice?.tone).toBe("bad");
    expect(state.dialog?.type).toBe("add");
  });
});

describe("Limits", () => {
  it("are typed with units, and taken away with nothing", () => {
    expect(type("u500kB{tab}1 MiB/s{enter}").intents).toEqual([{ type: "limit", id: FIRST, down: 500_000, up: 1_048_576 }]);
    const limited = testSnapshot(THREE.torrents, { downLimit: 2_097_152 });
    const { state } = type("L", limited);
    expect(state.dialog).toMatchObject({ type: "limits", ids: undefined, down: { text: "2MiB" }, up: { text: "" } });
    expect(type("{ctrl+u}{enter}", limited, state).intents).toEqual([{ type: "limit", id: undefined, down: 0, up: 0 }]);
  });
  it("refuse what is no rate", () => {
    const { state, intents } = type("ufast{enter}");
    expect(intents).toEqual([]);
    expect(state.notice?.text).toContain('"fast" is no rate');
  });
});

describe("A torrent that is open", () => {
  const files = [0, 1, 4].map((priority, at) => ({ path: `${at}`, length: 1, progress: 0, priority: priority as 0 | 1 | 4 }));
  const open = testSnapshot(THREE.torrents, { detail: testDetail({ id: FIRST as string, files }) });

  it("turns its pages and comes back", () => {
    expect(type("{enter}").state).toMatchObject({ screen: "detail", tab: "overview" });
    expect(type("{enter}{tab}{right}3").state.tab).toBe("peers");
    expect(type("{enter}{shift+tab}").state.tab).toBe("log");
    expect(type("{enter}{escape}").state.screen).toBe("list");
    expect(type("{enter}q").intents).toEqual([]);
  });
  it("steps through the priorities of its files", () => {
    expect(type("{enter}2+", open).intents).toEqual([{ type: "prioritize", id: FIRST, file: 0, priority: 1 }]);
    expect(type("{enter}2j-", open).intents).toEqual([{ type: "prioritize", id: FIRST, file: 1, priority: 0 }]);
    expect(type("{enter}2x", open).intents).toEqual([{ type: "prioritize", id: FIRST, file: 0, priority: 1 }]);
    expect(type("{enter}2G+{down}", open).intents).toEqual([{ type: "prioritize", id: FIRST, file: 2, priority: 7 }]);
    expect(type("{enter}+", open).intents).toEqual([]);
  });
  it("closes when it was removed", () => {
    const { state } = type("j{enter}");
    expect(type("x", testSnapshot([testItem(7)]), state).state.screen).toBe("list");
  });
});

describe("The mouse", () => {
  const at = (line: number, column = 5) => ({ type: "mouse", what: "press", line, column }) as const;
  it("chooses a line, opens it with a second click, and turns pages", () => {
    const chosen = reduce(FIRST_STATE, at(4), THREE, SIZE, ENGLISH_FACE).state;
    expect(chosen.cursorId).toBe(THIRD);
    const opened = reduce(chosen, at(4), THREE, SIZE, ENGLISH_FACE).state;
    expect(opened.screen).toBe("detail");
    expect(reduce(opened, at(2, 15), THREE, SIZE, ENGLISH_FACE).state.tab).toBe("files");
    expect(reduce(FIRST_STATE, at(20), THREE, SIZE, ENGLISH_FACE).state.screen).toBe("list");
  });
  it("turns with its wheel", () => {
    const many = testSnapshot(Array.from({ length: 50 }, (_, order) => testItem(order)));
    const turned = reduce(FIRST_STATE, { type: "mouse", what: "wheel-down", line: 3, column: 3 }, many, SIZE, ENGLISH_FACE).state;
    expect(turned.cursorIndex).toBe(3);
    expect(reduce(turned, { type: "mouse", what: "wheel-up", line: 3, column: 3 }, many, SIZE, ENGLISH_FACE).state.cursorIndex).toBe(0);
  });
  it("is asked for with a key", () => expect(type("m").intents).toEqual([{ type: "use-mouse", usesMouse: true }]));
});

describe("Of ten thousand torrents", () => {
  const many = testSnapshot(
    Array.from({ length: 10_000 }, (_, order) =>
      testItem(order, { name: `torrent ${(order * 7919) % 10_000}`, downRate: (order * 31) % 977 }),
    ),
  );
  it("no more rows are made than the screen has lines, wherever the cursor is, and the cursor is among them", () => {
    const keys = fc.constantFrom("up", "down", "pageup", "pagedown", "home", "end", "s", "S", "f");
    const run = fc.array(keys, { maxLength: 12 });
    fc.assert(
      fc.property(run, fc.integer({ min: 8, max: 60 }), (pressed, lines) => {
        const size = { columns: 80, lines };
        let state = FIRST_STATE;
        for (const key of pressed) state = reduce(state, { type: "key", key }, many, size, ENGLISH_FACE).state;
        const { rows } = listPlace(size);
        const view = listView(state, many, rows, ENGLISH_FACE);
        expect(view.rows.length).toBeLessThanOrEqual(rows);
        if (view.shownCount > 0) expect(view.rows[view.cursor]?.id ?? "none").toBe(state.cursorId ?? view.rows[0]?.id);
      }),
      { numRuns: 30 },
    );
  });
});

describe("A window over a list", () => {
  it("holds the cursor, is full where it can be, and never begins before the first line", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 60 }), fc.nat(1000), (count, rows, wished) => {
        const cursor = Math.min(wished, Math.max(0, count - 1));
        const top = windowTop(count, rows, cursor);
        expect(top).toBeGreaterThanOrEqual(0);
        if (count > 0) expect(cursor >= top && cursor < top + rows).toBe(true);
        if (count >= rows) expect(top + rows).toBeLessThanOrEqual(count);
      }),
    );
  });
});

describe("The help", () => {
  it("moves by lines and pages and stops at its ends, so that the way back is as long as the way there", () => {
    const topOf = (keys: string): number | undefined => {
      const { dialog } = type(keys).state;
      return dialog?.type === "help" ? dialog.top : undefined;
    };
    const last = topOf("?{end}") ?? 0;
    expect(last).toBeGreaterThan(0);
    expect([topOf("?"), topOf("?{up}"), topOf("?jjk"), topOf("?{pagedown}{pageup}"), topOf("?{end}{home}")]).toEqual([0, 0, 1, 0, 0]);
    expect(topOf(`?${"{down}".repeat(200)}`)).toBe(last);
    expect(topOf(`?${"{down}".repeat(200)}{up}`)).toBe(last - 1);
    expect(topOf("?{down}x")).toBeUndefined();
  });
});
