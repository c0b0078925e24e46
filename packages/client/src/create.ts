/**
 * Makes torrents of files and folders (BEP 3, 47, 52).
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import { DEFAULT_SETTINGS } from "@bittern/engine";
import { hashStream, type LeftOut, type ListedFile, type ListOptions, listFiles, type StreamFile } from "@bittern/node";
import { equalBytes, UsageError, utf8, wantedUrl } from "@bittern/protocol/base";
import {
  automaticPieceLength,
  buildTorrent,
  CreationPlan,
  checkPieceLength,
  type Metainfo,
  type PlanOptions,
  type SourceFile,
  safePart,
  type TorrentVersion,
} from "@bittern/protocol/metainfo";
import { type FileSource, type HashedPieces, hashSources } from "./create-sources.ts";
import { parseTorrent } from "./parse-torrent.ts";
import type { WaitOptions } from "./waits.ts";

/** Names that one message tells of. */
const NAMES_TOLD_MAX = 20;
const VERSIONS: ReadonlySet<string> = new Set<TorrentVersion>(["v1", "v2", "hybrid"]);

/** What a new torrent says, and how it is made. */
export interface CreateOptions extends WaitOptions {
  /** Default "hybrid": clients of both generations join the same swarm. */
  readonly version?: TorrentVersion;
  /** Bytes: a power of two from 16 KiB on; by the table of docs/piece-length.md unless given. */
  readonly pieceLength?: number;
  /** Name of the file or folder for those who download; as it is unless given. */
  readonly name?: string;
  /** Tiers of announce URLs: http, https, udp, ws or wss. */
  readonly announce?: readonly (readonly string[])[];
  /** http or https. */
  readonly webSeeds?: readonly string[];
  /** Peers come from the trackers only (BEP 27). */
  readonly private?: boolean;
  /** A mark that makes the info hash another one. */
  readonly source?: string;
  readonly comment?: string;
  /** The program that made it; this one and its version unless given. */
  readonly createdBy?: string;
  /** Now unless given; null leaves it out. */
  readonly creationDate?: Date | null;
  /** Takes hidden files and the litter of editors and desktops as well. */
  readonly includeHidden?: boolean;
  /**
   * As mainline 3.4.2 made its torrents, so that the same folder has the same v1 info hash: hidden files, `core` and `CVS` stay
   * out, files are sorted part by part, and nothing names the maker.
   */
  readonly likeMainline?: boolean;
  /** Threads that hash; as many as the machine runs at once when absent. */
  readonly threads?: number;
  /** Bytes hashed so far, and in all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Told once of what stays out of the torrent, when anything does. */
  readonly onLeftOut?: (entries: readonly LeftOut[]) => void;
}

/**
 * Hashes a file, a folder, several of them together, or files that come from elsewhere, and answers the new torrent;
 * `toBytes()` is the .torrent.
 */
export async function createTorrent(
  input: string | readonly string[] | AsyncIterable<FileSource>,
  options: CreateOptions = {},
): Promise<Metainfo> {
  options.signal?.throwIfAborted();
  const { version = "hybrid" } = options;
  if (!VERSIONS.has(version))
    throw new UsageError("CREATE_VERSION", `there is no torrent of version ${String(version)}; choose v1, v2 or hybrid`);
  // Before hours of hashing.
  for (const url of options.announce?.flat() ?? []) wantedUrl(url, "announce");
  for (const url of options.webSeeds ?? []) wantedUrl(url, "webSeed");
  if (options.pieceLength !== undefined) checkPieceLength(options.pieceLength, version);
  const content =
    typeof input === "object" && Symbol.asyncIterator in input ? await gathered(input, options) : await listed(input, options);
  const files =
    content.isSingleFile && options.name !== undefined
      ? content.files.map((file) => ({ ...file, path: [options.name as string] }))
      : content.files;
  refuseUnsafeParts([options.name ?? content.name, ...files.flatMap(({ path }) => path)]);
  const totalLength = files.reduce((sum, file) => sum + file.length, 0);
  const planned: PlanOptions = {
    version,
    name: options.name ?? content.name,
    pieceLength: options.pieceLength ?? automaticPieceLength(totalLength),
    files,
    isSingleFile: content.isSingleFile,
    sortsByPart: options.likeMainline === true,
  };
  const plan = new CreationPlan(planned);
  const { pieces, pieceRoots } = await content.hash(plan, options);
  return parseTorrent(
    buildTorrent({
      ...planned,
      ...outerOf(options),
      private: options.private === true,
      ...(options.source === undefined ? {} : { source: options.source }),
      ...(pieces === undefined ? {} : { pieces }),
      ...(pieceRoots === undefined ? {} : { fileTrees: plan.fileTrees(pieceRoots) }),
    }),
  );
}

/** Files that are to become a torrent, and how their bytes are hashed. */
interface Content {
  readonly name: string;
  readonly isSingleFile: boolean;
  readonly files: readonly SourceFile[];
  hash(plan: CreationPlan, options: CreateOptions): Promise<HashedPieces>;
}

async function listed(input: string | readonly string[], options: CreateOptions): Promise<Content> {
  // An unset variable would publish whatever folder one happens to be in.
  if (input === "" || (Array.isArray(input) && input.includes(""))) throw new UsageError("CREATE_FILES", "no file is named; give its path");
  const { name, isSingleFile, files, leftOut } = await listAll(input, {
    all: options.includeHidden === true,
    likeMainline: options.likeMainline === true,
  });
  if (leftOut.length > 0) options.onLeftOut?.(leftOut);
  if (files.length === 0) throw new UsageError("CREATE_FILES", `${String(input)}: there is no file to publish`);
  refuseUnreadableNames(files);
  return { name, isSingleFile, files, hash: (plan, asked) => hashFiles(plan, files, asked) };
}

type Listing = Awaited<ReturnType<typeof listFiles>>;

/** Several inputs lie side by side in a folder named after the one that the first of them lies in. */
async function listAll(input: string | readonly string[], rule: ListOptions): Promise<Listing> {
  if (typeof input === "string") return listFiles(input, rule);
  const [first] = input;
  if (first === undefined) throw new UsageError("CREATE_FILES", "there is no file to publish");
  const files: ListedFile[] = [];
  const leftOut: LeftOut[] = [];
  for (const path of input) {
    const listing = await listFiles(path, rule);
    const above = listing.isSingleFile ? [] : [listing.name];
    files.push(...listing.files.map((file) => ({ ...file, path: [...above, ...file.path] })));
    leftOut.push(...listing.leftOut.map((entry) => ({ ...entry, path: [...above, entry.path].join("/") })));
  }
  return { name: basename(dirname(resolve(first))), isSingleFile: false, files, leftOut };
}

/** A torrent names files in UTF-8: under a name that is none, nobody could seed what was published. */
function refuseUnreadableNames(files: readonly ListedFile[]): void {
  const bad = files.filter((file) => {
    const names = file.path.slice(-file.rawPath.length);
    return !file.rawPath.every((raw, at) => equalBytes(raw, utf8(names[at] as string)));
  });
  if (bad.length === 0) return;
  const names = named(bad.map(({ path }) => path.join("/")));
  if (bad.length === 1) throw new UsageError("CREATE_PATH", `the name of ${names} is not UTF-8; rename the file`);
  throw new UsageError("CREATE_PATH", `the names of ${names} are not UTF-8; rename the files`);
}

/** Whoever downloads gets another name in place of such a one, we when we seed as well: nobody would find the file. */
function refuseUnsafeParts(parts: readonly string[]): void {
  // What is no name at all has words of its own.
  const isNone = (part: string): boolean => part === "." || part === ".." || part.includes("/");
  const bad = [...new Set(parts.filter((part) => !isNone(part) && safePart(part, "posix") !== part))];
  if (bad.length === 0) return;
  const names = named(bad.map((part) => JSON.stringify(part)));
  const why = "control characters, marks that turn text around, or too many bytes";
  if (bad.length === 1)
    throw new UsageError("CREATE_PATH", `whoever downloads ${names} gets it under another name: it has ${why}; rename it`);
  throw new UsageError("CREATE_PATH", `whoever downloads ${names} gets them under other names: they have ${why}; rename them`);
}

/** All of them at once, so that nobody has to try again for each; of very many the first ones. */
function named(names: readonly string[]): string {
  const left = names.length - NAMES_TOLD_MAX;
  return `${names.slice(0, NAMES_TOLD_MAX).join(", ")}${left > 0 ? ` (and ${left} more)` : ""}`;
}

async function hashFiles(plan: CreationPlan, files: readonly ListedFile[], options: CreateOptions): Promise<HashedPieces> {
  const { totalLength, pieceLength } = plan.layout;
  // An empty file has nothing to hash, and in v2 it may stand behind the end of the stream.
  const filled = plan.files.filter(({ length }) => length > 0);
  const stream = filled.map(
    ({ sourceIndex, offset, length, isPad }): StreamFile => ({
      path: sourceIndex === undefined ? "" : (files[sourceIndex] as ListedFile).place,
      offset,
      length,
      isPad,
    }),
  );
  const { threads, onProgress, signal } = options;
  return await hashStream({
    files: stream,
    pieceLength,
    totalLength,
    want: { sha1: plan.version !== "v2", merkle: plan.version !== "v1" },
    ...(threads === undefined ? {} : { threads }),
    ...(onProgress === undefined ? {} : { onProgress: (done: number) => onProgress(done, totalLength) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Files from elsewhere, and what their torrent is called. */
export interface Gathered {
  readonly sources: readonly FileSource[];
  readonly name: string;
  readonly isSingleFile: boolean;
}

export async function gather(sources: AsyncIterable<FileSource>, options: Pick<CreateOptions, "name">): Promise<Gathered> {
  const known: FileSource[] = [];
  for await (const source of sources) known.push(source);
  const [only] = known;
  const isSingleFile = known.length === 1 && only?.path.includes("/") === false;
  const name = options.name ?? (isSingleFile ? (only as FileSource).path : "torrent");
  return { sources: known, name, isSingleFile };
}

async function gathered(from: AsyncIterable<FileSource>, options: CreateOptions): Promise<Content> {
  const { sources, name, isSingleFile } = await gather(from, options);
  const files = sources.map(({ path, length }) => ({ path: path.split("/"), length }));
  return { name, isSingleFile, files, hash: (plan, asked) => hashSources(plan, sources, asked) };
}

function outerOf(options: CreateOptions) {
  const { announce, webSeeds, comment, creationDate = new Date() } = options;
  if (creationDate !== null && Number.isNaN(creationDate.getTime())) throw new UsageError("CREATE_DATE", "the date of creation is no date");
  return {
    announce: announce ?? [],
    webSeeds: webSeeds ?? [],
    ...(options.likeMainline === true ? {} : { createdBy: options.createdBy ?? DEFAULT_SETTINGS.clientName }),
    ...(comment === undefined ? {} : { comment }),
    ...(creationDate === null ? {} : { creationDate: Math.floor(creationDate.getTime() / 1000) }),
  };
}
