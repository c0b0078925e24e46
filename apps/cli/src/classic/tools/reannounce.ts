/**
 * `btreannounce`: sends torrents to another tracker.
 * @module
 */
import { editTorrent } from "@bittern/client";
import { printable } from "@bittern/faces";
import { readTorrentFile } from "../../source.ts";
import { writeWholeFile } from "../../write-file.ts";
import type { AnnounceTable } from "../options/maker.ts";
import type { ClassicAction } from "../program.ts";
import { tiersOf } from "./tiers.ts";

export const reannounce: ClassicAction<AnnounceTable> = async ({ output }, { values, positional }) => {
  const [url = "", ...paths] = positional;
  const announce = tiersOf(url, values.announce_list);
  for (const path of paths) {
    const { bytes, metainfo } = await readTorrentFile(path);
    const old = metainfo.announce[0]?.[0];
    if (old !== undefined && old !== url)
      process.stdout.write(`${output.messages.classic.tools.oldAnnounce(printable(path), printable(old))}\n`);
    await writeWholeFile(path, editTorrent(bytes, { announce }).bytes, true);
  }
  return 0;
};
