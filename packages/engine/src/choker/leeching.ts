/**
 * Tit for tat (BEP 3): while we download, the best slots go to those who give us most.
 *
 * Left out are those who leave us waiting (snubbed) and those who only take. Both may still be lucky (`optimistic.ts`):
 * a peer that could not give anything before it got something has no other way in.
 * @module
 */
import { KIB, MIB } from "@bittern/protocol/base";
import type { ChokerPeer } from "./peer.ts";

/** Bytes. Before it took that much nobody is called a free rider: first it needs something to give. */
const FREE_RIDE_LENGTH = MIB;
/** An uplink a hundredth of ours is slow and not selfish; a sixteen-thousandth is for show. */
const GIVEN_SHARE_MIN = 1 / (16 * KIB);

/** Who earned a slot, best first. */
export function rankForLeeching(interested: readonly ChokerPeer[]): ChokerPeer[] {
  return interested.filter((peer) => !peer.isSnubbed && !isFreeRider(peer)).sort(byGiven);
}

/** True for a peer that took a lot and gave nothing worth the name, although we asked. */
export function isFreeRider({
  areWeInterested = false,
  downloaded = 0,
  uploaded = 0,
}: Pick<ChokerPeer, "areWeInterested" | "downloaded" | "uploaded">): boolean {
  return areWeInterested && uploaded >= FREE_RIDE_LENGTH && downloaded < uploaded * GIVEN_SHARE_MIN;
}

/** Those who give most first; among those who give the same, who has a slot keeps it, then who came first. */
function byGiven(left: ChokerPeer, right: ChokerPeer): number {
  if (left.downloadRate !== right.downloadRate) return right.downloadRate - left.downloadRate;
  if (left.isUnchoked !== right.isUnchoked) return left.isUnchoked ? -1 : 1;
  return left.connectedAt - right.connectedAt || left.id - right.id;
}
