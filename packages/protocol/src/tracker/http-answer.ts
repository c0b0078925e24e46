/**
 * The bencoded answers of an HTTP tracker (BEP 3, 7, 21, 23, 24, 31, 48), read by the client and written by the tracker.
 *
 * Reading is forgiving wherever a sensible meaning is left: entries that make no peer are passed over, numbers out of range
 * count as absent. Only what is no bencoded dictionary at all is an error.
 * @module
 */
import {
  COMPACT4_LENGTH,
  COMPACT6_LENGTH,
  canonicalAddress,
  decodeCompact4,
  decodeCompact6,
  encodeCompact4,
  encodeCompact6,
  formatAddress,
  parseAddress,
} from "../address/index.ts";
import { fromLatin1, fromUtf8, latin1, ProtocolError, toHex } from "../base/index.ts";
import { BencodeDictionary, type BencodeValue, decode, type Encodable, encode, LIMITS_TRACKER } from "../bencode/index.ts";
import {
  ANNOUNCE_INTERVAL_DEFAULT,
  ANNOUNCE_INTERVAL_MAX,
  type AnnounceAnswer,
  type AnnounceSuccess,
  TRACKER_PEERS_MAX,
  TRACKER_TEXT_LENGTH_MAX,
  type TrackerFailure,
  type TrackerPeer,
} from "./announce.ts";
import type { ScrapeAnswer, SwarmCounts } from "./scrape.ts";

const ID_LENGTH = 20;
/** Some trackers put a line feed behind what they say; nothing else may follow. */
const LIMITS = { ...LIMITS_TRACKER, allowTrailing: true };
/** Bytes in which a web page shows itself, white space before it included. */
const MARKUP_SEARCH_LENGTH = 64;
/** Bytes of a tracker id we are ready to send back. */
const TRACKER_ID_LENGTH_MAX = 256;

export interface AnnounceAnswerOptions {
  /** Peers as bytes, IPv4 and IPv6 apart (BEP 23, 7). Default true; names cannot be written so and are left out. */
  readonly compact?: boolean;
  /** Dictionaries without peer ids. Default false. */
  readonly noPeerId?: boolean;
  /** Only peers of this family. Default: both. */
  readonly family?: "ipv4" | "ipv6";
}

/** Reads the body of an answer to an announce. */
export function decodeAnnounceAnswer(body: Uint8Array): AnnounceAnswer {
  const answer = decodeDictionary(body);
  const failure = decodeFailure(answer);
  if (failure !== undefined) return failure;
  const read: { -readonly [Key in keyof AnnounceSuccess]: AnnounceSuccess[Key] } = {
    peers: decodePeers(answer),
    interval: seconds(answer, "interval") ?? ANNOUNCE_INTERVAL_DEFAULT,
  };
  const minInterval = seconds(answer, "min interval");
  if (minInterval !== undefined) read.minInterval = minInterval;
  const trackerId = answer.bytes("tracker id");
  if (trackerId !== undefined && trackerId.length <= TRACKER_ID_LENGTH_MAX) read.trackerId = Uint8Array.from(trackerId);
  for (const name of ["complete", "incomplete", "downloaded"] as const) {
    const value = count(answer, name);
    if (value !== undefined) read[name] = value;
  }
  const warning = text(answer, "warning message");
  if (warning !== undefined) read.warning = warning;
  const external = externalAddress(answer.bytes("external ip"));
  if (external !== undefined) read.externalAddress = external;
  return read;
}

/** Reads the body of an answer to a scrape. */
export function decodeScrapeAnswer(body: Uint8Array): ScrapeAnswer {
  const answer = decodeDictionary(body);
  const failure = decodeFailure(answer);
  if (failure !== undefined) return failure;
  const swarms = new Map<string, SwarmCounts>();
  for (const [key, value] of answer.dictionary("files") ?? []) {
    if (key.length === ID_LENGTH && value instanceof BencodeDictionary) swarms.set(toHex(fromLatin1(key)), decodeCounts(value));
  }
  const flags = answer.dictionary("flags");
  const minRequestInterval = flags === undefined ? undefined : seconds(flags, "min_request_interval");
  return minRequestInterval === undefined ? { swarms } : { swarms, minRequestInterval };
}

/** The body of an answer to an announce. */
export function encodeAnnounceAnswer(answer: AnnounceAnswer, options: AnnounceAnswerOptions = {}): Uint8Array<ArrayBuffer> {
  if ("failure" in answer) return encodeFailure(answer.failure, answer.retryIn);
  const peers = options.family === undefined ? answer.peers : answer.peers.filter((peer) => familyOf(peer.address) === options.family);
  return encode({
    complete: answer.complete,
    downloaded: answer.downloaded,
    "external ip": answer.externalAddress === undefined ? undefined : parseAddress(answer.externalAddress),
    incomplete: answer.incomplete,
    interval: answer.interval,
    "min interval": answer.minInterval,
    ...(options.compact === false ? { peers: peerDictionaries(peers, options.noPeerId === true) } : compactPeers(peers, options.family)),
    "tracker id": answer.trackerId,
    "warning message": answer.warning,
  });
}

/** The body of an answer to a scrape. */
export function encodeScrapeAnswer(answer: ScrapeAnswer): Uint8Array<ArrayBuffer> {
  if ("failure" in answer) return encodeFailure(answer.failure, answer.retryIn);
  const files = new Map<string, Encodable>();
  for (const [hex, counts] of answer.swarms) files.set(hexToKey(hex), { ...counts });
  const { minRequestInterval } = answer;
  return encode({ files, flags: minRequestInterval === undefined ? undefined : { min_request_interval: minRequestInterval } });
}

/** The body that says no. It travels with status 200: many clients throw away the body of any other. */
export function encodeFailure(failure: string, retryIn?: number | "never"): Uint8Array<ArrayBuffer> {
  return encode({ "failure reason": failure, "retry in": retryIn });
}

function decodeDictionary(body: Uint8Array): BencodeDictionary {
  const value = decodeBody(body);
  if (value instanceof BencodeDictionary) return value;
  throw new ProtocolError("TRACKER_ANSWER_WRONG", "tracker answer without a dictionary");
}

/** Where a stranger's server stands in for the tracker, its owner hears of that, and not at which byte a decoder gave up. */
function decodeBody(body: Uint8Array): BencodeValue {
  if (body.length === 0) throw new ProtocolError("TRACKER_ANSWER_WRONG", "the tracker's answer is empty");
  try {
    return decode(body, LIMITS);
  } catch (fault) {
    if (!(fault instanceof ProtocolError)) throw fault;
    if (isMarkup(body)) throw new ProtocolError("TRACKER_ANSWER_WRONG", "a web page came where the tracker's answer should be");
    throw new ProtocolError("TRACKER_ANSWER_WRONG", `the tracker's answer is not readable: ${fault.message}`);
  }
}

function isMarkup(body: Uint8Array): boolean {
  return /^\s*</.test(latin1(body.subarray(0, MARKUP_SEARCH_LENGTH)));
}

function decodeFailure(answer: BencodeDictionary): TrackerFailure | undefined {
  // A scrape of old trackers says `failure_reason`.
  const failure = text(answer, "failure reason") ?? text(answer, "failure_reason");
  if (failure === undefined) return undefined;
  const retryIn = answer.get("retry in");
  if (typeof retryIn === "number" && retryIn >= 0) return { failure, retryIn };
  return retryIn instanceof Uint8Array && latin1(retryIn) === "never" ? { failure, retryIn: "never" } : { failure };
}

function decodePeers(answer: BencodeDictionary): TrackerPeer[] {
  const packed = answer.bytes("peers");
  const packed6 = answer.bytes("peers6");
  const peers: TrackerPeer[] = packed === undefined ? listedPeers(answer) : decodeCompact4(atMost(packed, COMPACT4_LENGTH));
  if (packed6 !== undefined) for (const peer of decodeCompact6(atMost(packed6, COMPACT6_LENGTH))) peers.push(peer);
  return peers;
}

function atMost(packed: Uint8Array, entryLength: number): Uint8Array {
  return packed.subarray(0, TRACKER_PEERS_MAX * entryLength);
}

function listedPeers(answer: BencodeDictionary): TrackerPeer[] {
  const peers: TrackerPeer[] = [];
  for (const value of answer.list("peers") ?? []) {
    const peer = listedPeer(value);
    if (peer !== undefined) peers.push(peer);
    if (peers.length === TRACKER_PEERS_MAX) break;
  }
  return peers;
}

function listedPeer(value: BencodeValue): TrackerPeer | undefined {
  if (!(value instanceof BencodeDictionary)) return undefined;
  const address = peerAddress(value.text("ip") ?? "");
  const port = value.integer("port") ?? 0;
  if (address === undefined || port < 1 || port > 65_535) return undefined;
  const peerId = value.bytes("peer id");
  return peerId?.length === ID_LENGTH ? { address, port, peerId: Uint8Array.from(peerId) } : { address, port };
}

/**
 * An address, or a name to be resolved and judged later. A name that ends in a number is neither: resolvers take `127.1` and
 * `0x7f.1` for addresses, people do not.
 */
function peerAddress(name: string): string | undefined {
  const address = canonicalAddress(name);
  if (address !== undefined) return address;
  if (!/^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?$/.test(name) || name.length > 253) return undefined;
  return /(^|\.)(\d+|0[xX][0-9A-Fa-f]*)\.?$/.test(name) ? undefined : name;
}

function externalAddress(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  return bytes.length === 4 || bytes.length === 16 ? formatAddress(bytes) : canonicalAddress(fromUtf8(bytes));
}

function decodeCounts(dictionary: BencodeDictionary): SwarmCounts {
  const counts = {
    complete: count(dictionary, "complete") ?? 0,
    incomplete: count(dictionary, "incomplete") ?? 0,
    downloaded: count(dictionary, "downloaded") ?? 0,
  };
  const downloaders = count(dictionary, "downloaders");
  return downloaders === undefined ? counts : { ...counts, downloaders };
}

function count(dictionary: BencodeDictionary, name: string): number | undefined {
  const value = dictionary.integer(name);
  return value !== undefined && value >= 0 ? value : undefined;
}

function seconds(dictionary: BencodeDictionary, name: string): number | undefined {
  const value = count(dictionary, name);
  return value === undefined || value === 0 ? undefined : Math.min(value, ANNOUNCE_INTERVAL_MAX);
}

function text(dictionary: BencodeDictionary, name: string): string | undefined {
  return dictionary.text(name)?.slice(0, TRACKER_TEXT_LENGTH_MAX);
}

function compactPeers(peers: readonly TrackerPeer[], family: "ipv4" | "ipv6" | undefined): { peers?: Uint8Array; peers6?: Uint8Array } {
  const peers6 = encodeCompact6(peers);
  // `peers` is there even when it is empty: clients take an answer without it for garbage.
  if (family === "ipv4" || (family === undefined && peers6.length === 0)) return { peers: encodeCompact4(peers) };
  return { peers: encodeCompact4(peers), peers6 };
}

function peerDictionaries(peers: readonly TrackerPeer[], noPeerId: boolean): Encodable[] {
  return peers.map(({ address, port, peerId }) => ({ ip: address, "peer id": noPeerId ? undefined : peerId, port }));
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const length = parseAddress(address)?.length;
  if (length === undefined) return undefined;
  return length === 4 ? "ipv4" : "ipv6";
}

function hexToKey(hex: string): string {
  return hex.replace(/../g, (digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}
