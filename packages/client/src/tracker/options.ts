/**
 * What may be asked of a tracker server: its doors, its pages, its memory, its rules.
 * @module
 */
import type { OtherAnswer, OtherRequest, TrackerSettings, WelcomeQuestion } from "@bittern/tracker";

/** Where a door is. */
export interface DoorOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Address to bind; all of IPv4 and IPv6, or those of `interface`, when absent. */
  readonly host?: string;
}

/** For UDP also the number that HTTP, or else HTTPS, got. */
export interface UdpDoorOptions {
  readonly port: number | "http";
  readonly host?: string;
}

/** Files in PEM form. They are looked at every minute, and new ones are taken without a restart. */
export interface TlsDoorOptions extends DoorOptions {
  /** The certificate, followed by those between it and the authority. */
  readonly certificatePath: string;
  /** The private key of the certificate. */
  readonly keyPath: string;
}

/**
 * What stands at `/`: a page of today with search and charts, the page of the classic tracker to the element, or nothing.
 * `/stats.json`, `/metrics` and `/healthz` are there beside each of them; where no page was spoken of they are not.
 */
export interface PageOptions {
  readonly style: "modern" | "classic" | "none";
  /** Heading of the modern page. */
  readonly title?: string;
  /** Announce URLs the pages name; those of the doors, under the name the asker used, when absent. */
  readonly announceUrls?: readonly string[];
  /** The version the classic page tells; ours when absent. */
  readonly version?: string;
  /** Sends whoever asks for the page elsewhere (the classic's `infopage_redirect`). */
  readonly redirect?: string;
  /** A file that is served as /favicon.ico. */
  readonly faviconPath?: string;
  /** Names of torrents, where a folder tells them. On when absent. */
  readonly showsNames?: boolean;
}

/** A folder of .torrent files, which is read anew from time to time: the torrents in it are those that are tracked. */
export interface TorrentFolderOptions {
  readonly path: string;
  /** Seconds between two looks; 60 when absent. */
  readonly intervalSeconds?: number;
  /** Gives the files out at `/file?info_hash=` and on the pages. Off when absent. */
  readonly servesFiles?: boolean;
  /** Whether only torrents of the folder are tracked. On when absent; otherwise it gives names and files alone. */
  readonly isAllowList?: boolean;
}

/** The state file of the classic tracker: read at the start, written from time to time and at the end, never torn. */
export interface DfileOptions {
  readonly path: string;
  /** Seconds between two writes; 300 when absent. */
  readonly intervalSeconds?: number;
}

/** An announce that a program decides on. */
export interface AnnounceQuestion extends Omit<WelcomeQuestion, "infoHash"> {
  /** 40 lower-case hex digits. */
  readonly infoHash: string;
}

/** Where trackers share their swarms. */
export interface StoreOptions {
  /** redis:// or rediss://; several, separated by commas, are nodes of a Cluster. */
  readonly url: string;
  /** Begins every key; trackers with the same one share. "bittern:tracker:" when absent. */
  readonly prefix?: string;
}

/** Settings of the tracker itself, its doors and what stands behind them; a door that is not named stays shut. */
export interface TrackerOptions extends Partial<TrackerSettings> {
  /** HTTP (BEP 3), also for scrapes, pages and WebSockets. */
  readonly http?: DoorOptions;
  /** The same over TLS. */
  readonly https?: TlsDoorOptions;
  /** UDP (BEP 15). */
  readonly udp?: UdpDoorOptions;
  /** Network interface ("eth0") or local address to keep to. */
  readonly interface?: string;
  /**
   * Processes that stand at the doors, ours among them, from 1 to 64; 1 when absent. They do what costs most, sending and receiving;
   * this process alone decides, so nothing else differs.
   */
  readonly threads?: number;
  /**
   * False: a system call for each datagram, and HTTP connections through Node. Otherwise many datagrams come and go in one call, and
   * connections are taken and answered without Node, where the optional package `koffi` is installed, on Linux with a processor of 64 bits
   * (x64, arm64); elsewhere it makes no difference.
   */
  readonly native?: boolean;
  /** Nothing but announces, scrapes and the API when absent. */
  readonly page?: PageOptions;
  readonly torrentFolder?: TorrentFolderOptions;
  /** A file of info hashes, one a line: what `torrentPolicy` allows or denies. It and the next three are read anew when they change. */
  readonly torrentListPath?: string;
  /** A file of pass keys, one a line, for a private tracker. */
  readonly userListPath?: string;
  /** A file of networks, one a line: denied, or allowed with a "+" before it. They come on top of the settings. */
  readonly addressListPath?: string;
  /** A file of networks, one a line, all of them allowed: whoever is in none of them, nor in those of the settings, is not served. */
  readonly addressAllowListPath?: string;
  /** A file that remembers swarms, counts, users and statistics over restarts and crashes. */
  readonly journalPath?: string;
  /** Remembers swarms as the classic tracker does; `journalPath` remembers more. */
  readonly dfile?: DfileOptions;
  /** Shares the swarms with other trackers through Redis or Valkey; needs the package `ioredis`. */
  readonly store?: StoreOptions;
  /**
   * Opens the management API under /api to whoever has this token (see the module `site/api.ts` for its paths); at least
   * 16 characters. Without TLS it crosses the network in the open.
   */
  readonly apiToken?: string;
  /**
   * Decides on each announce that everything else lets in, over HTTP, UDP and WebSocket: `true` welcomes it, `false` or a
   * reason, which the client shows its user, refuses it. It has ten seconds, and nobody else waits meanwhile.
   */
  readonly welcomes?: (announce: AnnounceQuestion) => boolean | string | Promise<boolean | string>;
  /** Answers what neither the tracker nor its pages answer on the HTTP ports. */
  readonly onRequest?: (request: OtherRequest, answer: OtherAnswer) => void;
  /** Hears what goes wrong while the tracker goes on: a folder that cannot be read, a file that cannot be written. */
  readonly onWarning?: (message: string) => void;
}
