/**
 * The handshake of the extension protocol (BEP 10), with the keys of BEP 9 and 21 and those of µTorrent that everybody reads.
 *
 *     extended message 0: a bencoded dictionary
 *     m: { name: id, … }  metadata_size  reqq  v  p  yourip  ipv4  ipv6  upload_only  e
 *
 * Every key is optional. A value of the wrong kind or out of range is passed over as if it were absent: a peer with one odd
 * key still has pieces to give.
 * @module
 */
import { ProtocolError } from "../base/index.ts";
import { BencodeDictionary, decodePrefix, encode, LIMITS_MESSAGE } from "../bencode/index.ts";
import { METADATA_LENGTH_MAX } from "./metadata.ts";

/** The id of the handshake among the extended messages. */
export const EXTENDED_HANDSHAKE_ID: number = 0;

/** Extensions remembered of one handshake, and bytes of a name; the rest is passed over. */
const EXTENSIONS_MAX = 64;
const NAME_LENGTH_MAX = 64;
/** Characters of a client's name. */
const CLIENT_LENGTH_MAX = 80;

export interface ExtensionHandshake {
  /** Which id the sender of this handshake gave each extension; 0 takes the extension back. Additive over handshakes. */
  readonly messages: ReadonlyMap<string, number>;
  /** Bytes of the info dictionary (BEP 9), at most 16 MiB. */
  readonly metadataSize?: number;
  /** Requests the sender queues without dropping any; at least 1. */
  readonly reqq?: number;
  /** Name and version of the sender's program, cut at 80 characters. A stranger's text: escape it where it is shown. */
  readonly client?: string;
  /** Where the sender listens. */
  readonly port?: number;
  /** The receiver's address as the sender sees it, 4 or 16 bytes. */
  readonly yourIp?: Uint8Array;
  /** The sender's own, 4 bytes. */
  readonly ipv4?: Uint8Array;
  /** The sender's own, 16 bytes. */
  readonly ipv6?: Uint8Array;
  /** The sender wants no pieces (BEP 21). */
  readonly uploadOnly?: boolean;
  /** The sender prefers encrypted links. */
  readonly encryption?: boolean;
}

/** The payload of extended message 0. */
export function encodeExtensionHandshake(handshake: ExtensionHandshake): Uint8Array<ArrayBuffer> {
  return encode({
    e: flag(handshake.encryption),
    ipv4: handshake.ipv4,
    ipv6: handshake.ipv6,
    m: handshake.messages,
    metadata_size: handshake.metadataSize,
    p: handshake.port,
    reqq: handshake.reqq,
    upload_only: flag(handshake.uploadOnly),
    v: handshake.client,
    yourip: handshake.yourIp,
  });
}

/** Reads the payload of extended message 0; the addresses are copies. */
export function decodeExtensionHandshake(payload: Uint8Array): ExtensionHandshake {
  const { value } = decodePrefix(payload, LIMITS_MESSAGE);
  if (!(value instanceof BencodeDictionary))
    throw new ProtocolError("EXTENSION_NOT_A_DICTIONARY", "extension handshake without a dictionary");
  return {
    messages: decodeMessages(value.dictionary("m")),
    ...optional("metadataSize", within(value.integer("metadata_size"), METADATA_LENGTH_MAX)),
    ...optional("reqq", within(value.integer("reqq"), Number.MAX_SAFE_INTEGER)),
    ...optional("client", value.text("v")?.slice(0, CLIENT_LENGTH_MAX)),
    ...optional("port", within(value.integer("p"), 65_535)),
    ...optional("yourIp", address(value.bytes("yourip"), 4) ?? address(value.bytes("yourip"), 16)),
    ...optional("ipv4", address(value.bytes("ipv4"), 4)),
    ...optional("ipv6", address(value.bytes("ipv6"), 16)),
    ...optional("uploadOnly", truth(value.integer("upload_only"))),
    ...optional("encryption", truth(value.integer("e"))),
  };
}

function decodeMessages(dictionary: BencodeDictionary | undefined): Map<string, number> {
  const messages = new Map<string, number>();
  if (dictionary === undefined) return messages;
  for (const [name, id] of dictionary) {
    if (messages.size >= EXTENSIONS_MAX) break;
    if (name.length > NAME_LENGTH_MAX || typeof id !== "number" || id < 0 || id > 255) continue;
    messages.set(name, id);
  }
  return messages;
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function truth(value: number | undefined): boolean | undefined {
  return value === undefined ? undefined : value !== 0;
}

/** 1 to `max`. */
function within(value: number | undefined, max: number): number | undefined {
  return value !== undefined && value >= 1 && value <= max ? value : undefined;
}

function address(bytes: Uint8Array | undefined, length: number): Uint8Array | undefined {
  return bytes?.length === length ? Uint8Array.from(bytes) : undefined;
}

/** An object with the key, or without it when there is no value. */
function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [Name in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [Name in Key]?: Value });
}
