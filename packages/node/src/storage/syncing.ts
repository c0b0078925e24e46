/**
 * Making writes durable in the background, on the threads of the system.
 * @module
 */
import { closeSync, fdatasync, fsync } from "node:fs";
import { codeOf, diskFault } from "../faults.ts";
import type { Sandbox } from "./paths.ts";

/** Content and length of a file; its times may be lost. */
export function syncData(fd: number, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error ? reject(diskFault(error, `syncing ${path}`)) : resolve()));
  });
}

/** The names in the folder that `path` is in. */
export async function syncFolder(sandbox: Sandbox, path: string): Promise<void> {
  let folder: number | undefined;
  try {
    folder = sandbox.openFolderOf(path);
  } catch {
    // The folder is gone, and what was in it as well.
  }
  if (folder === undefined) return;
  try {
    await fsyncLater(folder);
  } finally {
    closeSync(folder);
  }
}

function fsyncLater(folder: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fsync(folder, (error) => {
      // Some network file systems cannot sync a folder, and order their operations themselves.
      if (error && !["EINVAL", "ENOTSUP"].includes(codeOf(error))) reject(diskFault(error, "syncing a folder"));
      else resolve();
    });
  });
}
