/**
 * What a client sends to a UDP tracker (BEP 15), with the URL's path and query behind an announce (BEP 41).
 *
 *     connect    <0x41727101980: u64> <0: u32> <transaction: u32>
 *     announce   <connection: u64> <1: u32> <transaction: u32> <info hash: 20> <peer id: 20> <downloaded: u64> <left: u64>
 *                <uploaded: u64> <event: u32> <address: u32> <key: u32> <numwant: i32> <port: u16> <options>
 *     scrape     <connection: u64> <2: u32> <transaction: u32> <info hash: 20> …
 * @module
 */
import { formatAddress, parseAddress } from "../address/index.ts";
import { assert, fromLatin1, latin1, utf8 } from "../base/index.ts";
import type { AnnounceEvent, AnnounceRequest } from "./announce.ts";
import { SCRAPE_HASHES_MAX } from "./scrape.ts";
import { ACTION, CONNECTION_ID_LENGTH, type MalformedDatagram, NO_SUCH_ACTION, PROTOCOL_ID_WRONG, TOO_SHORT, viewOf } from "./udp.ts";

const PROTOCOL_ID_HIGH = 0x417;
const PROTOCOL_ID_LOW = 0x27101980;
const ID_LENGTH = 20;
const HEADER_LENGTH = 16;
const ANNOUNCE_LENGTH = 98;
/** By code. A partial seed (BEP 21) has none, its announce counts as a regular one. */
const EVENTS: readonly (AnnounceEvent | undefined)[] = [undefined, "completed", "started", "stopped"];
/** Where the parts of an announce stand. */
const AT = { infoHash: 16, peerId: 36, downloaded: 56, left: 64, uploaded: 72, event: 80, address: 84, key: 88, numwant: 92, port: 96 };

/** Options of BEP 41. The first two stand alone, all others have a length. */
const OPTION = { end: 0, nothing: 1, urlData: 2 };
const OPTION_LENGTH_MAX = 255;
/** Characters of path and query; more than any URL of a tracker has, and well inside a datagram. */
const URL_DATA_LENGTH_MAX = 1024;

export interface UdpConnectRequest {
  readonly type: "connect";
  /** Unsigned, 32 bits, chosen by the client. */
  readonly transactionId: number;
}
export interface UdpAnnounceRequest {
  readonly type: "announce";
  /** 8 bytes; a view when received. */
  readonly connectionId: Uint8Array;
  readonly transactionId: number;
  /** Info hash and peer id are views when received. */
  readonly request: AnnounceRequest;
  /** Path and query of the tracker's URL (BEP 41), one character a byte. */
  readonly urlData?: string;
}
export interface UdpScrapeRequest {
  readonly type: "scrape";
  /** 8 bytes; a view when received. */
  readonly connectionId: Uint8Array;
  readonly transactionId: number;
  /** At most 70; views when received. */
  readonly infoHashes: readonly Uint8Array[];
}
export type UdpRequest = UdpConnectRequest | UdpAnnounceRequest | UdpScrapeRequest;

/** The datagram that asks for a connection id. */
export function encodeUdpConnect(transactionId: number): Uint8Array<ArrayBuffer> {
  const datagram = new Uint8Array(HEADER_LENGTH);
  const view = viewOf(datagram);
  view.setUint32(0, PROTOCOL_ID_HIGH);
  view.setUint32(4, PROTOCOL_ID_LOW);
  view.setUint32(8, ACTION.connect);
  view.setUint32(12, transactionId);
  return datagram;
}

/** The datagram of an announce. `ip` travels only when it is IPv4; what else is only HTTP's stays behind. */
export function encodeUdpAnnounce(announce: Omit<UdpAnnounceRequest, "type">): Uint8Array<ArrayBuffer> {
  const { request } = announce;
  assert(request.infoHash.length === ID_LENGTH && request.peerId.length === ID_LENGTH, "info hash and peer id have 20 bytes");
  const options = announce.urlData === undefined ? [] : urlDataOptions(fromLatin1(announce.urlData.slice(0, URL_DATA_LENGTH_MAX)));
  const datagram = new Uint8Array(ANNOUNCE_LENGTH + options.length);
  const view = viewOf(datagram);
  writeHeader(datagram, view, announce.connectionId, ACTION.announce, announce.transactionId);
  datagram.set(request.infoHash, AT.infoHash);
  datagram.set(request.peerId, AT.peerId);
  writeCounter(view, AT.downloaded, request.downloaded);
  writeCounter(view, AT.left, request.left);
  writeCounter(view, AT.uploaded, request.uploaded);
  view.setUint32(AT.event, Math.max(0, EVENTS.indexOf(request.event)));
  const address = request.ip === undefined ? undefined : parseAddress(request.ip);
  if (address?.length === 4) datagram.set(address, AT.address);
  view.setUint32(AT.key, request.key ?? 0);
  view.setInt32(AT.numwant, request.numwant ?? -1);
  view.setUint16(AT.port, request.port);
  datagram.set(options, ANNOUNCE_LENGTH);
  return datagram;
}

/** The datagram of a scrape, of up to 70 torrents. */
export function encodeUdpScrape(scrape: Omit<UdpScrapeRequest, "type">): Uint8Array<ArrayBuffer> {
  assert(scrape.infoHashes.length <= SCRAPE_HASHES_MAX, "a scrape fits into a datagram");
  const datagram = new Uint8Array(HEADER_LENGTH + ID_LENGTH * scrape.infoHashes.length);
  writeHeader(datagram, viewOf(datagram), scrape.connectionId, ACTION.scrape, scrape.transactionId);
  for (const [at, infoHash] of scrape.infoHashes.entries()) {
    assert(infoHash.length === ID_LENGTH, "an info hash has 20 bytes");
    datagram.set(infoHash, HEADER_LENGTH + ID_LENGTH * at);
  }
  return datagram;
}

/** Path and query of a UDP tracker's URL, as BEP 41 sends them; empty when it has neither. */
export function urlDataOf(url: string): string {
  const data = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] ?? "";
  return latin1(utf8(data));
}

/** Reads what a tracker receives. The connection id is the caller's to judge, before anything is believed. */
export function decodeUdpRequest(datagram: Uint8Array): UdpRequest | MalformedDatagram {
  if (datagram.length < HEADER_LENGTH) return TOO_SHORT;
  const view = viewOf(datagram);
  const transactionId = view.getUint32(12);
  switch (view.getUint32(8)) {
    case ACTION.connect:
      if (view.getUint32(0) !== PROTOCOL_ID_HIGH || view.getUint32(4) !== PROTOCOL_ID_LOW) return PROTOCOL_ID_WRONG;
      return { type: "connect", transactionId };
    case ACTION.announce:
      return datagram.length < ANNOUNCE_LENGTH ? TOO_SHORT : decodeAnnounce(datagram, view, transactionId);
    case ACTION.scrape:
      return { type: "scrape", connectionId: connectionIdOf(datagram), transactionId, infoHashes: hashesOf(datagram) };
    default:
      return NO_SUCH_ACTION;
  }
}

function decodeAnnounce(datagram: Uint8Array, view: DataView, transactionId: number): UdpAnnounceRequest {
  const event = EVENTS[view.getUint32(AT.event)];
  const numwant = view.getInt32(AT.numwant);
  const hasAddress = view.getUint32(AT.address) !== 0;
  const request: AnnounceRequest = {
    infoHash: datagram.subarray(AT.infoHash, AT.infoHash + ID_LENGTH),
    peerId: datagram.subarray(AT.peerId, AT.peerId + ID_LENGTH),
    port: view.getUint16(AT.port),
    uploaded: readCounter(view, AT.uploaded),
    downloaded: readCounter(view, AT.downloaded),
    left: readCounter(view, AT.left),
    key: view.getUint32(AT.key),
    ...(event === undefined ? {} : { event }),
    ...(numwant < 0 ? {} : { numwant }),
    ...(hasAddress ? { ip: formatAddress(datagram.subarray(AT.address, AT.address + 4)) } : {}),
  };
  const urlData = readUrlData(datagram);
  const announce = { type: "announce", connectionId: connectionIdOf(datagram), transactionId, request } as const;
  return urlData === undefined ? announce : { ...announce, urlData };
}

function connectionIdOf(datagram: Uint8Array): Uint8Array {
  return datagram.subarray(0, CONNECTION_ID_LENGTH);
}

function hashesOf(datagram: Uint8Array): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  const end = Math.min(datagram.length, HEADER_LENGTH + ID_LENGTH * SCRAPE_HASHES_MAX);
  for (let at = HEADER_LENGTH; at + ID_LENGTH <= end; at += ID_LENGTH) hashes.push(datagram.subarray(at, at + ID_LENGTH));
  return hashes;
}

/** `undefined` without the option; an option that is cut off ends the reading. */
function readUrlData(datagram: Uint8Array): string | undefined {
  let urlData: string | undefined;
  let at = ANNOUNCE_LENGTH;
  while (at < datagram.length && datagram[at] !== OPTION.end) {
    if (datagram[at] === OPTION.nothing) {
      at++;
      continue;
    }
    const start = at + 2;
    const end = start + (datagram[at + 1] ?? 0);
    if (start > datagram.length || end > datagram.length) break;
    if (datagram[at] === OPTION.urlData) urlData = ((urlData ?? "") + latin1(datagram.subarray(start, end))).slice(0, URL_DATA_LENGTH_MAX);
    at = end;
  }
  return urlData;
}

function urlDataOptions(data: Uint8Array): number[] {
  const options: number[] = [];
  let at = 0;
  do {
    const part = data.subarray(at, at + OPTION_LENGTH_MAX);
    options.push(OPTION.urlData, part.length, ...part);
    at += OPTION_LENGTH_MAX;
  } while (at < data.length);
  return options;
}

function writeHeader(datagram: Uint8Array, view: DataView, connectionId: Uint8Array, action: number, transactionId: number): void {
  assert(connectionId.length === CONNECTION_ID_LENGTH, "a connection id has 8 bytes");
  datagram.set(connectionId, 0);
  view.setUint32(8, action);
  view.setUint32(12, transactionId);
}

function writeCounter(view: DataView, at: number, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, "a counter is a whole number");
  view.setUint32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value % 2 ** 32);
}

/** Past 2^53 it counts as 2^53 - 1: whoever sends that much does not know the size yet. */
function readCounter(view: DataView, at: number): number {
  return Math.min(view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4), Number.MAX_SAFE_INTEGER);
}
