import type { FileStamp, StoreStamps } from "@bittern/host";
import { Bitfield, HostError } from "@bittern/protocol/base";
import { encode } from "@bittern/protocol/bencode";
import { parseTorrent } from "@bittern/protocol/metainfo";
import { describe, expect, it } from "vitest";
import { PiecePool } from "../../disk/pool.ts";
import { resumeRecord } from "../../disk/testing.ts";
import type { SessionOutput } from "../../session/output.ts";
import { Content } from "./content.ts";
import type { ContentNews } from "./content-news.ts";
import { PartialPiece } from "./partial-piece.ts";

const METAINFO = parseTorrent(encode({ info: { length: 40_000, name: "content", "piece length": 16_384, pieces: new Uint8Array(60) } }));
const STAMP: FileStamp = { length: 40_000, modifiedMillis: 1_700_000_000_000, inode: 12 };
const AWAY = new HostError("STORAGE_MISSING", "the disk is away");

interface Begin {
  readonly stamps?: StoreStamps;
  readonly recheck?: boolean;
  readonly paused?: boolean;
  readonly verified?: Bitfield;
}

function contentOf({ stamps, recheck = false, paused = false, verified = Bitfield.full(3) }: Begin, pool = new PiecePool(1e6)): Content {
  return new Content({
    torrent: 1,
    metainfo: METAINFO,
    add: { torrent: 1, source: { type: "metainfo", metainfo: METAINFO }, placement: { root: "/data" }, recordKey: "key", recheck, paused },
    priorities: undefined,
    record: stamps === undefined ? undefined : resumeRecord({ stamps, verified }),
    pool,
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

describe("a full disk", () => {
  const FULL = new HostError("DISK_FULL", "no room");
  const PIECES = 3;

  /** An open content whose disk refused all of its pieces. */
  function refused(pool: PiecePool) {
    const content = contentOf({}, pool);
    const out: SessionOutput[] = [];
    content.open(out);
    content.handle({ type: "store-opened", torrent: 1, outcome: { files: [undefined], rootIdentity: "" } }, 0, out);
    for (const { pieces } of out.flatMap((one) => (one.type === "verify" ? [one] : []))) {
      content.handle({ type: "verified", torrent: 1, pieces, outcome: new Uint8Array(pieces.length) }, 0, out);
    }
    content.handle({ type: "store-allocated", torrent: 1, fault: undefined }, 0, out);
    const lent: ArrayBuffer[] = [];
    for (let piece = 0; piece < PIECES; piece++) {
      const byteLength = METAINFO.layout.pieceByteLength(piece);
      const partial = new PartialPiece({ piece, byteLength });
      const buffer = pool.take(byteLength) as ArrayBuffer;
      lent.push(buffer);
      partial.giveBuffer(0, buffer);
      content.store(partial, 0, out);
    }
    out.length = 0;
    const news = lent.flatMap((buffer, piece) =>
      content.handle({ type: "piece-stored", torrent: 1, piece, outcome: FULL, buffer }, 0, out),
    );
    const heal = (): SessionOutput[] => {
      content.tick(content.deadline ?? Number.NaN, out);
      content.handle({ type: "space", torrent: 1, outcome: 1e9 }, 5_000, out);
      content.handle({ type: "store-allocated", torrent: 1, fault: undefined }, 5_000, out);
      return out.filter(({ type }) => type === "store-piece");
    };
    return { content, out, news, heal };
  }

  it("is given again what it refused, once there is room, and nothing is fetched twice", () => {
    const pool = new PiecePool(1e6);
    const { news, heal } = refused(pool);
    expect(news.map(({ type }) => type)).toEqual(["fault", "fault", "fault"]);
    expect(heal()).toMatchObject([{ piece: 0, byteLength: 16_384 }, { piece: 1 }, { piece: 2, byteLength: 40_000 - 2 * 16_384 }]);
    pool.check();
  });

  it.each([
    [4 * 40_000, 3],
    [4 * 40_000 - 1, 2],
  ])("has a quarter of a pool of %i bytes kept for it, %i pieces, and the others are fetched again", (poolLength, kept) => {
    const { news, heal } = refused(new PiecePool(poolLength));
    expect(news.filter(({ type }) => type === "piece-unstored")).toHaveLength(PIECES - kept);
    expect(news.filter(({ type }) => type === "buffer")).toHaveLength(PIECES - kept);
    expect(heal()).toHaveLength(kept);
  });

  it("keeps nothing of a torrent that ends", () => {
    const pool = new PiecePool(1e6);
    const { content, out } = refused(pool);
    expect(content.close(false, 0, out)).toBe(true);
    expect(pool.lentLength).toBe(0);
    pool.check();
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

it("A verdict on a piece that could not be read is not taken for one of the check that began meanwhile", () => {
  const stamps = { files: [STAMP], rootIdentity: "7:12" };
  const out: SessionOutput[] = [];
  const content = contentOf({ stamps });
  content.open(out);
  content.handle({ type: "store-opened", torrent: 1, outcome: stamps }, 0, out);
  expect([content.isOpen, content.have.count]).toEqual([true, 3]);
  content.suspect([1], out);
  content.recheck(0, out);
  const asked = out.flatMap((output) => (output.type === "verify" ? [output.pieces] : []));
  expect(asked).toEqual([[1], [0, 1, 2]]);
  for (const pieces of asked)
    content.handle({ type: "verified", torrent: 1, pieces, outcome: new Uint8Array(pieces.length).fill(1) }, 0, out);
  expect([content.isOpen, content.have.count]).toEqual([true, 3]);
});
