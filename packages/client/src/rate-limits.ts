/**
 * How fast a torrent may go.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";

/** Bytes per second; 0 is unlimited. */
export interface RateLimits {
  readonly down?: number;
  readonly up?: number;
}

/** Throws a `UsageError` for a limit that is no number from 0 on: nothing would ever flow under it, or nobody knows what. */
export function refuseOddLimits(limits: Readonly<Record<string, number | undefined>>): void {
  for (const [name, limit] of Object.entries(limits)) {
    if (limit === undefined || (Number.isFinite(limit) && limit >= 0)) continue;
    throw new UsageError("LIMIT_INVALID", `${name} is limited to ${limit}; give a number from 0 on, where 0 is unlimited`);
  }
}
