/**
 * Reading torrents with the hash functions of this machine.
 * @module
 */
import { hash } from "node:crypto";
import { type Digests, type Metainfo, type ParseOptions, parseTorrent as parse } from "@bittern/protocol/metainfo";

const DIGESTS: Digests = {
  sha1: (bytes) => hash("sha1", bytes, "buffer"),
  sha256: (bytes) => hash("sha256", bytes, "buffer"),
};

/**
 * Reads a .torrent file. The torrent keeps views of `bytes`: leave it unchanged afterwards. Throws a `ProtocolError` where it is
 * none, or one that contradicts itself or goes past a limit.
 */
export function parseTorrent(bytes: Uint8Array, options: ParseOptions = {}): Metainfo {
  return parse(bytes, { digests: DIGESTS, ...options });
}
