/**
 * The place where a torrent's data lies: one name for it, however it is written.
 * @module
 */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The path with every link resolved that exists; what does not exist yet is taken as it is written. */
export function realTarget(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync.native(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realTarget(parent), basename(absolute));
  }
}

/** The name of the resume record of this torrent at this place. */
export function recordKey(infoHash: string, target: string): string {
  return `${infoHash}-${createHash("sha256").update(target).digest("hex").slice(0, 16)}`;
}
