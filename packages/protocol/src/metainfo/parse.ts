/**
 * Reads torrents: whole .torrent files (BEP 3), and info dictionaries that came from peers (BEP 9).
 *
 * Every fault is a `ProtocolError`: a code of the bencode decoder, or METAINFO_ and one of
 *
 *     TOO_LONG NOT_DICTIONARY INFO_MISSING VERSION NAME PIECE_LENGTH PIECES PIECE_COUNT FILES FILE_COUNT FILE_LENGTH TOTAL_LENGTH
 *     PATH PATH_DEPTH PATH_LENGTH DUPLICATES FILE_TREE PIECES_ROOT PIECE_LAYERS HYBRID ENTRIES
 * @module
 */
import { ProtocolError } from "../base/index.ts";
import { BencodeDictionary, type BencodeValue, decode, type Encodable, LIMITS_TORRENT, Raw } from "../bencode/index.ts";
import { readInfo } from "./info.ts";
import { type Digests, OWN_DIGESTS } from "./info-hash.ts";
import { ENTRIES_MAX, METAINFO_LIMITS, type MetainfoLimits } from "./limits.ts";
import { createMetainfo, type Metainfo } from "./metainfo.ts";
import type { NameRules } from "./name.ts";
import { type Outer, readOuter } from "./outer.ts";
import { checkPieceLayers, readPieceLayers } from "./piece-layers.ts";

/** First byte of a bencoded dictionary. */
const DICTIONARY = 0x64;

export interface ParseOptions {
  /** Narrower or wider limits; those left out are `METAINFO_LIMITS`. */
  readonly limits?: Partial<MetainfoLimits>;
  /** "portable" for disks that Windows must read too, where names are compared without case. Default "posix". */
  readonly names?: NameRules;
  /** The world's hash functions, which are faster than ours: 10 ms for the info dictionary of 2,000 files. Default: ours. */
  readonly digests?: Digests;
}

/** What is known beside an info dictionary that came without its file, from a magnet link for example. */
export interface ParseInfoOptions extends ParseOptions, Partial<Outer> {
  /** Piece layers by root in hex, as many as are known. */
  readonly pieceLayers?: ReadonlyMap<string, Uint8Array>;
}

/** Reads a .torrent file. The torrent keeps views of `bytes`: leave it unchanged afterwards. */
export function parseTorrent(bytes: Uint8Array, options: ParseOptions = {}): Metainfo {
  const limits = { ...METAINFO_LIMITS, ...options.limits };
  // Bytes behind the dictionary are a habit of some web servers, and harmless.
  const torrent = decodeDictionary(bytes, limits, true);
  const infoDictionary = torrent.dictionary("info");
  if (infoDictionary === undefined) throw new ProtocolError("METAINFO_INFO_MISSING", "no info dictionary");
  if (infoDictionary.size > ENTRIES_MAX) throw tooManyEntries(infoDictionary);
  const info = readInfo(infoDictionary, options.names ?? "posix", limits, options.digests ?? OWN_DIGESTS);
  const pieceLayers = info.version === "v1" ? new Map<string, Uint8Array>() : readPieceLayers(torrent, info.files, info.pieceLength);
  return createMetainfo({ info, outer: readOuter(torrent), pieceLayers, entries: outerEntries(torrent) });
}

/** Reads a bare info dictionary. The caller compares `infoHashes` with what it asked for. Keeps views of `infoBytes`. */
export function parseInfo(infoBytes: Uint8Array, options: ParseInfoOptions = {}): Metainfo {
  const { limits: narrowed, names = "posix", digests = OWN_DIGESTS, pieceLayers = new Map(), ...known } = options;
  const limits = { ...METAINFO_LIMITS, ...narrowed };
  const info = readInfo(decodeDictionary(infoBytes, limits, false), names, limits, digests);
  const outer = { announce: [], webSeeds: [], ...known };
  return createMetainfo({
    info,
    outer,
    pieceLayers: checkPieceLayers(pieceLayers, info.files, info.pieceLength),
    entries: entriesOf(outer),
  });
}

/** Trackers, web seeds and words as the entries of a .torrent file. */
export function entriesOf(outer: Outer): Map<string, Encodable> {
  const { announce, webSeeds, nodes, comment, createdBy, creationDate } = outer;
  const entries = new Map<string, Encodable>();
  const first = announce[0]?.[0];
  if (first !== undefined) entries.set("announce", first);
  // One tracker needs no list; whoever reads the list ignores `announce` (BEP 12).
  if (announce.flat().length > 1) entries.set("announce-list", announce);
  if (webSeeds.length > 0) entries.set("url-list", webSeeds);
  if (nodes !== undefined)
    entries.set(
      "nodes",
      nodes.map(({ host, port }) => [host, port]),
    );
  if (comment !== undefined) entries.set("comment", comment);
  if (createdBy !== undefined) entries.set("created by", createdBy);
  if (creationDate !== undefined) entries.set("creation date", creationDate);
  return entries;
}

/** Everything beside "info" and "piece layers", byte for byte. */
export function outerEntries(torrent: BencodeDictionary): Map<string, Encodable> {
  const entries = new Map<string, Encodable>();
  for (const [key, bytes] of torrent.spans()) if (key !== "info" && key !== "piece layers") entries.set(key, new Raw(bytes));
  return entries;
}

/** Refuses what is no dictionary before it is read: nothing but a dictionary is built lazily. */
export function decodeDictionary(bytes: Uint8Array, limits: MetainfoLimits, allowTrailing: boolean): BencodeDictionary {
  if (bytes.length > limits.torrentLength) throw new ProtocolError("METAINFO_TOO_LONG", `a torrent of ${bytes.length} bytes`);
  if (bytes[0] !== DICTIONARY) throw new ProtocolError("METAINFO_NOT_DICTIONARY", "a torrent is a bencoded dictionary");
  // A number that no field could mean spoils its own field: a date in nanoseconds is no reason to refuse the torrent.
  const value: BencodeValue = decode(bytes, { ...LIMITS_TORRENT, allowTrailing, bigIntegers: true });
  if (!(value instanceof BencodeDictionary)) throw new ProtocolError("METAINFO_NOT_DICTIONARY", "a torrent is a bencoded dictionary");
  if (value.size > ENTRIES_MAX) throw tooManyEntries(value);
  return value;
}

function tooManyEntries(dictionary: BencodeDictionary): ProtocolError {
  return new ProtocolError("METAINFO_ENTRIES", `a dictionary of ${dictionary.size} entries`);
}
