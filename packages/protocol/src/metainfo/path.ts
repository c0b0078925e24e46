/**
 * Paths of files as a torrent gives them: lists of parts (BEP 3), each a string of bytes that should be UTF-8 and need not be.
 * @module
 */
import { ProtocolError, utf8 } from "../base/index.ts";
import type { BencodeValue } from "../bencode/index.ts";
import type { DraftFile } from "./file.ts";
import type { MetainfoLimits } from "./limits.ts";
import { type NameRules, partText, safePart } from "./name.ts";

/**
 * Begins a file with its path made safe, and `originalPath` when that changed it. Empty parts mean nothing and are left out, and so
 * is ".", the folder it stands in: libtorrent and Transmission have the file at the same place. A path of nothing else is refused.
 */
export function draftFile(parts: readonly BencodeValue[], length: number, rules: NameRules, limits: MetainfoLimits): DraftFile {
  const path: string[] = [];
  let isChanged = false;
  for (const part of parts) {
    if (!(part instanceof Uint8Array)) throw new ProtocolError("METAINFO_PATH", "a part of a path is no string");
    const text = partText(part);
    const safe = text === "." ? "" : safePart(text, rules);
    if (safe !== text || safe === "" || text.includes("\ufffd")) isChanged = true;
    if (safe !== "") path.push(safe);
  }
  checkPath(path, limits);
  const file: DraftFile = { path, length, offset: 0, isPad: false };
  if (isChanged) file.originalPath = parts as Uint8Array[];
  return file;
}

/** Refuses a path with too many parts, or none. */
function checkPath(path: readonly string[], limits: MetainfoLimits): void {
  if (path.length === 0) throw new ProtocolError("METAINFO_PATH", "a path without a name");
  if (path.length > limits.depth) throw new ProtocolError("METAINFO_PATH_DEPTH", `a path of ${path.length} parts`);
}

/** Refuses a path that is too long for a file system, `folder` included; "" for none. */
export function checkPathLength(folder: string, path: readonly string[], limits: MetainfoLimits): void {
  let characters = folder.length + path.length;
  for (const part of path) characters += part.length;
  // No character takes more than three bytes a code unit, so most paths need not be encoded to be measured.
  if (characters * 3 <= limits.pathLength) return;
  const length = utf8([folder, ...path].join("/")).length;
  if (length > limits.pathLength) throw new ProtocolError("METAINFO_PATH_LENGTH", `a path of ${length} bytes`);
}
