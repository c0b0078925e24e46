/**
 * Announce and scrape as HTTP requests (BEP 3, 7, 23, 48): the client writes the URL, the tracker reads the query.
 *
 *     GET /announce?info_hash=%12…&peer_id=-BY0100-…&port=6881&uploaded=0&downloaded=0&left=100&compact=1&event=started
 *
 * URLs are put together as text: the tracker's own query, often a passkey, has to arrive as it stands in the torrent.
 * @module
 */
import { crc32c } from "../address/index.ts";
import { assert, ProtocolError, utf8 } from "../base/index.ts";
import type { AnnounceEvent, AnnounceRequest } from "./announce.ts";
import { escapeBytes, parseQuery, unescapeText, valueBytes } from "./query.ts";
import { SCRAPE_HASHES_MAX } from "./scrape.ts";

const ID_LENGTH = 20;
/** Characters of an address or name a client wants to be listed under. */
const NAME_LENGTH_MAX = 255;
/** Bytes of a tracker id that comes back to us. */
const TRACKER_ID_LENGTH_MAX = 256;
const EVENTS: readonly AnnounceEvent[] = ["started", "completed", "stopped", "paused"];
/**
 * Keys that say who we are and how far: a URL that brings them along would speak in our name. How a tracker wants to be
 * answered to (`compact=1`, `numwant=50`) may stand in its URL; libtorrent draws the line in the same place.
 */
const RESERVED = ["info_hash", "peer_id", "port", "uploaded", "downloaded", "left", "corrupt", "event", "key", "ip"];

/** The tracker's URL with everything it wants to know. */
export function announceUrl(base: string, request: AnnounceRequest): string {
  assert(request.infoHash.length === ID_LENGTH && request.peerId.length === ID_LENGTH, "info hash and peer id have 20 bytes");
  const pairs = [
    `info_hash=${escapeBytes(request.infoHash)}`,
    `peer_id=${escapeBytes(request.peerId)}`,
    `port=${request.port}`,
    `uploaded=${request.uploaded}`,
    `downloaded=${request.downloaded}`,
    `left=${request.left}`,
  ];
  if (request.event !== undefined) pairs.push(`event=${request.event}`);
  if (request.numwant !== undefined) pairs.push(`numwant=${request.numwant}`);
  if (request.key !== undefined) pairs.push(`key=${request.key.toString(16).toUpperCase().padStart(8, "0")}`);
  if (request.compact !== undefined) pairs.push(`compact=${Number(request.compact)}`);
  if (request.noPeerId === true) pairs.push("no_peer_id=1");
  if (request.supportCrypto === true) pairs.push("supportcrypto=1");
  if (request.trackerId !== undefined) pairs.push(`trackerid=${escapeBytes(request.trackerId)}`);
  if (request.ip !== undefined) pairs.push(`ip=${escapeBytes(utf8(request.ip))}`);
  if (request.ipv4 !== undefined) pairs.push(`ipv4=${escapeBytes(utf8(request.ipv4))}`);
  if (request.ipv6 !== undefined) pairs.push(`ipv6=${escapeBytes(utf8(request.ipv6))}`);
  return withQuery(base, pairs);
}

/**
 * Where the tracker of this announce URL answers scrapes, for these torrents: `announce` at the start of a part of the
 * path becomes `scrape`. `undefined` where there is none, or where the tracker is not spoken to by HTTP.
 */
export function scrapeUrl(base: string, infoHashes: readonly Uint8Array[] = []): string | undefined {
  const start = /^https?:\/\/[^/?#]*/i.exec(base)?.[0].length;
  if (start === undefined) return undefined;
  const path = /^[^?#]*/.exec(base.slice(start))?.[0] ?? "";
  const at = path.lastIndexOf("/announce");
  if (at < 0) return undefined;
  const scrape = `${base.slice(0, start + at)}/scrape${base.slice(start + at + "/announce".length)}`;
  return withQuery(
    scrape,
    infoHashes.map((infoHash) => `info_hash=${escapeBytes(infoHash)}`),
  );
}

/** Whether a URL brings along what only an announce may say; such a URL, out of a torrent, is an attempt to use us. */
export function presetsAnnounce(url: string): boolean {
  const query = /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? "";
  // Escapes are read here as the tracker would, `%69nfo_hash` is no disguise; broken ones stay as they are.
  return query.split("&").some((pair) => RESERVED.includes(unescapeText(pair.replace(/=.*/s, "")).toLowerCase()));
}

function withQuery(base: string, pairs: readonly string[]): string {
  const bare = base.replace(/#.*/s, "");
  if (pairs.length === 0) return bare;
  if (!bare.includes("?")) return `${bare}?${pairs.join("&")}`;
  return /[?&]$/.test(bare) ? `${bare}${pairs.join("&")}` : `${bare}&${pairs.join("&")}`;
}

/**
 * Reads the query of an announce. Of a key that comes twice the first counts, as in the classic tracker; unknown keys and
 * events are passed over. What is missing or wrong gets a code of its own, such as INFO_HASH_MISSING or PORT_WRONG.
 */
export function parseAnnounceQuery(query: string): AnnounceRequest {
  const values = parseQuery(query);
  return {
    infoHash: idValue(values, "info_hash"),
    peerId: idValue(values, "peer_id"),
    port: portValue(values),
    uploaded: counterValue(values, "uploaded"),
    downloaded: counterValue(values, "downloaded"),
    left: leftValue(values),
    ...optionalValues(values),
  };
}

/** The info hashes of a scrape, the first 70; none when it asks for all torrents. */
export function parseScrapeQuery(query: string): Uint8Array[] {
  const hashes = parseQuery(query).get("info_hash") ?? [];
  return hashes.slice(0, SCRAPE_HASHES_MAX).map((text) => idBytes(text, "info_hash"));
}

type Values = ReadonlyMap<string, readonly string[]>;
type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function optionalValues(values: Values): Partial<AnnounceRequest> {
  const read: Writable<Partial<AnnounceRequest>> = {};
  const event = EVENTS.find((event) => event === first(values, "event"));
  if (event !== undefined) read.event = event;
  const numwant = first(values, "numwant");
  if (numwant !== undefined && /^\d{1,9}$/.test(numwant)) read.numwant = Number(numwant);
  const key = first(values, "key");
  if (key !== undefined) read.key = keyNumber(key);
  const trackerId = first(values, "trackerid");
  if (trackerId !== undefined && trackerId.length <= TRACKER_ID_LENGTH_MAX) read.trackerId = valueBytes(trackerId);
  const compact = first(values, "compact");
  if (compact !== undefined) read.compact = compact !== "0";
  if (isSet(values, "no_peer_id")) read.noPeerId = true;
  if (isSet(values, "supportcrypto")) read.supportCrypto = true;
  for (const name of ["ip", "ipv4", "ipv6"] as const) {
    const text = first(values, name);
    if (text !== undefined && text.length <= NAME_LENGTH_MAX) read[name] = text;
  }
  return read;
}

/** The first value that is not empty. */
function first(values: Values, name: string): string | undefined {
  const value = values.get(name)?.[0];
  return value === "" ? undefined : value;
}

function isSet(values: Values, name: string): boolean {
  return (first(values, name) ?? "0") !== "0";
}

function required(values: Values, name: string): string {
  const value = first(values, name);
  if (value === undefined) throw new ProtocolError(`${name.toUpperCase()}_MISSING`, `announce without ${name}`);
  return value;
}

function wrong(name: string, what: string): ProtocolError {
  return new ProtocolError(`${name.toUpperCase()}_WRONG`, `${name} ${what}`);
}

function idValue(values: Values, name: string): Uint8Array {
  return idBytes(required(values, name), name);
}

function idBytes(text: string, name: string): Uint8Array {
  if (text.length !== ID_LENGTH) throw wrong(name, `of ${text.length} bytes`);
  return valueBytes(text);
}

function portValue(values: Values): number {
  const text = required(values, "port");
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw wrong("port", "is not a number up to 65535");
  return port;
}

/** Up to 64 bits; past 2^53 it counts as 2^53 - 1, since no swarm is the wiser for the rest. */
function counterValue(values: Values, name: string): number {
  const text = required(values, name);
  if (!/^\d{1,20}$/.test(text)) throw wrong(name, "is not a number");
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

/** Clients who do not know the size of their magnet link yet say -1, or the largest number they have. */
function leftValue(values: Values): number {
  return /^-\d{1,20}$/.test(first(values, "left") ?? "") ? Number.MAX_SAFE_INTEGER : counterValue(values, "left");
}

/** Hex as every client sends it; any other text is folded to 32 bits, it only has to stay the same. */
function keyNumber(text: string): number {
  return /^[0-9A-Fa-f]{1,8}$/.test(text) ? Number.parseInt(text, 16) : crc32c(valueBytes(text));
}
