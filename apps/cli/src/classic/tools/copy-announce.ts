/**
 * `btcopyannounce`: copies the trackers of one torrent into others.
 * @module
 */
import { editTorrent, loadBytes, parseTorrent } from "@bittern/client";
import { printable } from "@bittern/faces";
import { UsageError } from "@bittern/protocol/base";
import { writeWholeFile } from "../../write-file.ts";
import type { ClassicAction, NoOptions } from "../program.ts";

export const copyAnnounce: ClassicAction<NoOptions> = async ({ output }, { positional }) => {
  const [source = "", ...paths] = positional;
  const { announce } = parseTorrent(await loadBytes(source));
  const shown = announce.map((tier) => printable(tier.join(","))).join("|");
  if (announce.length === 0) throw new UsageError("ANNOUNCE_NONE", `${source} names no tracker that could be copied`);
  for (const path of paths) {
    await writeWholeFile(path, editTorrent(await loadBytes(path), { announce }).bytes, true);
    process.stdout.write(`${output.messages.classic.tools.announcesTo(printable(path), shown)}\n`);
  }
  return 0;
};
