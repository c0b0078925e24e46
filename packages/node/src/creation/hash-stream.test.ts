import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HostError, UsageError } from "@bittern/protocol/base";
import { sha256 } from "@bittern/protocol/crypto";
import { leafCountOf, merkleRoot } from "@bittern/protocol/merkle";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../storage/testing.ts";
import type { StreamFile } from "./hash-job.ts";
import { hashStream } from "./hash-stream.ts";

const KIB = 1024;
let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => folder.end());

/** Files of these lengths one after the other; with `pieceLength` each but the last is followed by a pad to its border. */
function write(lengths: readonly number[], pieceLength?: number): { files: StreamFile[]; content: Buffer } {
  const files: StreamFile[] = [];
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [at, length] of lengths.entries()) {
    const path = join(folder.path, String(at));
    const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 7 + at * 13 + (index >> 9)) & 255));
    writeFileSync(path, bytes);
    files.push({ path, length, isPad: false, offset });
    parts.push(bytes);
    offset += length;
    const rest = pieceLength === undefined || at === lengths.length - 1 ? 0 : (pieceLength - (length % pieceLength)) % pieceLength;
    if (rest === 0) continue;
    files.push({ path: "", length: rest, isPad: true, offset });
    parts.push(Buffer.alloc(rest));
    offset += rest;
  }
  return { files, content: Buffer.concat(parts) };
}

function sha1s(content: Buffer, pieceLength: number): Uint8Array {
  const hashes: Buffer[] = [];
  for (let at = 0; at < content.length; at += pieceLength) {
    hashes.push(
      createHash("sha1")
        .update(content.subarray(at, at + pieceLength))
        .digest(),
    );
  }
  return new Uint8Array(Buffer.concat(hashes));
}

/** The slow way: all leaves of a file, and one tree over them. */
function rootOf(bytes: Uint8Array): Uint8Array {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 16 * KIB) leaves.push(sha256(bytes.subarray(at, at + 16 * KIB)));
  return merkleRoot(new Uint8Array(Buffer.concat(leaves)), leafCountOf(bytes.length));
}

describe("hashStream", () => {
  it("hashes pieces over many files, whatever their lengths", async () => {
    const { files, content } = write([100_000, 0, 1, 300_000, 32 * KIB, 7]);
    for (const pieceLength of [16 * KIB, 48 * KIB, 256 * KIB, 1024 * KIB]) {
      const { pieces, files: trees } = await hashStream({
        files,
        pieceLength,
        totalLength: content.length,
        want: { sha1: true, merkle: false },
        threads: 3,
      });
      expect(pieces).toEqual(sha1s(content, pieceLength));
      expect(trees).toBeUndefined();
    }
  });

  it("makes both kinds of hashes of a hybrid in one go", async () => {
    const lengths = [100_000, 64 * KIB, 0, 1, 16 * KIB + 1, 200_000];
    const { files, content } = write(lengths, 64 * KIB);
    const hashed = await hashStream({
      files,
      pieceLength: 64 * KIB,
      totalLength: content.length,
      want: { sha1: true, merkle: true },
      threads: 2,
    });
    expect(hashed.pieces).toEqual(sha1s(content, 64 * KIB));
    expect(hashed.pieceRoots).toHaveLength(32 * Math.ceil(content.length / (64 * KIB)));
    for (const [at, file] of files.entries()) {
      const { piecesRoot, pieceLayer } = hashed.files![at]!;
      if (file.isPad || file.length === 0) {
        expect([piecesRoot.length, pieceLayer.length]).toEqual([0, 0]);
        continue;
      }
      const bytes = readFileSync(file.path as string);
      expect(piecesRoot).toEqual(rootOf(bytes));
      expect(pieceLayer.length).toBe(bytes.length > 64 * KIB ? 32 * Math.ceil(bytes.length / (64 * KIB)) : 0);
    }
  });

  it("hashes a v2 stream whose files begin at borders with nothing between", async () => {
    const { files: padded, content } = write([20_000, 150_000], 32 * KIB);
    const files = padded.filter(({ isPad }) => !isPad);
    const hashed = await hashStream({ files, pieceLength: 32 * KIB, totalLength: content.length, want: { sha1: false, merkle: true } });
    expect(hashed.pieces).toBeUndefined();
    expect(hashed.files!.map(({ piecesRoot }) => piecesRoot)).toEqual(files.map(({ path }) => rootOf(readFileSync(path as string))));
  });

  it("hashes nothing of nothing", async () => {
    const { files } = write([0, 0]);
    const hashed = await hashStream({ files, pieceLength: 16 * KIB, totalLength: 0, want: { sha1: true, merkle: true } });
    expect(hashed.pieces).toHaveLength(0);
    expect(hashed.pieceRoots).toHaveLength(0);
  });

  it("opens names that are no UTF-8", async () => {
    const name = Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from([0xff, 0xfe, 0x41])]);
    writeFileSync(name, "content");
    const files = [{ path: new Uint8Array(name), length: 7, isPad: false, offset: 0 }];
    const { pieces } = await hashStream({ files, pieceLength: 16 * KIB, totalLength: 7, want: { sha1: true, merkle: false } });
    expect(pieces).toEqual(new Uint8Array(createHash("sha1").update("content").digest()));
  });

  it("tells how far it is, up to all of it", async () => {
    const { files, content } = write([500_000]);
    const told: number[] = [];
    const want = { sha1: true, merkle: false };
    await hashStream({ files, pieceLength: 16 * KIB, totalLength: content.length, want, onProgress: (done) => told.push(done) });
    expect(told.at(-1)).toBe(500_000);
    expect(told).toEqual(told.toSorted((left, right) => left - right));
  });

  it("refuses files that are not as long as was said, that are gone, and that are folders", async () => {
    const { files, content } = write([100_000, 50_000]);
    const run = (): Promise<unknown> =>
      hashStream({ files, pieceLength: 16 * KIB, totalLength: content.length, want: { sha1: true, merkle: false } });
    appendFileSync(files[0]!.path as string, "more");
    await expect(run()).rejects.toMatchObject({ code: "FILE_CHANGED" });
    rmSync(files[0]!.path as string);
    await expect(run()).rejects.toMatchObject({ code: "FILE_MISSING" });
  });

  it("notices a file that changes while it is hashed", async () => {
    const { files, content } = write([3_000_000]);
    const path = files[0]!.path as string;
    let isTouched = false;
    const touch = (): void => {
      if (!isTouched) utimesSync(path, 1, 1);
      isTouched = true;
    };
    const want = { sha1: true, merkle: false };
    const hashing = hashStream({ files, pieceLength: 16 * KIB, totalLength: content.length, want, onProgress: touch });
    await expect(hashing).rejects.toBeInstanceOf(UsageError);
  });

  it("stops when it is told to", async () => {
    const { files, content } = write([3_000_000]);
    const options = { files, pieceLength: 16 * KIB, totalLength: content.length, want: { sha1: true, merkle: false } };
    await expect(hashStream({ ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    const controller = new AbortController();
    const hashing = hashStream({ ...options, signal: controller.signal });
    controller.abort();
    await expect(hashing).rejects.toBeInstanceOf(HostError);
  });

  it.skipIf(!existsSync("/usr/bin/mktorrent"))(
    "makes the pieces mktorrent makes",
    { meta: { skipReason: "mktorrent is not installed" } },
    async () => {
      const { files, content } = write([2_000_000]);
      const torrent = join(folder.path, "it.torrent");
      execFileSync("/usr/bin/mktorrent", ["-l", "15", "-o", torrent, files[0]!.path as string], { stdio: "ignore" });
      const { pieces } = await hashStream({
        files,
        pieceLength: 32 * KIB,
        totalLength: content.length,
        want: { sha1: true, merkle: false },
      });
      expect(readFileSync(torrent).includes(Buffer.from(pieces!))).toBe(true);
    },
  );
});
