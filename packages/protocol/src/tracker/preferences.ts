/**
 * Where a host says its trackers are (BEP 34): a DNS text record with ports in order of preference.
 *
 *     tracker.example.  TXT  "BITTORRENT UDP:1337 TCP:80"
 *     www.example.      TXT  "BITTORRENT DENY ALL"
 *
 * A host with such a record has no other trackers than those it lists, so that a web site that got into a torrent by
 * mistake is left in peace, and old torrents find a tracker that moved.
 * @module
 */
import { parseAddress } from "../address/index.ts";

/** Ports read from one record; a host with more trackers than this has a favourite among the first. */
const PORTS_MAX = 16;
/** Names that are not the public name system's to answer. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|lan|home|onion|i2p)$/;

export interface TrackerPort {
  readonly transport: "udp" | "tcp";
  readonly port: number;
}

/** The trackers of a host, best first, from its text records; `undefined` when none of them speaks of trackers. Words are case-sensitive. */
export function parseTrackerPreferences(texts: readonly string[]): readonly TrackerPort[] | undefined {
  const words = texts.map((text) => text.split(" ")).find(([first]) => first === "BITTORRENT");
  if (words === undefined) return undefined;
  const ports: TrackerPort[] = [];
  for (const word of words) {
    const [, transport, digits] = /^(UDP|TCP):(\d{1,5})$/.exec(word) ?? [];
    const port = Number(digits);
    if (!(port >= 1 && port <= 65_535) || ports.length === PORTS_MAX) continue;
    ports.push({ transport: transport === "UDP" ? "udp" : "tcp", port });
  }
  return ports;
}

/** The name whose text records tell of the tracker of this URL; `undefined` for addresses and names of a local network. */
export function preferencesName(url: string): string | undefined {
  const name = URL.canParse(url) ? new URL(url).hostname.toLowerCase().replace(/\.$/, "") : "";
  const isPublic = name.includes(".") && !LOCAL_NAME.test(name) && parseAddress(name) === undefined;
  return isPublic ? name : undefined;
}

/**
 * The URLs to announce to in the place of this one, best first; none when the host runs no tracker we may use.
 *
 * A URL that is encrypted (https, wss) stays so: a forged record must not talk us out of it.
 */
export function preferredUrls(url: string, ports: readonly TrackerPort[]): readonly string[] {
  const [, scheme = "", credentials = "", host = "", rest = ""] =
    /^([a-z]+):\/\/([^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::\d*)?(.*)$/is.exec(url) ?? [];
  const name = scheme.toLowerCase();
  const isEncrypted = name === "https" || name === "wss";
  const overTcp = name === "udp" ? "http" : name;
  const usable = isEncrypted ? ports.filter(({ transport }) => transport === "tcp") : ports;
  return usable.map(({ transport, port }) => {
    if (transport === "udp") return `udp://${host}:${port}${rest}`;
    return `${overTcp}://${credentials}${host}:${port}${name === "udp" && /^\/?$/.test(rest) ? "/announce" : rest}`;
  });
}
