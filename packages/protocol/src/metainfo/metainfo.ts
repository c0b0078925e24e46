/**
 * A torrent, read and checked: immutable, and the only shape in which the rest of the suite meets one.
 * @module
 */
import { fromHex, latin1 } from "../base/index.ts";
import { type Encodable, encode, Raw } from "../bencode/index.ts";
import type { FileEntry } from "./file.ts";
import type { Info, TorrentVersion } from "./info.ts";
import type { InfoHashes } from "./info-hash.ts";
import { Layout, type LayoutFile } from "./layout.ts";
import { magnetUri } from "./magnet-uri.ts";
import type { DhtNode, Outer } from "./outer.ts";
import { checkPieceLayers, needsPieceLayer } from "./piece-layers.ts";

/** A torrent (BEP 3, 52), read and checked. Immutable: all who hold it share its byte arrays, and nobody writes into them. */
export interface Metainfo {
  readonly version: TorrentVersion;
  readonly infoHashes: InfoHashes;
  /** A safe name: the top folder, or the one file. */
  readonly name: string;
  /** In the order of their bytes. */
  readonly files: readonly FileEntry[];
  /** The same with the pads between them: as the torrent counts its files, and as they lie in the layout. */
  readonly filesWithPads: readonly FileEntry[];
  /** Bytes. */
  readonly pieceLength: number;
  readonly pieceCount: number;
  /** Bytes of content, padding not counted. */
  readonly totalLength: number;
  /** Tiers of trackers (BEP 12), from `announce` alone where there is no list. */
  readonly announce: readonly (readonly string[])[];
  /** URLs of web seeds (BEP 19). */
  readonly webSeeds: readonly string[];
  /** Peers come from the trackers only (BEP 27). */
  readonly private: boolean;
  /** A mark of the tracker it belongs to, inside the info dictionary: it makes the info hash another one. */
  readonly source?: string;
  readonly comment?: string;
  /** The program that made it. */
  readonly createdBy?: string;
  /** Seconds since 1970. */
  readonly creationDate?: number;
  /** Nodes of the DHT to ask first (BEP 5). */
  readonly nodes?: readonly DhtNode[];
  /** The exact bytes of the info dictionary: the info hashes are over these and no others. */
  readonly infoBytes: Uint8Array;
  /** True when the content is one file without a folder around it. */
  readonly isSingleFile: boolean;
  /** SHA-1 of each piece, 20 bytes each; absent in v2. */
  readonly pieces?: Uint8Array;
  /** Hashes of each piece of a file, by the file's root in hex; only files longer than a piece have an entry (BEP 52). */
  readonly pieceLayers: ReadonlyMap<string, Uint8Array>;
  /** False while piece layers are missing, as they are after a magnet link and in some .torrent files; true in v1. */
  readonly hasPieceLayers: boolean;
  /** Where pieces and files lie in the stream of bytes. */
  readonly layout: Layout;
  /** The torrent with piece layers added that came from peers; throws where one does not add up to the root of its file. */
  withPieceLayers(pieceLayers: ReadonlyMap<string, Uint8Array>): Metainfo;
  /** The .torrent file. A v2 torrent is valid only once it has its piece layers. */
  toBytes(): Uint8Array;
  /** A magnet link to it with its name, trackers and web seeds (BEP 9, 53). */
  toMagnet(): string;
}

/** What a torrent is made of once everything was checked. */
export interface MetainfoParts {
  readonly info: Info;
  readonly outer: Outer;
  readonly pieceLayers: ReadonlyMap<string, Uint8Array>;
  /** Everything beside "info" and "piece layers", as it goes into the file, what we do not know the meaning of included. */
  readonly entries: ReadonlyMap<string, Encodable>;
}

/** Puts checked parts together. */
export function createMetainfo(parts: MetainfoParts): Metainfo {
  const { info, outer, pieceLayers } = parts;
  const { pieceLength, files, version } = info;
  const layout = new Layout({
    pieceLength,
    files: info.isSingleFile ? files : files.map((file) => inFolder(info.name, file)),
    hasGaps: version === "v2",
    ...(info.pieces === undefined ? {} : { pieces: info.pieces }),
    pieceLayers,
  });
  const totalLength = files.reduce((sum, file) => (file.isPad ? sum : sum + file.length), 0);
  const isLayered = (file: FileEntry): boolean => !needsPieceLayer(file, pieceLength) || layout.hasPieceLayer(file);
  return {
    ...info,
    ...outer,
    files: files.some((file) => file.isPad) ? files.filter((file) => !file.isPad) : files,
    filesWithPads: files,
    pieceCount: layout.pieceCount,
    totalLength,
    pieceLayers,
    hasPieceLayers: files.every(isLayered),
    layout,
    withPieceLayers: (given) =>
      createMetainfo({ ...parts, pieceLayers: new Map([...pieceLayers, ...checkPieceLayers(given, files, pieceLength)]) }),
    toBytes: () => torrentBytes(parts),
    toMagnet: () =>
      magnetUri({
        infoHashes: info.infoHashes,
        name: info.name,
        exactLength: totalLength,
        trackers: outer.announce.flat(),
        webSeeds: outer.webSeeds,
      }),
  };
}

function inFolder(folder: string, { path, length, isPad, offset, piecesRoot }: FileEntry): LayoutFile {
  const whole = [folder, ...path];
  return piecesRoot === undefined ? { path: whole, length, isPad, offset } : { path: whole, length, isPad, offset, piecesRoot };
}

/** The .torrent file of these parts; also what `buildTorrent` ends with. */
export function torrentBytes({
  info,
  pieceLayers,
  entries,
}: Pick<MetainfoParts, "pieceLayers" | "entries"> & { readonly info: Pick<Info, "infoBytes" | "version"> }): Uint8Array {
  const whole = new Map<string, Encodable>([...entries, ["info", new Raw(info.infoBytes)]]);
  if (info.version !== "v1")
    whole.set("piece layers", new Map([...pieceLayers].map(([root, layer]) => [latin1(fromHex(root) as Uint8Array), layer])));
  return encode(whole);
}
