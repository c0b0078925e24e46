/**
 * What a tracker sends most over a WebSocket, written as bytes: its answer to an announce, and the offers it passes on.
 *
 *     {"action":"announce","info_hash":…,"interval":…,"complete":…,"incomplete":…}
 *     {"action":"announce","offer_id":…,"offer":…,"peer_id":…,"info_hash":…}
 *
 * What is the same in many of them is quoted once, as a head or an end. Hot: nothing here allocates.
 * @module
 */
import { utf8 } from "../base/index.ts";
import type { SignalAnnounce } from "./signal-announce.ts";

const RELAY_HEAD = utf8('{"action":"announce",');
const COMPLETE = utf8(',"complete":');
const INCOMPLETE = utf8(',"incomplete":');
const ANNOUNCED_END = utf8("}");
/** Digits of a whole number below 2^53. */
const DIGITS_MAX = 16;

/** How answers about a swarm begin. */
export function signalAnnouncedHead(infoHash: string): Uint8Array {
  return utf8(`{"action":"announce","info_hash":${JSON.stringify(infoHash)},"interval":`);
}

/** How answers end; `warning` is shown to the user. */
export function signalAnnouncedEnd(warning?: string): Uint8Array {
  return warning === undefined ? ANNOUNCED_END : utf8(`,"warning message":${JSON.stringify(warning)}}`);
}

/** How all the offers of a peer end. */
export function signalOfferEnd(infoHash: string, peerId: string): Uint8Array {
  return utf8(`,"peer_id":${JSON.stringify(peerId)},"info_hash":${JSON.stringify(infoHash)}}`);
}

/** What an answer to an announce says; times in seconds. */
export interface SignalAnnounced {
  readonly interval: number;
  readonly complete: number;
  readonly incomplete: number;
}

/** Bytes of an answer at most. */
export function announcedLengthMax(head: Uint8Array, end: Uint8Array): number {
  return head.length + COMPLETE.length + INCOMPLETE.length + 3 * DIGITS_MAX + end.length;
}

/** Writes an answer to an announce; returns where it ends. */
export function writeSignalAnnounced(head: Uint8Array, said: SignalAnnounced, end: Uint8Array, target: Uint8Array, at: number): number {
  let to = copy(head, target, at);
  to = writeNumber(said.interval, target, to);
  to = copy(COMPLETE, target, to);
  to = writeNumber(said.complete, target, to);
  to = copy(INCOMPLETE, target, to);
  to = writeNumber(said.incomplete, target, to);
  return copy(end, target, to);
}

/** Bytes of an offer as it is passed on. */
export function signalOfferLength({ offersFrom, offersTo }: SignalAnnounce, index: number, end: Uint8Array): number {
  return RELAY_HEAD.length + (offersTo[index] as number) - (offersFrom[index] as number) + end.length;
}

/** Writes an offer of an announce as it is passed on; returns where it ends. */
export function writeSignalOffer(announce: SignalAnnounce, index: number, end: Uint8Array, target: Uint8Array, at: number): number {
  let to = copy(RELAY_HEAD, target, at);
  const from = announce.offersFrom[index] as number;
  const length = (announce.offersTo[index] as number) - from;
  target.set(new Uint8Array(announce.memory, announce.bytes.byteOffset + from, length), to);
  to += length;
  return copy(end, target, to);
}

/** For what is short: a loop is quicker than a view. */
function copy(source: Uint8Array, target: Uint8Array, at: number): number {
  for (let byte = 0; byte < source.length; byte++) target[at + byte] = source[byte] as number;
  return at + source.length;
}

/** A whole number in decimal digits. */
function writeNumber(value: number, target: Uint8Array, at: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  let rest = value;
  for (let place = at + digits - 1; place >= at; place--) {
    const tenth = Math.floor(rest / 10);
    target[place] = 0x30 + (rest - tenth * 10);
    rest = tenth;
  }
  return at + digits;
}
