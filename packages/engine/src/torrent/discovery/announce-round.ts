/**
 * One announce to one tracker: once per address family of the tracker and once per info hash of a hybrid torrent
 * (BEP 7, 52).
 *
 * A tracker lists a peer under the address it was asked from, so each family has to be asked by itself. The round was
 * heard when one question was; it failed when none was, and then the most telling of the faults is told.
 * @module
 */
import type { HttpAnswer } from "@bittern/host";
import { addressScope, type Endpoint, parseAddress } from "@bittern/protocol/address";
import { HostError, MIB, type Millis, ProtocolError } from "@bittern/protocol/base";
import {
  type AnnounceAnswer,
  type AnnounceEvent,
  type AnnounceRequest,
  announceUrl,
  decodeAnnounceAnswer,
} from "@bittern/protocol/tracker";
import type { SessionOutput } from "../../session/output.ts";
import type { UdpTrackers } from "../../session/udp-trackers.ts";

const ANNOUNCE_TIMEOUT_MILLIS = 20_000;
/** A goodbye is not worth more. */
const STOPPED_TIMEOUT_MILLIS = 5000;
/** Bytes of a tracker's answer after decompression (limits table). */
export const ANSWER_LENGTH_MAX: number = MIB;
const NUMWANT = 80;
/** Of a fault that the tracker itself told us. */
export const OWN_WORDS_RANK = 3;

/** What a torrent tells its trackers about itself. */
export interface AnnounceFacts {
  readonly infoHashes: readonly Uint8Array[];
  readonly peerId: Uint8Array;
  readonly port: number;
  readonly uploaded: number;
  readonly downloaded: number;
  readonly left: number;
  readonly key: number;
  readonly address: string;
  readonly userAgent: string;
  readonly isPartialSeed: boolean;
  readonly wantsPeers: boolean;
}

/** What kept a question from being answered well. */
export interface AnnounceFault {
  readonly message: string;
  /** Minutes, as the tracker wishes. */
  readonly retryIn: number | "never" | undefined;
  /** The higher, the more it tells: the tracker's own words come first, a family it does not have last. */
  readonly rank: number;
  /** The tracker understood and said no: the message is its own. */
  readonly isRefusal: boolean;
}

/** How the questions of a round go out. */
export interface Ways {
  readonly udp: UdpTrackers;
  nextRequest(): number;
}

export class AnnounceRound {
  readonly event: AnnounceEvent | undefined;
  /** Where the questions went. */
  readonly url: string;
  isHeard = false;
  /** It was silent for so long that another tracker is asked in its place. */
  isOvertaken = false;
  #fault: AnnounceFault | undefined;
  readonly #underWay = new Set<number>();

  constructor(url: string, event: AnnounceEvent | undefined) {
    this.url = url;
    this.event = event;
  }

  /** Sends all questions; returns their numbers. */
  begin(facts: AnnounceFacts, trackerId: Uint8Array | undefined, ways: Ways, now: Millis, out: SessionOutput[]): ReadonlySet<number> {
    for (const family of familiesOf(this.url)) {
      for (const infoHash of facts.infoHashes) {
        const id = ways.nextRequest();
        this.#underWay.add(id);
        const announce = this.#request(facts, infoHash, trackerId);
        if (isUdp(this.url)) ways.udp.ask(id, { url: this.url, family, source: "torrent" }, { type: "announce", announce }, now, out);
        else out.push(this.#httpQuestion(id, announce, family, facts));
      }
    }
    return this.#underWay;
  }

  #request(facts: AnnounceFacts, infoHash: Uint8Array, trackerId: Uint8Array | undefined): AnnounceRequest {
    const { event } = this;
    return {
      infoHash,
      peerId: facts.peerId,
      port: facts.port,
      uploaded: facts.uploaded,
      downloaded: facts.downloaded,
      left: facts.left,
      key: facts.key,
      compact: true,
      numwant: event === "stopped" || !facts.wantsPeers ? 0 : NUMWANT,
      ...(event === undefined ? (facts.isPartialSeed ? { event: "paused" as const } : {}) : { event }),
      ...(trackerId === undefined ? {} : { trackerId }),
      ...(facts.address === "" ? {} : { ip: facts.address }),
    };
  }

  #httpQuestion(request: number, announce: AnnounceRequest, family: 4 | 6, facts: AnnounceFacts): SessionOutput {
    const what = {
      url: announceUrl(this.url, announce),
      headers: { "user-agent": facts.userAgent },
      source: "torrent" as const,
      bodyLengthMax: ANSWER_LENGTH_MAX,
      timeoutMillis: this.event === "stopped" ? STOPPED_TIMEOUT_MILLIS : ANNOUNCE_TIMEOUT_MILLIS,
      family,
    };
    return { type: "http", request, what };
  }

  get isOver(): boolean {
    return this.#underWay.size === 0;
  }

  heard(request: number): void {
    this.#underWay.delete(request);
    this.isHeard = true;
  }

  failed(request: number, fault: AnnounceFault): void {
    this.#underWay.delete(request);
    if (this.#fault === undefined || fault.rank > this.#fault.rank) this.#fault = fault;
  }

  /** Why nobody heard; only once the round is over. */
  get fault(): AnnounceFault | undefined {
    return this.isOver && !this.isHeard ? this.#fault : undefined;
  }
}

export function isUdp(url: string): boolean {
  return /^udp:/i.test(url);
}

/** The families to ask a tracker by: that of its address, or both where it has a name. */
export function familiesOf(url: string): readonly (4 | 6)[] {
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : "";
  const address = parseAddress(host);
  return address === undefined ? [4, 6] : [address.length === 4 ? 4 : 6];
}

/** An announce's answer out of the answer to an HTTP request. */
export function decodeHttpAnnounce(outcome: HttpAnswer | HostError): AnnounceAnswer | HostError | ProtocolError {
  if (outcome instanceof HostError) return outcome;
  try {
    return decodeAnnounceAnswer(outcome.body);
  } catch (fault) {
    if (!(fault instanceof ProtocolError)) throw fault;
    return outcome.status === 200 ? fault : new ProtocolError(fault.code, `HTTP status ${outcome.status}`);
  }
}

/** What an answer that is none says; `undefined` for a good one. */
export function faultOf(answer: AnnounceAnswer | HostError | ProtocolError): AnnounceFault | undefined {
  if (answer instanceof ProtocolError) return { message: answer.message, retryIn: undefined, rank: OWN_WORDS_RANK, isRefusal: false };
  if (answer instanceof HostError) {
    const isNoWay = ["ADDRESS_UNAVAILABLE", "UNREACHABLE"].includes(answer.code);
    return { message: answer.message, retryIn: undefined, rank: answer.code === "FAMILY_ABSENT" ? 0 : isNoWay ? 1 : 2, isRefusal: false };
  }
  return "failure" in answer ? { message: answer.failure, retryIn: answer.retryIn, rank: OWN_WORDS_RANK, isRefusal: true } : undefined;
}

/** Whether a tracker at the one address may send us to the other: one on the open network may not point into a private one. */
export function mayName(tracker: string, address: string): boolean {
  const scope = addressScope(address);
  if (scope === "global") return true;
  const isGlobal = tracker !== "" && addressScope(tracker) === "global";
  return !isGlobal && scope !== "denied" && scope !== "link-local";
}

/** Peers by address, and by name; only those that the tracker may send us to. */
export function sortPeers(answer: Extract<AnnounceAnswer, { interval: number }>, from: string): { peers: Endpoint[]; names: Endpoint[] } {
  const peers: Endpoint[] = [];
  const names: Endpoint[] = [];
  for (const { address, port } of answer.peers) {
    if (port === 0) continue;
    if (/[^0-9.]/.test(address) && !address.includes(":")) {
      names.push({ address, port });
      continue;
    }
    if (mayName(from, address)) peers.push({ address, port });
  }
  return { peers, names };
}
