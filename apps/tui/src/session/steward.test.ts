/** @module */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTorrent, type Metainfo, Session } from "@bittern/client";
import { ENGLISH_FACE } from "@bittern/faces";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Shelf } from "./shelf.ts";
import type { Speech } from "./speech.ts";
import { Steward } from "./steward.ts";
import { Survey } from "./survey.ts";

const SPEECH: Speech = { words: ENGLISH_FACE, failure: (error) => (error as Error).message };
const folder = mkdtempSync(join(tmpdir(), "bittern-steward-test-"));
const torrentPath = join(folder, "album.torrent");
const open: Session[] = [];
const shelves: Shelf[] = [];
let metainfo: Metainfo;
let count = 0;

beforeAll(async () => {
  mkdirSync(join(folder, "album"));
  for (const name of ["a", "b", "c"]) writeFileSync(join(folder, "album", name), Buffer.alloc(100_000, name));
  metainfo = await createTorrent(join(folder, "album"), { pieceLength: 16_384 });
  writeFileSync(torrentPath, metainfo.toBytes());
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
  for (const shelf of shelves.splice(0)) shelf.flush();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A start of the face, without its screen. */
async function start(shelfFolder: string) {
  const session = await Session.open({ listen: ["127.0.0.1:0"] });
  open.push(session);
  const shelf = new Shelf(shelfFolder);
  shelves.push(shelf);
  const steward = new Steward(session, shelf, SPEECH);
  const survey = new Survey(session, SPEECH, () => ({
    saveTo: folder,
    openingCount: 0,
    downLimit: shelf.content.down,
    upLimit: shelf.content.up,
    pathOf: (id) => steward.pathOf(id),
    orderOf: (id) => steward.orderOf(id),
  }));
  const end = async (): Promise<void> => {
    steward.closing();
    await session.close();
  };
  return { session, shelf, steward, survey, end };
}

describe("What the user wanted", () => {
  it("is so, and is so again at the next start, in the same order", async () => {
    const place = join(folder, `shelf ${++count}`);
    const dir = join(folder, `downloads ${count}`);
    const first = await start(place);
    const { steward, session } = first;
    const [link, other] = ["a".repeat(40), "b".repeat(40)];
    expect(await steward.perform({ type: "add", source: `'${torrentPath}'`, folder: dir, isPaused: true })).toEqual({
      text: "album is added",
      tone: "good",
    });
    await steward.perform({ type: "add", source: link, folder: dir, isPaused: false });
    await steward.perform({ type: "add", source: other, folder: dir, isPaused: false });
    const id = session.get(String(metainfo.infoHashes.v1))?.infoHash ?? "";
    await steward.perform({ type: "prioritize", id, file: 1, priority: 0 });
    await steward.perform({ type: "prioritize", id, file: 2, priority: 7 });
    await steward.perform({ type: "limit", id, down: 1000, up: 2000 });
    await steward.perform({ type: "limit", id: undefined, down: 5000, up: 0 });
    await steward.perform({ type: "set-sequential", id, sequential: true });
    await steward.perform({ type: "pause", id: link });
    await steward.perform({ type: "remove", id: other, deleteFiles: false });
    await first.end();

    const second = await start(place);
    expect(await second.steward.restore()).toEqual([]);
    const torrent = second.session.get(id);
    expect(torrent?.files.map(({ priority }) => priority)).toEqual([1, 0, 7]);
    expect(torrent).toMatchObject({ sequential: true, limits: { down: 1000, up: 2000 } });
    expect(second.shelf.content).toMatchObject({ down: 5000, up: 0 });
    const snapshot = second.survey.round({ cursorId: id, isOpen: true, shownIds: [] });
    expect(new Map(snapshot.torrents.map((item) => [item.id, item.order]))).toEqual(
      new Map([
        [id, 0],
        [link, 1],
      ]),
    );
    expect(snapshot.detail).toMatchObject({ id, path: dir, downLimit: 1000, sequential: true });
    expect(snapshot.detail?.files.map(({ path }) => path)).toEqual(["a", "b", "c"]);
  });

  it("is told when it cannot be", async () => {
    const { steward } = await start(join(folder, `shelf ${++count}`));
    const notice = await steward.perform({ type: "add", source: join(folder, "none.torrent"), folder, isPaused: false });
    expect(notice?.tone).toBe("bad");
    await steward.perform({ type: "add", source: "c".repeat(40), folder, isPaused: true });
    expect((await steward.perform({ type: "add", source: "c".repeat(40), folder, isPaused: true }))?.text).toContain(
      "in this session already",
    );
    expect(await steward.perform({ type: "recheck", id: "unknown" })).toBeUndefined();
  });

  it("is done for many sources in their order, whatever each waits for, and what could not be is told at the end", async () => {
    const { steward, survey } = await start(join(folder, `shelf ${++count}`));
    const links = Array.from({ length: 40 }, (_, at) => at.toString(16).padStart(40, "0"));
    const sources = [...links.slice(0, 20), join(folder, "none.torrent"), torrentPath, "magnet:?xt=nonsense", ...links.slice(20)];
    let done = 0;
    const complaints = await steward.addAll(sources, join(folder, "many"), () => done++);
    expect([done, complaints.length]).toEqual([43, 2]);
    expect(complaints[0]).toContain("none.torrent: there is no such file");
    const { torrents } = survey.round({ cursorId: undefined, isOpen: false, shownIds: [] });
    const byOrder = torrents.toSorted((one, other) => one.order - other.order).map(({ id }) => id);
    expect(byOrder).toEqual([...links.slice(0, 20), String(metainfo.infoHashes.v1), ...links.slice(20)]);
  });

  it("goes on with what is there when a .torrent of the list is gone", async () => {
    const place = join(folder, `shelf ${++count}`);
    const first = await start(place);
    await first.steward.perform({ type: "add", source: torrentPath, folder: join(folder, "x"), isPaused: true });
    await first.steward.perform({ type: "add", source: "d".repeat(40), folder, isPaused: true });
    await first.end();
    const id = first.shelf.content.torrents[0]?.infoHash ?? "";
    rmSync(join(place, `${id}.torrent`));
    const second = await start(place);
    const complaints = await second.steward.restore();
    expect(complaints).toHaveLength(1);
    expect(second.session.torrents.size).toBe(1);
    expect(existsSync(join(place, "torrents.json"))).toBe(true);
  });
});

describe("The survey", () => {
  it("gives the same list while nothing changes, so that nobody sorts it again", async () => {
    const { steward, survey } = await start(join(folder, `shelf ${++count}`));
    for (let at = 0; at < 5; at++) await steward.perform({ type: "add", source: String(at).repeat(40), folder, isPaused: true });
    const look = { cursorId: "0".repeat(40), isOpen: false, shownIds: [] };
    survey.round(look);
    const { torrents } = survey.round(look);
    expect(survey.round(look).torrents).toBe(torrents);
    await steward.perform({ type: "remove", id: "3".repeat(40), deleteFiles: false });
    expect(survey.round(look).torrents.map(({ id }) => id[0])).toEqual(["0", "1", "2", "4"]);
  });
});
