/**
 * `bittern track`: a tracker until it is stopped.
 * @module
 */
import { TrackerServer } from "@bittern/client";
import type { Action } from "../invocation.ts";
import { localAddress, urlHost } from "../public-host.ts";

interface TrackOptions {
  readonly port?: number;
  readonly http?: number;
  readonly udp?: number;
}

/** What trackers have listened on since the first articles. */
const PORT_DEFAULT = 6969;

export const track: Action<TrackOptions> = async ({ output, stop }, _args, options) => {
  const port = options.port ?? PORT_DEFAULT;
  const http = options.http ?? port;
  // One number for both where nobody says otherwise, also when any free one will do.
  const udp = options.udp ?? (options.http === undefined ? "http" : port);
  const tracker = new TrackerServer({ http: { port: http }, udp: { port: udp } });
  try {
    const urls = await tracker.listen();
    const ports = { http: Number(urls.http?.port), udp: Number(urls.udp?.port) };
    const host = urlHost(localAddress());
    const announce = [`http://${host}:${ports.http}/announce`, `udp://${host}:${ports.udp}/announce`];
    output.event({ type: "listening", ...ports, announce }, `tracking at ${announce.join(" and ")}`);
    await stop.requested();
    return stop.status(true);
  } finally {
    await tracker.close();
  }
};
