import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../storage/testing.ts";
import { listFiles } from "./list-files.ts";

let folder: ReturnType<typeof temporaryFolder>;
let root: string;

beforeEach(() => {
  folder = temporaryFolder();
  root = join(folder.path, "album");
  mkdirSync(root);
});

afterEach(() => folder.end());

const put = (path: string, text = "x"): void => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
};
const paths = async (all = false): Promise<string[]> => (await listFiles(root, { all })).files.map(({ path }) => path.join("/"));

describe("listFiles", () => {
  it("lists in the byte order of whole paths", async () => {
    for (const path of ["b", "a/z", "a.txt", "a-", "B", "é", "z", "a/é", "a/Z"]) put(path);
    expect(await paths()).toEqual(["B", "a-", "a.txt", "a/Z", "a/z", "a/é", "b", "z", "é"]);
  });

  it("takes a single file by its name", async () => {
    put("one.bin", "hello");
    const listing = await listFiles(join(root, "one.bin"), { all: false });
    expect(listing).toMatchObject({ name: "one.bin", isSingleFile: true });
    expect(listing.files).toMatchObject([{ path: ["one.bin"], length: 5 }]);
  });

  it("tells name, length, and whether a file can be run", async () => {
    put("run.sh", "#!/bin/sh\n");
    chmodSync(join(root, "run.sh"), 0o755);
    put("sub/empty", "");
    const { name, isSingleFile, files } = await listFiles(`${root}/`, { all: false });
    expect([name, isSingleFile]).toEqual(["album", false]);
    expect(files).toMatchObject([
      { length: 10, isExecutable: true },
      { length: 0, isExecutable: false },
    ]);
  });

  it("leaves hidden files and litter out unless all are wanted, and says so", async () => {
    for (const path of ["kept", ".hidden", ".git/config", "note~", "#note#", "Thumbs.db", "sub/.DS_Store", "a~b"]) put(path);
    expect(await paths()).toEqual(["a~b", "kept"]);
    expect((await listFiles(root, { all: false })).leftOut.map(({ path, why }) => `${path}: ${why}`).toSorted()).toEqual(
      ["#note#: litter", ".git: hidden", ".hidden: hidden", "Thumbs.db: litter", "note~: litter", "sub/.DS_Store: hidden"].toSorted(),
    );
    expect(await paths(true)).toHaveLength(8);
  });

  it("keeps names that are no UTF-8, as bytes", async () => {
    const raw = Buffer.from([0x61, 0xff, 0x62]);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), raw]), "odd");
    const { files } = await listFiles(root, { all: false });
    expect(files[0]!.path).toEqual(["a\uFFFDb"]);
    expect(Buffer.from(files[0]!.rawPath[0]!)).toEqual(raw);
    expect(Buffer.from(files[0]!.place).subarray(-3)).toEqual(raw);
  });

  it("follows links that stay below, and names those that do not", async () => {
    put("real/file", "text");
    writeFileSync(join(folder.path, "secret"), "secret");
    symlinkSync("real/file", join(root, "inside"));
    symlinkSync("real", join(root, "folder"));
    symlinkSync("../secret", join(root, "out"));
    symlinkSync(folder.path, join(root, "up"));
    symlinkSync("nowhere", join(root, "broken"));
    symlinkSync("..", join(root, "real/round"));
    expect(await paths()).toEqual(["folder/file", "inside", "real/file"]);
    const { leftOut } = await listFiles(root, { all: false });
    expect(leftOut.map(({ path, why }) => `${path}: ${why}`).toSorted()).toEqual(
      ["broken: leads nowhere", "folder/round: leads round", "out: leads out", "real/round: leads round", "up: leads out"].toSorted(),
    );
  });

  it("leaves out by the rule of mainline", async () => {
    for (const path of ["kept~", "core", "CVS/Root", "sub/core", "sub/.hidden", "sub/kept", "cores"]) put(path);
    const { files } = await listFiles(root, { all: false, likeMainline: true });
    expect(files.map(({ path }) => path.join("/"))).toEqual(["cores", "kept~", "sub/kept"]);
  });

  it("leaves out what is no file", async () => {
    put("kept");
    execFileSync("mkfifo", [join(root, "pipe")]);
    expect(await paths()).toEqual(["kept"]);
    expect((await listFiles(root, { all: false })).leftOut).toEqual([{ path: "pipe", why: "no file" }]);
  });

  it("says what is wrong with a place that is not there, or lies too deep", async () => {
    await expect(listFiles(join(root, "nothing"), { all: false })).rejects.toMatchObject({ code: "FILE_MISSING" });
    put(`${"d/".repeat(70)}file`);
    await expect(listFiles(root, { all: false })).rejects.toMatchObject({ code: "CREATE_PATH" });
  });
});
