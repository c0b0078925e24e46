/**
 * Checks data against the hashes of a torrent, without a session and without changing anything.
 * @module
 */
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Store, StorePlan } from "@bittern/host";
import { createNodeHost } from "@bittern/node";
import { assert, HostError, MIB, type PieceIndex, ProtocolError } from "@bittern/protocol/base";
import type { FileEntry, Metainfo, PieceExpectation } from "@bittern/protocol/metainfo";
import { pathOf } from "./metainfo.ts";
import { asked, type WaitOptions } from "./waits.ts";

/** How data is checked. */
export interface VerifyOptions extends WaitOptions {
  /** Threads that hash; as many as the machine runs at once when absent. */
  readonly threads?: number;
  /** Bytes checked so far, and in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What of a torrent is in place and good. */
export interface VerifyReport {
  readonly pieceCount: number;
  readonly goodCount: number;
  /** Indices of pieces that are damaged or missing, ascending. */
  readonly bad: readonly PieceIndex[];
  /** Paths below the torrent's folder, with "/". */
  readonly missingFiles: readonly string[];
}

/** Bytes of one question to the host, and questions under way: the threads never run dry between two. */
const QUESTION_LENGTH = 32 * MIB;
const QUESTIONS_AT_ONCE = 4;

/** Checks the data at `path`/NAME, or at `path` itself where that does not exist; throws `FILE_MISSING` where neither does. */
export async function verifyTorrent(metainfo: Metainfo, path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  options.signal?.throwIfAborted();
  refuseUncheckable(metainfo);
  const host = createNodeHost(options.threads === undefined ? {} : { hashWorkers: options.threads });
  host.prepareStorage({ willVerify: true });
  try {
    const plan = planOf(metainfo, await placeOf(metainfo, path));
    const store = await asked<Store>((done) => host.storage.open(plan, done), options.signal);
    // A link holds nothing of the torrent: some programs make it, some an empty file, some neither.
    const isWanting = (file: FileEntry, index: number): boolean =>
      !file.isPad && file.attributes?.symlink === undefined && store.stamps.files[index] === undefined;
    const missingFiles = metainfo.filesWithPads.filter(isWanting).map(pathOf);
    const bad = await badPieces(metainfo, store, options);
    const { pieceCount } = metainfo;
    return { pieceCount, goodCount: pieceCount - bad.length, bad, missingFiles };
  } finally {
    await host.close();
  }
}

/** Without its piece layers a torrent of version 2 names one hash a file: what of a damaged one is good, nobody could tell. */
function refuseUncheckable({ version, hasPieceLayers, name }: Metainfo): void {
  if (version !== "v2" || hasPieceLayers) return;
  throw new ProtocolError(
    "METAINFO_PIECE_LAYERS",
    `"${name}" lacks piece layers, so its pieces cannot be checked; a download of it fetches them from peers`,
  );
}

interface Place {
  readonly root: string;
  readonly name: string;
}

async function placeOf(metainfo: Metainfo, path: string): Promise<Place> {
  const root = resolve(path);
  const inside = await exists(join(root, metainfo.name));
  // What is called like the torrent may well be missing, and is reported so; another name that leads nowhere is a slip.
  if (!inside && basename(root) !== metainfo.name && !(await exists(root)))
    throw new HostError("FILE_MISSING", `${path}: there is no such file or folder`);
  return inside || dirname(root) === root ? { root, name: metainfo.name } : { root: dirname(root), name: basename(root) };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

function planOf(metainfo: Metainfo, { root, name }: Place): StorePlan {
  const { layout, pieceLength } = metainfo;
  return {
    root,
    files: layout.files.map((file) => ({ ...file, path: [name, ...file.path.slice(1)] })),
    pieceLength,
    totalLength: layout.totalLength,
    wanted: layout.files.map(() => true),
    partsKey: "verify",
    readOnly: true,
  };
}

async function badPieces(metainfo: Metainfo, store: Store, options: VerifyOptions): Promise<PieceIndex[]> {
  const { layout, pieceCount, pieceLength } = metainfo;
  const each = Math.max(1, Math.floor(QUESTION_LENGTH / pieceLength));
  const bad: PieceIndex[] = [];
  let next = 0;
  let checked = 0;
  const work = async (): Promise<void> => {
    while (next < pieceCount) {
      options.signal?.throwIfAborted();
      const pieces = Array.from({ length: Math.min(each, pieceCount - next) }, (_, at) => next + at);
      next += pieces.length;
      const expected = pieces.map((piece) => expectationOf(metainfo, piece));
      const verdicts = await asked<Uint8Array>((done) => store.verify(pieces, expected, done));
      for (const [at, piece] of pieces.entries()) if (verdicts[at] !== 1) bad.push(piece);
      checked += pieces.length;
      options.onProgress?.(Math.min(layout.totalLength, checked * pieceLength), layout.totalLength);
    }
  };
  await Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, work));
  return bad.sort((left, right) => left - right);
}

function expectationOf(metainfo: Metainfo, piece: PieceIndex): PieceExpectation {
  const expectation = metainfo.layout.expectation(piece);
  assert(expectation !== undefined, "a torrent that can be checked brings the hashes of all its pieces");
  return expectation;
}
