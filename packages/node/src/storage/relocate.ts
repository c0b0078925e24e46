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

/** The parts file: it goes beside the files, or to another name in the folder it is in. */
export interface PartsMove {
  readonly folder: Sandbox;
  readonly isBeside: boolean;
  readonly path: string;
  readonly newPath: string;
}

/** One file on its way. */
interface Step {
  readonly from: Sandbox;
  readonly path: string;
  readonly to: Sandbox;
  readonly newPath: string;
}

/**
 * Moves what exists of `paths` to below `root`, and the parts file: all of it, or nothing when something is in the way. A parts file
 * that an earlier stay left at the new place is not in the way: it goes.
 */
export async function moveFiles(from: Sandbox, root: string, paths: readonly string[], parts: PartsMove): Promise<void> {
  makeFolder(root);
  const to = new Sandbox(root, { followsLinks: false });
  const renamed: Step[] = [];
  const copied: Step[] = [];
  const move = async (step: Step): Promise<void> => {
    if (step.from.look(step.path) === undefined) return;
    if (renameFile(step)) renamed.push(step);
    else {
      copied.push(step);
      await copyFile(step);
    }
  };
  try {
    const isThere = to.identity() === from.identity();
    for (const [count, path] of isThere ? [] : paths.entries()) {
      if (count % NAMES_AT_ONCE === 0) await breathe();
      await move({ from, path, to, newPath: path });
    }
    const step = { from: parts.folder, path: parts.path, to: parts.isBeside ? to : parts.folder, newPath: parts.newPath };
    if (parts.path !== parts.newPath || (parts.isBeside && !isThere)) {
      step.to.removeFile(step.newPath);
      await move(step);
    }
    for (const { path, from: left } of copied) left.removeFile(path);
    if (isThere) return;
  } catch (error) {
    for (const step of renamed) renameFile({ from: step.to, path: step.newPath, to: step.from, newPath: step.path });
    for (const { to: reached, newPath } of copied) reached.removeFile(newPath);
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
function renameFile({ from, path, to, newPath }: Step): boolean {
  const source = from.place(path, false);
  const target = to.place(newPath, true);
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw new HostError("FILE_UNSAFE", `${newPath} is already there`);
  try {
    renameSync(source, target);
    return true;
  } catch (error) {
    if (codeOf(error) === "EXDEV") return false;
    throw error;
  }
}

async function copyFile({ from, path, to, newPath }: Step): Promise<void> {
  const source = from.openToRead(path);
  try {
    const target = to.create(newPath);
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
