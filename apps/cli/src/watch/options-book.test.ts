/** @module */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../testing.ts";
import { OptionsBook } from "./options-book.ts";

const folder = temporaryFolder();
const [top, below] = [join(folder, "x.torrent"), join(folder, "a/b/y.torrent")];

describe("The book of options", () => {
  let book: OptionsBook;
  let faults: string[];
  let stamp = 0;
  const texts = new Map<string, string>();
  /** Writes options files, undefined takes one away, and has the folder taken; tells which torrents may be worked on. */
  const take = async (files: Readonly<Record<string, string | undefined>>, torrents = [top, below]) => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      if (text === undefined) {
        rmSync(path);
        texts.delete(path);
      } else {
        writeFiles(folder, { [name]: text });
        texts.set(path, String(stamp++));
      }
    }
    return await book.take({ torrents: new Map(torrents.map((path) => [path, { stamp: "1", isLink: false }])), options: texts });
  };
  beforeEach(() => {
    for (const path of texts.keys()) rmSync(path);
    texts.clear();
    faults = [];
    book = new OptionsBook(folder, ({ path, failure, hasOptions }) => {
      expect(failure.message).toContain(path);
      faults.push(`${path.slice(folder.length + 1)} ${failure.code} ${hasOptions ? "kept" : "awaited"}`);
    });
  });

  it("has those of a folder hold for the folders below, the nearest first", async () => {
    await take({ ".bittern.json": '{"maxUp":1,"sequential":true}', "a/b/.bittern.json": '{"maxUp":2}' });
    expect(book.optionsFor(top)).toEqual({ maxUp: 1, sequential: true });
    expect(book.optionsFor(below)).toEqual({ maxUp: 2, sequential: true });
    await take({ "a/b/.bittern.json": undefined });
    expect(book.optionsFor(below)).toEqual({ maxUp: 1, sequential: true });
  });

  it("has a torrent begin anew when its options change, and not when only the file does", async () => {
    const first = await take({ "a/.bittern.json": '{"maxUp":1}' });
    expect(await take({ "a/.bittern.json": '{ "maxUp": 1 }' })).toEqual(first);
    const changed = await take({ "a/.bittern.json": '{"maxUp":2}' });
    expect(changed.get(top)).toEqual(first.get(top));
    expect(changed.get(below)).not.toEqual(first.get(below));
  });

  it("keeps what a file said while it is broken, and says once that it is", async () => {
    const good = await take({ ".bittern.json": '{"maxUp":1}' });
    expect(await take({ ".bittern.json": '{"maxUp":1,}' })).toEqual(good);
    expect(await take({ ".bittern.json": '{"maxUp":1,,}' })).toEqual(good);
    expect(book.optionsFor(below)).toEqual({ maxUp: 1 });
    expect(faults).toEqual([".bittern.json FOLDER_OPTIONS kept"]);
    expect(await take({ ".bittern.json": '{"maxUp":1}' })).toEqual(good);
    await take({ ".bittern.json": '{"maxUp":1,}' });
    expect(faults).toHaveLength(2);
  });

  it("leaves waiting what lies below a file that was never right, and nothing else", async () => {
    expect([...(await take({ "a/.bittern.json": "{" })).keys()]).toEqual([top]);
    expect(faults).toEqual(["a/.bittern.json FOLDER_OPTIONS awaited"]);
    expect([...(await take({ "a/.bittern.json": '{"maxUp":1}' })).keys()]).toEqual([top, below]);
  });

  it("lets go on what was at work before somebody wrote a file that was never right", async () => {
    const before = await take({}, [below]);
    expect(await take({ "a/.bittern.json": "{" }, [below])).toEqual(before);
    expect([...(await take({}, [below, join(folder, "a/new.torrent")])).keys()]).toEqual([below]);
  });
});
