/**
 * The files of a v2 torrent: a tree of dictionaries (BEP 52, "file tree").
 *
 *     { folder: { name: { "": { length: 42, "pieces root": <32 bytes> } } } }
 *
 * The walk keeps its own stack and builds no more than it meets: how deep and how wide the tree is, is the sender's choice. Names out of
 * order are refused: the order of the tree is that of the pieces, and who sorts what he reads would count other pieces than we do.
 * @module
 */
import { fromLatin1, ProtocolError } from "../base/index.ts";
import { BencodeDictionary, type BencodeValue } from "../bencode/index.ts";
import { HASH_LENGTH } from "../merkle/index.ts";
import { readAttributes } from "./attributes.ts";
import type { DraftFile } from "./file.ts";
import { readLength } from "./file-list.ts";
import type { MetainfoLimits } from "./limits.ts";
import type { NameRules } from "./name.ts";
import { draftFile } from "./path.ts";

/** The key that makes a dictionary a file. */
const FILE_MARK = "";

/** What is still to be visited in one folder. */
interface Floor {
  readonly name: Uint8Array;
  readonly entries: Iterator<[key: string, value: BencodeValue]>;
  /** The name visited last. */
  latest: string;
}

/** The files in the order of the tree, which is the order of their bytes. */
export function readFileTree(info: BencodeDictionary, rules: NameRules, limits: MetainfoLimits): DraftFile[] {
  const tree = info.dictionary("file tree");
  if (tree === undefined || tree.has(FILE_MARK)) throw new ProtocolError("METAINFO_FILE_TREE", "no file tree, or one without a name in it");
  const files: DraftFile[] = [];
  const floors: Floor[] = [{ name: new Uint8Array(0), entries: tree[Symbol.iterator](), latest: "" }];
  while (floors.length > 0) {
    const floor = floors.at(-1) as Floor;
    const { done, value: entry } = floor.entries.next();
    if (done) {
      floors.pop();
      continue;
    }
    if (entry[0] < floor.latest) throw new ProtocolError("METAINFO_FILE_TREE", "names of the file tree out of order");
    floor.latest = entry[0];
    visit(entry, floors, files, rules, limits);
  }
  if (files.length === 0) throw new ProtocolError("METAINFO_FILES", "a file tree without a file");
  return files;
}

function visit([key, node]: [string, BencodeValue], floors: Floor[], files: DraftFile[], rules: NameRules, limits: MetainfoLimits): void {
  if (!(node instanceof BencodeDictionary)) throw new ProtocolError("METAINFO_FILE_TREE", "an entry of the file tree is no dictionary");
  const name = fromLatin1(key);
  if (!node.has(FILE_MARK)) {
    if (floors.length > limits.depth) throw new ProtocolError("METAINFO_PATH_DEPTH", `a file tree deeper than ${limits.depth}`);
    floors.push({ name, entries: node[Symbol.iterator](), latest: "" });
    return;
  }
  const file = node.dictionary(FILE_MARK);
  if (file === undefined || node.size > 1) throw new ProtocolError("METAINFO_FILE_TREE", "a file with something beside it in the tree");
  if (files.length === limits.fileCount) throw new ProtocolError("METAINFO_FILE_COUNT", `more than ${limits.fileCount} files`);
  files.push(readTreeFile(file, [...floors.slice(1).map((floor) => floor.name), name], rules, limits));
}

function readTreeFile(file: BencodeDictionary, parts: readonly Uint8Array[], rules: NameRules, limits: MetainfoLimits): DraftFile {
  const length = readLength(file, limits);
  const draft = draftFile(parts, length, rules, limits);
  const attributes = readAttributes(file, rules);
  if (attributes !== undefined) draft.attributes = attributes;
  if (length > 0) draft.piecesRoot = readRoot(file);
  return draft;
}

function readRoot(file: BencodeDictionary): Uint8Array {
  const root = file.bytes("pieces root");
  if (root?.length !== HASH_LENGTH) throw new ProtocolError("METAINFO_PIECES_ROOT", `a root of ${root?.length ?? 0} bytes`);
  if (root.every((byte) => byte === 0)) throw new ProtocolError("METAINFO_PIECES_ROOT", "a root of zeros");
  return root;
}
