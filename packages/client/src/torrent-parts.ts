/**
 * Between a session and its torrents: what the one gives, and how it reaches the other.
 * @module
 */
import type { SessionEvent, SessionRun, TorrentId } from "@bittern/engine";
import type { Endpoint } from "@bittern/protocol/address";
import type { FileSelection } from "./glob.ts";
import type { HeldPlaces } from "./held-places.ts";
import type { PeerAddress } from "./peer-address.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { KnownSource } from "./source.ts";

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
  /** Another place is made ours before the files go there. */
  readonly places: HeldPlaces;
}

/** How its session reaches a torrent. */
export interface TorrentInside {
  receive(event: Extract<SessionEvent, { readonly torrent: TorrentId }>): void;
  /** It is about to end: how it is now is how it was last. */
  ending(): void;
  /** Nothing happens any more. */
  end(reason: Error): void;
}
