/**
 * Looks at what lies where a journal shall be kept, before it is read as one and replaced.
 * @module
 */
import { type FileHandle, open } from "node:fs/promises";
import { UsageError } from "@bittern/protocol/base";
import { isJournal, JOURNAL_START_LENGTH } from "@bittern/tracker";

/** Rejects with a `UsageError` when somebody else's file is there. What cannot be opened is left to the journal to tell. */
export async function checkJournalPath(path: string): Promise<void> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return;
  try {
    const start = await startOf(file);
    if (isJournal(start)) return;
    // A dfile is a bencoded dictionary.
    const advice =
      start[0] === "d".charCodeAt(0) ? "; the state of a classic tracker is taken up with --dfile (dfile)" : "; choose another path";
    throw new UsageError("JOURNAL_FOREIGN", `${path} is no journal of this tracker and would be overwritten${advice}`);
  } finally {
    await file.close();
  }
}

async function startOf(file: FileHandle): Promise<Uint8Array> {
  const start = new Uint8Array(JOURNAL_START_LENGTH);
  for (let length = 0; length < start.length; ) {
    const { bytesRead } = await file.read(start, length, start.length - length, length).catch(() => ({ bytesRead: 0 }));
    if (bytesRead === 0) return start.subarray(0, length);
    length += bytesRead;
  }
  return start;
}
