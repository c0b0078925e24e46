/**
 * The piece layers of a v2 torrent (BEP 52): for every file longer than a piece, the hash of each of its pieces.
 *
 * They lie outside the info dictionary; what binds them to it is that they add up to the root of their file, which is checked here.
 * Some may be missing: programs write down what a magnet link brought them before they had the layers, and peers have them all.
 * @module
 */
import { equalBytes, fromLatin1, ProtocolError, toHex } from "../base/index.ts";
import type { BencodeDictionary } from "../bencode/index.ts";
import { HASH_LENGTH, pieceLayerRoot } from "../merkle/index.ts";

/** A file as far as its layer is concerned. */
export interface LayeredFile {
  readonly length: number;
  readonly piecesRoot?: Uint8Array;
}

/** Whether a file has a layer of its own: a file of one piece is told by its root alone. */
export function needsPieceLayer(file: LayeredFile, pieceLength: number): boolean {
  return file.piecesRoot !== undefined && file.length > pieceLength;
}

/** The layers that are there of the files that need one, by root in hex. Layers of no file are left out, false ones are refused. */
export function readPieceLayers(torrent: BencodeDictionary, files: readonly LayeredFile[], pieceLength: number): Map<string, Uint8Array> {
  const given = new Map<string, Uint8Array>();
  const wanted = new Set(layeredFiles(files, pieceLength).map(rootHex));
  for (const [key, layer] of torrent.dictionary("piece layers") ?? []) {
    const root = key.length === HASH_LENGTH ? toHex(fromLatin1(key)) : "";
    if (!wanted.has(root)) continue;
    if (!(layer instanceof Uint8Array)) throw new ProtocolError("METAINFO_PIECE_LAYERS", `the piece layer of ${root} is no string`);
    given.set(root, layer);
  }
  return checkPieceLayers(given, files, pieceLength);
}

/** Those of the given layers that belong to a file; throws where one does not add up to its root. */
export function checkPieceLayers(
  given: ReadonlyMap<string, Uint8Array>,
  files: readonly LayeredFile[],
  pieceLength: number,
): Map<string, Uint8Array> {
  const checked = new Map<string, Uint8Array>();
  for (const file of layeredFiles(files, pieceLength)) {
    const root = rootHex(file);
    const layer = given.get(root);
    if (layer === undefined) continue;
    const length = Math.ceil(file.length / pieceLength) * HASH_LENGTH;
    if (layer.length !== length) throw new ProtocolError("METAINFO_PIECE_LAYERS", `a piece layer of ${layer.length} bytes, not ${length}`);
    // Equal files share a layer: it is checked once.
    if (!checked.has(root) && !equalBytes(pieceLayerRoot(layer, pieceLength), file.piecesRoot)) {
      throw new ProtocolError("METAINFO_PIECE_LAYERS", `the piece layer of ${root} adds up to something else`);
    }
    checked.set(root, layer);
  }
  return checked;
}

function layeredFiles(files: readonly LayeredFile[], pieceLength: number): Required<LayeredFile>[] {
  return files.filter((file): file is Required<LayeredFile> => needsPieceLayer(file, pieceLength));
}

function rootHex(file: Required<LayeredFile>): string {
  return toHex(file.piecesRoot);
}
