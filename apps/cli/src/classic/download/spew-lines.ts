/**
 * One line for each peer: who began, what goes up, what comes down, and the flags of both sides.
 * @module
 */
import type { PeerInfo } from "@bittern/client";
import { rateWords } from "../words.ts";

const ADDRESS_WIDTH = 20;
const RATE_WIDTH = 13;

export function spewLines(peers: readonly PeerInfo[]): readonly string[] {
  return peers.map((peer) => {
    const up = flags([peer.isOptimistic, "*"], [peer.isInterestedInUs, "i"], [peer.isChokedByUs, "c"]);
    const down = flags([peer.areWeInterested, "i"], [peer.isChokingUs, "c"], [peer.isSnubbed, "s"]);
    const who = `${peer.address.padEnd(ADDRESS_WIDTH)} ${peer.dialledByUs ? "l" : "r"}`;
    return `${who} ${rateWords(peer.upRate).padStart(RATE_WIDTH)} ${up} ${rateWords(peer.downRate).padStart(RATE_WIDTH)} ${down}`;
  });
}

/** Each flag has its column. */
function flags(...pairs: readonly (readonly [boolean, string])[]): string {
  return pairs.map(([isSet, letter]) => (isSet ? letter : " ")).join("");
}
