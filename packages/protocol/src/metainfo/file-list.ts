/**
 * The files of a v1 torrent: one file by `length`, or several by `files` (BEP 3, 47).
 *
 *     length: 42                                                        one file, named as the torrent is
 *     files: [ { length: 42, path: ["folder", "name"], attr: "x" }, … ]
 * @module
 */
import { ProtocolError } from "../base/index.ts";
import type { BencodeDictionary, BencodeValue } from "../bencode/index.ts";
import { isBitCometPad, isLink, isPadding, readAttributes } from "./attributes.ts";
import type { DraftFile } from "./file.ts";
import type { MetainfoLimits } from "./limits.ts";
import type { NameRules } from "./name.ts";
import { draftFile } from "./path.ts";

/** Pads are listed beside the files: at most one behind each. */
const ENTRIES_PER_FILE = 2;
/** Empty parts are left out, but they must not cost more than the others. */
const PARTS_PER_FOLDER = 2;

/** True when the info dictionary describes one file and no folder. */
export function isSingleFileInfo(info: BencodeDictionary): boolean {
  return !info.has("files");
}

/** The files in the order of their bytes; `name` is the safe name of the torrent. */
export function readFileList(info: BencodeDictionary, name: string, rules: NameRules, limits: MetainfoLimits): DraftFile[] {
  if (isSingleFileInfo(info)) return [readSingleFile(info, name, rules, limits)];
  const count = info.count("files") ?? 0;
  if (count > ENTRIES_PER_FILE * limits.fileCount) throw new ProtocolError("METAINFO_FILE_COUNT", `${count} files`);
  const entries = info.dictionaries("files");
  if (entries === undefined || count === 0) throw new ProtocolError("METAINFO_FILES", "files are no list of dictionaries, or an empty one");
  const files = entries.map((entry) => readFile(entry, rules, limits));
  const fileCount = files.filter((file) => !file.isPad).length;
  if (fileCount > limits.fileCount) throw new ProtocolError("METAINFO_FILE_COUNT", `${fileCount} files`);
  return files;
}

function readSingleFile(info: BencodeDictionary, name: string, rules: NameRules, limits: MetainfoLimits): DraftFile {
  if (!info.has("length")) throw new ProtocolError("METAINFO_FILES", "neither a length nor a list of files");
  const file: DraftFile = { path: [name], length: readLength(info, limits), offset: 0, isPad: false };
  const attributes = readAttributes(info, rules);
  if (attributes !== undefined) file.attributes = attributes;
  return file;
}

function readFile(file: BencodeDictionary, rules: NameRules, limits: MetainfoLimits): DraftFile {
  const length = readLength(file, limits);
  if (isPadding(file)) return pad(length);
  const parts = readParts(file, "path.utf-8", limits) ?? readParts(file, "path", limits);
  if (isBitCometPad(parts?.at(-1))) return pad(length);
  if (parts === undefined) throw new ProtocolError("METAINFO_PATH", "a file without a path");
  const draft = draftFile(parts, length, rules, limits);
  const attributes = readAttributes(file, rules);
  if (attributes !== undefined) draft.attributes = attributes;
  return draft;
}

function pad(length: number): DraftFile {
  return { path: [".pad", String(length)], length, offset: 0, isPad: true };
}

/** The parts of a path, not made safe yet; `undefined` when there are none. */
function readParts(file: BencodeDictionary, key: string, limits: MetainfoLimits): readonly BencodeValue[] | undefined {
  const entryCount = file.entryCount(key);
  if (entryCount > PARTS_PER_FOLDER * limits.depth) throw new ProtocolError("METAINFO_PATH_DEPTH", `a path of ${entryCount} parts`);
  return file.list(key);
}

/** The length of a file, in bytes. A link has none, whatever it says or leaves out (BEP 47): what it leads to has its place already. */
export function readLength(file: BencodeDictionary, limits: MetainfoLimits): number {
  if (isLink(file)) return 0;
  const length = file.integer("length");
  if (length === undefined) throw new ProtocolError("METAINFO_FILE_LENGTH", "a file without a length");
  if (length < 0 || length > limits.totalLength) throw new ProtocolError("METAINFO_FILE_LENGTH", `a file of ${length} bytes`);
  return length;
}
