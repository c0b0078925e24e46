/**
 * What the suite of storages stands on: a torrent of an awkward shape, and the questions asked of its store.
 * @module
 */
import { BLOCK_LENGTH, type HostError } from "@bittern/protocol/base";
import { sha1, sha256 } from "@bittern/protocol/crypto";
import { merkleRoot } from "@bittern/protocol/merkle";
import { expect } from "vitest";
import type { Lent, PieceExpectation, PieceOutcome, Store, StoreFile, StorePlan, StoreStamps } from "../storage.ts";
import { askWell, pattern, type World } from "./world.ts";

export const PIECE_LENGTH: number = 2 * BLOCK_LENGTH;

/** A torrent: pieces that begin and end in the middle of files, an empty file, a pad, a short last piece. */
export const SHAPE: readonly { readonly path: string; readonly length: number; readonly isPad?: boolean }[] = [
  { path: "t/first", length: 40_000 },
  { path: "t/empty", length: 0 },
  { path: "t/sub/second", length: 7 },
  { path: "t/third", length: 50_000 },
  { path: ".pad/1", length: 8_297, isPad: true },
  { path: "t/fourth", length: 30_000 },
];

export interface Sample {
  readonly plan: StorePlan;
  readonly content: Uint8Array;
  readonly pieces: readonly number[];
  readonly expected: readonly PieceExpectation[];
}

export function makeSample(root: string, changes: Partial<StorePlan> = {}): Sample {
  let offset = 0;
  const files = SHAPE.map(({ path, length, isPad = false }): StoreFile => {
    const file = { path: path.split("/"), length, isPad, offset };
    offset += length;
    return file;
  });
  const content = pattern(offset);
  for (const { isPad, offset: start, length } of files) if (isPad) content.fill(0, start, start + length);
  const wanted = files.map(() => true);
  const plan = { root, files, pieceLength: PIECE_LENGTH, totalLength: offset, wanted, partsKey: "parts", readOnly: false, ...changes };
  const pieces = Array.from({ length: Math.ceil(offset / PIECE_LENGTH) }, (_, piece) => piece);
  return { plan, content, pieces, expected: pieces.map((piece) => ({ sha1: sha1(pieceOf(content, piece)) })) };
}

export function pieceOf(content: Uint8Array, piece: number): Uint8Array<ArrayBuffer> {
  return content.slice(piece * PIECE_LENGTH, (piece + 1) * PIECE_LENGTH) as Uint8Array<ArrayBuffer>;
}

/** What a v2 torrent knows of a piece. */
export function merkleOf(bytes: Uint8Array, leafCount: number): { readonly expected: PieceExpectation; readonly leaves: Uint8Array } {
  const count = Math.ceil(bytes.length / BLOCK_LENGTH);
  const leaves = new Uint8Array(32 * count);
  for (let at = 0; at < count; at++) leaves.set(sha256(bytes.subarray(at * BLOCK_LENGTH, (at + 1) * BLOCK_LENGTH)), 32 * at);
  return { expected: { merkle: { root: merkleRoot(leaves, leafCount), leafCount, dataLength: bytes.length } }, leaves };
}

/** What the suite asks of stores; a refusal is thrown where none is expected. */
export interface StoreQuestions {
  readonly open: (plan: StorePlan) => Promise<Store>;
  /** The outcome of a whole piece; its buffer has to come back. */
  readonly store: (
    to: Store,
    piece: number,
    bytes: Uint8Array<ArrayBuffer>,
    expected: PieceExpectation,
  ) => Promise<PieceOutcome | HostError>;
  readonly storeAll: (to: Store, sample: Sample) => Promise<void>;
  readonly verify: (from: Store, sample: Sample) => Promise<number[]>;
  readonly read: (from: Store, offset: number, length: number) => Promise<Uint8Array>;
  readonly sync: (to: Store) => Promise<StoreStamps>;
}

export function storeQuestions(worldNow: () => World): StoreQuestions {
  const open = (plan: StorePlan): Promise<Store> => askWell(worldNow(), (done) => worldNow().host.storage.open(plan, done));
  const store = async (
    to: Store,
    piece: number,
    bytes: Uint8Array<ArrayBuffer>,
    expected: PieceExpectation,
  ): Promise<PieceOutcome | HostError> => {
    let outcome: PieceOutcome | HostError | undefined;
    let back: ArrayBuffer | undefined;
    to.storePiece(piece, bytes.buffer, bytes.length, expected, (found, buffer) => {
      outcome = found;
      back = buffer;
    });
    await worldNow().run(() => outcome !== undefined);
    expect(back?.byteLength).toBeGreaterThanOrEqual(bytes.length);
    return outcome as PieceOutcome | HostError;
  };
  const storeAll = async (to: Store, { content, pieces, expected }: Sample): Promise<void> => {
    for (const piece of pieces) {
      expect(await store(to, piece, pieceOf(content, piece), expected[piece] as PieceExpectation)).toEqual({ good: true });
    }
  };
  const verify = async (from: Store, { pieces, expected }: Sample): Promise<number[]> => [
    ...(await askWell<Uint8Array>(worldNow(), (done) => from.verify(pieces, expected, done))),
  ];
  const read = async (from: Store, offset: number, length: number): Promise<Uint8Array> => {
    const lent = await askWell<Lent>(worldNow(), (done) => from.read(offset, length, done));
    const bytes = new Uint8Array(lent.bytes);
    lent.release();
    return bytes;
  };
  const sync = (to: Store): Promise<StoreStamps> => askWell(worldNow(), (done) => to.sync(done));
  return { open, store, storeAll, verify, read, sync };
}
