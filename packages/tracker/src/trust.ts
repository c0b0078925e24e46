/**
 * Who may speak for others: the rule for `ip=` and its kin (BEP 7 and the address field of BEP 15).
 *
 * A tracker that believed everybody would hand out a victim's address to a whole swarm. The classic tracker's rule is
 * kept: who sits in our own network may name an address, for that is what the parameter was made for.
 * @module
 */
import { addressScope, formatAddress } from "@bittern/protocol/address";
import type { TrackerSettings } from "./settings.ts";

/** Whether what this asker says of its address counts; `given`: see the settings. */
export function maySpeakForOthers(address: string, given: TrackerSettings["givenAddresses"]): boolean {
  return given === "all" || isOfOwnNetwork(address);
}

/** Whether this is our own machine, or one of a network that is not the internet. */
export function isOfOwnNetwork(address: string): boolean {
  const scope = addressScope(address);
  return scope === "loopback" || scope === "private" || scope === "link-local";
}

/**
 * Whether a swarm may be told of an address that was given, of 4 or 16 bytes: nobody finds a peer at one that is unspecified,
 * multicast, reserved, or good on one link only, and services of a machine's own stand there.
 */
export function canBeGivenOut(address: Uint8Array): boolean {
  const scope = addressScope(formatAddress(address));
  return scope !== "denied" && scope !== "link-local";
}
