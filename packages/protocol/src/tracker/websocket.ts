/**
 * What WebTorrent peers and trackers say to each other over a WebSocket. No BEP describes it: the npm package
 * bittorrent-tracker does.
 *
 *     announce   {"action": "announce", "info_hash", "peer_id", "left", "event", "numwant", "offers": [{"offer_id", "offer"}]}
 *                -> {"action": "announce", "info_hash", "interval", "complete", "incomplete"}
 *                -> to some peers each: {"action": "announce", "info_hash", "peer_id", "offer_id", "offer"}
 *     answer     {"action": "announce", "info_hash", "peer_id", "to_peer_id", "offer_id", "answer"}
 *                -> to that peer: {"action": "announce", "info_hash", "peer_id", "offer_id", "answer"}
 *     scrape     {"action": "scrape", "info_hash": one or several} -> {"action": "scrape", "files": {…}, "flags": {…}}
 *
 * Messages are JSON; hashes and ids are strings of one character a byte. An offer or an answer is a browser's session
 * description, and of that its two texts and nothing else is passed on.
 * @module
 */
import { ProtocolError } from "../base/index.ts";
import type { AnnounceEvent } from "./announce.ts";
import { SCRAPE_HASHES_MAX, type SwarmCounts } from "./scrape.ts";

/** Bytes of a message: ten offers of a browser have some 30,000. */
export const SIGNAL_LENGTH_MAX: number = 64 * 1024;
/** Offers of an announce that are passed on; the others are not looked at. */
export const OFFERS_MAX: number = 10;
/** Bytes of hashes, peer ids and offer ids. */
const ID_LENGTH = 20;
const EVENTS: ReadonlySet<string> = new Set(["started", "stopped", "completed", "paused"] satisfies AnnounceEvent[]);

/** What browsers tell each other of a connection to be; what is in it is their business. */
export interface SessionDescription {
  /** "offer" or "answer". */
  readonly type: string;
  readonly sdp: string;
}

export interface SignalOffer {
  /** 20 characters, a byte each. */
  readonly offerId: string;
  readonly offer: SessionDescription;
}

/** Hashes and ids are 20 characters, a byte each. */
export type SignalRequest =
  | {
      readonly type: "announce";
      readonly infoHash: string;
      readonly peerId: string;
      /** Bytes; `undefined` where the peer does not know. */
      readonly left: number | undefined;
      readonly uploaded: number;
      readonly downloaded: number;
      readonly event: AnnounceEvent | undefined;
      /** At most `OFFERS_MAX`. */
      readonly offers: readonly SignalOffer[];
    }
  | {
      readonly type: "answer";
      readonly infoHash: string;
      readonly peerId: string;
      readonly toPeerId: string;
      readonly offerId: string;
      readonly answer: SessionDescription;
    }
  /** No hashes: all torrents. */
  | { readonly type: "scrape"; readonly infoHashes: readonly string[] };

/** Reads what a peer sends to a tracker; throws `ProtocolError` for anything else, with a sentence the peer may be told. */
export function decodeSignalRequest(text: string): SignalRequest {
  const message = parseSignal(text);
  const action = message["action"];
  if (action === "scrape") return { type: "scrape", infoHashes: hashesOf(message["info_hash"]) };
  if (action !== "announce") throw new ProtocolError("SIGNAL_ACTION", "action must be announce or scrape");
  const infoHash = idOf(message, "info_hash");
  const peerId = idOf(message, "peer_id");
  const answer = message["answer"];
  if (answer !== undefined && answer !== null) {
    const [toPeerId, offerId] = [idOf(message, "to_peer_id"), idOf(message, "offer_id")];
    return { type: "answer", infoHash, peerId, toPeerId, offerId, answer: descriptionOf(answer, "answer") };
  }
  const event = message["event"];
  return {
    type: "announce",
    infoHash,
    peerId,
    left: signalCounterOf(message["left"]),
    uploaded: signalCounterOf(message["uploaded"]) ?? 0,
    downloaded: signalCounterOf(message["downloaded"]) ?? 0,
    event: typeof event === "string" && EVENTS.has(event) ? (event as AnnounceEvent) : undefined,
    offers: offersOf(message["offers"]),
  };
}

/** An answer, as it is passed on to whom it names. */
export function encodeSignalAnswer({ infoHash, peerId, offerId, answer }: SignalRequest & { readonly type: "answer" }): string {
  return JSON.stringify({ action: "announce", answer, offer_id: offerId, peer_id: peerId, info_hash: infoHash });
}

/** The counts of torrents, by their hashes of 20 characters. */
export function encodeSignalScraped(swarms: ReadonlyMap<string, SwarmCounts>, minRequestInterval: number): string {
  // Names such as `__proto__` have no 20 characters, so no hash can be one.
  const files = Object.fromEntries(swarms);
  return JSON.stringify({ action: "scrape", files, flags: { min_request_interval: minRequestInterval } });
}

/** `action`: of what failed, where that is known. */
export function encodeSignalFailure(
  failure: string,
  about: { readonly action?: "announce" | "scrape"; readonly infoHash?: string },
): string {
  return JSON.stringify({ action: about.action, info_hash: about.infoHash, "failure reason": failure });
}

export type SignalFields = Readonly<Record<string, unknown>>;

/** The members of a message, whoever sent it; nothing of them is known yet. */
export function parseSignal(text: string): SignalFields {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new ProtocolError("SIGNAL_JSON", "a message must be JSON");
  }
  return objectOf(message, "a message") as SignalFields;
}

function objectOf(value: unknown, what: string): object {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ProtocolError("SIGNAL_SHAPE", `${what} must be an object`);
  return value;
}

function idOf(message: SignalFields, name: string): string {
  const value = message[name];
  if (!isSignalId(value)) throw new ProtocolError("SIGNAL_ID", `${name} must be ${ID_LENGTH} characters, one for each byte`);
  return value;
}

/** Whether this is a hash or an id: 20 characters, a byte each. */
export function isSignalId(value: unknown): value is string {
  if (typeof value !== "string" || value.length !== ID_LENGTH) return false;
  for (let at = 0; at < ID_LENGTH; at++) if (value.charCodeAt(at) > 255) return false;
  return true;
}

/** `undefined` for what is no count: peers send `null` where they mean infinity. */
export function signalCounterOf(value: unknown): number | undefined {
  const count = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof count !== "number" || !(count >= 0)) return undefined;
  return Math.min(Math.floor(count), Number.MAX_SAFE_INTEGER);
}

function descriptionOf(value: unknown, what: string): SessionDescription {
  const { type, sdp } = objectOf(value, what) as Readonly<Record<"type" | "sdp", unknown>>;
  if (typeof type !== "string" || typeof sdp !== "string") throw new ProtocolError("SIGNAL_SHAPE", `${what} must have a type and an sdp`);
  return { type, sdp };
}

function offersOf(value: unknown): readonly SignalOffer[] {
  if (!Array.isArray(value)) return [];
  const entries: readonly unknown[] = value.slice(0, OFFERS_MAX);
  return entries.map((entry) => {
    const fields = objectOf(entry, "an offer") as SignalFields;
    return { offerId: idOf(fields, "offer_id"), offer: descriptionOf(fields["offer"], "offer") };
  });
}

function hashesOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > SCRAPE_HASHES_MAX)
    throw new ProtocolError("SIGNAL_SCRAPE", `more than ${SCRAPE_HASHES_MAX} info hashes in one scrape`);
  return values.map((entry) => idOf({ info_hash: entry }, "info_hash"));
}
