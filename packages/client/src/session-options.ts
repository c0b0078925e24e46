/**
 * What a session and its torrents may be told, and what the engine is told of it.
 * @module
 */
import type { Settings } from "@bittern/engine";
import { UsageError } from "@bittern/protocol/base";
import { type DhtOptions, dhtSettings } from "./dht-options.ts";
import type { FileSelection } from "./glob.ts";
import type { Logger } from "./logger.ts";
import { parsePeerAddress } from "./peer-address.ts";
import { type RateLimits, refuseOddLimits } from "./rate-limits.ts";
import type { WaitOptions } from "./waits.ts";

/** Where a session listens that is told nothing. */
export const DEFAULT_LISTEN: readonly string[] = ["6881-6999"];

/** Limits of the whole session; what is left out is unlimited, or the default of docs/limits.md. */
export interface SessionLimits extends RateLimits {
  /** Connections in all. */
  readonly peers?: number;
  /** Connections of one torrent. */
  readonly perTorrentPeers?: number;
  /** With so many peers a torrent dials no more, and leaves the other places to those who dial it. */
  readonly dialPeers?: number;
  /** Peers that may download from a torrent at once; 0, the default, lets the uplink decide. */
  readonly uploadSlots?: number;
  /** Milliseconds without a word after which a peer is let go. */
  readonly idlePeerMillis?: number;
}

/** How a session is opened. A signal that is aborted later closes it. */
export interface SessionOptions extends WaitOptions {
  /** Where to listen, each `HOST:PORT`, `PORT` or with a range of ports `N-M`; 0 is any free port. Default "6881-6999" on all addresses. */
  readonly listen?: readonly string[];
  /**
   * Network interface ("tun0") or local address to keep to: it is listened and dialled on its addresses alone, trackers and web servers
   * included, and nothing is dialled while it has none. Names are looked up as the system does it, and so are routes chosen.
   */
  readonly interface?: string;
  readonly limits?: SessionLimits;
  /** Folder for resume records, made when it is missing. Without it nothing is remembered from one session to the next. */
  readonly stateDir?: string;
  /** Told in words of all that happens; nobody is when absent. */
  readonly logger?: Logger;
  /** Replaces the `-BY0100-` at the front of our peer id. */
  readonly peerIdPrefix?: string;
  /** Address that is told to trackers, where they would see another one. */
  readonly announceAddress?: string;
  /** Peers of torrents that are not private tell each other of peers (BEP 11); true unless told otherwise. */
  readonly pex?: boolean;
  /**
   * Connections by uTP (BEP 29), for which the port is also bound for datagrams, and hole punching (BEP 55), which brings us together
   * with peers that nobody can dial; true unless told otherwise.
   */
  readonly utp?: boolean;
  /**
   * A node of the DHT (BEP 5), which finds peers without a tracker; on unless told otherwise, but off where the session listens on
   * loopback alone. Torrents that are private never use it.
   */
  readonly dht?: boolean | DhtOptions;
  /** Threads that check data; as many as the machine runs at once when absent. */
  readonly hashThreads?: number;
}

/** What may change while a session runs. */
export type SessionChanges = Pick<SessionOptions, "limits" | "listen" | "announceAddress">;

/** What goes with a torrent that is removed. */
export interface RemoveOptions extends WaitOptions {
  /** Deletes what it downloaded, and what is remembered of it; false when absent. */
  readonly deleteFiles?: boolean;
  /** Nothing is remembered of it; its files stay. */
  readonly forget?: boolean;
}

/** How a torrent is added. */
export interface AddOptions extends WaitOptions {
  /** Folder below which the torrent's file or folder lies; the current one unless given. */
  readonly path?: string;
  /** Replaces the name of the file or folder. */
  readonly name?: string;
  /** Begins paused: nothing moves until `Torrent.resume`; false when absent. */
  readonly paused?: boolean;
  /** First pieces first. */
  readonly sequential?: boolean;
  /** Which files; all of them unless given, or those that a magnet link selects. */
  readonly wanted?: FileSelection;
  /** Takes data in place for whole without hashing it. */
  readonly seedMode?: boolean;
  /** Hashes data in place anew, whatever is remembered of it, and fetches again what is no longer there. */
  readonly recheck?: boolean;
  /** What `Torrent.resumeData` gave: files that have not changed since are not hashed again. It replaces what the state folder knows. */
  readonly resumeData?: Uint8Array;
  /** Only reads, never writes; links may be followed as long as they stay below `path`. */
  readonly readOnly?: boolean;
  /** Announce URLs beside the torrent's own. */
  readonly trackers?: readonly string[];
  /** `HOST:PORT` of peers to connect to. */
  readonly peers?: readonly string[];
  readonly limits?: RateLimits;
  /** Gives every piece away once before any twice (BEP 16), also to a lone downloader and beside other seeds; the only seed of several does so by itself. */
  readonly superSeed?: boolean;
}

const CHANGEABLE: ReadonlySet<string> = new Set(["limits", "listen", "announceAddress"] satisfies (keyof SessionChanges)[]);

/** Throws a `UsageError` for an option that is decided when a session opens. */
export function refuseFixed(change: SessionChanges): void {
  const fixed = Object.keys(change).find((name) => !CHANGEABLE.has(name));
  if (fixed === undefined) return;
  throw new UsageError("OPTION_FIXED", `${fixed} is decided when a session opens; close this one and open another`);
}

/** Throws a `UsageError` for what no torrent can be added with. */
export function refuseOddOptions({ peers, limits }: AddOptions): void {
  peers?.forEach(parsePeerAddress);
  refuseOddLimits({ ...limits });
}

/** What is decided when a session opens. */
export function openingSettingsOf(options: SessionOptions): Partial<Settings> {
  return { ...settingsOf(options), dht: dhtSettings(options.dht, options.listen ?? DEFAULT_LISTEN) };
}

export function settingsOf(options: SessionOptions): Partial<Settings> {
  return {
    ...limitSettings(options.limits ?? {}),
    ...(options.peerIdPrefix === undefined ? {} : { peerIdPrefix: options.peerIdPrefix }),
    ...(options.announceAddress === undefined ? {} : { announceAddress: options.announceAddress }),
    ...(options.pex === undefined ? {} : { exchangesPeers: options.pex }),
    speaksUtp: options.utp !== false,
  };
}

function limitSettings(limits: SessionLimits): Partial<Settings> {
  refuseOddLimits({ ...limits });
  return {
    ...(limits.down === undefined ? {} : { downRateMax: limits.down }),
    ...(limits.up === undefined ? {} : { upRateMax: limits.up }),
    ...(limits.peers === undefined ? {} : { peersMax: limits.peers }),
    ...(limits.perTorrentPeers === undefined ? {} : { peersPerTorrentMax: limits.perTorrentPeers }),
    ...(limits.dialPeers === undefined ? {} : { dialPeersMax: limits.dialPeers }),
    ...(limits.uploadSlots === undefined ? {} : { uploadSlots: limits.uploadSlots }),
    ...(limits.idlePeerMillis === undefined ? {} : { idleTimeoutMillis: limits.idlePeerMillis }),
  };
}
