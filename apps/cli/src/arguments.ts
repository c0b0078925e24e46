/**
 * What is typed, turned into values: sizes, rates, ports, peers, switches. Each says what to type instead when it cannot.
 * @module
 */
import { parseBytes } from "@bittern/faces";
import { UsageError, wantedUrl } from "@bittern/protocol/base";

/** First and last of the ports to try, in order; 0 to 0 is any free port. */
export type PortRange = readonly [first: number, last: number];

/** Where BitTorrent clients have listened since 2003. */
export const DEFAULT_PORTS: PortRange = [6881, 6999];

/** `16384`, `1MiB`, `500 kB`, `1.5M`: bytes. */
export function parseSize(text: string): number {
  const byteLength = parseBytes(text);
  if (byteLength === undefined) {
    throw new UsageError(
      "SIZE_INVALID",
      `"${text}" is no size; write a number with an optional K, M, G, kB, MB, KiB, MiB or GiB, such as 1MiB`,
    );
  }
  if (!Number.isFinite(byteLength)) throw new UsageError("SIZE_INVALID", `"${text}" is more bytes than can be counted`);
  return byteLength;
}

/** Bytes per second; 0 is unlimited. */
export function parseRate(text: string): number {
  return parseSize(text.replace(/\/s$/i, ""));
}

/** `6881`, `6881-6999` or `0`. */
export function parsePorts(text: string): PortRange {
  const ports = portsIn(text);
  if (ports !== undefined) return ports;
  throw new UsageError("PORT_INVALID", `"${text}" is no port; write one from 1 to 65535, a range such as 6881-6999, or 0 for any free one`);
}

function portsIn(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim());
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  return match === null || last > 65_535 || first > last || (first === 0 && last > 0) ? undefined : [first, last];
}

/** `6969` or `0`. */
export function parsePort(text: string): number {
  const ports = portsIn(text);
  if (ports === undefined) throw new UsageError("PORT_INVALID", `"${text}" is no port; write one from 1 to 65535, or 0 for any free one`);
  const [first, last] = ports;
  if (first !== last) throw new UsageError("PORT_INVALID", `"${text}" is a range; one port is wanted here`);
  return first;
}

/** `10.0.0.1:6881`, `[::1]:6881`, `name:6881`; the text is kept, its form checked. */
export function parsePeer(text: string): string {
  const match = /^(?:\[[0-9a-f:.]+(?:%\w+)?\]|[^\s:[\]/]+):(\d{1,5})$/i.exec(text.trim());
  const port = Number(match?.[1]);
  if (match === null || port < 1 || port > 65_535) {
    throw new UsageError("PEER_INVALID", `"${text}" is no peer; write HOST:PORT, with brackets around an IPv6 address: [::1]:6881`);
  }
  return text.trim();
}

/** `files.example.org`, `localhost`, `*.example.org`, `_`: a name a web server answers to. */
export function parseServerName(text: string): string {
  const name = text.trim();
  if (/^(?:_|(?:\*\.)?[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?)$/u.test(name)) return name;
  throw new UsageError("NAME_INVALID", `"${text}" is no name of a site; write one such as files.example.org`);
}

/** An announce URL. */
export function parseTrackerUrl(text: string): string {
  return wantedUrl(text, "announce");
}

/** A tier of announce URLs: `a,b`; an empty text is no tier. */
export function parseTier(text: string): readonly string[] {
  // A comma may also stand inside a URL: only one that a new URL follows parts two.
  return text.trim() === "" ? [] : text.split(/,(?=\s*[a-z]+:\/\/)/i).map((url) => parseTrackerUrl(url.trim()));
}

export function parseWebSeed(text: string): string {
  return wantedUrl(text, "webSeed");
}

/** An address to read a feed or a page from. */
export function parseFeedUrl(text: string): string {
  return wantedUrl(text, "feed");
}

/** `true`/`false`, `yes`/`no`, `on`/`off`, `1`/`0`. */
export function parseSwitch(text: string): boolean {
  const known = new Map([
    ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
    ...["false", "no", "off", "0"].map((word) => [word, false] as const),
  ]);
  const value = known.get(text.trim().toLowerCase());
  if (value === undefined) throw new UsageError("SWITCH_INVALID", `"${text}" is neither true nor false`);
  return value;
}

/** A number of at least 0, fractions allowed: ratios and minutes. */
export function parseAmount(text: string): number {
  const amount = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isFinite(amount)) throw new UsageError("NUMBER_INVALID", `"${text}" is no number of 0 or more`);
  return amount;
}

/** Makes a parser of integers between two bounds. */
export function parseInteger(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new UsageError("NUMBER_INVALID", `"${text}" is no integer from ${least} to ${most}`);
    return value;
  };
}
