/**
 * Where a URL may lead: the rules against being sent into our own network (limits-and-threats: SSRF).
 *
 * A name is resolved once, all its addresses are judged, and only judged addresses are connected to. Judged by what
 * the resolver says and never by how the URL is written: `http://2130706433/` is 127.0.0.1 too.
 * @module
 */
import { isIP } from "node:net";
import type { Done, UrlSource } from "@bittern/host";
import { type AddressScope, addressScope, isServicePort } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";

/** Bytes of a URL. */
const URL_LENGTH_MAX = 8 * 1024;

/** The hop before, for a redirect. */
export interface HopBefore {
  readonly url: URL;
  /** How far its address reaches. */
  readonly scope: AddressScope;
}

export interface Target {
  readonly url: URL;
  /** All allowed; at least one. */
  readonly addresses: readonly string[];
  /** The widest scope among them: what the next hop is judged by. */
  readonly scope: AddressScope;
}

/** Reads a URL, relative to the hop before it, and refuses what no request may be sent to. */
export function parseTarget(text: string, source: UrlSource, before: HopBefore | undefined): URL | HostError {
  const url = text.length <= URL_LENGTH_MAX && URL.canParse(text, before?.url.href) ? new URL(text, before?.url.href) : undefined;
  if (url === undefined) return new HostError("URL_DENIED", "this is no URL");
  url.hash = "";
  if (url.protocol !== "http:" && url.protocol !== "https:") return new HostError("URL_DENIED", deniedScheme(url.protocol));
  if (before?.url.protocol === "https:" && url.protocol === "http:") {
    return new HostError("URL_DENIED", "a redirect leads from https to http");
  }
  const isStrangers = source !== "user" || before !== undefined;
  if (isStrangers && isServicePort(portOf(url))) return new HostError("URL_DENIED", `port ${portOf(url)} belongs to another service`);
  return url;
}

/** Judges all addresses of a host; `done` gets those of the wanted family. */
export function judgeAddresses(
  url: URL,
  addresses: readonly string[],
  family: 4 | 6 | undefined,
  source: UrlSource,
  before: HopBefore | undefined,
  done: Done<Target>,
): void {
  const usable = addresses.filter((address) => family === undefined || isIP(address) === family);
  if (usable.length === 0) return done(new HostError("FAMILY_ABSENT", `${url.hostname} has no IPv${family} address`));
  for (const address of usable) {
    const refusal = refusalOf(address, url, source, before);
    if (refusal !== undefined) return done(refusal);
  }
  const scopes = usable.map((address) => addressScope(address));
  const scope = scopes.includes("global") ? "global" : (scopes[0] as AddressScope);
  done({ url, addresses: usable, scope });
}

/** The host of a URL as the resolver takes it. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

function refusalOf(address: string, url: URL, source: UrlSource, before: HopBefore | undefined): HostError | undefined {
  const scope = addressScope(address);
  if (scope === "global") return undefined;
  if (scope === "denied" || scope === "link-local") return new HostError("ADDRESS_DENIED", `nobody may send us to ${address}`);
  if (source === "stranger") return new HostError("ADDRESS_DENIED", `a stranger may not send us to ${address}`);
  // Other services of this machine answer to a GET as well, and some do things when they are asked.
  if (source === "torrent" && scope === "loopback" && !url.pathname.includes("/announce")) {
    return new HostError("ADDRESS_DENIED", `a torrent may send us to ${address} only for an announce, and the path of the URL is another`);
  }
  if (before?.scope === "global") return new HostError("ADDRESS_DENIED", `a redirect leads from the internet to ${address}`);
  return undefined;
}

/** Torrents made for browsers name the trackers of WebTorrent. */
function deniedScheme(scheme: string): string {
  return scheme === "ws:" || scheme === "wss:"
    ? `the scheme ${scheme} is for browsers (WebTorrent), and only they can meet there`
    : `the scheme ${scheme} is not HTTP`;
}
