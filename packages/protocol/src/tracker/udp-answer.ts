/**
 * What a UDP tracker sends back (BEP 15).
 *
 *     connected   <0: u32> <transaction: u32> <connection: u64>
 *     announced   <1: u32> <transaction: u32> <interval: u32> <leechers: u32> <seeds: u32> (<address: 4 or 16> <port: u16>) …
 *     scraped     <2: u32> <transaction: u32> (<seeds: u32> <completed: u32> <leechers: u32>) …
 *     error       <3: u32> <transaction: u32> <message>
 *
 * Whether addresses have 4 or 16 bytes depends on the family the datagram itself travels by, and on nothing in it.
 * @module
 */
import {
  COMPACT4_LENGTH,
  COMPACT6_LENGTH,
  decodeCompact4,
  decodeCompact6,
  type Endpoint,
  encodeCompact4,
  encodeCompact6,
} from "../address/index.ts";
import { assert, fromUtf8, utf8 } from "../base/index.ts";
import { ANNOUNCE_INTERVAL_DEFAULT, type AnnounceSuccess, TRACKER_PEERS_MAX, TRACKER_TEXT_LENGTH_MAX } from "./announce.ts";
import { SCRAPE_HASHES_MAX, type SwarmCounts } from "./scrape.ts";
import { ACTION, CONNECTION_ID_LENGTH, type MalformedDatagram, NO_SUCH_ACTION, TOO_SHORT, viewOf } from "./udp.ts";

const HEADER_LENGTH = 8;
const CONNECTED_LENGTH = HEADER_LENGTH + CONNECTION_ID_LENGTH;
const ANNOUNCED_LENGTH = 20;
const COUNTS_LENGTH = 12;
/** Seconds: a week. */
const INTERVAL_MAX = 7 * 24 * 3600;

/** The family of the socket a datagram came by or goes out by. */
export type AddressFamily = "ipv4" | "ipv6";

export interface UdpConnectedAnswer {
  readonly type: "connected";
  readonly transactionId: number;
  /** 8 bytes, a copy. */
  readonly connectionId: Uint8Array;
}
export interface UdpAnnouncedAnswer {
  readonly type: "announced";
  readonly transactionId: number;
  readonly answer: AnnounceSuccess;
}
export interface UdpScrapedAnswer {
  readonly type: "scraped";
  readonly transactionId: number;
  /** In the order of the question; fewer when the tracker answers for fewer. */
  readonly swarms: readonly SwarmCounts[];
}
export interface UdpErrorAnswer {
  readonly type: "error";
  readonly transactionId: number;
  /** For the user's eyes; a stranger's text, escape it where it is shown. */
  readonly failure: string;
}
export type UdpAnswer = UdpConnectedAnswer | UdpAnnouncedAnswer | UdpScrapedAnswer | UdpErrorAnswer;

/** Reads what a client receives. Whether it asked for this is its own to know, by transaction id and sender. */
export function decodeUdpAnswer(datagram: Uint8Array, family: AddressFamily): UdpAnswer | MalformedDatagram {
  if (datagram.length < HEADER_LENGTH) return TOO_SHORT;
  const view = viewOf(datagram);
  const transactionId = view.getUint32(4);
  switch (view.getUint32(0)) {
    case ACTION.connect:
      if (datagram.length < CONNECTED_LENGTH) return TOO_SHORT;
      return { type: "connected", transactionId, connectionId: Uint8Array.from(datagram.subarray(HEADER_LENGTH, CONNECTED_LENGTH)) };
    case ACTION.announce:
      if (datagram.length < ANNOUNCED_LENGTH) return TOO_SHORT;
      return { type: "announced", transactionId, answer: decodeAnnounced(datagram, view, family) };
    case ACTION.scrape:
      return { type: "scraped", transactionId, swarms: decodeScraped(view) };
    case ACTION.error:
      return { type: "error", transactionId, failure: errorText(datagram.subarray(HEADER_LENGTH)) };
    default:
      return NO_SUCH_ACTION;
  }
}

function decodeAnnounced(datagram: Uint8Array, view: DataView, family: AddressFamily): AnnounceSuccess {
  const packed = datagram.subarray(ANNOUNCED_LENGTH);
  const peers =
    family === "ipv4"
      ? decodeCompact4(packed.subarray(0, TRACKER_PEERS_MAX * COMPACT4_LENGTH))
      : decodeCompact6(packed.subarray(0, TRACKER_PEERS_MAX * COMPACT6_LENGTH));
  const interval = view.getUint32(8);
  return {
    peers,
    interval: interval === 0 ? ANNOUNCE_INTERVAL_DEFAULT : Math.min(interval, INTERVAL_MAX),
    incomplete: view.getUint32(12),
    complete: view.getUint32(16),
  };
}

function decodeScraped(view: DataView): SwarmCounts[] {
  const swarms: SwarmCounts[] = [];
  for (let at = HEADER_LENGTH; at + COUNTS_LENGTH <= view.byteLength && swarms.length < SCRAPE_HASHES_MAX; at += COUNTS_LENGTH) {
    swarms.push({ complete: view.getUint32(at), downloaded: view.getUint32(at + 4), incomplete: view.getUint32(at + 8) });
  }
  return swarms;
}

/** Some trackers end their text with a NUL, as C does. */
function errorText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return fromUtf8(bytes.subarray(0, end < 0 ? bytes.length : end)).slice(0, TRACKER_TEXT_LENGTH_MAX);
}

/** The datagram that hands out a connection id of 8 bytes. */
export function encodeUdpConnected(transactionId: number, connectionId: Uint8Array): Uint8Array<ArrayBuffer> {
  assert(connectionId.length === CONNECTION_ID_LENGTH, "a connection id has 8 bytes");
  const datagram = new Uint8Array(CONNECTED_LENGTH);
  writeHeader(datagram, ACTION.connect, transactionId);
  datagram.set(connectionId, HEADER_LENGTH);
  return datagram;
}

/** The datagram that answers an announce. Peers of the other family are left out: there is no room for them in it. */
export function encodeUdpAnnounced(
  transactionId: number,
  answer: { readonly interval: number; readonly complete: number; readonly incomplete: number; readonly peers: readonly Endpoint[] },
  family: AddressFamily,
): Uint8Array<ArrayBuffer> {
  const packed = family === "ipv4" ? encodeCompact4(answer.peers) : encodeCompact6(answer.peers);
  const datagram = new Uint8Array(ANNOUNCED_LENGTH + packed.length);
  const view = writeHeader(datagram, ACTION.announce, transactionId);
  view.setUint32(8, answer.interval);
  view.setUint32(12, answer.incomplete);
  view.setUint32(16, answer.complete);
  datagram.set(packed, ANNOUNCED_LENGTH);
  return datagram;
}

/** The datagram that answers a scrape, in the order of the question. */
export function encodeUdpScraped(transactionId: number, swarms: readonly SwarmCounts[]): Uint8Array<ArrayBuffer> {
  const datagram = new Uint8Array(HEADER_LENGTH + COUNTS_LENGTH * swarms.length);
  const view = writeHeader(datagram, ACTION.scrape, transactionId);
  for (const [at, counts] of swarms.entries()) {
    view.setUint32(HEADER_LENGTH + COUNTS_LENGTH * at, counts.complete);
    view.setUint32(HEADER_LENGTH + COUNTS_LENGTH * at + 4, counts.downloaded);
    view.setUint32(HEADER_LENGTH + COUNTS_LENGTH * at + 8, counts.incomplete);
  }
  return datagram;
}

/** The datagram that says no. */
export function encodeUdpError(transactionId: number, failure: string): Uint8Array<ArrayBuffer> {
  const message = utf8(failure);
  const datagram = new Uint8Array(HEADER_LENGTH + message.length);
  writeHeader(datagram, ACTION.error, transactionId);
  datagram.set(message, HEADER_LENGTH);
  return datagram;
}

function writeHeader(datagram: Uint8Array, action: number, transactionId: number): DataView {
  const view = viewOf(datagram);
  view.setUint32(0, action);
  view.setUint32(4, transactionId);
  return view;
}
