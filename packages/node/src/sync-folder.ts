/**
 * What was renamed, made or deleted in a folder is durable once the folder is.
 * @module
 */
import { open } from "node:fs/promises";
import { codeOf } from "./faults.ts";

/** Syncs a folder. Windows cannot and need not. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  if (folder === undefined) return;
  try {
    await folder.sync();
  } catch (error) {
    if (!["EINVAL", "ENOTSUP", "EPERM"].includes(codeOf(error))) throw error;
  } finally {
    await folder.close();
  }
}
