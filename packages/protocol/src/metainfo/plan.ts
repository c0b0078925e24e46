/**
 * The order of a new torrent, before anything is hashed: which bytes stand where, and what each piece must be hashed to.
 *
 *     v1        files in the byte order of their whole paths, as mktorrent sorts them
 *     v2        files in the order of the file tree: part by part, a folder among the names beside it
 *     hybrid    the order of v2, with a pad behind every file that does not end at the border of a piece (BEP 47)
 *
 * Two programs that follow the same order make the same info hash from the same files.
 * @module
 */
import { assert, BLOCK_LENGTH, compareBytes, type PieceIndex, UsageError, utf8 } from "../base/index.ts";
import { HASH_LENGTH, isPowerOfTwo, leafCountOf, pieceLayerRoot } from "../merkle/index.ts";
import type { TorrentVersion } from "./info.ts";
import { Layout } from "./layout.ts";
import { METAINFO_LIMITS } from "./limits.ts";

/** A file to be published. */
export interface SourceFile {
  /** Parts below the published folder; for a single file its name alone. */
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
  /** Said of the file in the torrent (BEP 47), and so part of the info hash. Default neither. */
  readonly attributes?: { readonly executable?: boolean; readonly hidden?: boolean };
}

/** A file of the new torrent's stream. */
export interface PlannedFile {
  /** Below the top folder. */
  readonly path: readonly string[];
  readonly length: number;
  readonly isPad: boolean;
  /** Where it begins in the stream. */
  readonly offset: number;
  /** Which of the given files it is; absent for a pad. */
  readonly sourceIndex?: number;
}

/** What the hash tree of one file comes down to (BEP 52). */
export interface FileTree {
  /** 32 bytes. */
  readonly piecesRoot: Uint8Array;
  /** 32 bytes a piece. */
  readonly pieceLayer: Uint8Array;
}

/** What to make of the bytes of one piece. */
export interface PieceHashing {
  /** Whether SHA-1 over the piece is wanted, pads as zeros. */
  readonly wantsSha1: boolean;
  /** The SHA-256 tree that is wanted: leaves (a power of two, those past the data are zeros), and bytes that belong to the file. */
  readonly merkle?: { readonly leafCount: number; readonly dataLength: number };
}

export interface PlanOptions {
  readonly version: TorrentVersion;
  /** Of the single file, or of the top folder. */
  readonly name: string;
  /** Bytes; a power of two from 16 KiB on, any multiple of 16 KiB in v1. */
  readonly pieceLength: number;
  /** In any order. */
  readonly files: readonly SourceFile[];
  /** True for a file without a folder. Default: true when there is one file and its path is `name`. */
  readonly isSingleFile?: boolean;
  /**
   * A hybrid of several files ends with a pad where its last file does not end at a border. Default true, because
   * libtorrent does it, and whoever publishes the same files should get the same info hash. False leaves the last pad out.
   */
  readonly tailPad?: boolean;
  /** Sorts a v1 torrent part by part, as mainline did: `a/b` before `a-b`. Default false, by the bytes of whole paths. */
  readonly sortsByPart?: boolean;
}

/** The plan of one new torrent; immutable. */
export class CreationPlan {
  readonly version: TorrentVersion;
  readonly name: string;
  readonly isSingleFile: boolean;
  /** In the order of the stream, pads included. */
  readonly files: readonly PlannedFile[];
  /** Pieces and where their bytes lie; paths include the top folder. */
  readonly layout: Layout;

  constructor(options: PlanOptions) {
    checkOptions(options);
    const { version, name, pieceLength, files } = options;
    this.version = version;
    this.name = name;
    this.isSingleFile = options.isSingleFile ?? (files.length === 1 && files[0]?.path.length === 1 && files[0].path[0] === name);
    if (this.isSingleFile && (files.length > 1 || files[0]?.path.join("/") !== name)) {
      throw new UsageError("CREATE_FILES", "a single file has the name of its torrent and nothing beside it");
    }
    this.files = arrange(options, this.isSingleFile);
    const paths = this.isSingleFile ? [] : [name];
    const laid = this.files.map((file) => ({ ...file, path: [...paths, ...file.path] }));
    this.layout = new Layout({ pieceLength, files: laid, hasGaps: version === "v2", pieceLayers: new Map() });
    checkSize(this.layout);
  }

  /** What a piece is to be hashed to. */
  hashing(piece: PieceIndex): PieceHashing {
    const wantsSha1 = this.version !== "v2";
    if (this.version === "v1") return { wantsSha1 };
    const { pieceLength } = this.layout;
    const [span] = this.layout.spans(piece, 0, 1);
    const length = this.files[span?.fileIndex ?? 0]?.length ?? 0;
    const dataLength = Math.min(pieceLength, length - (span?.fileOffset ?? 0));
    return { wantsSha1, merkle: { leafCount: length <= pieceLength ? leafCountOf(length) : pieceLength / BLOCK_LENGTH, dataLength } };
  }

  /** The trees of the given files, in their given order, from the tree root of each piece (32 bytes a piece); `undefined` for empty files. */
  fileTrees(pieceRoots: Uint8Array): (FileTree | undefined)[] {
    assert(pieceRoots.length === this.layout.pieceCount * HASH_LENGTH, "every piece has its root");
    const trees: (FileTree | undefined)[] = [];
    for (const [fileIndex, file] of this.files.entries()) {
      if (file.sourceIndex === undefined) continue;
      const { first, end } = this.layout.piecesOf(fileIndex);
      const pieceLayer = pieceRoots.subarray(first * HASH_LENGTH, end * HASH_LENGTH);
      trees[file.sourceIndex] = file.length === 0 ? undefined : { piecesRoot: treeRoot(pieceLayer, this.layout.pieceLength), pieceLayer };
    }
    return trees;
  }
}

/** The root over the pieces of a file. The root of a lone piece is that of its file already. */
function treeRoot(pieceLayer: Uint8Array, pieceLength: number): Uint8Array {
  return pieceLayer.length === HASH_LENGTH ? pieceLayer : pieceLayerRoot(pieceLayer, pieceLength);
}

function arrange({ version, pieceLength, files, tailPad = true, sortsByPart = false }: PlanOptions, isSingleFile: boolean): PlannedFile[] {
  const sorted = files.map((file, sourceIndex) => ({ path: file.path, length: file.length, isPad: false, sourceIndex }));
  sorted.sort(version === "v1" && !sortsByPart ? byWholePath(sorted) : byPart(sorted));
  // A lone file is the last, and what follows the last has nothing to be kept from.
  const isPadded = version === "hybrid" && !isSingleFile && files.length > 1;
  const padded = isPadded ? withPads(sorted, pieceLength, tailPad) : sorted;
  return place(padded, version === "v2" ? pieceLength : 1);
}

type Unplaced = Omit<PlannedFile, "offset">;

/** The bytes of `a/b` against those of `a-b`. */
function byWholePath(files: readonly Unplaced[]): (left: Unplaced, right: Unplaced) => number {
  const keys = new Map(files.map((file) => [file, utf8(file.path.join("/"))]));
  return (left, right) => compareBytes(keys.get(left) as Uint8Array, keys.get(right) as Uint8Array);
}

function byPart(files: readonly Unplaced[]): (left: Unplaced, right: Unplaced) => number {
  const keys = new Map(files.map((file) => [file, file.path.map(utf8)]));
  return (left, right) => compareParts(keys.get(left) as Uint8Array[], keys.get(right) as Uint8Array[]);
}

function compareParts(left: readonly Uint8Array[], right: readonly Uint8Array[]): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) {
    const order = compareBytes(left[at] as Uint8Array, right[at] as Uint8Array);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/**
 * With a tail pad every pad follows its file at once; without it a pad precedes the next file that holds bytes, so that empty
 * files come first. Both are what libtorrent does under its two flags.
 */
function withPads(files: readonly Unplaced[], pieceLength: number, tailPad: boolean): Unplaced[] {
  const padded: Unplaced[] = [];
  let end = 0;
  const pad = (): void => {
    const length = (pieceLength - (end % pieceLength)) % pieceLength;
    if (length === 0) return;
    padded.push({ path: [".pad", String(length)], length, isPad: true });
    end += length;
  };
  for (const file of files) {
    if (!tailPad && file.length > 0) pad();
    padded.push(file);
    end += file.length;
    if (tailPad) pad();
  }
  return padded;
}

function place(files: readonly Unplaced[], alignment: number): PlannedFile[] {
  let end = 0;
  return files.map((file) => {
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + file.length;
    return { ...file, offset };
  });
}

/** Throws a `UsageError` (CREATE_PIECE_LENGTH); v1 alone may have lengths that are no power of two. */
export function checkPieceLength(pieceLength: number, version: TorrentVersion): void {
  const isFit = version === "v1" ? pieceLength % BLOCK_LENGTH === 0 : isPowerOfTwo(pieceLength);
  if (isFit && pieceLength >= BLOCK_LENGTH && pieceLength <= METAINFO_LIMITS.pieceLength) return;
  throw new UsageError("CREATE_PIECE_LENGTH", `a piece length of ${pieceLength} bytes: choose a power of two from 16 KiB to 256 MiB`);
}

function checkOptions({ version, name, pieceLength, files }: PlanOptions): void {
  checkPart(name);
  if (files.length === 0) throw new UsageError("CREATE_FILES", "there is no file to publish");
  if (files.length > METAINFO_LIMITS.fileCount) throw new UsageError("CREATE_FILES", `${files.length} files are too many for one torrent`);
  checkPieceLength(pieceLength, version);
  const paths = new Set<string>();
  for (const { path, length } of files) {
    assert(Number.isSafeInteger(length) && length >= 0, "a file has a length");
    if (path.length === 0 || path.length > METAINFO_LIMITS.depth) throw new UsageError("CREATE_PATH", `a path of ${path.length} parts`);
    for (const part of path) checkPart(part);
    paths.add(path.join("/"));
  }
  if (paths.size < files.length) throw new UsageError("CREATE_PATH", "a path stands twice among the files");
  for (const { path } of files) refuseFolderOfFile(path, paths);
}

/** What comes from a disk cannot be both, but files may come from elsewhere. */
function refuseFolderOfFile(path: readonly string[], files: ReadonlySet<string>): void {
  let folder = path[0] as string;
  for (const part of path.slice(1)) {
    if (files.has(folder)) throw new UsageError("CREATE_PATH", `${JSON.stringify(folder)} is a file and a folder`);
    folder += `/${part}`;
  }
}

function checkPart(part: string): void {
  if (part === "" || part === "." || part === ".." || /[/\0]/.test(part))
    throw new UsageError("CREATE_PATH", `${JSON.stringify(part)} is no name of a file`);
}

function checkSize({ pieceCount, totalLength }: Layout): void {
  if (totalLength > METAINFO_LIMITS.totalLength)
    throw new UsageError("CREATE_TOTAL_LENGTH", `${totalLength} bytes are too many for one torrent`);
  if (pieceCount > METAINFO_LIMITS.pieceCount) {
    throw new UsageError("CREATE_PIECE_LENGTH", `${pieceCount} pieces are too many for one torrent: choose a larger piece length`);
  }
}
