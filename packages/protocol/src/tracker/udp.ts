/**
 * What both sides of the UDP tracker protocol agree on (BEP 15, 41).
 *
 * Datagrams come from strangers, so reading one never throws: a malformed one is a value, fifty times as cheap.
 * @module
 */
import type { Millis } from "../base/index.ts";

/** Which of the four a datagram is about. */
export const ACTION = { connect: 0, announce: 1, scrape: 2, error: 3 } as const;

/** Bytes of a connection id: opaque to the client, proof of its address to the tracker. */
export const CONNECTION_ID_LENGTH: number = 8;
/** How long a client may use a connection id. */
export const CONNECTION_CLIENT_MILLIS: Millis = 60_000;
/** How long a tracker has to honour one. */
export const CONNECTION_TRACKER_MILLIS: Millis = 120_000;
/** A client gives up asking less and less often at this attempt. */
const ATTEMPT_LAST = 8;

/** A datagram that makes no sense, and why. Worth a count, not an answer: its sender may be anybody. */
export interface MalformedDatagram {
  readonly type: "malformed";
  readonly code: "TOO_SHORT" | "NO_SUCH_ACTION" | "PROTOCOL_ID_WRONG";
}

export const TOO_SHORT: MalformedDatagram = { type: "malformed", code: "TOO_SHORT" };
export const NO_SUCH_ACTION: MalformedDatagram = { type: "malformed", code: "NO_SUCH_ACTION" };
export const PROTOCOL_ID_WRONG: MalformedDatagram = { type: "malformed", code: "PROTOCOL_ID_WRONG" };

/** How long to wait for an answer before asking again, `attempt` counted from 0: 15 s, 30 s, 60 s, … up to 64 minutes. */
export function udpTimeoutMillis(attempt: number): Millis {
  return 15_000 * 2 ** Math.min(attempt, ATTEMPT_LAST);
}

/** A view of the whole datagram. */
export function viewOf(datagram: Uint8Array): DataView {
  return new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
}
