/**
 * `bittern track`: a tracker until it is stopped.
 * @module
 */
import { readFile } from "node:fs/promises";
import { type PageOptions, type TrackerOptions, TrackerServer, type TrackerUrls, UsageError } from "@bittern/client";
import { diskFault } from "@bittern/node";
import { fromHex } from "@bittern/protocol/base";
import { TRACKER_DEFAULTS } from "@bittern/tracker";
import type { Action } from "../invocation.ts";
import { interfaceAddress, urlHost } from "../public-host.ts";
import { keepYoungSpaceSmall } from "../young-space.ts";

interface TrackOptions {
  readonly port?: number;
  readonly http?: number;
  /** false: --no-udp. */
  readonly udp?: number | boolean;
  readonly https?: number;
  readonly interface?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly trustProxy?: readonly string[];
  readonly connections?: number;
  readonly threads?: number;
  /** false: --no-native. */
  readonly native?: boolean;
  readonly interval?: number;
  readonly minInterval?: number;
  readonly peers?: number;
  readonly peersMax?: number;
  readonly compactOnly?: boolean;
  readonly scrape?: "none" | "named" | "all";
  readonly message?: string;
  readonly trackerId?: string;
  /** true: without a number. */
  readonly natCheck?: number | true;
  readonly onlyReachable?: boolean;
  readonly torrentDir?: string;
  readonly torrentDirInterval?: number;
  readonly serveTorrents?: boolean;
  readonly allowList?: string;
  readonly denyList?: string;
  readonly secret?: readonly string[];
  readonly private?: boolean;
  readonly users?: string;
  readonly allowAddress?: readonly string[];
  readonly denyAddress?: readonly string[];
  readonly addressList?: string;
  readonly apiTokenFile?: string;
  readonly rate?: number;
  readonly burst?: number;
  readonly maxTorrents?: number;
  readonly maxPeers?: number;
  readonly page: PageOptions["style"];
  readonly title?: string;
  readonly announceUrl?: readonly string[];
  readonly favicon?: string;
  readonly state?: string;
  readonly journal?: string;
  readonly store?: string;
  readonly dfile?: string;
  readonly dfileInterval?: number;
}

/** What trackers have listened on since the first articles. */
const PORT_DEFAULT = 6969;
/** Tries of the classic tracker. */
const NAT_TRIES = 3;
const INFO_HASH_LENGTH = 20;

export const track: Action<TrackOptions> = async ({ output, log, stop }, _args, options) => {
  const secrets = (options.secret ?? []).map(readSecret);
  // The line that names the ports is the first, so what is warned of before waits for it.
  let early: string[] | undefined = [];
  const tell = (message: string): void => output.event({ type: "warning", message });
  const warn = (message: string): void => {
    log.warn(message);
    if (!output.isJson) return;
    if (early === undefined) tell(message);
    else early.push(message);
  };
  const apiToken = await readToken(options.apiTokenFile);
  const tracker = new TrackerServer({ ...trackerOptions(options), ...given({ apiToken }), onWarning: warn });
  try {
    const urls = await tracker.listen();
    for (const { infoHash, secret } of secrets) tracker.command({ type: "set-secret", infoHash, secret });
    const announce = announceUrls(urls, options);
    const { https } = urls;
    const ports = { http: portOf(urls.http), udp: portOf(urls.udp), ...(https === undefined ? {} : { https: portOf(https) }) };
    keepYoungSpaceSmall();
    output.event({ type: "listening", ...ports, announce }, output.messages.track.tracking(announce));
    for (const message of early.splice(0)) tell(message);
    early = undefined;
    stop.endsWellIf(() => true);
    stop.onReload(() => void tracker.reload());
    await stop.requested();
    return stop.status;
  } finally {
    await tracker.close();
  }
};

/** From a file or the environment, never from the command line, which every user of a machine can read. */
async function readToken(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return process.env["BITTERN_TRACKER_TOKEN"];
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw diskFault(error, path);
  });
  return text.trim();
}

/** Command line to library. */
function trackerOptions(options: TrackOptions): TrackerOptions {
  checkTogether(options);
  const { torrentDir, dfile } = options;
  return {
    ...doors(options),
    ...given({
      interface: options.interface,
      proxies: options.trustProxy,
      linksMax: options.connections,
      threads: options.threads,
      native: options.native,
      intervalSeconds: options.interval,
      minIntervalSeconds: options.minInterval,
      peersGiven: options.peers,
      peersGivenMaxHttp: options.peersMax,
      keepsPeerIds: options.compactOnly === true ? false : undefined,
      scrapes: options.scrape,
      warning: options.message,
      trackerId: options.trackerId,
      natCheckTries: options.natCheck === true ? NAT_TRIES : options.natCheck,
      givesUnreached: options.onlyReachable === true ? false : undefined,
      torrentPolicy: options.allowList !== undefined ? "allow-list" : options.denyList !== undefined ? "deny-list" : undefined,
      torrentListPath: options.allowList ?? options.denyList,
      isPrivate: options.private,
      userListPath: options.users,
      addressesAllowed: options.allowAddress,
      addressesDenied: options.denyAddress,
      addressListPath: options.addressList,
      announceRatePerAddress: options.rate,
      announceBurstPerAddress: options.burst,
      torrentsMax: options.maxTorrents,
      peersMax: options.maxPeers,
      journalPath: options.state ?? options.journal,
      torrentFolder: torrentDir === undefined ? undefined : folder(torrentDir, options),
      store: options.store === undefined ? undefined : { url: options.store },
      dfile: dfile === undefined ? undefined : { path: dfile, ...given({ intervalSeconds: options.dfileInterval }) },
    }),
    page: {
      style: options.page,
      ...given({ title: options.title, announceUrls: options.announceUrl, faviconPath: options.favicon }),
    },
  };
}

function folder(path: string, options: TrackOptions): TrackerOptions["torrentFolder"] {
  return { path, ...given({ intervalSeconds: options.torrentDirInterval, servesFiles: options.serveTorrents }) };
}

/** One number for HTTP and UDP where nobody says otherwise, also when any free one will do. */
function doors(options: TrackOptions): Pick<TrackerOptions, "http" | "https" | "udp"> {
  const { tlsCert, tlsKey } = options;
  const port = options.port ?? PORT_DEFAULT;
  const web = { port: options.http ?? port };
  const identity = tlsCert === undefined || tlsKey === undefined ? undefined : { certificatePath: tlsCert, keyPath: tlsKey };
  const isSecureAlone = identity !== undefined && options.https === undefined;
  const udp =
    options.udp === false ? undefined : typeof options.udp === "number" ? options.udp : options.http === undefined ? "http" : port;
  return {
    ...(isSecureAlone ? {} : { http: web }),
    ...(identity === undefined ? {} : { https: { port: options.https ?? web.port, ...identity } }),
    ...(udp === undefined ? {} : { udp: { port: udp } }),
  };
}

function checkTogether(options: TrackOptions): void {
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
    throw new UsageError("TLS_FILES", "--tls-cert and --tls-key belong together: name both");
  }
  if (options.https !== undefined && options.tlsCert === undefined) {
    throw new UsageError("TLS_FILES", "--https needs a certificate: name it with --tls-cert and --tls-key");
  }
  if (options.serveTorrents === true && options.torrentDir === undefined) {
    throw new UsageError("TORRENT_DIR", "--serve-torrents needs files to serve: name their folder with --torrent-dir");
  }
  if (options.users !== undefined && options.private !== true) {
    throw new UsageError("USERS", "--users is for a private tracker: add --private");
  }
  checkIdle(options);
  const { interval = TRACKER_DEFAULTS.intervalSeconds, minInterval = 0 } = options;
  if (minInterval > interval) {
    throw new UsageError(
      "INTERVALS",
      `--min-interval ${minInterval} is longer than --interval ${interval}, so nobody may come when he shall: make one fit the other`,
    );
  }
}

/** Options that would do nothing: whoever gives one believes that it does. */
function checkIdle(options: TrackOptions): void {
  const { natCheck = 0, rate = 0 } = options;
  if (options.onlyReachable === true && natCheck === 0) {
    throw new UsageError("OPTION_ALONE", "--only-reachable goes by what --nat-check finds: add --nat-check");
  }
  if (options.burst !== undefined && rate === 0) {
    throw new UsageError("OPTION_ALONE", "--burst is what --rate lets through at once: add --rate");
  }
  if (options.title !== undefined && options.page !== "modern") {
    throw new UsageError("OPTION_ALONE", `--title is for the page of today: leave it out with --page ${options.page}`);
  }
  if (options.torrentDirInterval !== undefined && options.torrentDir === undefined) {
    throw new UsageError("OPTION_ALONE", "--torrent-dir-interval is for a folder: name it with --torrent-dir");
  }
  if (options.dfileInterval !== undefined && options.dfile === undefined) {
    throw new UsageError("OPTION_ALONE", "--dfile-interval is for a state file: name it with --dfile");
  }
}

/** Without what was not given, so that defaults are the library's. */
function given<Values extends object>(values: Values): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Values]?: Exclude<Values[Name], undefined>;
  };
}

function readSecret(text: string): { readonly infoHash: Uint8Array; readonly secret: string } {
  const [hash = "", secret = ""] = text.split("=");
  const infoHash = fromHex(hash.toLowerCase());
  if (infoHash?.length !== INFO_HASH_LENGTH || !/^[\w-]{1,64}$/.test(secret)) {
    throw new UsageError("SECRET_WRONG", `"${text}" is no secret; write HASH=WORD, 40 hex digits and a word of letters and digits`);
  }
  return { infoHash, secret };
}

function announceUrls(urls: TrackerUrls, options: TrackOptions): readonly string[] {
  if (options.announceUrl !== undefined) return options.announceUrl;
  const host = urlHost(interfaceAddress(options.interface));
  const doors = [urls.http, urls.https, urls.udp].filter((url) => url !== undefined);
  return doors.map((url) => `${url.protocol}//${host}:${url.port || defaultPort(url)}${url.pathname}`);
}

/** A URL leaves out the port that its scheme has anyway. */
function defaultPort(url: URL): number {
  return url.protocol === "https:" ? 443 : 80;
}

function portOf(url: URL | undefined): number | null {
  return url === undefined ? null : Number(url.port || defaultPort(url));
}
