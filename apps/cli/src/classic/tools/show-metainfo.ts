/**
 * `btshowmetainfo`: what .torrent files say, in the lines of the classic tool.
 * @module
 */
import { basename } from "node:path";
import { type Metainfo, pathOf } from "@bittern/client";
import { printable } from "@bittern/faces";
import type { ClassicToolMessages } from "../../messages/classic/words.ts";
import { readTorrentFile } from "../../source.ts";
import type { ClassicAction, NoOptions } from "../program.ts";

/** Of the layout that scripts read: it has not changed since. */
const LAYOUT_VERSION = "20021207";
const LABEL_WIDTH = 14;

export const showMetainfo: ClassicAction<NoOptions> = async ({ output }, { positional }) => {
  const { tools } = output.messages.classic;
  process.stdout.write(`btshowmetainfo ${LAYOUT_VERSION} - ${tools.decodes}\n\n`);
  for (const path of positional) {
    const { metainfo } = await readTorrentFile(path);
    process.stdout.write(`${metainfoLines(basename(path), metainfo, tools).join("\n")}\n\n`);
  }
  return 0;
};

/** The lines of one .torrent. */
export function metainfoLines(file: string, torrent: Metainfo, { facts }: ClassicToolMessages): readonly string[] {
  const { name, isSingleFile, infoHashes, pieceLength, totalLength, announce, comment } = torrent;
  const whole = Math.floor(totalLength / pieceLength);
  const size = `${totalLength} (${whole} * ${pieceLength} + ${totalLength - whole * pieceLength})`;
  const lines = [fact(facts.file, file), fact(facts.infoHash, infoHashes.v1 ?? infoHashes.v2 ?? "")];
  if (isSingleFile) lines.push(fact(facts.fileName, printable(name)), fact(facts.fileSize, size));
  else {
    lines.push(fact(facts.directoryName, printable(name)), fact(facts.files, ""));
    lines.push(...torrent.files.map((entry) => `   ${printable(pathOf(entry))} (${entry.length})`));
    lines.push(fact(facts.archiveSize, size));
  }
  lines.push(fact(facts.announceUrl, printable(announce[0]?.[0] ?? "")));
  if (announce.flat().length > 1) lines.push(fact(facts.announceList, announce.map((tier) => printable(tier.join(","))).join("|")));
  if (comment !== undefined) lines.push(fact(facts.comment, printable(comment)));
  return lines;
}

/** `info hash.....: …`. */
function fact(label: string, value: string): string {
  return `${label.padEnd(LABEL_WIDTH, ".")}: ${value}`;
}
