/**
 * Makes .torrent files (BEP 3, 12, 19, 27, 47, 52). Hashing is the host's work: here its results become a torrent.
 *
 *     const plan = new CreationPlan({ version: "hybrid", name, pieceLength, files });
 *     …hash every piece as plan.hashing(piece) says…
 *     buildTorrent({ …the same options, pieces, fileTrees: plan.fileTrees(pieceRoots) })
 * @module
 */

import { assert, latin1, toHex, utf8 } from "../base/index.ts";
import { type Encodable, encode } from "../bencode/index.ts";
import { SHA1_LENGTH } from "../crypto/index.ts";
import { torrentBytes } from "./metainfo.ts";
import type { Outer } from "./outer.ts";
import { entriesOf } from "./parse.ts";
import { CreationPlan, type FileTree, type PlannedFile, type PlanOptions, type SourceFile } from "./plan.ts";

const META_VERSION = 2;

export interface BuildOptions extends PlanOptions, Partial<Outer> {
  /** SHA-1 of each piece, 20 bytes each, in the order of the plan; needed unless v2. */
  readonly pieces?: Uint8Array;
  /** The tree of each file in the order of `files`, `undefined` for empty ones; needed unless v1. */
  readonly fileTrees?: readonly (FileTree | undefined)[];
  /** Peers come from the trackers only (BEP 27). */
  readonly private?: boolean;
  /** Any text: the same content with another source has another info hash, as private trackers want it. */
  readonly source?: string;
}

/** The bytes of the new .torrent file. Throws a `UsageError` for what cannot be published. */
export function buildTorrent(options: BuildOptions): Uint8Array {
  const plan = new CreationPlan(options);
  const { version, fileTrees } = options;
  const pieceLayers = new Map<string, Uint8Array>();
  for (const [index, tree] of fileTrees?.entries() ?? []) {
    if (tree !== undefined && (options.files[index] as SourceFile).length > options.pieceLength)
      pieceLayers.set(toHex(tree.piecesRoot), tree.pieceLayer);
  }
  const outer = { ...options, announce: options.announce ?? [], webSeeds: options.webSeeds ?? [] };
  return torrentBytes({ info: { version, infoBytes: encode(infoOf(plan, options)) }, pieceLayers, entries: entriesOf(outer) });
}

function infoOf(plan: CreationPlan, options: BuildOptions): Encodable {
  return {
    ...(plan.version === "v2" ? {} : v1Half(plan, options)),
    ...(plan.version === "v1" ? {} : { "file tree": fileTree(plan, options), "meta version": META_VERSION }),
    name: options.name,
    "piece length": options.pieceLength,
    private: options.private === true ? 1 : undefined,
    source: options.source,
  };
}

function v1Half(plan: CreationPlan, { pieces, files }: BuildOptions): { [key: string]: Encodable | undefined } {
  assert(pieces?.length === plan.layout.pieceCount * SHA1_LENGTH, "every piece has its SHA-1");
  const entries = plan.files.map((file) => ({ attr: attributeLetters(file, files), length: file.length, path: file.path }));
  const [only] = entries;
  return plan.isSingleFile ? { attr: only?.attr, length: only?.length, pieces } : { files: entries, pieces };
}

type Tree = Map<string, Encodable>;

function fileTree(plan: CreationPlan, { files, fileTrees }: BuildOptions): Tree {
  const root: Tree = new Map();
  for (const file of plan.files) {
    if (file.sourceIndex === undefined) continue;
    const tree = fileTrees?.[file.sourceIndex];
    assert(file.length === 0 || tree !== undefined, "every file that holds bytes has its tree");
    const entry = {
      attr: attributeLetters(file, files),
      length: file.length,
      "pieces root": file.length === 0 ? undefined : tree?.piecesRoot,
    };
    folderOf(root, file.path).set(keyOf(file.path.at(-1) as string), new Map([["", entry]]));
  }
  return root;
}

/** The folder a file lies in; made on the way when it is its first file. */
function folderOf(root: Tree, path: readonly string[]): Tree {
  let folder = root;
  for (const part of path.slice(0, -1)) {
    const key = keyOf(part);
    const next = folder.get(key) ?? new Map<string, Encodable>();
    assert(next instanceof Map, "a name is a file or a folder, not both");
    folder.set(key, next);
    folder = next;
  }
  return folder;
}

/** Keys are bytes: the name in UTF-8. */
function keyOf(part: string): string {
  return latin1(utf8(part));
}

/** `undefined` when nothing is to be said. */
function attributeLetters(file: PlannedFile, files: readonly SourceFile[]): string | undefined {
  if (file.isPad) return "p";
  const attributes = files[file.sourceIndex as number]?.attributes;
  const letters = (attributes?.hidden === true ? "h" : "") + (attributes?.executable === true ? "x" : "");
  return letters === "" ? undefined : letters;
}
