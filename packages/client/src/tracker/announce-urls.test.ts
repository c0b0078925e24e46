import { describe, expect, it } from "vitest";
import { announceUrlsOf, namedUrls, type TrackerUrls } from "./announce-urls.ts";

const hrefs = (urls: TrackerUrls): unknown =>
  Object.fromEntries(Object.entries(urls).map(([door, url]: [string, URL]) => [door, url.href]));
const at = (port: number, address = "0.0.0.0") => ({ address, port });

describe("The announce URLs of a tracker", () => {
  it("are those of its doors, by the address they are bound to, or by this machine's own", () => {
    const doors = { http: [at(80), at(80, "::"), at(443)], udp: [at(6969)] };
    expect(hrefs(announceUrlsOf(doors, { http: { port: 80 }, https: HTTPS, udp: { port: 6969, host: "::1" } }))).toEqual({
      http: "http://127.0.0.1/announce",
      https: "https://127.0.0.1/announce",
      udp: "udp://[::1]:6969/announce",
    });
    expect(announceUrlsOf({ http: [], udp: [] }, {})).toEqual({});
  });

  it("are told by the name that the asker used, where it used one", () => {
    const urls = announceUrlsOf({ http: [at(8080)], udp: [] }, { http: { port: 8080, host: "10.0.0.1" } });
    expect(namedUrls(urls, "tracker.example")).toEqual(["http://tracker.example:8080/announce"]);
    expect([namedUrls(urls, undefined), namedUrls(urls, "no name")]).toEqual([[], ["http://10.0.0.1:8080/announce"]]);
  });
});

const HTTPS = { port: 443, certificatePath: "", keyPath: "" };
