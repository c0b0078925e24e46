/** @module */
import type { PeerInfo } from "@bittern/client";
import { describe, expect, it } from "vitest";
import { ENGLISH_CLASSIC } from "../../messages/classic/english.ts";
import { cursesFrame } from "./curses-frame.ts";
import { headlessBlock as blockOf } from "./headless-lines.ts";
import type { DownloadState, DownloadView } from "./view.ts";

const headlessBlock = (shown: DownloadView): string => blockOf(shown, ENGLISH_CLASSIC.download);
const view = (state: DownloadState, more: Partial<DownloadView> = {}): DownloadView => ({
  name: "pg_live.1.3.3-SRAA.iso",
  byteLength: 401_190_912,
  target: "/home/me/tmp/pg_live.1.3.3-SRAA.iso",
  state,
  downRate: 0,
  downTotal: 0,
  upRate: 0,
  upTotal: 0,
  errors: [],
  peers: undefined,
  ...more,
});
const DOWNLOADING = { type: "downloading", fraction: 0.2569, secondsLeft: 3723 } as const;
const DOWN = { downRate: 12_345, downTotal: 5_000_000 } as const;
const PEER: PeerInfo = {
  address: "10.0.0.1",
  port: 6881,
  dialledByUs: true,
  transport: "tcp",
  client: "",
  isSeed: false,
  progress: 0.5,
  isChokingUs: false,
  isInterestedInUs: true,
  isChokedByUs: false,
  areWeInterested: true,
  isSnubbed: true,
  isDistrusted: false,
  isOptimistic: true,
  downRate: 2048,
  upRate: 1024,
  downloaded: 0,
  uploaded: 0,
  requestsOutstanding: 0,
  source: "tracker",
};

describe("The block of the headless downloader", () => {
  it("B32 to B38 is as the article shows it once everything is there", () => {
    expect(headlessBlock(view({ type: "complete" }))).toBe(
      [
        "",
        "",
        "saving:         pg_live.1.3.3-SRAA.iso (382.6 MB)",
        "percent done:   100",
        "time left:      Download Succeeded!",
        "download to:    /home/me/tmp/pg_live.1.3.3-SRAA.iso",
        "upload rate:    0.00 kB/s",
        "upload total:   0.0 MiB",
      ].join("\n"),
    );
  });

  it("tells rates and totals of both ways while it runs", () => {
    expect(
      headlessBlock(view(DOWNLOADING, { ...DOWN, upRate: 1024, upTotal: 1_572_864 }))
        .split("\n")
        .slice(3),
    ).toEqual([
      "percent done:   25.6",
      "time left:      1 hour 02 min 03 sec",
      "download to:    /home/me/tmp/pg_live.1.3.3-SRAA.iso",
      "download rate:  12.06 kB/s",
      "upload rate:    1.00 kB/s",
      "download total: 4.8 MiB",
      "upload total:   1.5 MiB",
    ]);
  });

  it("tells what it does while there is nothing to estimate, and how it ended", () => {
    const lines = (state: DownloadState) => headlessBlock(view(state)).split("\n").slice(3, 5);
    expect(lines({ type: "checking", fraction: 0.5 })).toEqual(["percent done:   50.0", "time left:      checking existing file"]);
    expect(lines({ type: "connecting", fraction: 0 })).toEqual(["percent done:   0.0", "time left:      connecting to peers"]);
    expect(lines({ ...DOWNLOADING, secondsLeft: undefined })[1]).toBe("time left:      <unknown>");
    expect(lines({ ...DOWNLOADING, secondsLeft: 65 })[1]).toBe("time left:      1 min 05 sec");
    expect(lines({ ...DOWNLOADING, secondsLeft: 0 })[1]).toBe("time left:      complete!");
    expect(lines({ type: "failed" })).toEqual(["percent done:   0", "time left:      Download Failed!"]);
  });

  it("tells rates and totals of both ways while nobody is connected yet", () => {
    const rates = ["download rate:  0.00 kB/s", "upload rate:    0.00 kB/s", "download total: 0.0 MiB", "upload total:   0.0 MiB"];
    expect(
      headlessBlock(view({ type: "connecting", fraction: 0 }))
        .split("\n")
        .slice(6),
    ).toEqual(rates);
  });

  it("puts every error so far in front, and what is known of each peer behind", () => {
    const block = headlessBlock(view({ type: "complete" }, { errors: [{ time: "10:00:00", text: "no luck" }], peers: [PEER] })).split("\n");
    expect(block.slice(0, 6)).toEqual(["", "", "ERROR:", "no luck", "", "saving:         pg_live.1.3.3-SRAA.iso (382.6 MB)"]);
    expect(block.at(-1)).toBe("10.0.0.1             l     1.00 kB/s *i      2.00 kB/s i s");
  });
});

describe("The readout of the curses downloader", () => {
  const lines = (state: DownloadState, more: Partial<DownloadView> = {}, columns = 60, rows = 11) =>
    cursesFrame({ ...view(state, more), isShuttingDown: false }, { columns, rows }, ENGLISH_CLASSIC.download).lines;

  it("B3 is a box with labels in column 2 and what they say in column 12", () => {
    const errors = [
      { time: "10:00:00", text: "first" },
      { time: "10:00:09", text: "second" },
    ];
    expect(lines({ ...DOWNLOADING, fraction: 0.5 }, { ...DOWN, errors, upRate: 1_234_567, upTotal: 10 })).toEqual([
      " ---------------------------------------------------------- ",
      "| file:     pg_live.1.3.3-SRAA.iso                         |",
      "| size:     401,190,912 (382.6 MB)                         |",
      "| dest:     /home/me/tmp/pg_live.1.3.3-SRAA.iso            |",
      "| progress: #######################_______________________ |",
      "| status:   finishing in 1:02:03 (50.0%)                   |",
      "| speed:    12.1 KB/s down - 1.2 MB/s up                   |",
      "| totals:   4.8 MB down - 10 B up                          |",
      "| error(s): [10:00:09] second                              |",
      "|           [10:00:00] first                               |",
      " ---------------------------------------------------------- ",
    ]);
  });

  it("knows the states of old", () => {
    const status = (state: DownloadState) => (lines(state, {}, 100)[5] as string).slice(12, -1).trim();
    expect(status({ type: "checking", fraction: 0.1234 })).toBe("checking existing file (12.3%)");
    expect(status({ ...DOWNLOADING, fraction: 0.5, secondsLeft: undefined })).toBe(
      "download not progressing (file not being uploaded by others?) (50.0%)",
    );
    expect(status({ type: "complete" })).toBe("download complete!");
  });

  it("shows both ways before anybody sends, and one once everything is there", () => {
    const rows = (state: DownloadState) =>
      lines(state)
        .slice(6, 8)
        .map((line) => line.slice(2, -1).trim());
    const both = ["speed:    0 B/s down - 0 B/s up", "totals:   0 B down - 0 B up"];
    expect(rows({ type: "connecting", fraction: 0 })).toEqual(both);
    expect(rows({ type: "checking", fraction: 0.5 })).toEqual(both);
    expect(rows({ type: "complete" })).toEqual(["speed:    0 B/s up", "totals:   0 B up"]);
  });

  it("fits into any size, with names of any width", () => {
    for (const [columns, rows] of [
      [1, 1],
      [5, 3],
      [14, 4],
      [80, 24],
      [200, 60],
    ] as const) {
      const drawn = lines(DOWNLOADING, { name: "文件\u001b[2J" }, columns, rows);
      expect(drawn).toHaveLength(rows);
      expect(drawn.every((line) => line.length <= columns && !line.includes("\u001b"))).toBe(true);
    }
  });
});
