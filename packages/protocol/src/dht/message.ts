/**
 * What nodes of the DHT say to each other: KRPC messages (BEP 5), with the additions of BEPs 32, 42 and 43.
 *
 *     query      d 1:a d 2:id … e 1:q <method> 2:ro i1e 1:t <transaction> 1:v <client> 1:y 1:q e
 *     response   d 2:ip <who asks> 1:r d 2:id … e 1:t <transaction> 1:v <client> 1:y 1:r e
 *     error      d 1:e l i<code>e <text> e 1:t <transaction> 1:y 1:e e
 *
 * Datagrams come from strangers: reading one never throws, it says what is wrong. Whatever is kept of it is a copy.
 * @module
 */
import {
  type AddressFamily,
  COMPACT4_LENGTH,
  COMPACT6_LENGTH,
  compactEndpointAt,
  type Endpoint,
  encodeCompact4,
  encodeCompact6,
  familyOf,
} from "../address/index.ts";
import { assert, fromUtf8, NO_BYTES, ProtocolError } from "../base/index.ts";
import { BencodeDictionary, type BencodeValue, decode, type EncodableRecord, encode, LIMITS_KRPC } from "../bencode/index.ts";
import { decodeContacts, encodeContacts, type NodeContact } from "./contact.ts";
import { NODE_ID_LENGTH } from "./node-id.ts";

/** Bytes of a datagram we send (BEP 32). */
export const KRPC_LENGTH_MAX: number = 1024;
/** Bytes of a datagram we read: BEP 32 asks to be generous, and no honest one is longer than a packet of Ethernet. */
export const KRPC_READ_LENGTH_MAX: number = 1500;
/** Bytes of a transaction id that is read: it travels back as it came. */
export const TRANSACTION_LENGTH_MAX: number = 32;
/** Bytes of a token that is read: it travels back as it came. */
export const TOKEN_LENGTH_MAX: number = 64;
/** Peers read of one response (limits table). */
export const VALUES_READ_MAX: number = 100;
/** Characters of an error text, bytes of a method's name and of a client's. */
const TEXT_LENGTH_MAX = 200;
const METHOD_LENGTH_MAX = 32;
const VERSION_LENGTH_MAX = 16;

/** Codes of BEP 5. */
export const KRPC_ERROR = { generic: 201, server: 202, protocol: 203, unknownMethod: 204 } as const;

/** Answers are asked for of these families; the family of the datagram itself when empty (BEP 32). */
export type Want = readonly AddressFamily[];

interface QueryParts {
  readonly type: "query";
  readonly transaction: Uint8Array;
  /** Of the node that asks. */
  readonly id: Uint8Array;
  /** It answers nobody and belongs into nobody's table (BEP 43). */
  readonly isReadOnly: boolean;
}
export interface PingQuery extends QueryParts {
  readonly method: "ping";
}
export interface FindNodeQuery extends QueryParts {
  readonly method: "find_node";
  readonly target: Uint8Array;
  readonly want: Want;
}
export interface GetPeersQuery extends QueryParts {
  readonly method: "get_peers";
  readonly infoHash: Uint8Array;
  readonly want: Want;
}
export interface AnnouncePeerQuery extends QueryParts {
  readonly method: "announce_peer";
  readonly infoHash: Uint8Array;
  /** 0 when the port is the one the datagram came from (`implied_port`). */
  readonly port: number;
  readonly token: Uint8Array;
}
export type KrpcQuery = PingQuery | FindNodeQuery | GetPeersQuery | AnnouncePeerQuery;

export interface KrpcResponse {
  readonly type: "response";
  readonly transaction: Uint8Array;
  /** Of the node that answers. */
  readonly id: Uint8Array;
  /** Nodes of both families. */
  readonly nodes: readonly NodeContact[];
  readonly peers: readonly Endpoint[];
  readonly token: Uint8Array | undefined;
  /** Where it sees us (BEP 42). */
  readonly ourEndpoint: Endpoint | undefined;
  /** Two letters of a client and two bytes of its version, mostly. */
  readonly version: Uint8Array | undefined;
}
export interface KrpcError {
  readonly type: "error";
  readonly transaction: Uint8Array;
  readonly code: number;
  readonly message: string;
}
/** What no honest node sends. Where it was meant as a query, `complaint` is the error it is answered with. */
export interface MalformedKrpc {
  readonly type: "malformed";
  readonly reason: string;
  readonly complaint: KrpcError | undefined;
}
export type KrpcMessage = KrpcQuery | KrpcResponse | KrpcError;

// ---- writing

export type KrpcQuestion =
  | { readonly method: "ping" }
  | { readonly method: "find_node"; readonly target: Uint8Array; readonly want?: Want }
  | { readonly method: "get_peers"; readonly infoHash: Uint8Array; readonly want?: Want }
  | { readonly method: "announce_peer"; readonly infoHash: Uint8Array; readonly port: number; readonly token: Uint8Array };

export interface KrpcSender {
  readonly id: Uint8Array;
  readonly transaction: Uint8Array;
  readonly version?: Uint8Array;
}

export function encodeQuery(question: KrpcQuestion, sender: KrpcSender & { readonly isReadOnly?: boolean }): Uint8Array<ArrayBuffer> {
  const { id, transaction, version, isReadOnly } = sender;
  assert(id.length === NODE_ID_LENGTH, "a node id has 20 bytes");
  return encode({
    a: { id, ...argumentsOf(question) },
    q: question.method,
    ro: isReadOnly === true ? 1 : undefined,
    t: transaction,
    v: version,
    y: "q",
  });
}

function argumentsOf(question: KrpcQuestion): EncodableRecord {
  switch (question.method) {
    case "ping":
      return {};
    case "find_node":
      return { target: question.target, want: wantWords(question.want) };
    case "get_peers":
      return { info_hash: question.infoHash, want: wantWords(question.want) };
    case "announce_peer": {
      const { infoHash, port, token } = question;
      return { implied_port: port === 0 ? 1 : 0, info_hash: infoHash, port, token };
    }
  }
}

function wantWords(want: Want = []): string[] | undefined {
  return want.length === 0 ? undefined : want.map((family) => `n${family}`);
}

export interface KrpcReply {
  readonly nodes?: readonly NodeContact[];
  /** Lists of nodes that go out, empty ones too: those that were asked for. */
  readonly nodeFamilies?: Want;
  /** All of one family (BEP 32). */
  readonly peers?: readonly Endpoint[];
  readonly token?: Uint8Array;
}

/** `to` is told where we see it (BEP 42). */
export function encodeResponse(reply: KrpcReply, sender: KrpcSender, to: Endpoint): Uint8Array<ArrayBuffer> {
  const { nodes = [], nodeFamilies = [], peers = [], token } = reply;
  return encode({
    ip: compactOf(to),
    r: {
      id: sender.id,
      nodes: nodeFamilies.includes(4) ? encodeContacts(nodes, 4) : undefined,
      nodes6: nodeFamilies.includes(6) ? encodeContacts(nodes, 6) : undefined,
      token,
      values: peers.length === 0 ? undefined : peers.map(compactOf),
    },
    t: sender.transaction,
    v: sender.version,
    y: "r",
  });
}

export function encodeError(error: Omit<KrpcError, "type">, to: Endpoint, version?: Uint8Array): Uint8Array<ArrayBuffer> {
  return encode({ e: [error.code, error.message], ip: compactOf(to), t: error.transaction, v: version, y: "e" });
}

function compactOf(endpoint: Endpoint): Uint8Array<ArrayBuffer> {
  return familyOf(endpoint) === 4 ? encodeCompact4([endpoint]) : encodeCompact6([endpoint]);
}

// ---- reading

/** Reads one datagram. Unknown keys are left alone. */
export function decodeKrpc(datagram: Uint8Array): KrpcMessage | MalformedKrpc {
  if (datagram.length > KRPC_READ_LENGTH_MAX) return malformed(`datagram of ${datagram.length} bytes`);
  const message = dictionaryOf(datagram);
  if (message === undefined) return malformed("no bencoded dictionary");
  const transaction = message.bytes("t");
  if (transaction === undefined || transaction.length > TRANSACTION_LENGTH_MAX) return malformed("no transaction id");
  const kind = message.text("y");
  const copied = Uint8Array.from(transaction);
  if (kind === "q") return decodeQuery(message, copied);
  if (kind === "r") return decodeResponse(message, copied);
  if (kind === "e") return decodeError(message, copied);
  return malformed("neither query nor response nor error");
}

/** A throw is dear, and so the first and the last letter are looked at before. */
function dictionaryOf(datagram: Uint8Array): BencodeDictionary | undefined {
  if (datagram[0] !== 0x64 || datagram[datagram.length - 1] !== 0x65) return undefined;
  try {
    const value = decode(datagram, LIMITS_KRPC);
    return value instanceof BencodeDictionary ? value : undefined;
  } catch (fault) {
    if (fault instanceof ProtocolError) return undefined;
    throw fault;
  }
}

function malformed(reason: string): MalformedKrpc {
  return { type: "malformed", reason, complaint: undefined };
}

function refused(transaction: Uint8Array, code: number, message: string): MalformedKrpc {
  return { type: "malformed", reason: message, complaint: { type: "error", transaction, code, message } };
}

function decodeQuery(message: BencodeDictionary, transaction: Uint8Array): KrpcQuery | MalformedKrpc {
  const wrong = (reason: string): MalformedKrpc => refused(transaction, KRPC_ERROR.protocol, reason);
  const method = message.bytes("q");
  const given = message.dictionary("a");
  if (method === undefined || method.length > METHOD_LENGTH_MAX || given === undefined) return wrong("query without a method or arguments");
  const id = idIn(given, "id");
  if (id === undefined) return wrong("no node id of 20 bytes");
  const parts = { type: "query", transaction, id, isReadOnly: message.integer("ro") === 1 } as const;
  const name = fromUtf8(method);
  switch (name) {
    case "ping":
      return { ...parts, method: name };
    case "find_node": {
      const target = idIn(given, "target");
      return target === undefined ? wrong("no target of 20 bytes") : { ...parts, method: name, target, want: wantOf(given) };
    }
    case "get_peers": {
      const infoHash = idIn(given, "info_hash");
      return infoHash === undefined ? wrong("no info hash of 20 bytes") : { ...parts, method: name, infoHash, want: wantOf(given) };
    }
    case "announce_peer": {
      const infoHash = idIn(given, "info_hash");
      const token = tokenIn(given);
      const isImplied = (given.integer("implied_port") ?? 0) !== 0;
      const port = isImplied ? 0 : (given.integer("port") ?? 0);
      if (infoHash === undefined || token === undefined) return wrong("no info hash of 20 bytes or no token");
      if (!isImplied && (port < 1 || port > 65_535)) return wrong(`no peer listens at port ${port}`);
      return { ...parts, method: name, infoHash, port, token };
    }
    default: {
      // Walks of additions we do not know (BEP 44, 51) pass through us: what names a place is told who is near to it, as by libtorrent.
      const target = idIn(given, "target") ?? idIn(given, "info_hash");
      if (target === undefined) return refused(transaction, KRPC_ERROR.unknownMethod, "no such method");
      return { ...parts, method: "find_node", target, want: wantOf(given) };
    }
  }
}

function decodeResponse(message: BencodeDictionary, transaction: Uint8Array): KrpcResponse | MalformedKrpc {
  const given = message.dictionary("r");
  const id = given === undefined ? undefined : idIn(given, "id");
  if (given === undefined || id === undefined) return malformed("response without a node id of 20 bytes");
  const version = message.bytes("v");
  const nodes4 = given.bytes("nodes") ?? NO_BYTES;
  const nodes6 = given.bytes("nodes6") ?? NO_BYTES;
  return {
    type: "response",
    transaction,
    id,
    nodes: [...decodeContacts(nodes4, 4), ...decodeContacts(nodes6, 6)],
    peers: (given.list("values") ?? []).slice(0, VALUES_READ_MAX).flatMap(peerOf),
    token: tokenIn(given),
    ourEndpoint: endpointIn(message.bytes("ip")),
    version: version === undefined || version.length > VERSION_LENGTH_MAX ? undefined : Uint8Array.from(version),
  };
}

function decodeError(message: BencodeDictionary, transaction: Uint8Array): KrpcError {
  const [code, text] = message.list("e") ?? [];
  return {
    type: "error",
    transaction,
    code: typeof code === "number" ? code : KRPC_ERROR.generic,
    message: text instanceof Uint8Array ? fromUtf8(text.subarray(0, TEXT_LENGTH_MAX)) : "",
  };
}

function idIn(dictionary: BencodeDictionary, key: string): Uint8Array | undefined {
  const id = dictionary.bytes(key);
  return id?.length === NODE_ID_LENGTH ? Uint8Array.from(id) : undefined;
}

function tokenIn(dictionary: BencodeDictionary): Uint8Array | undefined {
  const token = dictionary.bytes("token");
  return token === undefined || token.length === 0 || token.length > TOKEN_LENGTH_MAX ? undefined : Uint8Array.from(token);
}

function wantOf(dictionary: BencodeDictionary): Want {
  const words = dictionary.list("want")?.map((word) => (word instanceof Uint8Array ? fromUtf8(word) : "")) ?? [];
  return ([4, 6] as const).filter((family) => words.includes(`n${family}`));
}

function peerOf(value: BencodeValue): Endpoint[] {
  const endpoint = endpointIn(value instanceof Uint8Array ? value : undefined);
  return endpoint === undefined || endpoint.port === 0 ? [] : [endpoint];
}

function endpointIn(bytes: Uint8Array | undefined): Endpoint | undefined {
  if (bytes?.length !== COMPACT4_LENGTH && bytes?.length !== COMPACT6_LENGTH) return undefined;
  return compactEndpointAt(bytes, 0, bytes.length);
}

/** A client's word for itself as people read it, such as "LT 2.0"; empty where it says nothing that reads. */
export function versionText(version: Uint8Array): string {
  const name = fromUtf8(version.subarray(0, 2));
  if (!/^[A-Za-z]{2}$/.test(name)) return "";
  const [major, minor] = version.subarray(2);
  return major === undefined ? name : `${name} ${major}.${minor ?? 0}`;
}
