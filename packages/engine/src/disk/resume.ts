/**
 * What a torrent remembers over a restart, as bytes for the host's records.
 *
 *     d 3:crc <crc32c of the record> 6:record <bencoded dictionary, as a string> 7:version i1e e
 *
 * It claims a piece as verified only if the data was synced before this record was made (invariant D); pieces that were
 * written and not yet synced are suspects, to be hashed again after an unclean end. Unfinished pieces are not kept: a
 * piece is at most a few seconds of traffic, and half of one can neither be verified nor shared.
 *
 * For a magnet link the info dictionary itself is in it (and the piece layers of BEP 52), so that a restart asks nobody.
 * Whatever the bytes are, reading gives a whole record or none: the worst case is a check of the data in place.
 * @module
 */

import type { FileStamp, StoreStamps } from "@bittern/host";
import { crc32c } from "@bittern/protocol/address";
import { Bitfield, type Millis, ProtocolError } from "@bittern/protocol/base";
import { BencodeDictionary, type BencodeLimits, decode, encode } from "@bittern/protocol/bencode";

const VERSION = 1;
/** The info dictionary and layers of the largest torrent, and everything else many times over. */
const LIMITS: BencodeLimits = { depth: 8, tokens: 500_000, stringLength: 256 * 1024 * 1024 };
const PIECES_MAX = 2_097_152;
const FILES_MAX = 200_000;
const TRACKERS_MAX = 1_000;
const TRACKER_LENGTH_MAX = 2_048;
const LAYERS_MAX = FILES_MAX;
const HASH_LENGTH = 32;
/** One byte for "there", then length, time and inode as doubles, which hold every number a stamp can have. */
const STAMP_LENGTH = 25;

/** The piece hashes of one file (BEP 52). */
export interface PieceLayer {
  /** 32 bytes: the root they lead to. */
  readonly root: Uint8Array;
  /** 32 bytes a piece. */
  readonly hashes: Uint8Array;
}

export interface ResumeRecord {
  /** 20 bytes. */
  readonly infoHashV1: Uint8Array | undefined;
  /** 32 bytes. */
  readonly infoHashV2: Uint8Array | undefined;
  /** Verified, and synced before this record was made. Empty while the metadata is not known. */
  readonly verified: Bitfield;
  /** Written and not synced. No piece is in both. */
  readonly suspect: Bitfield;
  /** True when the torrent was closed in order: everything was synced, and the files were as `stamps` says. */
  readonly isClean: boolean;
  readonly stamps: StoreStamps;
  /** By file index, 0 to 7. */
  readonly priorities: readonly number[];
  /** Payload bytes over all sessions. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** Seconds since 1970. */
  readonly addedSeconds: number;
  readonly completedSeconds: number | undefined;
  /** URLs that came neither with the torrent nor from the user. */
  readonly trackers: readonly string[];
  /** The info dictionary, byte for byte, where it was learnt from peers. */
  readonly info: Uint8Array | undefined;
  readonly pieceLayers: readonly PieceLayer[];
}

/** Fresh bytes, the same for the same record. */
export function encodeResume(record: ResumeRecord): Uint8Array<ArrayBuffer> {
  const body = encode({
    added: record.addedSeconds,
    clean: record.isClean ? 1 : 0,
    completed: record.completedSeconds,
    downloaded: record.downloaded,
    info: record.info,
    "info hash": record.infoHashV1,
    "info hash v2": record.infoHashV2,
    layers: record.pieceLayers.map(({ root, hashes }) => [root, hashes]),
    pieces: record.verified.length,
    priorities: Uint8Array.from(record.priorities),
    root: record.stamps.rootIdentity,
    stamps: packStamps(record.stamps.files),
    suspect: record.suspect.bytes,
    trackers: record.trackers,
    uploaded: record.uploaded,
    verified: record.verified.bytes,
  });
  return encode({ crc: crc32c(body), record: body, version: VERSION });
}

/** `undefined` for anything but a whole record of this version. Nothing in it refers to `bytes` afterwards. */
export function decodeResume(bytes: Uint8Array): ResumeRecord | undefined {
  try {
    const outer = decode(bytes, LIMITS);
    if (!(outer instanceof BencodeDictionary) || outer.integer("version") !== VERSION) return undefined;
    const body = outer.bytes("record");
    if (body === undefined || outer.integer("crc") !== crc32c(body)) return undefined;
    const record = decode(body, LIMITS);
    return record instanceof BencodeDictionary ? readRecord(record) : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function readRecord(record: BencodeDictionary): ResumeRecord | undefined {
  const pieceCount = count(record, "pieces", PIECES_MAX);
  const verified = pieceCount === undefined ? undefined : readField(record.bytes("verified"), pieceCount);
  const suspect = pieceCount === undefined ? undefined : readField(record.bytes("suspect"), pieceCount);
  const stamps = unpackStamps(record.bytes("stamps"));
  const priorities = record.bytes("priorities");
  const rootIdentity = record.text("root");
  const numbers = readNumbers(record);
  const trackers = readTrackers(record);
  const pieceLayers = readLayers(record);
  if (verified === undefined || suspect === undefined || stamps === undefined || rootIdentity === undefined) return undefined;
  if (priorities === undefined || priorities.length > FILES_MAX || priorities.some((priority) => priority > 7)) return undefined;
  if (numbers === undefined || trackers === undefined || pieceLayers === undefined) return undefined;
  // A record that claims both is wrong about one: the careful reading is that the piece has to be checked.
  for (const piece of suspect) verified.remove(piece);
  return {
    infoHashV1: bytesOfLength(record, "info hash", 20),
    infoHashV2: bytesOfLength(record, "info hash v2", HASH_LENGTH),
    verified,
    suspect,
    isClean: record.integer("clean") === 1,
    stamps: { files: stamps, rootIdentity },
    priorities: [...priorities],
    ...numbers,
    trackers,
    info: record.bytes("info")?.slice(),
    pieceLayers,
  };
}

function readNumbers(
  record: BencodeDictionary,
): Pick<ResumeRecord, "uploaded" | "downloaded" | "addedSeconds" | "completedSeconds"> | undefined {
  const uploaded = count(record, "uploaded", Number.MAX_SAFE_INTEGER);
  const downloaded = count(record, "downloaded", Number.MAX_SAFE_INTEGER);
  const addedSeconds = count(record, "added", Number.MAX_SAFE_INTEGER);
  if (uploaded === undefined || downloaded === undefined || addedSeconds === undefined) return undefined;
  return { uploaded, downloaded, addedSeconds, completedSeconds: count(record, "completed", Number.MAX_SAFE_INTEGER) };
}

function count(record: BencodeDictionary, key: string, max: number): number | undefined {
  const value = record.integer(key);
  return value !== undefined && value >= 0 && value <= max ? value : undefined;
}

function bytesOfLength(record: BencodeDictionary, key: string, length: number): Uint8Array | undefined {
  const bytes = record.bytes(key);
  return bytes?.length === length ? bytes.slice() : undefined;
}

function readField(bytes: Uint8Array | undefined, pieceCount: number): Bitfield | undefined {
  return bytes === undefined ? undefined : Bitfield.fromBytes(bytes, pieceCount);
}

function readTrackers(record: BencodeDictionary): readonly string[] | undefined {
  if ((record.count("trackers") ?? TRACKERS_MAX + 1) > TRACKERS_MAX) return undefined;
  const trackers: string[] = [];
  const decoder = new TextDecoder();
  for (const item of record.list("trackers") ?? []) {
    if (!(item instanceof Uint8Array) || item.length > TRACKER_LENGTH_MAX) return undefined;
    trackers.push(decoder.decode(item));
  }
  return trackers;
}

function readLayers(record: BencodeDictionary): readonly PieceLayer[] | undefined {
  if ((record.count("layers") ?? LAYERS_MAX + 1) > LAYERS_MAX) return undefined;
  const layers: PieceLayer[] = [];
  for (const item of record.list("layers") ?? []) {
    const [root, hashes] = Array.isArray(item) ? item : [];
    if (!(root instanceof Uint8Array) || !(hashes instanceof Uint8Array)) return undefined;
    if (root.length !== HASH_LENGTH || hashes.length % HASH_LENGTH !== 0) return undefined;
    layers.push({ root: root.slice(), hashes: hashes.slice() });
  }
  return layers;
}

function packStamps(stamps: readonly (FileStamp | undefined)[]): Uint8Array {
  const bytes = new Uint8Array(stamps.length * STAMP_LENGTH);
  const view = new DataView(bytes.buffer);
  for (const [file, stamp] of stamps.entries()) {
    if (stamp === undefined) continue;
    const at = file * STAMP_LENGTH;
    view.setUint8(at, 1);
    view.setFloat64(at + 1, stamp.length);
    view.setFloat64(at + 9, stamp.modifiedMillis);
    view.setFloat64(at + 17, stamp.inode);
  }
  return bytes;
}

function unpackStamps(bytes: Uint8Array | undefined): (FileStamp | undefined)[] | undefined {
  if (bytes === undefined || bytes.length % STAMP_LENGTH !== 0 || bytes.length / STAMP_LENGTH > FILES_MAX) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const stamps: (FileStamp | undefined)[] = [];
  for (let at = 0; at < bytes.length; at += STAMP_LENGTH) {
    const modifiedMillis: Millis = view.getFloat64(at + 9);
    const isThere = view.getUint8(at) === 1;
    stamps.push(isThere ? { length: view.getFloat64(at + 1), modifiedMillis, inode: view.getFloat64(at + 17) } : undefined);
  }
  return stamps;
}
