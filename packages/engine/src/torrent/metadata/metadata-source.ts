/**
 * Metainfo from an info dictionary that came from peers or from a resume record, with what the magnet link adds; and from a
 * .torrent that lacks piece layers, with those that the record remembers.
 * @module
 */
import { ProtocolError, toHex } from "@bittern/protocol/base";
import { sha1, sha256 } from "@bittern/protocol/crypto";
import { type Metainfo, parseInfo } from "@bittern/protocol/metainfo";
import type { PieceLayer } from "../../disk/resume.ts";
import type { AddTorrent } from "../../session/command.ts";

/** `undefined` where there is no info dictionary, or where it is not that of this torrent. */
export function parseMetadata(
  from: { readonly info: Uint8Array | undefined; readonly pieceLayers?: readonly PieceLayer[] },
  source: AddTorrent["source"],
): Metainfo | undefined {
  if (from.info === undefined || source.type !== "magnet" || !isOf(from.info, source.magnet.infoHashes)) return undefined;
  try {
    const metainfo = parseInfo(from.info, { announce: source.magnet.trackers.map((url) => [url]), webSeeds: source.magnet.webSeeds });
    const layers = new Map((from.pieceLayers ?? []).map(({ root, hashes }) => [toHex(root), hashes]));
    return layers.size === 0 ? metainfo : metainfo.withPieceLayers(layers);
  } catch (fault) {
    if (fault instanceof ProtocolError) return undefined;
    throw fault;
  }
}

/** The torrent with the piece layers of a resume record; as it was where they are none of its. */
export function withLayers(metainfo: Metainfo, record: { readonly pieceLayers: readonly PieceLayer[] } | undefined): Metainfo {
  if (record === undefined || metainfo.hasPieceLayers) return metainfo;
  try {
    return metainfo.withPieceLayers(new Map(record.pieceLayers.map(({ root, hashes }) => [toHex(root), hashes])));
  } catch (fault) {
    if (fault instanceof ProtocolError) return metainfo;
    throw fault;
  }
}

function isOf(info: Uint8Array, infoHashes: { readonly v1?: string; readonly v2?: string }): boolean {
  if (infoHashes.v1 !== undefined && toHex(sha1(info)) !== infoHashes.v1) return false;
  return infoHashes.v2 === undefined || toHex(sha256(info)) === infoHashes.v2;
}
