/**
 * `bittern edit`: changes what may change in a .torrent.
 * @module
 */
import { resolve } from "node:path";
import { editTorrent, parseTorrent, type TorrentChanges } from "@bittern/client";
import { UsageError } from "@bittern/protocol/base";
import { summaryLines, summaryOf } from "../description.ts";
import type { Action } from "../invocation.ts";
import { readTorrentFile } from "../source.ts";
import { deliver, refuseMixedOutput } from "../write-file.ts";

interface EditOptions {
  readonly tracker?: readonly (readonly string[])[];
  readonly webSeed?: readonly string[];
  readonly comment?: string;
  readonly source?: string;
  readonly private?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

export const edit: Action<EditOptions> = async ({ output }, [torrent = ""], options) => {
  const changes = changesOf(options);
  const isPiped = options.output === "-";
  if (isPiped) refuseMixedOutput(output);
  if (torrent === "-" && options.output === undefined)
    throw new UsageError("OUTPUT_NEEDED", "standard input cannot be changed in place; name a file with -o, or - for standard output");
  const { bytes: before, metainfo: old } = await readTorrentFile(torrent === "-" ? process.stdin : torrent);
  const { bytes, infoHashChanged } = editTorrent(before, changes);
  const edited = parseTorrent(bytes);
  const file = isPiped ? null : resolve(options.output ?? torrent);
  const isInPlace = torrent !== "-" && file === resolve(torrent);
  await deliver(bytes, file, isInPlace || options.force === true, output);
  if (edited.private && edited.announce.length === 0) output.warn(output.messages.create.privateWithoutTracker);
  const { v1, v2 } = old.infoHashes;
  const lines = infoHashChanged ? [output.messages.edit.hashChanged, ""] : [];
  const text = [...lines, ...summaryLines(summaryOf(edited, file), output.messages)].join("\n");
  if (isPiped) output.note(text);
  else output.result({ ...summaryOf(edited, file), infoHashChanged, previousInfoHash: v1 ?? null, previousInfoHashV2: v2 ?? null }, text);
  return 0;
};

function changesOf(options: EditOptions): TorrentChanges {
  const changes: TorrentChanges = {
    announce: options.tracker?.filter((tier) => tier.length > 0),
    webSeeds: options.webSeed?.filter((url) => url !== ""),
    comment: options.comment === "" ? null : options.comment,
    source: options.source === "" ? null : options.source,
    private: options.private,
  };
  if (Object.values(changes).every((change) => change === undefined)) {
    throw new UsageError("NOTHING_TO_CHANGE", "nothing is to be changed; give -t, --comment, --source, --web-seed or --private");
  }
  return changes;
}
