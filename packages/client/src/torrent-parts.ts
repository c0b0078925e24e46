/**
 * Between a session and its torrents: what the one gives, and how it reaches the other.
 * @module
 */
import type { SessionEvent, SessionRun, TorrentId } from "@bittern/engine";
import type { Endpoint } from "@bittern/protocol/address";
import { UsageError } from "@bittern/protocol/base";
import type { FileSelection } from "./glob.ts";
import type { PeerAddress } from "./peer-address.ts";
import type { KnownSource } from "./source.ts";

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

/** What a session gives its torrent. */
export interface TorrentParts {
  readonly id: TorrentId;
  readonly run: SessionRun;
  readonly source: KnownSource;
  readonly selection: FileSelection | undefined;
  readonly sequential: boolean;
  readonly limits: RateLimits;
  readonly resolvePeer: (peer: PeerAddress) => Promise<readonly Endpoint[]>;
  /** Called at once, with what only the session may do. */
  readonly attach: (inside: TorrentInside) => void;
  /** Makes the other place ours before the files go there, where it is not ours already; returns its absolute path. */
  readonly claim: (path: string) => string;
}

/** How its session reaches a torrent. */
export interface TorrentInside {
  receive(event: Extract<SessionEvent, { readonly torrent: TorrentId }>): void;
  /** It is about to end: how it is now is how it was last. */
  ending(): void;
  /** Nothing happens any more. */
  end(reason: Error): void;
}
