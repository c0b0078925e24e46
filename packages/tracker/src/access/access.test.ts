import { latin1, UsageError, utf8 } from "@bittern/protocol/base";
import { type BencodeDictionary, decode } from "@bittern/protocol/bencode";
import { seededRandom } from "@bittern/protocol/fuzz";
import {
  type AnnounceRequest,
  announceUrl,
  decodeUdpAnswer,
  encodeUdpAnnounce,
  encodeUdpConnect,
  encodeUdpScrape,
} from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import type { TrackerCommand } from "../command.ts";
import type { TrackerSettings } from "../settings.ts";
import { TrackerSpeaker } from "../testing.ts";
import { readTarget } from "./credential.ts";

const REQUEST: AnnounceRequest = {
  infoHash: hash(1),
  peerId: utf8("-BY0100-abcdefghijkl"),
  port: 6881,
  uploaded: 0,
  downloaded: 0,
  left: 100,
};

function hash(byte: number): Uint8Array {
  return new Uint8Array(20).fill(byte);
}

function tracker(settings: Partial<TrackerSettings>, ...commands: TrackerCommand[]): TrackerSpeaker {
  const speaker = new TrackerSpeaker(settings, seededRandom(1));
  for (const command of commands) tell(speaker, command);
  return speaker;
}

function tell(speaker: TrackerSpeaker, command: TrackerCommand): void {
  speaker.machine.handle({ type: "command", command }, speaker.now);
}

/** The reason an announce is refused for; empty when it is welcome. */
function refusal(speaker: TrackerSpeaker, base = "/announce", request: Partial<AnnounceRequest> = {}, address = "192.0.2.1"): string {
  const { status, body } = speaker.get(address, announceUrl(base, { ...REQUEST, ...request }));
  return status === 200 ? ((decode(body) as BencodeDictionary).text("failure reason") ?? "") : String(status);
}

/** The same over UDP, with the path and query of the URL. */
function udpRefusal(speaker: TrackerSpeaker, urlData: string, address = "192.0.2.1"): string {
  const from = { address, port: 9 };
  const connectionId = speaker.datagram(encodeUdpConnect(1), from)?.slice(8) as Uint8Array;
  const answer = decodeUdpAnswer(
    speaker.datagram(encodeUdpAnnounce({ connectionId, transactionId: 1, request: REQUEST, urlData }), from) as Uint8Array,
    "ipv4",
  );
  return answer.type === "error" ? answer.failure : "";
}

const DENIED = "this torrent is not allowed here";
const KEY = "the announce URL needs a valid pass key";

describe("A tracker with lists", () => {
  it("tracks only what is on its allow-list, as it changes", () => {
    const speaker = tracker({ torrentPolicy: "allow-list" }, { type: "list-torrents", infoHashes: [hash(2), hash(2)] });
    expect([refusal(speaker), refusal(speaker, "/announce", { infoHash: hash(2) })]).toEqual([DENIED, ""]);
    tell(speaker, { type: "replace-torrents", infoHashes: [hash(1)] });
    expect([refusal(speaker), refusal(speaker, "/announce", { infoHash: hash(2) })]).toEqual(["", DENIED]);
    tell(speaker, { type: "unlist-torrents", infoHashes: [hash(1), hash(9)] });
    expect(refusal(speaker)).toBe(DENIED);
  });

  it("tracks all but what is on its deny-list, in scrapes too", () => {
    const speaker = tracker({ torrentPolicy: "deny-list" });
    expect(refusal(speaker)).toBe("");
    tell(speaker, { type: "list-torrents", infoHashes: [hash(1)] });
    expect(refusal(speaker)).toBe(DENIED);
    const scraped = (target: string) => latin1(speaker.get("192.0.2.1", target).body);
    expect(scraped(`/scrape?info_hash=${"%01".repeat(20)}`)).not.toContain("complete");
    expect(scraped("/scrape")).not.toContain("complete");
    expect(udpRefusal(speaker, "")).toBe(DENIED);
  });

  it("serves the addresses it is told to, by the address of the socket", () => {
    const speaker = tracker({ addressesAllowed: ["192.0.2.0/24", "10.0.0.0/8"], addressesDenied: ["192.0.2.7"] });
    const asked = ["192.0.2.1", "192.0.2.7", "198.51.100.1", "2001:db8::1"].map(
      (address) => refusal(speaker, "/announce", {}, address) === "",
    );
    expect(asked).toEqual([true, false, false, false]);
    expect(refusal(speaker, "/announce", { ip: "8.8.8.8" }, "10.1.1.1")).toBe("");
    expect(udpRefusal(speaker, "", "192.0.2.7")).toBe("your address is not allowed here");
    tell(speaker, { type: "set-addresses", allowed: [], denied: ["192.0.2.1"] });
    expect(refusal(speaker)).toBe("your address is not allowed here");
    expect(refusal(speaker, "/announce", {}, "198.51.100.1")).toBe("");
  });

  it("forgets a torrent on command", () => {
    const speaker = tracker({});
    refusal(speaker);
    tell(speaker, { type: "forget-torrent", infoHash: hash(1) });
    expect(speaker.machine.snapshot(speaker.now)).toMatchObject({ torrents: 0, peers: { all: 0 } });
    speaker.machine.check();
  });

  it("limits how often an address announces", () => {
    const speaker = tracker({ announceRatePerAddress: 1, announceBurstPerAddress: 3 });
    expect([1, 2, 3, 4].map(() => refusal(speaker))).toEqual(["", "", "", "too many announces from your address"]);
    expect(refusal(speaker, "/announce", {}, "192.0.2.2")).toBe("");
    expect(udpRefusal(speaker, "")).toContain("too many");
    speaker.now += 1000;
    expect(refusal(speaker)).toBe("");
  });

  it("refuses commands that make no sense", () => {
    expect(() => tracker({}, { type: "list-torrents", infoHashes: [new Uint8Array(19)] })).toThrow(UsageError);
    expect(() => tracker({}, { type: "set-secret", infoHash: hash(1), secret: "a/b" })).toThrow(UsageError);
    expect(() => tracker({}, { type: "set-user", passKey: "" })).toThrow(UsageError);
  });
});

describe("A torrent with a secret", () => {
  it("is announced with it only, over HTTP and UDP", () => {
    const speaker = tracker({}, { type: "set-secret", infoHash: hash(1), secret: "s3cret" });
    expect(["/announce", "/wrong/announce", "/s3cretX/announce", "/announce?passkey=s3cre"].map((base) => refusal(speaker, base))).toEqual([
      DENIED,
      DENIED,
      DENIED,
      DENIED,
    ]);
    expect(["/s3cret/announce", "/announce/s3cret", "/announce?passkey=s3cret"].map((base) => refusal(speaker, base))).toEqual([
      "",
      "",
      "",
    ]);
    expect([udpRefusal(speaker, "/announce"), udpRefusal(speaker, "/s3cret/announce"), udpRefusal(speaker, "/?passkey=s3cret")]).toEqual([
      DENIED,
      "",
      DENIED,
    ]);
    expect(refusal(speaker, "/announce", { infoHash: hash(2) })).toBe("");
    const scraped = (path: string) => latin1(speaker.get("192.0.2.1", `${path}?info_hash=${"%01".repeat(20)}`).body);
    expect([scraped("/scrape").includes("complete"), scraped("/s3cret/scrape").includes("complete")]).toEqual([false, true]);
    tell(speaker, { type: "set-secret", infoHash: hash(1), secret: undefined });
    expect(refusal(speaker)).toBe("");
  });
});

describe("A private tracker", () => {
  const USER: TrackerCommand = { type: "set-user", passKey: "alice123", uploaded: 1000 };

  it("serves whoever brings a pass key it knows", () => {
    const speaker = tracker({ isPrivate: true }, USER);
    expect([refusal(speaker), refusal(speaker, "/bob45678/announce"), refusal(speaker, "/alice123/announce")]).toEqual([KEY, KEY, ""]);
    expect([udpRefusal(speaker, "/announce"), udpRefusal(speaker, "/alice123/announce")]).toEqual([KEY, ""]);
    expect(latin1(speaker.get("192.0.2.1", `/scrape?info_hash=${"%01".repeat(20)}`).body)).toContain("pass key");
    const from = { address: "192.0.2.1", port: 9 };
    const connectionId = speaker.datagram(encodeUdpConnect(1), from)?.slice(8) as Uint8Array;
    expect(speaker.datagram(encodeUdpScrape({ connectionId, transactionId: 1, infoHashes: [hash(1)] }), from)?.[3]).toBe(3);
    tell(speaker, { type: "remove-user", passKey: "alice123" });
    expect(refusal(speaker, "/alice123/announce")).toBe(KEY);
  });

  it("counts what each session adds, and nothing twice", () => {
    const speaker = tracker({ isPrivate: true }, USER);
    const report = (uploaded: number, downloaded: number, more: Partial<AnnounceRequest> = {}) => {
      expect(refusal(speaker, "/alice123/announce", { uploaded, downloaded, ...more })).toBe("");
      const [user] = speaker.machine.users();
      return [user?.uploaded, user?.downloaded, user?.sessions];
    };
    expect(report(0, 0, { event: "started" })).toEqual([1000, 0, 1]);
    expect(report(50, 10)).toEqual([1050, 10, 1]);
    expect(report(50, 10)).toEqual([1050, 10, 1]);
    expect(report(70, 30)).toEqual([1070, 30, 1]);
    // Another torrent is another session; one that was never started begins with its first report.
    expect(report(500, 500, { infoHash: hash(2) })).toEqual([1070, 30, 2]);
    expect(report(600, 500, { infoHash: hash(2) })).toEqual([1170, 30, 2]);
    // A restarted client counts from zero again.
    expect(report(5, 0, { event: "started" })).toEqual([1175, 30, 2]);
    expect(report(1, 0)).toEqual([1175, 30, 2]);
    expect(report(9, 0, { event: "stopped" })).toEqual([1183, 30, 1]);
    speaker.wait(2 * 3600 * 1000);
    expect(speaker.machine.users()[0]?.sessions).toBe(0);
  });
});

describe("A torrent with a secret of a private tracker", () => {
  // The URL had room for one word, so such a torrent was shut to everybody.
  it("is announced with the pass key and the secret, over HTTP and UDP, and the user is told from the torrent", () => {
    const speaker = tracker(
      { isPrivate: true },
      { type: "set-user", passKey: "alice123" },
      { type: "set-secret", infoHash: hash(1), secret: "s3cret" },
    );
    const bases = ["/alice123/announce/s3cret", "/alice123/announce?passkey=s3cret", "/alice123/announce", "/s3cret/announce/alice123"];
    expect(bases.map((base) => refusal(speaker, base))).toEqual(["", "", DENIED, KEY]);
    expect(bases.map((base) => udpRefusal(speaker, base))).toEqual(["", "", DENIED, KEY]);
    expect(refusal(speaker, "/alice123/announce", { infoHash: hash(2) })).toBe("");
    const scraped = (path: string) => latin1(speaker.get("192.0.2.1", `${path}?info_hash=${"%01".repeat(20)}`).body);
    expect(["/alice123/scrape", "/alice123/scrape/s3cret"].map((path) => scraped(path).includes("complete"))).toEqual([false, true]);
    expect(refusal(speaker, "/alice123/announce/s3cret", { uploaded: 5 })).toBe("");
    expect(speaker.machine.users()).toMatchObject([{ passKey: "alice123", uploaded: 5 }]);
  });
});

describe("readTarget", () => {
  it.each([
    ["/announce", "", "announce", ""],
    ["/scrape", "passkey=abc", "scrape", "abc"],
    ["/abc/scrape", "passkey=def", "scrape", "abc/def"],
    ["/abc/announce/def", "passkey=ghi", "announce", "abc/def"],
    ["/a.c/announce/def", "", "announce", "def"],
    ["/announce/a-b_C", "", "announce", "a-b_C"],
    ["/a%20b/announce", "", "announce", ""],
    ["/announce", `passkey=${"a".repeat(65)}`, "announce", ""],
  ])("reads %s?%s", (path, query, action, credential) => {
    expect(readTarget(path, query)).toEqual({ action, credential });
  });

  it.each(["/", "", "/announces", "/a/b/announce", "/announce/a/b", "announce"])("reads nothing in %j", (path) => {
    expect(readTarget(path, "")).toBeUndefined();
  });
});
