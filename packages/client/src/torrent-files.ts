/**
 * The files of a torrent and which of them are wanted, from the wish that was there before they were known to what the engine is told.
 * @module
 */
import type { FilePriority } from "@bittern/engine";
import type { Metainfo } from "@bittern/protocol/metainfo";
import type { FileSelection } from "./glob.ts";
import { pathOf } from "./metainfo.ts";
import { folderOf, prioritiesFor } from "./selection.ts";
import type { KnownSource } from "./source.ts";
import { type FilePort, TorrentFile } from "./torrent-file.ts";

export interface TorrentFilesParts {
  readonly source: KnownSource;
  readonly selection: FileSelection | undefined;
  /** What its files stand on. */
  readonly port: (pieceLength: number, priorities: Pick<FilePort, "priorityOf" | "setPriority">) => FilePort;
  /** The choice has changed: priorities by position among all files, pads counted. */
  readonly prioritize: (priorities: readonly FilePriority[]) => void;
}

export class TorrentFiles {
  readonly #parts: TorrentFilesParts;
  #metainfo: Metainfo | null = null;
  #list: readonly TorrentFile[] = [];
  /** By position among all files, pads counted. */
  readonly #byIndex = new Map<number, TorrentFile>();
  #selection: FileSelection | undefined;
  #priorities: readonly FilePriority[] = [];

  constructor(parts: TorrentFilesParts) {
    this.#parts = parts;
    this.#selection = parts.selection;
  }

  /** Null until it is known. */
  get metainfo(): Metainfo | null {
    return this.#metainfo;
  }
  /** Pad files left out; empty until they are known. */
  get list(): readonly TorrentFile[] {
    return this.#list;
  }
  /** By position among all files; pads are none. */
  at(index: number): TorrentFile | undefined {
    return this.#byIndex.get(index);
  }

  /** Nobody is told of a choice yet: who is added with its metadata says it then. */
  know(metainfo: Metainfo): void {
    this.#metainfo = metainfo;
    this.#priorities = prioritiesFor(metainfo.filesWithPads, folderOf(metainfo), this.#selection, this.#parts.source);
    const port = this.#parts.port(metainfo.pieceLength, {
      priorityOf: (file) => this.#priorities[file] ?? 1,
      setPriority: (file, priority) => this.#prioritize(this.#priorities.with(file, priority)),
    });
    for (const [index, file] of metainfo.filesWithPads.entries()) {
      if (file.isPad) continue;
      this.#byIndex.set(index, new TorrentFile({ index, path: pathOf(file), offset: file.offset, length: file.length }, port));
    }
    this.#list = [...this.#byIndex.values()];
  }

  /** The metadata came from peers: patterns that name the torrent's folder could not be judged before it had a name. */
  learn(metainfo: Metainfo): void {
    this.know(metainfo);
    if (this.#selection !== undefined) this.#prioritize(this.#priorities);
  }

  select(selection: FileSelection): void {
    this.#selection = selection;
    if (this.#metainfo === null) return;
    this.#prioritize(prioritiesFor(this.#metainfo.filesWithPads, folderOf(this.#metainfo), selection, this.#parts.source));
  }

  #prioritize(priorities: readonly FilePriority[]): void {
    this.#priorities = priorities;
    this.#parts.prioritize(priorities);
  }
}
