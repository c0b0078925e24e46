/**
 * Why an announce or a scrape is refused, in the words the client shows its user (BEP 3), and whether it pays to come
 * back (BEP 31).
 * @module
 */

/** What is wrong; stable, and the key of the statistics. */
export type FailureCode =
  | "INFO_HASH_MISSING"
  | "INFO_HASH_LENGTH"
  | "INFO_HASH_TWICE"
  | "PEER_ID_MISSING"
  | "PEER_ID_TWICE"
  | "PEER_ID_LENGTH"
  | "PEER_ID_TAKEN"
  | "PORT_MISSING"
  | "PORT_RANGE"
  | "PORT_TWICE"
  | "LEFT_MISSING"
  | "UPLOADED_MISSING"
  | "DOWNLOADED_MISSING"
  | "NUMBER"
  | "ESCAPE"
  | "TORRENT_DENIED"
  | "ADDRESS_DENIED"
  | "ADDRESS_NOWHERE"
  | "PASS_KEY"
  | "KEY_WRONG"
  | "TOO_OFTEN"
  | "ASKING"
  | "UNWELCOME"
  | "WELCOME_BUSY"
  | "TRACKER_FULL"
  | "SCRAPE_HASHES"
  | "SCRAPE_FULL"
  | "SCRAPE_BUSY"
  | "SCRAPE_OFF";

export interface Failure {
  /** A sentence for people, without a full stop. */
  readonly reason: string;
  /** Minutes until another try may help, or "never"; absent where nobody can say. */
  readonly retryIn?: number | "never";
}

const FAILURES: Readonly<Record<FailureCode, Failure>> = {
  INFO_HASH_MISSING: { reason: "info_hash is missing", retryIn: "never" },
  INFO_HASH_LENGTH: { reason: "info_hash must be 20 bytes", retryIn: "never" },
  INFO_HASH_TWICE: { reason: "info_hash is given more than once", retryIn: "never" },
  PEER_ID_MISSING: { reason: "peer_id is missing", retryIn: "never" },
  PEER_ID_LENGTH: { reason: "peer_id must be 20 bytes", retryIn: "never" },
  PEER_ID_TAKEN: { reason: "somebody else in this swarm has that peer_id", retryIn: 2 },
  PEER_ID_TWICE: { reason: "peer_id is given more than once", retryIn: "never" },
  PORT_MISSING: { reason: "port is missing", retryIn: "never" },
  PORT_RANGE: { reason: "port must be from 1 to 65535", retryIn: "never" },
  PORT_TWICE: { reason: "port is given more than once", retryIn: "never" },
  LEFT_MISSING: { reason: "left is missing", retryIn: "never" },
  UPLOADED_MISSING: { reason: "uploaded is missing", retryIn: "never" },
  DOWNLOADED_MISSING: { reason: "downloaded is missing", retryIn: "never" },
  NUMBER: { reason: "uploaded, downloaded and left must be whole numbers", retryIn: "never" },
  ESCAPE: { reason: "a percent sign must be followed by two hex digits", retryIn: "never" },
  TORRENT_DENIED: { reason: "this torrent is not allowed here", retryIn: "never" },
  ADDRESS_DENIED: { reason: "your address is not allowed here", retryIn: "never" },
  ADDRESS_NOWHERE: { reason: "no peer can be at the address that the tracker's proxy names", retryIn: "never" },
  PASS_KEY: { reason: "the announce URL needs a valid pass key", retryIn: "never" },
  KEY_WRONG: { reason: "the key is not the one that was given earlier" },
  TOO_OFTEN: { reason: "too many announces from your address", retryIn: 1 },
  // Nobody reads this one: the announce waits for its verdict.
  ASKING: { reason: "this announce is being looked at", retryIn: 1 },
  UNWELCOME: { reason: "this announce is not welcome" },
  WELCOME_BUSY: { reason: "too many announces wait to be looked at", retryIn: 1 },
  TRACKER_FULL: { reason: "the tracker is full", retryIn: 30 },
  SCRAPE_HASHES: { reason: "too many info hashes in one scrape" },
  SCRAPE_FULL: { reason: "this tracker answers no full scrape", retryIn: "never" },
  SCRAPE_BUSY: { reason: "too many full scrapes at once", retryIn: 1 },
  SCRAPE_OFF: { reason: "this tracker answers no scrape", retryIn: "never" },
};

/** The words for a code. */
export function failureOf(code: FailureCode): Failure {
  return FAILURES[code];
}

export const FAILURE_CODES: readonly FailureCode[] = Object.keys(FAILURES) as FailureCode[];
