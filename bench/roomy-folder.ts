/**
 * Where a bench's data goes.
 * @module
 */
import { statfsSync } from "node:fs";
import { freemem, tmpdir } from "node:os";

const GIB = 1024 ** 3;
/** The largest bench holds 2 GiB and its torrent twice; memory must be left for the programs. */
const ROOM = 6 * GIB;
const MEMORY_FOLDER = "/dev/shm";

/** tmpfs where both it and the memory behind it have room; else the folder for temporary files. */
export function roomyFolder(): string {
  return freemem() > ROOM && freeIn(MEMORY_FOLDER) > ROOM ? MEMORY_FOLDER : tmpdir();
}

function freeIn(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
