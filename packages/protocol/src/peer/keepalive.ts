/**
 * When a quiet link has to say something (BEP 3: "generally sent once every two minutes").
 * @module
 */
import type { Millis } from "../base/index.ts";

/** After so long without sending anything, a keep-alive is due: early enough for a peer that counts 120 s to the letter. */
export const KEEPALIVE_QUIET_MILLIS: Millis = 110_000;
/**
 * After so long without receiving anything, the peer is gone: two minutes, and ten seconds for the keep-alive that a
 * peer like mainline 3.4.2 sends at 120 s sharp and the network brings later.
 */
export const KEEPALIVE_IDLE_MILLIS: Millis = 130_000;
