/**
 * Where a tracker is announced to: the URLs of its open doors.
 * @module
 */
import type { TrackerDoors } from "@bittern/tracker";
import type { TrackerOptions } from "./options.ts";

/** The announce URLs of the open doors, as this machine reaches them. */
export interface TrackerUrls {
  readonly http?: URL;
  readonly https?: URL;
  readonly udp?: URL;
}

export function announceUrlsOf(doors: TrackerDoors, { http, https, udp }: Pick<TrackerOptions, "http" | "https" | "udp">): TrackerUrls {
  // Each HTTP door has one endpoint a family; which door it belongs to is seen by its port.
  const ports = [...new Set(doors.http.map(({ port }) => port))];
  const httpPort = http === undefined ? undefined : ports.shift();
  const httpsPort = https === undefined ? undefined : (ports.shift() ?? httpPort);
  const udpPort = doors.udp[0]?.port;
  return {
    ...(httpPort === undefined ? {} : { http: urlOf("http", http?.host, httpPort) }),
    ...(httpsPort === undefined ? {} : { https: urlOf("https", https?.host, httpsPort) }),
    ...(udp === undefined || udpPort === undefined ? {} : { udp: urlOf("udp", udp.host, udpPort) }),
  };
}

/** The same by the name that whoever asks used for this machine; none where it used none. */
export function namedUrls(urls: TrackerUrls, hostname: string | undefined): readonly string[] {
  if (hostname === undefined) return [];
  return Object.values(urls).map((url: URL) => {
    const named = new URL(url);
    // A name that is none leaves the address as it is.
    named.hostname = hostname;
    return named.href;
  });
}

function urlOf(scheme: string, host: string | undefined, port: number): URL {
  const isAny = host === undefined || host === "0.0.0.0" || host === "::";
  const name = host?.includes(":") === true ? `[${host}]` : host;
  return new URL(`${scheme}://${isAny ? "127.0.0.1" : name}:${port}/announce`);
}
