/**
 * A word back to a downloader whose requests have all been answered, so that its next ones are not held up.
 *
 * Whoever leaves Nagle's algorithm on, as libtorrent 2.0 does, sends nothing small while something small is unacknowledged. It
 * announces a piece; our system, with nothing to send, keeps the acknowledgement for 40 ms to let it ride on an answer; and all that
 * the peer wants to ask for waits that long (measured: up to ten times a GiB, with 500 requests held back each time). A
 * keep-alive is the answer it can ride on. No program can ask for a quick acknowledgement on Node.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import { encodeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../peers/peer.ts";
import type { SessionOutput } from "../session/output.ts";

/** Milliseconds since its last turn after which a peer is not in the middle of a download from us that a wait would slow down. */
const RECENT_MILLIS: Millis = 500;
const KEEP_ALIVE: Uint8Array = encodeMessage({ type: "keep-alive" });

/** After everything else that is said to the peer in this turn. Announcements alone are answered: two of us would go on for ever. */
export function acknowledge(peer: Peer, now: Millis, out: SessionOutput[]): void {
  const { hasAnnounced, queue, inFlight, servedAt } = peer.uploads;
  if (!hasAnnounced) return;
  peer.uploads.hasAnnounced = false;
  if (peer.isChokedByUs || queue.length > 0 || inFlight > 0 || now - servedAt > RECENT_MILLIS || peer.isSeed) return;
  if (out.some((output) => "link" in output && output.link === peer.link)) return;
  out.push({ type: "send", link: peer.link, bytes: KEEP_ALIVE.slice() });
}
