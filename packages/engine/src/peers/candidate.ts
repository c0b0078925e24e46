/**
 * A peer we know of: who named it, how it went so far, when it may be tried again.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import type { Millis } from "@bittern/protocol/base";

/** How we came to know of a peer. */
export type CandidateSource = "tracker" | "user" | "incoming" | "pex" | "dht" | "lsd" | "resume";

/** By what a peer is dialled: TCP first, and uTP (BEP 29) where that comes to nothing. */
export type Transport = "tcp" | "utp";

/** How much a source's word is worth: who is above `tracker` reached us or is us. */
export const TRUST: Readonly<Record<CandidateSource, number>> = { pex: 0, dht: 1, tracker: 2, lsd: 3, resume: 4, incoming: 5, user: 6 };

/** What counts as one peer, as far as it is known here: a global address, or a private address with its port (`place.ts`). */
export interface CandidatePlace {
  readonly key: string;
  /** Links to it. */
  linkCount: number;
  /** Candidates there: more than one port of a global address is for sources that can be trusted with it. */
  candidateCount: number;
}

export interface Candidate {
  readonly endpoint: Endpoint;
  /** `endpoint` as text. */
  readonly key: string;
  readonly place: CandidatePlace;
  /** The peer that named it by exchange, as text. */
  readonly namedBy: string | undefined;
  /** BEP 40; higher is better. */
  priority: number;
  source: CandidateSource;
  /** How it is dialled next. */
  transport: Transport;
  /** In a row. */
  failures: number;
  retryAt: Millis;
}

/** Milliseconds after a first failure; doubled with each further one. */
const RETRY_MILLIS = 30_000;
const RETRY_MILLIS_MAX = 3_600_000;
/** The user insists, and sits there: sooner, and never more than two minutes. */
const RETRY_MILLIS_USER = 5_000;
const RETRY_MILLIS_USER_MAX = 120_000;
/** Milliseconds after a link that was useful. */
const RETRY_MILLIS_USEFUL = 10_000;

/** How long to leave a peer alone after the failures it has by now. */
export function retryDelayMillis({ source, failures }: Candidate): Millis {
  if (failures === 0) return RETRY_MILLIS_USEFUL;
  const [first, longest] = source === "user" ? [RETRY_MILLIS_USER, RETRY_MILLIS_USER_MAX] : [RETRY_MILLIS, RETRY_MILLIS_MAX];
  return Math.min(longest, first * 2 ** (failures - 1));
}

/** True when `one` is rather forgotten than `other`. */
export function isWorse(one: Candidate, other: Candidate): boolean {
  if (one.failures !== other.failures) return one.failures > other.failures;
  if (TRUST[one.source] !== TRUST[other.source]) return TRUST[one.source] < TRUST[other.source];
  return one.priority < other.priority;
}
