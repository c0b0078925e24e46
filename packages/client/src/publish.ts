/**
 * From files to a torrent that can be seeded from where they lie.
 *
 * Files that come from elsewhere (from memory, a network, an archive) are written while they are hashed: their bytes are read
 * once, and what is not published in the end is taken away again.
 * @module
 */
import { type FileHandle, open, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { diskFault, makeFolder } from "@bittern/node";
import { UsageError } from "@bittern/protocol/base";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { type CreateOptions, createTorrent, gather } from "./create.ts";
import type { FileSource } from "./create-sources.ts";

/** The folder around the torrent's file or folder, and the name that has there. */
interface PublishedPlace {
  readonly path: string;
  readonly name: string;
}

export interface Published {
  readonly metainfo: Metainfo;
  readonly place: PublishedPlace;
}

/** `path`: the folder below which files from elsewhere go; the current one unless given. */
export async function publish(
  input: string | readonly string[] | AsyncIterable<FileSource>,
  options: CreateOptions & { readonly path?: string },
): Promise<Published> {
  if (typeof input === "string" || !(Symbol.asyncIterator in input)) {
    return { metainfo: await createTorrent(input, options), place: placeOf(input) };
  }
  const { sources, name, isSingleFile } = await gather(input, options);
  const place = { path: resolve(options.path ?? "."), name };
  const target = join(place.path, name);
  const written: string[] = [];
  const writing = sources.map((source) => ({
    ...source,
    stream: () => kept(source, isSingleFile ? target : join(target, source.path), written),
  }));
  try {
    return { metainfo: await createTorrent(iterate(writing), options), place };
  } catch (error) {
    await takeAway(written, place.path);
    throw error;
  }
}

/** The bytes of a source, which are in the file by the time the last one is read. */
async function* kept(source: FileSource, path: string, written: string[]): AsyncGenerator<Uint8Array, void, void> {
  const file = await create(path);
  written.push(path);
  try {
    for await (const bytes of source.stream()) {
      await file.appendFile(bytes);
      yield bytes;
    }
  } finally {
    await file.close();
  }
}

async function create(path: string): Promise<FileHandle> {
  try {
    makeFolder(dirname(path));
    return await open(path, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      throw new UsageError("FILE_EXISTS", `${path} is there already; choose another folder or name`);
    }
    throw diskFault(error, `writing ${path}`);
  }
}

/** The files, and the folders around them that are empty without them. */
async function takeAway(files: readonly string[], root: string): Promise<void> {
  for (const file of files.toReversed()) {
    await rm(file, { force: true });
    for (let folder = dirname(file); folder.length > root.length; folder = dirname(folder)) {
      if (
        !(await rmdir(folder).then(
          () => true,
          () => false,
        ))
      )
        break;
    }
  }
}

async function* iterate<Item>(items: Iterable<Item>): AsyncGenerator<Item, void, void> {
  yield* items;
}

function placeOf(input: string | readonly string[]): PublishedPlace {
  // The files of several inputs lie in one folder, which is then the torrent's.
  const place = resolve(typeof input === "string" ? input : dirname(resolve(input[0] ?? ".")));
  return { path: dirname(place), name: basename(place) };
}
