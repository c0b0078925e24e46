/**
 * What an operator may set, with the defaults that docs/limits.md lists.
 * @module
 */
import { UsageError, utf8 } from "@bittern/protocol/base";
import type { Deflate } from "./http/gzip.ts";

export interface TrackerSettings {
  /** Seconds between two announces of a peer, at least; grows with the load. */
  readonly intervalSeconds: number;
  /** Seconds; the interval never grows past this. */
  readonly intervalMaxSeconds: number;
  /** Seconds a client has to wait even when it wants peers badly. */
  readonly minIntervalSeconds: number;
  /** Seconds between two announces of a peer that comes over a WebSocket, at least: each brings fresh offers to others. */
  readonly webSocketIntervalSeconds: number;
  /** Announces a second that the interval aims at: with many peers it becomes longer. */
  readonly announceRateMax: number;
  /** Part of the interval by which answers differ, so that a crowd that came together does not come back together. */
  readonly intervalJitter: number;
  /** Peers in an answer where the client does not say. */
  readonly peersGiven: number;
  /** Peers in an answer at most, over HTTP and over UDP. */
  readonly peersGivenMaxHttp: number;
  readonly peersGivenMaxUdp: number;
  /** Info hashes in one scrape. */
  readonly scrapeHashesMax: number;
  /** Keeps peer ids and keys: 24 bytes a peer, for answers in dictionary form and for the guard of `key`. */
  readonly keepsPeerIds: boolean;
  readonly torrentsMax: number;
  readonly peersMax: number;
  readonly peersPerTorrentMax: number;
  /** Seconds a torrent somebody completed stays known after its last peer left. */
  readonly emptyTorrentSeconds: number;
  /** Keeps every torrent that long, also those nobody completed. */
  readonly keepsEmptyTorrents: boolean;
  /** Seconds after which a peer that was not seen goes; 0: two intervals and a minute. */
  readonly peerSeconds: number;
  /** HTTP connections at once; more make the idlest go. */
  readonly linksMax: number;
  /** Name of this tracker in its answers (`tracker id`); empty sends none. At most 64 letters, digits and "-". */
  readonly trackerId: string;
  /** Shown to users with every answer (`warning message`); empty sends none. */
  readonly warning: string;
  /**
   * How HTTP answers look. "classic" is that of the first trackers: an announce that cannot be read gets status 400 and a line of text,
   * a refused scrape 400, others tell `interval` and `peers` alone, as dictionaries unless `compact` is set to anything, and
   * a scrape only the three counts. IPv6 peers, which the first trackers did not know, still get `peers6`.
   */
  readonly answers: "modern" | "classic";
  /** Which scrapes are answered: none, those that name torrents, or those of all torrents too. */
  readonly scrapes: "none" | "named" | "all";
  /** Tracks all torrents, only those on its list, or all but those on its list. */
  readonly torrentPolicy: "open" | "allow-list" | "deny-list";
  /** Asks for a pass key in the announce URL, and counts what each user gives and takes. */
  readonly isPrivate: boolean;
  /** Networks whose clients are served, such as 192.0.2.0/24; all when empty. */
  readonly addressesAllowed: readonly string[];
  readonly addressesDenied: readonly string[];
  /** Announces a second from one address (or one /64 of IPv6) in the long run; 0: as many as come. */
  readonly announceRatePerAddress: number;
  /** Announces from one address at once. */
  readonly announceBurstPerAddress: number;
  /** Addresses of reverse proxies, whose X-Forwarded-For counts. */
  readonly proxies: readonly string[];
  /**
   * Whose `ip=` counts: that of clients on this machine and in private networks, or everybody's. The latter lets a stranger
   * send a whole swarm to somebody else's address; it is there for closed networks alone.
   */
  readonly givenAddresses: "local" | "all";
  /** How often a peer is dialled back to see whether it can be reached (the classic's NAT check); 0: never. */
  readonly natCheckTries: number;
  /** Gives out peers that were not reached too, after those that were; the classic gives out none. */
  readonly givesUnreached: boolean;
  /** Keeps a journal: somebody must read the old one to it, and write what it gives out. */
  readonly keepsJournal: boolean;
  /** Compresses long answers for clients that take them so, see `Deflate`; none is compressed when absent. */
  readonly deflate?: Deflate;
  /** Asks a program beside it about each announce: somebody must answer what it asks. */
  readonly asksWelcome: boolean;
  /** Shares its swarms with other trackers: somebody must carry what it gives out to them, and back. */
  readonly sharesSwarms: boolean;
  /** What a torrent is called, where scrapes tell that (BEP 48); at most 255 bytes are told. The view holds the 20 bytes until it returns. */
  readonly nameOf?: (infoHash: Uint8Array) => string | undefined;
  /** Whether a torrent is tracked here; all are when absent. The view holds the 20 bytes of the hash until it returns. */
  readonly admits?: (infoHash: Uint8Array) => boolean;
}

export const TRACKER_DEFAULTS: TrackerSettings = {
  intervalSeconds: 1800,
  intervalMaxSeconds: 7200,
  minIntervalSeconds: 60,
  webSocketIntervalSeconds: 120,
  announceRateMax: 20_000,
  intervalJitter: 0.1,
  peersGiven: 50,
  peersGivenMaxHttp: 100,
  peersGivenMaxUdp: 70,
  scrapeHashesMax: 70,
  keepsPeerIds: true,
  torrentsMax: 1_000_000,
  peersMax: 4_000_000,
  peersPerTorrentMax: 1_000_000,
  emptyTorrentSeconds: 7 * 86_400,
  keepsEmptyTorrents: false,
  peerSeconds: 0,
  linksMax: 10_000,
  trackerId: "",
  warning: "",
  answers: "modern",
  scrapes: "all",
  torrentPolicy: "open",
  isPrivate: false,
  addressesAllowed: [],
  addressesDenied: [],
  announceRatePerAddress: 0,
  announceBurstPerAddress: 100,
  proxies: [],
  givenAddresses: "local",
  natCheckTries: 0,
  givesUnreached: true,
  keepsJournal: false,
  asksWelcome: false,
  sharesSwarms: false,
};

/** Seconds. Ages of peers are kept modulo 65,536 seconds; twice the interval and a minute must stay well below. */
const INTERVAL_LONGEST = 6 * 3600;

/** Bytes. */
const WARNING_LENGTH_MAX = 200;

interface Bounds {
  readonly least: number;
  readonly most: number;
}

const BOUNDS: Readonly<Partial<Record<keyof TrackerSettings, Bounds>>> = {
  intervalSeconds: { least: 1, most: INTERVAL_LONGEST },
  intervalMaxSeconds: { least: 1, most: INTERVAL_LONGEST },
  minIntervalSeconds: { least: 0, most: INTERVAL_LONGEST },
  webSocketIntervalSeconds: { least: 1, most: INTERVAL_LONGEST },
  announceRateMax: { least: 1, most: 1e9 },
  intervalJitter: { least: 0, most: 0.5 },
  peersGiven: { least: 0, most: 1000 },
  peersGivenMaxHttp: { least: 0, most: 1000 },
  // 20 + 18 x 70 bytes stay in one datagram of 1,400 bytes.
  peersGivenMaxUdp: { least: 0, most: 70 },
  scrapeHashesMax: { least: 1, most: 100 },
  torrentsMax: { least: 1, most: 16_000_000 },
  peersMax: { least: 1, most: 1e9 },
  peersPerTorrentMax: { least: 1, most: 2 ** 24 },
  emptyTorrentSeconds: { least: 0, most: 10 * 366 * 86_400 },
  peerSeconds: { least: 0, most: 2 * INTERVAL_LONGEST },
  linksMax: { least: 1, most: 1_000_000 },
  natCheckTries: { least: 0, most: 100 },
  announceRatePerAddress: { least: 0, most: 1e6 },
  announceBurstPerAddress: { least: 1, most: 1e6 },
};

/** Fills in the defaults; throws `UsageError` for what cannot be. */
export function trackerSettings(given: Partial<TrackerSettings>): TrackerSettings {
  const { intervalSeconds, minIntervalSeconds } = { ...TRACKER_DEFAULTS, ...given };
  // Nobody is told to come sooner than he may: a shorter interval brings the least one down where that was not spoken of.
  const least = given.minIntervalSeconds ?? Math.min(minIntervalSeconds, intervalSeconds);
  const settings = { ...TRACKER_DEFAULTS, ...given, minIntervalSeconds: least };
  for (const [name, { least, most }] of Object.entries(BOUNDS)) {
    const value = settings[name as keyof TrackerSettings] as number;
    if (value >= least && value <= most) continue;
    throw new UsageError("TRACKER_SETTING", `${name} is ${value}, but must be from ${least} to ${most}`);
  }
  if (least > intervalSeconds) {
    throw new UsageError("TRACKER_SETTING", `minIntervalSeconds is ${least}, but must be from 0 to ${intervalSeconds}`);
  }
  if (!/^[A-Za-z0-9-]{0,64}$/.test(settings.trackerId)) {
    throw new UsageError("TRACKER_SETTING", "trackerId must be at most 64 letters, digits and dashes");
  }
  if (utf8(settings.warning).length > WARNING_LENGTH_MAX) {
    throw new UsageError("TRACKER_SETTING", `warning must be at most ${WARNING_LENGTH_MAX} bytes`);
  }
  return settings;
}
