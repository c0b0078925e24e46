/**
 * What somebody who runs or checks a tracker asks it over a WebSocket, and what it says of it: counts, times, a warning or a no.
 *
 *     {"action": "announce", "info_hash", "peer_id", "uploaded", "downloaded", "left", "event", "numwant": 0, "offers": []}
 *     {"action": "scrape", "info_hash": one or several}
 *
 * The asker has no WebRTC: it offers no connections, and what peers offer it through the tracker is passed over. Reading is
 * forgiving wherever a sensible meaning is left, as over HTTP.
 * @module
 */
import { fromLatin1, latin1, ProtocolError, toHex } from "../base/index.ts";
import {
  ANNOUNCE_INTERVAL_DEFAULT,
  ANNOUNCE_INTERVAL_MAX,
  type AnnounceAnswer,
  type AnnounceRequest,
  type AnnounceSuccess,
  TRACKER_TEXT_LENGTH_MAX,
  type TrackerFailure,
} from "./announce.ts";
import type { ScrapeAnswer, SwarmCounts } from "./scrape.ts";
import { isSignalId, parseSignal, type SignalFields, signalCounterOf } from "./websocket.ts";

export type SignalQuestion =
  | { readonly type: "announce"; readonly announce: AnnounceRequest }
  /** 20 bytes each, at least one. */
  | { readonly type: "scrape"; readonly infoHashes: readonly Uint8Array[] };

/** The message that asks. */
export function encodeSignalQuestion(question: SignalQuestion): string {
  if (question.type === "scrape") {
    const [first, ...others] = question.infoHashes.map((infoHash) => latin1(infoHash));
    // One by itself: every tracker reads that.
    return JSON.stringify({ action: "scrape", info_hash: others.length === 0 ? first : [first, ...others] });
  }
  const { infoHash, peerId, uploaded, downloaded, left, event } = question.announce;
  const ids = { info_hash: latin1(infoHash), peer_id: latin1(peerId) };
  return JSON.stringify({ action: "announce", ...ids, uploaded, downloaded, left, event, numwant: 0, offers: [] });
}

/** Reads a message of the tracker: its answer, or `undefined` for one that is about something else. Throws `ProtocolError` where it is none at all. */
export function decodeSignalReply(text: string, question: SignalQuestion): AnnounceAnswer | ScrapeAnswer | undefined {
  const message = parseReply(text);
  const action = message["action"];
  const failure = failureOf(message);
  if (failure !== undefined) return isAbout(message, question) ? failure : undefined;
  if (action !== question.type) return undefined;
  if (question.type === "scrape") return scrapedOf(message);
  return message["info_hash"] === latin1(question.announce.infoHash) && isNothing(message["offer"]) && isNothing(message["answer"])
    ? announcedOf(message)
    : undefined;
}

function parseReply(text: string): SignalFields {
  try {
    return parseSignal(text);
  } catch (fault) {
    if (!(fault instanceof ProtocolError)) throw fault;
    throw new ProtocolError("TRACKER_ANSWER_WRONG", `the tracker's answer is not readable: ${fault.message}`);
  }
}

/** A tracker that makes no sense of a question cannot say which one it was. */
function isAbout({ action, info_hash: infoHash }: SignalFields, question: SignalQuestion): boolean {
  if (typeof action === "string" && action !== question.type) return false;
  return question.type === "scrape" || isNothing(infoHash) || infoHash === latin1(question.announce.infoHash);
}

function failureOf(message: SignalFields): TrackerFailure | undefined {
  const failure = textOf(message["failure reason"]);
  if (failure === undefined) return undefined;
  const retryIn = message["retry in"];
  if (retryIn === "never" || (typeof retryIn === "number" && retryIn >= 0)) return { failure, retryIn };
  return { failure };
}

function announcedOf(message: SignalFields): AnnounceSuccess {
  const read: { -readonly [Key in keyof AnnounceSuccess]: AnnounceSuccess[Key] } = {
    peers: [],
    interval: secondsOf(message["interval"]) ?? ANNOUNCE_INTERVAL_DEFAULT,
  };
  const minInterval = secondsOf(message["min interval"]);
  if (minInterval !== undefined) read.minInterval = minInterval;
  for (const name of ["complete", "incomplete", "downloaded"] as const) {
    const value = signalCounterOf(message[name]);
    if (value !== undefined) read[name] = value;
  }
  const warning = textOf(message["warning message"]);
  if (warning !== undefined) read.warning = warning;
  return read;
}

function scrapedOf(message: SignalFields): ScrapeAnswer {
  const swarms = new Map<string, SwarmCounts>();
  for (const [infoHash, counts] of Object.entries(fieldsOf(message["files"]))) {
    if (isSignalId(infoHash)) swarms.set(toHex(fromLatin1(infoHash)), countsOf(fieldsOf(counts)));
  }
  const minRequestInterval = secondsOf(fieldsOf(message["flags"])["min_request_interval"]);
  return minRequestInterval === undefined ? { swarms } : { swarms, minRequestInterval };
}

function countsOf({ complete, incomplete, downloaded }: SignalFields): SwarmCounts {
  return {
    complete: signalCounterOf(complete) ?? 0,
    incomplete: signalCounterOf(incomplete) ?? 0,
    downloaded: signalCounterOf(downloaded) ?? 0,
  };
}

function fieldsOf(value: unknown): SignalFields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as SignalFields) : {};
}

function secondsOf(value: unknown): number | undefined {
  const seconds = signalCounterOf(value);
  return seconds === undefined || seconds === 0 ? undefined : Math.min(seconds, ANNOUNCE_INTERVAL_MAX);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value.slice(0, TRACKER_TEXT_LENGTH_MAX) : undefined;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}
