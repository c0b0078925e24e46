import type { FileStamp, StoreStamps } from "@bittern/host";
import { Bitfield, HostError } from "@bittern/protocol/base";
import { encode } from "@bittern/protocol/bencode";
import { parseTorrent } from "@bittern/protocol/metainfo";
import { describe, expect, it } from "vitest";
import { resumeRecord } from "../disk/testing.ts";
import type { SessionOutput } from "../session/output.ts";
import { Content } from "./content.ts";
import type { ContentNews } from "./content-news.ts";

const METAINFO = parseTorrent(encode({ info: { length: 40_000, name: "content", "piece length": 16_384, pieces: new Uint8Array(60) } }));
const STAMP: FileStamp = { length: 40_000, modifiedMillis: 1_700_000_000_000, inode: 12 };
const AWAY = new HostError("STORAGE_MISSING", "the disk is away");

interface Begin {
  readonly stamps?: StoreStamps;
  readonly recheck?: boolean;
  readonly paused?: boolean;
  readonly verified?: Bitfield;
}

function contentOf({ stamps, recheck = false, paused = false, verified = Bitfield.full(3) }: Begin): Content {
  return new Content({
    torrent: 1,
    metainfo: METAINFO,
    add: { torrent: 1, source: { type: "metainfo", metainfo: METAINFO }, placement: { root: "/data" }, recordKey: "key", recheck, paused },
    priorities: undefined,
    record: stamps === undefined ? undefined : resumeRecord({ stamps, verified }),
    wallSeconds: () => 0,
  });
}

function plansOf(out: readonly SessionOutput[]): readonly (string | undefined)[] {
  return out.flatMap((output) => (output.type === "open-store" ? [output.plan.lastIdentity] : []));
}

function opened(content: Content): (string | undefined)[] {
  const out: SessionOutput[] = [];
  content.open(out);
  return [...plansOf(out)];
}

describe("a place that held files", () => {
  it("is opened with the disk it was on", () => {
    expect(opened(contentOf({ stamps: { files: [STAMP], rootIdentity: "7:12" } }))).toEqual(["7:12"]);
  });

  it("was on no disk while nothing lay there", () => {
    expect(opened(contentOf({}))).toEqual([undefined]);
    expect(opened(contentOf({ stamps: { files: [undefined], rootIdentity: "7:12" } }))).toEqual([undefined]);
    expect(opened(contentOf({ stamps: { files: [STAMP], rootIdentity: "" } }))).toEqual([undefined]);
  });

  it("is looked for again by itself until its disk is back, and nothing is made meanwhile", () => {
    const content = contentOf({ stamps: { files: [STAMP], rootIdentity: "7:12" } });
    const out: SessionOutput[] = [];
    content.open(out);
    const news: ContentNews[] = content.handle({ type: "store-opened", torrent: 1, outcome: AWAY }, 0, out);
    expect(news).toEqual([{ type: "fault", fault: AWAY }]);
    content.tick(content.deadline ?? Number.NaN, out);
    expect(out.map(({ type }) => type)).toEqual(["open-store", "open-store"]);
    expect(plansOf(out)).toEqual(["7:12", "7:12"]);
    content.handle({ type: "store-opened", torrent: 1, outcome: { files: [STAMP], rootIdentity: "7:12" } }, 6_000, out);
    expect(content.have.count).toBe(3);
  });

  it("is begun anew when the user wants a recheck", () => {
    const stamps = { files: [STAMP], rootIdentity: "7:12" };
    expect(opened(contentOf({ stamps, recheck: true }))).toEqual([undefined]);
    const content = contentOf({ stamps });
    const out: SessionOutput[] = [];
    content.open(out);
    content.handle({ type: "store-opened", torrent: 1, outcome: AWAY }, 0, out);
    expect(content.recheck(100, out)).toEqual([]);
    expect(plansOf(out)).toEqual(["7:12", undefined]);
    expect(content.deadline).toBeUndefined();
  });
});

describe("a torrent that begins paused", () => {
  const stamps = { files: [STAMP], rootIdentity: "7:12" };
  const firstPiece = new Bitfield(3);
  firstPiece.add(0);

  it("is as far as it is remembered to be, until its files are looked at", () => {
    const content = contentOf({ stamps, paused: true, verified: firstPiece });
    expect([content.verifiedLength, content.shown.count, content.filesProgress()]).toEqual([16_384, 1, [16_384]]);
    // Nothing is believed: that is for show.
    expect([content.have.count, content.isDone, content.leftLength]).toEqual([0, false, 40_000]);
    content.prioritize([0], 0, []);
    expect(content.verifiedLength).toBe(0);
    content.open([]);
    expect([content.verifiedLength, content.shown.count]).toEqual([0, 0]);
  });

  it("remembers nothing where it is to be checked anew", () => {
    expect(contentOf({ stamps, paused: true, recheck: true }).verifiedLength).toBe(0);
  });
});

it("A recheck at the beginning believes no record", () => {
  const stamps = { files: [STAMP], rootIdentity: "7:12" };
  const out: SessionOutput[] = [];
  const content = contentOf({ stamps, recheck: true });
  content.open(out);
  content.handle({ type: "store-opened", torrent: 1, outcome: stamps }, 0, out);
  expect(content.have.count).toBe(0);
  expect(out.filter(({ type }) => type === "verify")).toHaveLength(1);
});
