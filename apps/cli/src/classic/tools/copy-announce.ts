/**
 * `btcopyannounce`: copies the trackers of one torrent into others.
 * @module
 */
import { editTorrent } from "@bittern/client";
import { printable } from "@bittern/faces";
import { UsageError } from "@bittern/protocol/base";
import { readTorrentFile } from "../../source.ts";
import { writeWholeFile } from "../../write-file.ts";
import type { ClassicAction, NoOptions } from "../program.ts";

export const copyAnnounce: ClassicAction<NoOptions> = async ({ output }, { positional }) => {
  const [source = "", ...paths] = positional;
  const { announce } = (await readTorrentFile(source)).metainfo;
  const shown = announce.map((tier) => printable(tier.join(","))).join("|");
  if (announce.length === 0) throw new UsageError("ANNOUNCE_NONE", `${source} names no tracker that could be copied`);
  for (const path of paths) {
    const { bytes } = await readTorrentFile(path);
    await writeWholeFile(path, editTorrent(bytes, { announce }).bytes, true);
    process.stdout.write(`${output.messages.classic.tools.announcesTo(printable(path), shown)}\n`);
  }
  return 0;
};
