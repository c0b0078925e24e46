/**
 * Who may speak for others: the rule for `ip=` and its kin (BEP 7 and the address field of BEP 15).
 *
 * A tracker that believed everybody would hand out a victim's address to a whole swarm. The classic tracker's rule is
 * kept: who sits in our own network may name an address, for that is what the parameter was made for.
 * @module
 */
import { addressScope } from "@bittern/protocol/address";
import type { TrackerSettings } from "./settings.ts";

/** Whether what this asker says of its address counts; `given`: see the settings. */
export function maySpeakForOthers(address: string, given: TrackerSettings["givenAddresses"]): boolean {
  if (given === "all") return true;
  const scope = addressScope(address);
  return scope === "loopback" || scope === "private" || scope === "link-local";
}
