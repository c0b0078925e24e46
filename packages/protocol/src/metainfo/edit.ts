/**
 * Changes a .torrent file without touching what its info hash is over, as far as the changes allow that.
 *
 * Trackers, web seeds and the comment stand outside the info dictionary, whose bytes stay as they are. The name, `private`
 * and `source` stand inside: changing them makes another torrent, with another swarm.
 * @module
 */
import { equalBytes, latin1, ProtocolError, UsageError, utf8, wantedUrl } from "../base/index.ts";
import { type BencodeDictionary, type Encodable, encode, Raw } from "../bencode/index.ts";
import { isPrivate } from "./info.ts";
import { METAINFO_LIMITS } from "./limits.ts";
import { safePart } from "./name.ts";
import { decodeDictionary, entriesOf, outerEntries, parseTorrent } from "./parse.ts";

/** What to change. A key left out, or `undefined`, stays as it is; `null` takes the entry away. */
export interface TorrentChanges {
  /** Tiers of http, https, udp, ws or wss URLs. An empty list leaves no tracker. */
  readonly announce?: readonly (readonly string[])[] | undefined;
  /** http or https. */
  readonly webSeeds?: readonly string[] | undefined;
  readonly comment?: string | null | undefined;
  readonly private?: boolean | undefined;
  readonly source?: string | null | undefined;
  /** Of the file or folder: one part of a path, which says what it is by itself. */
  readonly name?: string | undefined;
}

/** A .torrent file after its changes. */
export interface EditedTorrent {
  /** The new file, given away; it shares nothing with the old one. */
  readonly bytes: Uint8Array;
  /** True when the info dictionary is another one: peers of the old torrent will not be found any more. */
  readonly infoHashChanged: boolean;
}

/** The changed file. Throws a `ProtocolError` when `bytes` are no torrent, a `UsageError` for a URL or a name that no torrent may have. */
export function editTorrent(bytes: Uint8Array, changes: TorrentChanges): EditedTorrent {
  for (const url of changes.announce?.flat() ?? []) wantedUrl(url, "announce");
  for (const url of changes.webSeeds ?? []) wantedUrl(url, "webSeed");
  const { infoBytes, isSingleFile } = parseTorrent(bytes);
  const torrent = decodeDictionary(bytes, METAINFO_LIMITS, true);
  const entries = outerEntries(torrent);
  changeOuter(entries, changes);
  const changedInfo = changeInfo(torrent, changes, isSingleFile);
  entries.set("info", new Raw(changedInfo));
  const pieceLayers = torrent.span("piece layers");
  if (pieceLayers !== undefined) entries.set("piece layers", new Raw(pieceLayers));
  return { bytes: encode(entries), infoHashChanged: !equalBytes(infoBytes, changedInfo) };
}

function changeOuter(entries: Map<string, Encodable>, { announce, webSeeds, comment }: TorrentChanges): void {
  const fresh = entriesOf({ announce: announce ?? [], webSeeds: webSeeds ?? [], ...(typeof comment === "string" ? { comment } : {}) });
  const replace = (...keys: readonly string[]): void => {
    for (const key of keys) {
      const value = fresh.get(key);
      if (value === undefined) entries.delete(key);
      else entries.set(key, value);
    }
  };
  if (announce !== undefined) replace("announce", "announce-list");
  if (webSeeds !== undefined) replace("url-list");
  if (comment !== undefined) replace("comment", "comment.utf-8");
}

/** The info dictionary with name, `private` and `source` as wished; the very same bytes when they are so already. */
function changeInfo(torrent: BencodeDictionary, changes: TorrentChanges, isSingleFile: boolean): Uint8Array {
  const info = torrent.dictionary("info");
  if (info === undefined) throw new ProtocolError("METAINFO_INFO_MISSING", "no info dictionary");
  const changesPrivate = changes.private !== undefined && changes.private !== isPrivate(info);
  const changesSource = changes.source !== undefined && changes.source !== (info.text("source") ?? null);
  const changesName = changes.name !== undefined && changes.name !== info.text("name");
  if (!changesPrivate && !changesSource && !changesName) return info.raw;
  const entries = new Map<string, Encodable>([...info.spans()].map(([key, bytes]) => [key, new Raw(bytes)]));
  if (changes.name !== undefined && changesName) {
    refuseName(changes.name);
    set(entries, "name", changes.name);
    entries.delete("name.utf-8");
    if (isSingleFile) renameLoneFile(entries, info, changes.name);
  }
  if (changesPrivate) set(entries, "private", changes.private ? 1 : null);
  if (changesSource) {
    set(entries, "source", changes.source ?? null);
    entries.delete("source.utf-8");
  }
  return encode(entries);
}

/** A lone file stands in the tree of version 2 as well, under the name of the torrent: with another one it would be a file in a folder. */
function renameLoneFile(entries: Map<string, Encodable>, info: BencodeDictionary, name: string): void {
  const [file] = info.dictionary("file tree")?.spans() ?? [];
  if (file !== undefined) entries.set("file tree", new Map([[latin1(utf8(name)), new Raw(file[1])]]));
}

/** A name that whoever downloads would find replaced by another one is no name to publish under. */
function refuseName(name: string): void {
  if (name !== "" && safePart(name, "posix") === name) return;
  throw new UsageError(
    "TORRENT_NAME",
    `"${name}" can be no name of a file or folder: it must be one part of a path, without control characters`,
  );
}

function set(entries: Map<string, Encodable>, key: string, value: Encodable | null): void {
  if (value === null) entries.delete(key);
  else entries.set(key, value);
}
