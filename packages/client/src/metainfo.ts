/**
 * Torrents and magnet links for people: what the protocol room reads, under the names the library promises.
 * @module
 */
import { formatMagnet as formatLink, type MagnetLink } from "@bittern/protocol/magnet";
import type { FileEntry, Metainfo } from "@bittern/protocol/metainfo";

/** The path of a file below the torrent's folder, with "/"; the name of a single file. */
export function pathOf(file: Pick<FileEntry, "path">): string {
  return file.path.join("/");
}

/** The link of a torrent, or of what another link said. */
export function formatMagnet(what: MagnetLink | Metainfo): string {
  return "toMagnet" in what ? what.toMagnet() : formatLink(what);
}
