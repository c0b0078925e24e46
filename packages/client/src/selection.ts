/**
 * Which files of a torrent are wanted, as priorities of the engine, and the names by which torrents and folders go.
 * @module
 */
import type { FilePriority } from "@bittern/engine";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { type FileSelection, selectionMatcher } from "./glob.ts";
import { pathOf } from "./metainfo.ts";
import type { KnownSource } from "./source.ts";

/** The name of a torrent in its session. */
export function idOf(source: KnownSource): string {
  const { v1, v2 } = source.type === "metainfo" ? source.metainfo.infoHashes : source.magnet.infoHashes;
  return v1 ?? v2 ?? "";
}

/** Priorities by file index: by name, or else by the indices of the link (BEP 53). Before its name is known a torrent has `folder` "". */
export function prioritiesFor(
  files: Metainfo["files"],
  folder: string,
  selection: FileSelection | undefined,
  source: KnownSource,
): FilePriority[] {
  if (selection !== undefined) {
    const isWanted = selectionMatcher(selection);
    return files.map((file) => (file.isPad || isWanted(pathOf(file), folder) ? 1 : 0));
  }
  const ranges = (source.type === "magnet" ? source.magnet.select : undefined) ?? [];
  if (ranges.length === 0) return files.map(() => 1);
  return files.map((file, index) => (file.isPad || ranges.some(({ first, last }) => index >= first && index <= last) ? 1 : 0));
}

/** The folder around a torrent's files; "" for a single file. */
export function folderOf(metainfo: Metainfo): string {
  return metainfo.isSingleFile ? "" : metainfo.name;
}
