/**
 * Trackers as the classic tools write them: one URL, and a list of tiers beside it.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import { parseTrackerUrl } from "../../arguments.ts";

/**
 * The tiers of `a,b|c`; those who read no list take the first URL, so the announce URL comes first when the list lacks it.
 */
export function tiersOf(announce: string, list: string): readonly (readonly string[])[] {
  const first = parseTrackerUrl(announce);
  const tiers = list
    .split("|")
    .map((tier) =>
      tier
        .split(",")
        .map((url) => url.trim())
        .filter((url) => url !== "")
        .map(parseTrackerUrl),
    )
    .filter((tier) => tier.length > 0);
  if (list !== "" && tiers.length === 0) throw new UsageError("ANNOUNCE_LIST", "--announce_list names no URL");
  return tiers.flat().includes(first) ? tiers : [[first], ...tiers];
}
