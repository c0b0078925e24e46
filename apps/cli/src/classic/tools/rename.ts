/**
 * `btrename`: gives a torrent another name, which makes it another torrent.
 * @module
 */
import { editTorrent } from "@bittern/client";
import { printable } from "@bittern/faces";
import { readTorrentFile } from "../../source.ts";
import { writeWholeFile } from "../../write-file.ts";
import type { ClassicAction, NoOptions } from "../program.ts";

export const renameTorrent: ClassicAction<NoOptions> = async ({ output }, { positional }) => {
  const [path = "", name = ""] = positional;
  const { bytes: before, metainfo } = await readTorrentFile(path);
  const { bytes } = editTorrent(before, { name });
  await writeWholeFile(path, bytes, true);
  const oldName = printable(metainfo.name);
  process.stdout.write(`${output.messages.classic.tools.renamed(printable(path), oldName, printable(name))}\n`);
  return 0;
};
