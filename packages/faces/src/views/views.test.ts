/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_STATE } from "../store/state.ts";
import { testDetail, testItem, testSnapshot } from "../testing.ts";
import { ENGLISH_FACE } from "../words/english.ts";
import { CAUSE_CODES, causeWords } from "./cause-words.ts";
import { explanationLines } from "./explanation.ts";
import { listView, totalsWords } from "./list-view.ts";
import { overviewFacts } from "./overview.ts";
import { pieceCells } from "./piece-map.ts";
import { RateHistory, rateGraph } from "./rate-graph.ts";
import { summaryWords } from "./summary.ts";
import { fileRow, peerFlags, trackerRow } from "./tables.ts";
import { torrentRow } from "./torrent-row.ts";

describe("A row of the list", () => {
  it("says what flows and leaves out what does not", () => {
    const row = torrentRow(testItem(1, { downRate: 2_202_009, secondsLeft: 75, peers: 4, name: "a\u001b[2Jb" }), ENGLISH_FACE);
    expect(row).toMatchObject({ down: "2.1 MiB/s", up: "", left: "1 min 15 s", peers: "4", done: "50.0 %", ratio: "" });
    expect(row.name).toBe("a\\u{1b}[2Jb");
    expect(torrentRow(testItem(1), ENGLISH_FACE).left).toBe("waiting");
    expect(torrentRow(testItem(1, { state: "seeding", ratio: 1.5 }), ENGLISH_FACE)).toMatchObject({
      left: "seeding",
      ratio: "1.50",
      tone: "good",
    });
  });
});

describe("The list", () => {
  it("says what to do where it is empty", () => {
    expect(listView(FIRST_STATE, testSnapshot([]), 10, ENGLISH_FACE).emptyText).toContain("Press a");
    // The torrents of the last time are on their way.
    expect(listView(FIRST_STATE, testSnapshot([], { openingCount: 2 }), 10, ENGLISH_FACE).emptyText).toBe("Opening 2 torrents …");
    const searching = { ...FIRST_STATE, choice: { ...FIRST_STATE.choice, search: "nothing", filter: "paused" as const } };
    expect(listView(searching, testSnapshot([testItem(1)]), 10, ENGLISH_FACE).emptyText).toBe(
      'No torrent is paused and called "nothing". Escape shows all.',
    );
  });
  it("counts what is shown in its first line", () => {
    const state = { ...FIRST_STATE, choice: { search: "2", filter: "all" as const, sort: { key: "down" as const, isDescending: true } } };
    const snapshot = testSnapshot([testItem(1), testItem(2)], { port: 0, downLimit: 1024 });
    expect(totalsWords(state, snapshot, ENGLISH_FACE)).toEqual([
      "1 of 2 torrents",
      "down 0 B/s (max 1.0 KiB/s)",
      "up 0 B/s",
      "0 peers",
      "not listening",
      '"2"',
      "by down, most first",
    ]);
  });
});

describe("The overview", () => {
  it("tells size, rates, peers and place", () => {
    const facts = new Map(
      overviewFacts(
        testItem(0, { peers: 2, seeds: 1, secondsLeft: 9, downRate: 1 }),
        testDetail({ wasted: 2048, upLimit: 1024 }),
        ENGLISH_FACE,
      ),
    );
    expect(facts.get("state")).toBe("downloading, 50.0 %, 9 s left");
    expect(facts.get("size")).toBe("500.0 KiB of 1000.0 KiB, 5 of 10 pieces of 64.0 KiB, 0 files");
    expect(facts.get("down")).toBe("1 B/s, 0 B in all, 2.0 KiB wasted");
    expect(facts.get("up")).toContain("at most 1.0 KiB/s");
    expect(facts.get("peers")).toBe("2 peers (1 seed), 1.50 copies; the swarm has 0 seeds, 0 others");
  });
});

describe("The map of pieces", () => {
  const pieces = testDetail().pieces ?? { states: new Uint8Array(), copies: new Uint16Array() };
  it("shows each piece where there is room", () => {
    expect(pieceCells(pieces, 100, false).map(({ kind }) => kind)).toEqual([
      ...["whole", "whole", "whole", "whole", "whole"],
      ...["busy", "missing", "absent", "missing", "unwanted"],
    ]);
    expect(pieceCells(pieces, 100, true)[7]?.kind).toBe("missing");
  });
  it("lets pieces share a cell where there is none, and forgets none of them", () => {
    expect(pieceCells(pieces, 2, false)).toEqual([
      { fraction: 1, kind: "whole" },
      { fraction: 0, kind: "busy" },
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 90 }), (states, count) => {
        const cells = pieceCells({ states: Uint8Array.from(states), copies: new Uint16Array(states.length) }, count, false);
        expect(cells.length).toBe(Math.min(count, states.length));
        const isWhole = states.every((state) => state === 3 || state === 1);
        expect(cells.every(({ kind }) => kind === "whole" || kind === "unwanted")).toBe(isWhole);
      }),
    );
  });
});

describe("The graph of rates", () => {
  it("fits its scale to what it shows, the newest at the right", () => {
    expect(rateGraph([1000, 0, 50, 100], 3, 2)).toEqual({ heights: [0, 8, 16], top: 100 });
    expect(rateGraph([5], 3, 1)).toEqual({ heights: [0, 0, 8], top: 5 });
    expect(rateGraph([], 2, 1)).toEqual({ heights: [0, 0], top: 1 });
  });
  it("forgets the oldest", () => {
    const history = new RateHistory(3);
    for (let second = 1; second <= 5; second++) history.add(second, 0);
    expect(history.past).toEqual({ down: [3, 4, 5], up: [0, 0, 0] });
  });
});

describe("The lists of a torrent", () => {
  it("name priorities, flags and the next announce", () => {
    expect(fileRow({ path: "a", length: 10, progress: 1, priority: 7 }, ENGLISH_FACE)).toEqual({
      tone: "good",
      cells: ["a", "first", "10 B", "100.0 %"],
    });
    const peer = {
      isChokingUs: false,
      areWeInterested: true,
      isChokedByUs: true,
      isInterestedInUs: true,
      isSnubbed: true,
      dialledByUs: false,
    };
    expect(peerFlags({ ...peer, isSeed: true })).toBe("DuSI*");
    const tracker = { url: "udp://t", tier: 0, message: "no", seeds: null, peers: 3, nextSeconds: 60 } as const;
    expect(trackerRow({ ...tracker, state: "failed" }, ENGLISH_FACE)).toEqual({
      tone: "bad",
      cells: ["udp://t", "1", "failed", "", "3", "1 min 00 s", "no"],
    });
    expect(trackerRow({ ...tracker, state: "idle" }, ENGLISH_FACE).cells[5]).toBe("");
  });
});

describe("An explanation", () => {
  const explanation = {
    name: "album",
    progress: 0.5,
    totalDone: 1,
    totalWanted: 2,
    downRate: 0,
    upRate: 0,
    peers: 1,
    seeds: 0,
    secondsLeft: null,
  };
  it("says how the torrent is, why, how that is known and what would help", () => {
    const causes = [{ code: "all-choke", weight: "stops", peers: 3, useful: 2 } as const];
    expect(explanationLines({ ...explanation, state: "downloading", pace: "stands", causes }, "bittern get, process 7")).toEqual([
      "album: stands still at 50.0 %, 1 peer (bittern get, process 7)",
      "  - no peer lets us ask yet",
      "      seen:  2 of 3 peers have what we want, and all choke us",
      "      helps: wait: a turn comes every half minute; giving more (a higher upload limit) is rewarded",
    ]);
  });
  it("says so when all is well", () => {
    const lines = (state: "downloading" | "seeding" | "paused" | "checking", pace: "moves" | "rests" | "stands") =>
      explanationLines({ ...explanation, state, pace, causes: [] });
    expect(lines("downloading", "moves")).toEqual(["album: 50.0 %, down 0 B/s, up 0 B/s, 1 peer", "  nothing holds it back"]);
    expect(lines("seeding", "rests")).toEqual(["album: complete, up 0 B/s, 1 peer", "  all is well"]);
    expect(lines("downloading", "stands")[1]).toContain("ask again");
    expect(lines("paused", "rests")[0]).toBe("album: paused at 50.0 %");
    expect(lines("checking", "moves")[0]).toBe("album: checking, 50.0 % done");
  });
});

describe("The summary of a transfer", () => {
  it("is one line", () => {
    const summary = {
      name: "album",
      seconds: 62,
      downloaded: 63_000_000,
      uploaded: 0,
      downRate: 1_016_129,
      upRate: 0,
      ratio: 0,
      ratioEver: 0,
      peers: 3,
      wasted: 0,
    };
    expect(summaryWords(summary)).toBe("album: 1 min 02 s, down 60.1 MiB (992.3 KiB/s), up 0 B, ratio 0.00, 3 peers, nothing wasted");
    expect(summaryWords({ ...summary, uploaded: 1024, upRate: 16, peers: 1, wasted: 2048 })).toContain(
      "up 1.0 KiB (16 B/s), ratio 0.00, 1 peer, 2.0 KiB wasted",
    );
    // What earlier runs gave is not mixed with the bytes of this one.
    expect(summaryWords({ ...summary, ratioEver: 1.254 })).toContain("up 0 B, ratio 0.00 (1.25 in all), 3 peers");
  });
});

describe("The words of a cause", () => {
  it("survive evidence that is missing or of the wrong kind, and say something in any case", () => {
    for (const code of [...CAUSE_CODES, "a code of tomorrow"]) {
      for (const evidence of [{}, { peers: "many", url: 7, message: "\u001b[2J" }]) {
        const { what, evidence: seen, help } = causeWords({ code, weight: "stops", ...evidence });
        expect(what, code).not.toBe("");
        expect(`${what}${seen}${help}`, code).not.toMatch(/undefined|NaN|\u001b|\.$/);
      }
    }
  });
});
