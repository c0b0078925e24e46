/**
 * What is shared: random bytes of a given shape, and the torrent that names them.
 * @module
 */
import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseTorrent } from "@bittern/protocol/metainfo";
import { run } from "./measure.ts";

const MIB = 1024 * 1024;
const CHUNK_LENGTH = 16 * MIB;

/** A file, or a folder of equal files. */
export interface Shape {
  readonly name: string;
  readonly fileLength: number;
  /** One file, and no folder, when left out. */
  readonly fileCount?: number;
  /** A power of two from 32 KiB. */
  readonly pieceLength: number;
}

export interface Content {
  readonly name: string;
  readonly byteLength: number;
  /** Holds the file or folder. */
  readonly folder: string;
  /** Path of the .torrent, v1; alone in its folder. */
  readonly torrent: string;
  /** Hex. */
  readonly infoHash: string;
}

/** Writes random bytes below `folder` and has mktorrent make a torrent of them. */
export async function makeContent(
  folder: string,
  { name, fileLength, fileCount, pieceLength }: Shape,
  announceUrl: string,
): Promise<Content> {
  const source = join(folder, "source");
  mkdirSync(source, { recursive: true });
  const path = join(source, name);
  if (fileCount === undefined) writeRandom(path, fileLength);
  else {
    mkdirSync(path);
    for (let index = 0; index < fileCount; index++) writeRandom(join(path, `file ${String(index).padStart(5, "0")}`), fileLength);
  }
  const torrents = join(folder, "torrents");
  mkdirSync(torrents, { recursive: true });
  const torrent = join(torrents, `${name}.torrent`);
  await run(["mktorrent", "-l", String(Math.log2(pieceLength)), "-a", announceUrl, "-o", torrent, path]);
  const infoHash = parseTorrent(readFileSync(torrent)).infoHashes.v1;
  if (infoHash === undefined) throw new Error("mktorrent makes v1 torrents");
  return { name, byteLength: fileLength * (fileCount ?? 1), folder: source, torrent, infoHash };
}

export function writeRandom(path: string, length: number): void {
  const chunk = Buffer.alloc(Math.min(length, CHUNK_LENGTH));
  const file = openSync(path, "w");
  for (let at = 0; at < length; at += chunk.length) {
    const bytes = chunk.subarray(0, length - at);
    randomFillSync(bytes);
    writeSync(file, bytes);
  }
  closeSync(file);
}
