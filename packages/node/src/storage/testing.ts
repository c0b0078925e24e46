/**
 * What tests of a store stand on: a torrent of given files (its plan, its content, what its pieces must hash to), and a disk of its own.
 * @module
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Done, PieceExpectation, Store, StoreFile, StorePlan } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import type { NodeStorage } from "./storage.ts";

export interface Sample {
  readonly plan: StorePlan;
  readonly content: Uint8Array;
  readonly expected: readonly PieceExpectation[];
  /** A copy of a piece, to be given away. */
  piece(piece: number): ArrayBuffer;
}

/** [name, length], or [null, length] for a pad. */
export type SampleFile = readonly [name: string | null, length: number];

/** A torrent whose content depends on its shape only. */
export function makeSample(root: string, shape: readonly SampleFile[], pieceLength: number, options: Partial<StorePlan> = {}): Sample {
  let offset = 0;
  const files = shape.map(([name, length], at): StoreFile => {
    const file = { path: (name ?? `.pad/${at}`).split("/"), length, isPad: name === null, offset };
    offset += length;
    return file;
  });
  const content = new Uint8Array(offset);
  for (let at = 0; at < offset; at++) content[at] = (at * 31 + (at >>> 8) * 7 + (at >>> 16) * 3 + 1) & 255;
  for (const file of files) if (file.isPad) content.fill(0, file.offset, file.offset + file.length);
  const plan: StorePlan = {
    root,
    files,
    pieceLength,
    totalLength: offset,
    wanted: files.map(() => true),
    partsKey: "test",
    readOnly: false,
    ...options,
  };
  const slice = (piece: number): Uint8Array => content.subarray(piece * pieceLength, (piece + 1) * pieceLength);
  const count = Math.ceil(offset / pieceLength);
  const expected = Array.from({ length: count }, (_, piece) => ({
    sha1: new Uint8Array(createHash("sha1").update(slice(piece)).digest()),
  }));
  return { plan, content, expected, piece: (piece) => slice(piece).slice().buffer as ArrayBuffer };
}

/** The outcome of something asked with a `Done`; a fault is thrown. */
export function ask<Result>(question: (done: Done<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    question((outcome) => (outcome instanceof HostError ? reject(outcome) : resolve(outcome)));
  });
}

export function openStore(storage: NodeStorage, plan: StorePlan): Promise<Store> {
  return ask((done) => storage.open(plan, done));
}

/** Stores one piece; "good", "bad" or the code of the fault. */
export function storePiece(store: Store, sample: Sample, piece: number, buffer: ArrayBuffer = sample.piece(piece)): Promise<string> {
  return new Promise((resolve) => {
    store.storePiece(piece, buffer, buffer.byteLength, sample.expected[piece] as PieceExpectation, (outcome) => {
      if (outcome instanceof HostError) resolve(outcome.code);
      else resolve(outcome.good ? "good" : "bad");
    });
  });
}

export async function storeAll(store: Store, sample: Sample): Promise<string[]> {
  return await Promise.all(sample.expected.map((_, piece) => storePiece(store, sample, piece)));
}

/** All of the stream, read back. */
export async function readAll(store: Store, sample: Sample): Promise<Uint8Array> {
  const lent = await ask<{ bytes: Uint8Array; release(): void }>((done) => store.read(0, sample.content.length, done));
  const bytes = lent.bytes.slice();
  lent.release();
  return bytes;
}

export async function verifyAll(store: Store, sample: Sample): Promise<number[]> {
  const verdicts = await ask<Uint8Array>((done) => store.verify([...sample.expected.keys()], sample.expected, done));
  return [...verdicts];
}

/** A folder of the test's own, deleted by `end`. */
export function temporaryFolder(): { readonly path: string; end(): void } {
  const path = mkdtempSync(join(tmpdir(), "bittern-test-"));
  return { path, end: () => rmSync(path, { recursive: true, force: true }) };
}

/** A disk of its own. False where we may not mount one; the test is then counted as skipped. */
export function mountTmpfs(path: string, size: string): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  mkdirSync(path, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]);
    return true;
  } catch {
    return false;
  }
}
