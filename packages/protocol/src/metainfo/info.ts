/**
 * Reads an info dictionary: what a torrent is, as opposed to who tracks it (BEP 3, 27, 47, 52).
 * @module
 */

import { BLOCK_LENGTH, ProtocolError } from "../base/index.ts";
import type { BencodeDictionary } from "../bencode/index.ts";
import { SHA1_LENGTH } from "../crypto/index.ts";
import { isPowerOfTwo } from "../merkle/index.ts";
import type { DraftFile, FileEntry } from "./file.ts";
import { isSingleFileInfo, readFileList } from "./file-list.ts";
import { readFileTree } from "./file-tree.ts";
import { joinHybrid } from "./hybrid.ts";
import { type Digests, hashInfo, type InfoHashes } from "./info-hash.ts";
import type { MetainfoLimits } from "./limits.ts";
import { type NameRules, partText, safePart } from "./name.ts";
import { readWords } from "./outer.ts";
import { checkPathLength } from "./path.ts";
import { makeUnique } from "./unique.ts";

/** BEP 3, BEP 52, or both at once in one info dictionary. */
export type TorrentVersion = "v1" | "v2" | "hybrid";

/** The newest `meta version` there is. */
const META_VERSION = 2;

/** Everything the info hash vouches for. */
export interface Info {
  readonly version: TorrentVersion;
  readonly infoHashes: InfoHashes;
  /** The exact bytes of the info dictionary. */
  readonly infoBytes: Uint8Array;
  readonly name: string;
  readonly isSingleFile: boolean;
  readonly pieceLength: number;
  readonly files: readonly FileEntry[];
  /** SHA-1 of each piece; absent in v2. */
  readonly pieces?: Uint8Array;
  readonly private: boolean;
  readonly source?: string;
}

/** Reads an info dictionary and refuses one that contradicts itself or goes past a limit. */
export function readInfo(info: BencodeDictionary, rules: NameRules, limits: MetainfoLimits, digests: Digests): Info {
  const version = readVersion(info);
  const infoBytes = info.raw;
  const infoHashes = hashInfo(infoBytes, version, digests);
  const name = readName(info, rules, infoHashes);
  const pieceLength = readPieceLength(info, version, limits);
  const files = readFiles(info, { version, name, pieceLength, rules, limits });
  const isSingleFile = version === "v2" ? isLoneFile(files, name) : isSingleFileInfo(info);
  makeUnique(files, rules, limits.duplicateCount);
  place(files, version === "v2" ? pieceLength : 1, limits);
  for (const file of files) checkPathLength(isSingleFile ? "" : name, file.path, limits);
  const pieces = checkPieces(info, version, countPieces(files, pieceLength, limits));
  const source = readWords(info, "source");
  return {
    version,
    infoHashes,
    infoBytes,
    name,
    isSingleFile,
    pieceLength,
    files,
    ...(pieces === undefined ? {} : { pieces }),
    private: isPrivate(info),
    ...(source === undefined ? {} : { source }),
  };
}

/** BEP 27 says 1; any number but 0 is taken for the wish it must be. */
export function isPrivate(info: BencodeDictionary): boolean {
  const value = info.get("private");
  return typeof value === "bigint" || (typeof value === "number" && value !== 0);
}

/** What `readFiles` needs to know of the rest of the dictionary. */
interface FilesContext {
  readonly version: TorrentVersion;
  readonly name: string;
  readonly pieceLength: number;
  readonly rules: NameRules;
  readonly limits: MetainfoLimits;
}

/** `meta version` first: a newer one must be told from a broken one (BEP 52). */
function readVersion(info: BencodeDictionary): TorrentVersion {
  if (!info.has("meta version")) return "v1";
  const metaVersion = info.integer("meta version");
  if (metaVersion !== META_VERSION) throw new ProtocolError("METAINFO_VERSION", `meta version ${metaVersion ?? "of nothing we know"}`);
  return info.has("pieces") ? "hybrid" : "v2";
}

function readName(info: BencodeDictionary, rules: NameRules, infoHashes: InfoHashes): string {
  const bytes = info.bytes("name.utf-8") ?? info.bytes("name");
  if (bytes === undefined) throw new ProtocolError("METAINFO_NAME", "a torrent without a name");
  // A name of nothing is replaced by one that is unique and the same everywhere.
  return safePart(partText(bytes), rules) || (infoHashes.v1 ?? infoHashes.v2 ?? "");
}

function readPieceLength(info: BencodeDictionary, version: TorrentVersion, limits: MetainfoLimits): number {
  const pieceLength = info.integer("piece length");
  if (pieceLength === undefined || pieceLength < 1 || pieceLength > limits.pieceLength) {
    throw new ProtocolError("METAINFO_PIECE_LENGTH", `a piece length of ${pieceLength ?? "nothing"}`);
  }
  const isFitForTree = pieceLength >= BLOCK_LENGTH && isPowerOfTwo(pieceLength);
  if (version !== "v1" && !isFitForTree) throw new ProtocolError("METAINFO_PIECE_LENGTH", `a piece length of ${pieceLength} in v2`);
  return pieceLength;
}

function readFiles(info: BencodeDictionary, { version, name, pieceLength, rules, limits }: FilesContext): DraftFile[] {
  if (version === "v1") return readFileList(info, name, rules, limits);
  const tree = readFileTree(info, rules, limits);
  if (version === "v2") return tree;
  const list = readFileList(info, name, rules, limits);
  joinHybrid(list, tree, pieceLength);
  return list;
}

/**
 * A tree of nothing but a file with the torrent's name is that file. BEP 52 says the same of a file with another name; but
 * a folder with one file in it looks just like that, and whoever publishes a folder wants a folder to arrive.
 */
function isLoneFile(files: readonly DraftFile[], name: string): boolean {
  return files.length === 1 && files[0]?.path.length === 1 && files[0].path[0] === name;
}

/** Gives every file its place in the stream, each at a multiple of `alignment`. */
function place(files: readonly DraftFile[], alignment: number, limits: MetainfoLimits): void {
  let end = 0;
  for (const file of files) {
    file.offset = Math.ceil(end / alignment) * alignment;
    end = file.offset + file.length;
    if (end > limits.totalLength) throw new ProtocolError("METAINFO_TOTAL_LENGTH", `more than ${limits.totalLength} bytes`);
  }
}

function countPieces(files: readonly FileEntry[], pieceLength: number, limits: MetainfoLimits): number {
  const last = files.findLast((file) => file.length > 0);
  const pieceCount = last === undefined ? 0 : Math.ceil((last.offset + last.length) / pieceLength);
  if (pieceCount > limits.pieceCount) throw new ProtocolError("METAINFO_PIECE_COUNT", `${pieceCount} pieces`);
  return pieceCount;
}

/** The hashes of v1: exactly one for each piece. */
function checkPieces(info: BencodeDictionary, version: TorrentVersion, pieceCount: number): Uint8Array | undefined {
  if (version === "v2") return undefined;
  const pieces = info.bytes("pieces");
  if (pieces?.length === pieceCount * SHA1_LENGTH) return pieces;
  throw new ProtocolError("METAINFO_PIECES", `${pieces?.length ?? "no"} bytes of hashes for ${pieceCount} pieces`);
}
