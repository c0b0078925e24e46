/**
 * `bittern create`: makes a .torrent of a file or folder.
 * @module
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { createTorrent, HostError, type LeftOut, type TorrentVersion } from "@bittern/client";
import { printable } from "@bittern/faces";
import { summaryLines, summaryOf } from "../description.ts";
import type { Action } from "../invocation.ts";
import type { Output } from "../output.ts";
import { ProgressDisplay } from "../render/display.ts";
import { namedPath } from "../source.ts";
import { CREATED_BY } from "../version.ts";
import { deliver, exists, refuseMissingFolder, refuseMixedOutput } from "../write-file.ts";

interface CreateOptions {
  readonly tracker?: readonly (readonly string[])[];
  readonly output?: string;
  readonly pieceLength?: number;
  readonly v1?: boolean;
  readonly v2?: boolean;
  readonly private?: boolean;
  readonly comment?: string;
  readonly source?: string;
  readonly webSeed?: readonly string[];
  readonly date: boolean;
  readonly name?: string;
  readonly threads?: number;
  readonly all?: boolean;
  readonly force?: boolean;
}

export const create: Action<CreateOptions> = async ({ output, stop }, [argument = ""], options) => {
  const path = namedPath(argument);
  const isPiped = options.output === "-";
  if (isPiped) refuseMixedOutput(output);
  const file = isPiped ? null : resolve(options.output ?? `${path}.torrent`);
  if (!(await isThere(path))) throw new HostError("FILE_MISSING", `${argument}: there is no such file or folder`);
  // Better said before minutes of hashing than after.
  if (file !== null) await refuseMissingFolder(file);
  if (file !== null && options.force !== true && (await isThere(file))) throw exists(file);
  const display = new ProgressDisplay(output);
  const startedAt = performance.now();
  const metainfo = await createTorrent(path, {
    version: versionOf(options),
    announce: options.tracker?.filter((tier) => tier.length > 0) ?? [],
    webSeeds: options.webSeed ?? [],
    private: options.private === true,
    createdBy: CREATED_BY,
    includeHidden: options.all === true,
    signal: stop.signal,
    onLeftOut: (entries) => tellLeftOut(entries, output),
    onProgress: (done, total) => {
      const rate = done / ((performance.now() - startedAt) / 1000);
      const secondsLeft = rate > 0 ? (total - done) / rate : Number.NaN;
      display.update({ activity: output.messages.hashing, fraction: done / Math.max(1, total), done, total, secondsLeft });
    },
    ...(options.date ? {} : { creationDate: null }),
    ...(options.pieceLength === undefined ? {} : { pieceLength: options.pieceLength }),
    ...(options.comment === undefined ? {} : { comment: options.comment }),
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  await deliver(metainfo.toBytes(), file, options.force === true, output);
  if (metainfo.private && metainfo.announce.length === 0) output.warn(output.messages.create.privateWithoutTracker);
  const summary = summaryOf(metainfo, file);
  if (file === null) output.note(summaryLines(summary, output.messages).join("\n"));
  else output.result(summary, summaryLines(summary, output.messages).join("\n"));
  return 0;
};

function versionOf({ v1, v2 }: CreateOptions): TorrentVersion {
  if (v1 === true) return "v1";
  return v2 === true ? "v2" : "hybrid";
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Hidden files and litter are counted; what somebody may miss is named. */
function tellLeftOut(entries: readonly LeftOut[], output: Output): void {
  const quiet = entries.filter(({ why }) => why === "hidden" || why === "litter").length;
  if (quiet > 0) output.note(output.messages.create.leftOutQuietly(quiet));
  for (const { path, why } of entries) {
    if (why !== "hidden" && why !== "litter") output.warn(output.messages.create.leftOut(printable(path), why));
  }
}
