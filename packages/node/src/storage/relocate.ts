/**
 * Moving a torrent's files below another root, and deleting them. Both touch only files by the torrent's own names,
 * never follow a link, and let other jobs of the worker in between.
 * @module
 */
import { closeSync, fstatSync, ftruncateSync, futimesSync, lstatSync, renameSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import { HostError } from "@bittern/protocol/base";
import { codeOf } from "../faults.ts";
import { makeFolder } from "../make-folder.ts";
import { readFully, writeAll } from "./file-pool.ts";
import { Sandbox } from "./paths.ts";
import { syncData } from "./syncing.ts";

/** Bytes copied before others get their turn. */
const COPY_LENGTH = 4 * 1024 * 1024;
/** Bytes. A stretch of zeros this long is left a hole, as it was. */
const HOLE_LENGTH = 64 * 1024;
/** Names dealt with before others get their turn. */
const NAMES_AT_ONCE = 128;

/** Moves what exists of `paths` to below `root`: all of it, or nothing when something is in the way. */
export async function moveFiles(from: Sandbox, root: string, paths: readonly string[]): Promise<void> {
  makeFolder(root);
  const to = new Sandbox(root, { followsLinks: false });
  const renamed: string[] = [];
  const copied: string[] = [];
  try {
    if (to.identity() === from.identity()) return;
    for (const [count, path] of paths.entries()) {
      if (count % NAMES_AT_ONCE === 0) await breathe();
      if (from.look(path) === undefined) continue;
      if (renameFile(from, to, path)) renamed.push(path);
      else {
        copied.push(path);
        await copyFile(from, to, path);
      }
    }
    for (const path of copied) from.removeFile(path);
  } catch (error) {
    for (const path of renamed) renameFile(to, from, path);
    for (const path of copied) to.removeFile(path);
    removeFolders(to, paths);
    throw error;
  } finally {
    to.close();
  }
  removeFolders(from, paths);
}

/** Deletes the files and the folders that are empty then. */
export async function removeFiles(sandbox: Sandbox, paths: readonly string[]): Promise<void> {
  for (const [count, path] of paths.entries()) {
    if (count % NAMES_AT_ONCE === 0) await breathe();
    sandbox.removeFile(path);
  }
  removeFolders(sandbox, paths);
}

/** False when the two roots lie on different file systems. */
function renameFile(from: Sandbox, to: Sandbox, path: string): boolean {
  const source = from.place(path, false);
  const target = to.place(path, true);
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw new HostError("FILE_UNSAFE", `${path} is already there`);
  try {
    renameSync(source, target);
    return true;
  } catch (error) {
    if (codeOf(error) === "EXDEV") return false;
    throw error;
  }
}

async function copyFile(from: Sandbox, to: Sandbox, path: string): Promise<void> {
  const source = from.openToRead(path);
  try {
    const target = to.create(path);
    try {
      await copyBytes(source, target);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

/** Holes stay holes; the time of the last change is kept, the copy being durable before its original goes. */
async function copyBytes(source: number, target: number): Promise<void> {
  const { size, atime, mtime } = fstatSync(source);
  const bytes = Buffer.alloc(Math.min(size, COPY_LENGTH));
  ftruncateSync(target, size);
  for (let at = 0; at < size; at += bytes.length) {
    const count = readFully(source, bytes, at);
    for (let start = 0; start < count; start += HOLE_LENGTH) {
      const part = bytes.subarray(start, Math.min(start + HOLE_LENGTH, count));
      if (!isZero(part)) writeAll(target, part, at + start);
    }
    await breathe();
  }
  await syncData(target, "a copy");
  futimesSync(target, atime, mtime);
}

function isZero(bytes: Buffer): boolean {
  return bytes.length === 0 || (bytes[0] === 0 && bytes.subarray(1).equals(bytes.subarray(0, -1)));
}

/** Deepest first; those with something left in them stay. */
function removeFolders(sandbox: Sandbox, paths: readonly string[]): void {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) folders.add(path.slice(0, end));
  }
  const deepestFirst = [...folders].toSorted((left, right) => right.length - left.length);
  for (const folder of deepestFirst) sandbox.removeFolder(folder);
}
