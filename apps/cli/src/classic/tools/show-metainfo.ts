/**
 * `btshowmetainfo`: what .torrent files say, in the lines of the classic tool.
 * @module
 */
import { basename } from "node:path";
import { loadBytes, type Metainfo, parseTorrent, pathOf } from "@bittern/client";
import { printable } from "@bittern/faces";
import type { ClassicAction, NoOptions } from "../program.ts";

/** Of the layout that scripts read: it has not changed since. */
const LAYOUT_VERSION = "20021207";
const LABEL_WIDTH = 14;

export const showMetainfo: ClassicAction<NoOptions> = async (_invocation, { positional }) => {
  process.stdout.write(`btshowmetainfo ${LAYOUT_VERSION} - decode BitTorrent metainfo files\n\n`);
  for (const path of positional) {
    const torrent = parseTorrent(await loadBytes(path));
    process.stdout.write(`${metainfoLines(basename(path), torrent).join("\n")}\n\n`);
  }
  return 0;
};

/** The lines of one .torrent. */
export function metainfoLines(file: string, torrent: Metainfo): readonly string[] {
  const { name, isSingleFile, infoHashes, pieceLength, totalLength, announce, comment } = torrent;
  const files = torrent.files.filter(({ isPad }) => !isPad);
  const whole = Math.floor(totalLength / pieceLength);
  const size = `${totalLength} (${whole} * ${pieceLength} + ${totalLength - whole * pieceLength})`;
  const lines = [fact("metainfo file", file), fact("info hash", infoHashes.v1 ?? infoHashes.v2 ?? "")];
  if (isSingleFile) lines.push(fact("file name", printable(name)), fact("file size", size));
  else {
    lines.push(fact("directory name", printable(name)), fact("files", ""));
    lines.push(...files.map((entry) => `   ${printable(pathOf(entry))} (${entry.length})`));
    lines.push(fact("archive size", size));
  }
  lines.push(fact("announce url", printable(announce[0]?.[0] ?? "")));
  if (announce.flat().length > 1) lines.push(fact("announce list", announce.map((tier) => printable(tier.join(","))).join("|")));
  if (comment !== undefined) lines.push(fact("comment", printable(comment)));
  return lines;
}

/** `info hash.....: …`. */
function fact(label: string, value: string): string {
  return `${label.padEnd(LABEL_WIDTH, ".")}: ${value}`;
}
