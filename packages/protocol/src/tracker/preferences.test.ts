import { describe, expect, it } from "vitest";
import { parseTrackerPreferences, preferencesName, preferredUrls } from "./preferences.ts";

describe("the tracker preferences of a host", () => {
  it.each([
    ["BITTORRENT", []],
    ["BITTORRENT DENY ALL", []],
    [
      "BITTORRENT UDP:1337 TCP:80",
      [
        { transport: "udp", port: 1337 },
        { transport: "tcp", port: 80 },
      ],
    ],
    ["BITTORRENT UDP:0 TCP:65536 udp:1 TCP:x TCP:443", [{ transport: "tcp", port: 443 }]],
    ["bittorrent UDP:1", undefined],
    ["v=spf1 BITTORRENT UDP:1", undefined],
    ["BITTORRENTS UDP:1", undefined],
  ])("of %s are %j", (text, ports) => {
    expect(parseTrackerPreferences(["v=spf1 -all", text])).toEqual(ports);
  });

  it("are bounded", () => {
    const many = Array.from({ length: 1000 }, (_, at) => `UDP:${at + 1}`).join(" ");
    expect(parseTrackerPreferences([`BITTORRENT ${many}`])).toHaveLength(16);
  });

  it.each([
    ["http://Tracker.Example:80/announce", "tracker.example"],
    ["udp://tracker.example.:1", "tracker.example"],
    ["http://192.0.2.1/announce", undefined],
    ["http://[2001:db8::1]/announce", undefined],
    ["http://localhost/announce", undefined],
    ["http://nas/announce", undefined],
    ["http://printer.local/announce", undefined],
    ["nonsense", undefined],
  ])("of %s are asked of %s", (url, name) => {
    expect(preferencesName(url)).toBe(name);
  });

  const both = parseTrackerPreferences(["BITTORRENT UDP:1337 TCP:8080"])!;
  it.each([
    ["http://t.example/announce?key=1", ["udp://t.example:1337/announce?key=1", "http://t.example:8080/announce?key=1"]],
    ["udp://t.example:6969", ["udp://t.example:1337", "http://t.example:8080/announce"]],
    ["https://me:pass@t.example:443/announce", ["https://me:pass@t.example:8080/announce"]],
    ["http://me:pass@t.example/announce", ["udp://t.example:1337/announce", "http://me:pass@t.example:8080/announce"]],
  ])("send %s to %j", (url, urls) => {
    expect(preferredUrls(url, both)).toEqual(urls);
  });

  it("leave a host without trackers alone", () => {
    expect(preferredUrls("http://www.example/announce", [])).toEqual([]);
  });
});
