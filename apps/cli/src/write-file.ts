/**
 * Writes a file as a whole: whoever reads its name sees the old content or the new, never half of it. `-o -` is standard
 * output.
 * @module
 */
import { link, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "@bittern/protocol/base";
import { CommandError } from "./failure.ts";
import type { Output } from "./output.ts";

/** `file` is null for standard output. */
export async function deliver(bytes: Uint8Array, file: string | null, overwrite: boolean, output: Output): Promise<void> {
  if (file === null) output.file(bytes);
  else await writeWholeFile(file, bytes, overwrite);
}

/** Standard output takes the .torrent or JSON, not both, and a terminal is no place for bytes. */
export function refuseMixedOutput(output: Output): void {
  if (output.isJson) throw new UsageError("OUTPUT_TAKEN", "--json and -o - both need standard output; leave one out");
  if (process.stdout.isTTY) throw new UsageError("OUTPUT_TERMINAL", "a .torrent would garble the terminal; send it on with | or >");
}

/** `overwrite` replaces what is there; without it an existing file is kept and the command fails. */
export async function writeWholeFile(path: string, bytes: Uint8Array, overwrite: boolean): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await writeFile(draft, bytes, { flag: "wx" });
    if (overwrite) await rename(draft, path);
    else await place(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw exists(path);
    throw renamed(error, draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Gives the draft its name unless the name is taken: a link does both at once, where there are links. */
async function place(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code)) throw error;
    await writeFile(path, "", { flag: "wx" });
    await rename(draft, path);
  }
}

export function exists(path: string): CommandError {
  return new CommandError("FILE_EXISTS", `${path} exists already; name another file with -o, or overwrite it with --force`);
}

/** Better said before minutes of hashing than after. */
export async function refuseMissingFolder(path: string): Promise<void> {
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder === undefined) throw folderMissing(path);
}

function folderMissing(path: string): CommandError {
  return new CommandError("FILE_MISSING", `${path}: there is no folder ${dirname(path)}; make it, or name another place`);
}

/** Errors name the file that was wanted, not our draft of it. */
function renamed(error: unknown, draft: string, path: string): unknown {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return folderMissing(path);
  // Once a file is open the system names none: that the disk is full is said of a descriptor.
  if (error instanceof Error && [draft, undefined].includes((error as NodeJS.ErrnoException).path))
    (error as NodeJS.ErrnoException).path = path;
  return error;
}
