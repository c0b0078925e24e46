import { fromLatin1, latin1, toHex, utf8 } from "@bittern/protocol/base";
import { type BencodeDictionary, decode } from "@bittern/protocol/bencode";
import { seededRandom } from "@bittern/protocol/fuzz";
import {
  type AnnounceRequest,
  type AnnounceSuccess,
  announceUrl,
  decodeAnnounceAnswer,
  decodeScrapeAnswer,
  encodeAnnounceAnswer,
  encodeScrapeAnswer,
  type ScrapeSuccess,
  scrapeUrl,
} from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import { BODY_LENGTH_MAX } from "./http/front.ts";
import type { TrackerSettings } from "./settings.ts";
import { type SpokenAnswer, splitAnswers, TrackerSpeaker } from "./testing.ts";

function tracker(settings: Partial<TrackerSettings> = {}): TrackerSpeaker {
  return new TrackerSpeaker(settings, seededRandom(1));
}

function hash(byte: number): Uint8Array {
  return new Uint8Array(20).fill(byte);
}

function peerId(number: number): Uint8Array {
  return utf8(`-BY0100-${String(number).padStart(12, "0")}`);
}

const LEECHER: AnnounceRequest = {
  infoHash: hash(1),
  peerId: peerId(0),
  port: 6881,
  uploaded: 0,
  downloaded: 0,
  left: 100,
  event: "started",
  compact: true,
};
const SEEDER: AnnounceRequest = { ...LEECHER, left: 0 };

function target(request: AnnounceRequest): string {
  return announceUrl("/announce", request);
}

function announce(speaker: TrackerSpeaker, address: string, request: AnnounceRequest, extra = ""): AnnounceSuccess {
  const { status, body } = speaker.get(address, target(request) + extra);
  expect(status).toBe(200);
  const answer = decodeAnnounceAnswer(body);
  if ("failure" in answer) throw new Error(answer.failure);
  speaker.machine.check();
  return answer;
}

function failure(answer: SpokenAnswer): string {
  expect(answer.status).toBe(200);
  return (decode(answer.body) as BencodeDictionary).text("failure reason") ?? "";
}

function scrape(speaker: TrackerSpeaker, ...hashes: Uint8Array[]): ScrapeSuccess {
  const { body } = speaker.get("192.0.2.99", (scrapeUrl("http://t/announce", hashes) as string).slice("http://t".length));
  const answer = decodeScrapeAnswer(body);
  if ("failure" in answer) throw new Error(answer.failure);
  return answer;
}

/** `count` peers from addresses and ids of their own. */
function crowd(speaker: TrackerSpeaker, count: number, request: AnnounceRequest = LEECHER, from = 0): void {
  for (let number = from; number < from + count; number++) {
    announce(speaker, `198.51.${number >> 8}.${number & 255}`, { ...request, peerId: peerId(number + 1), port: 1000 + number });
  }
}

/** What a connection of its own is sent for some bytes. */
function answerTo(speaker: TrackerSpeaker, address: string, text: string): Uint8Array {
  const link = speaker.connect(address);
  speaker.send(link, text);
  return speaker.received(link);
}

describe("A tracker over HTTP", () => {
  it("introduces two peers to each other", () => {
    const speaker = tracker();
    expect(announce(speaker, "192.0.2.1", SEEDER)).toMatchObject({
      peers: [],
      complete: 1,
      incomplete: 0,
      interval: 1800,
      minInterval: 60,
    });
    const answer = announce(speaker, "192.0.2.2", { ...LEECHER, peerId: peerId(2), port: 7000 });
    expect(answer).toMatchObject({
      peers: [{ address: "192.0.2.1", port: 6881 }],
      complete: 1,
      incomplete: 1,
      externalAddress: "192.0.2.2",
    });
    expect(announce(speaker, "192.0.2.1", SEEDER).peers).toEqual([{ address: "192.0.2.2", port: 7000 }]);
  });

  it("never gives the asker itself, nor seeds to a seed, nor seeds to a partial seed", () => {
    const speaker = tracker();
    crowd(speaker, 5, SEEDER);
    crowd(speaker, 3, LEECHER, 10);
    const ports = (answer: AnnounceSuccess) => answer.peers.map(({ port }) => port).toSorted((a, b) => a - b);
    expect(ports(announce(speaker, "192.0.2.1", SEEDER))).toEqual([1010, 1011, 1012]);
    expect(ports(announce(speaker, "192.0.2.2", { ...LEECHER, event: "paused" }))).toEqual([1010, 1011, 1012]);
    expect(ports(announce(speaker, "192.0.2.3", LEECHER))).toEqual([1000, 1001, 1002, 1003, 1004, 1010, 1011, 1012, 6881, 6881]);
  });

  it("gives 50 peers, as many as are wanted, and never more than 100", () => {
    const speaker = tracker();
    crowd(speaker, 130);
    const given = (numwant?: number) =>
      announce(speaker, "192.0.2.1", numwant === undefined ? LEECHER : { ...LEECHER, numwant }).peers.length;
    expect([given(), given(0), given(7), given(100), given(999_999_999)]).toEqual([50, 0, 7, 100, 100]);
    expect(announce(speaker, "192.0.2.1", LEECHER, "&numwant=-5").peers.length).toBe(50);
  });

  it("gives other peers each time", () => {
    const speaker = tracker();
    crowd(speaker, 200);
    const seen = new Set<number>();
    for (let round = 0; round < 40; round++) for (const { port } of announce(speaker, "192.0.2.1", LEECHER).peers) seen.add(port);
    expect(seen.size).toBe(200);
  });

  it("counts seeds, partial seeds and downloaders right as peers change", () => {
    const speaker = tracker();
    const counts = () => {
      const { seeds, partialSeeds, downloaders, completed } = speaker.machine.snapshot(speaker.now);
      return [seeds, partialSeeds, downloaders, completed];
    };
    announce(speaker, "192.0.2.1", LEECHER);
    expect(counts()).toEqual([0, 0, 1, 0]);
    announce(speaker, "192.0.2.1", { ...LEECHER, event: "paused" });
    expect(counts()).toEqual([0, 1, 0, 0]);
    announce(speaker, "192.0.2.1", { ...SEEDER, event: "completed" });
    expect(counts()).toEqual([1, 0, 0, 1]);
    announce(speaker, "192.0.2.1", { ...SEEDER, event: "completed" });
    expect(counts()).toEqual([1, 0, 0, 1]);
    expect(announce(speaker, "192.0.2.1", { ...SEEDER, event: "stopped" })).toMatchObject({
      peers: [],
      complete: 0,
      incomplete: 0,
      downloaded: 1,
    });
    expect(counts()).toEqual([0, 0, 0, 1]);
  });

  it("scrapes what it knows, in one request or many, with partial seeds told apart", () => {
    const speaker = tracker();
    announce(speaker, "192.0.2.1", { ...SEEDER, event: "completed" });
    announce(speaker, "192.0.2.2", LEECHER);
    announce(speaker, "192.0.2.3", { ...LEECHER, event: "paused" });
    announce(speaker, "192.0.2.3", { ...LEECHER, infoHash: hash(9) });
    const one = { complete: 1, incomplete: 2, downloaded: 1, downloaders: 1 };
    const nine = { complete: 0, incomplete: 1, downloaded: 0, downloaders: 1 };
    expect([...scrape(speaker, hash(1)).swarms]).toEqual([[toHex(hash(1)), one]]);
    const answer = scrape(speaker, hash(9), hash(1), hash(5), hash(9));
    expect([...answer.swarms]).toEqual([
      [toHex(hash(1)), one],
      [toHex(hash(9)), nine],
    ]);
    expect(answer.minRequestInterval).toBe(60);
    expect(failure(speaker.get("192.0.2.1", `/scrape?${"info_hash=%00aaaaaaaaaaaaaaaaaaa&".repeat(2)}info_hash=x`))).toContain("20 bytes");
  });

  it("scrapes all torrents in pieces, in order, as long as the client reads", () => {
    const speaker = tracker({ keepsPeerIds: false });
    const random = seededRandom(5);
    const hashes = Array.from({ length: 1500 }, (_, at) => {
      // Many begin alike, as an attacker would choose them.
      const infoHash = at % 2 === 0 ? hash(7) : new Uint8Array(20);
      for (let byte = at % 3 === 0 ? 18 : 0; byte < 20; byte++) infoHash[byte] = random.u32();
      return infoHash;
    });
    for (const infoHash of hashes) speaker.get("192.0.2.1", target({ ...LEECHER, infoHash }));
    const { headers, body } = speaker.get("192.0.2.9", "/scrape");
    expect(headers.get("transfer-encoding")).toBe("chunked");
    const answer = decodeScrapeAnswer(body) as ScrapeSuccess;
    expect([...answer.swarms.keys()]).toEqual([...new Set(hashes.map(toHex))].toSorted());
    expect(latin1(body)).toBe(latin1(encodeScrapeAnswer(answer)));
  });

  it("sends a full scrape to an old client until the end of the connection", () => {
    const speaker = tracker();
    crowd(speaker, 2);
    const old = speaker.connect("192.0.2.1");
    speaker.send(old, "GET /scrape HTTP/1.0\r\n\r\n");
    const [head = "", body = ""] = latin1(speaker.received(old)).split("\r\n\r\n");
    expect([head.includes("Content-Length"), speaker.closed.has(old)]).toEqual([false, false]);
    expect((decodeScrapeAnswer(fromLatin1(body)) as ScrapeSuccess).swarms.size).toBe(1);
    speaker.tell("drained", old);
    expect(speaker.closed.has(old)).toBe(true);
  });

  it("answers as much of a scrape as its operator wants", () => {
    const named = tracker({ scrapes: "named" });
    announce(named, "192.0.2.1", LEECHER);
    expect(failure(named.get("192.0.2.1", "/scrape"))).toContain("no full scrape");
    expect(scrape(named, hash(1)).swarms.size).toBe(1);
    expect(failure(tracker({ scrapes: "none" }).get("192.0.2.1", `/scrape?info_hash=${"%01".repeat(20)}`))).toContain("no scrape");
  });

  it("says what its operator wants every user to read", () => {
    expect(announce(tracker({ warning: "schließt am Montag" }), "192.0.2.1", LEECHER).warning).toBe("schließt am Montag");
  });

  it("refuses a scrape of more torrents than its limit", () => {
    const speaker = tracker({ scrapeHashesMax: 3 });
    const query = (count: number) => Array.from({ length: count }, (_, at) => `info_hash=${"%0".concat(String(at)).repeat(20)}`).join("&");
    expect(failure(speaker.get("192.0.2.1", `/scrape?${query(3)}`))).toBe("");
    expect(failure(speaker.get("192.0.2.1", `/scrape?${query(4)}`))).toContain("too many");
  });

  it("writes both families apart when compact, together in dictionaries, with and without ids", () => {
    const speaker = tracker();
    announce(speaker, "192.0.2.1", { ...LEECHER, peerId: peerId(1) });
    announce(speaker, "2001:db8::1", { ...LEECHER, peerId: peerId(2) });
    const ask = (request: Partial<AnnounceRequest>) => announce(speaker, "192.0.2.9", { ...LEECHER, ...request }).peers;
    const two = [
      { address: "192.0.2.1", port: 6881 },
      { address: "2001:db8::1", port: 6881 },
    ];
    expect(ask({})).toEqual(two);
    expect(ask({ compact: false, noPeerId: true })).toEqual(two);
    expect(ask({ compact: false })).toEqual([
      { ...two[0], peerId: peerId(1) },
      { ...two[1], peerId: peerId(2) },
    ]);
    expect(announce(speaker, "2001:db8::9", LEECHER).externalAddress).toBe("2001:db8::9");
  });

  it("does without ids where it keeps none", () => {
    const speaker = tracker({ keepsPeerIds: false });
    announce(speaker, "192.0.2.1", { ...LEECHER, peerId: peerId(1) });
    expect(announce(speaker, "192.0.2.2", { ...LEECHER, compact: false }).peers).toEqual([{ address: "192.0.2.1", port: 6881 }]);
  });

  it("writes exactly the bytes that the encoder of the protocol room writes", () => {
    const speaker = tracker({ trackerId: "t1" });
    announce(speaker, "192.0.2.1", { ...LEECHER, peerId: peerId(1) });
    announce(speaker, "2001:db8::1", { ...SEEDER, peerId: peerId(2), event: "completed" });
    for (const compact of [true, false]) {
      const { body } = speaker.get("192.0.2.9", target({ ...LEECHER, compact }));
      expect(latin1(body)).toBe(latin1(encodeAnnounceAnswer(decodeAnnounceAnswer(body), { compact })));
    }
    const { body } = speaker.get("192.0.2.9", `/scrape?info_hash=${"%01".repeat(20)}`);
    expect(latin1(body)).toBe(latin1(encodeScrapeAnswer(decodeScrapeAnswer(body))));
  });

  it("sends its tracker id until the client sends it back", () => {
    const speaker = tracker({ trackerId: "t1" });
    expect(announce(speaker, "192.0.2.1", LEECHER).trackerId).toEqual(utf8("t1"));
    expect(announce(speaker, "192.0.2.1", { ...LEECHER, trackerId: utf8("t1") }).trackerId).toBeUndefined();
    expect(announce(speaker, "192.0.2.1", { ...LEECHER, trackerId: utf8("other") }).trackerId).toEqual(utf8("t1"));
    expect(speaker.machine.snapshot(speaker.now).counts.announcesReturning).toBe(1);
  });

  // It was passed over where it is of the asker's own family, and a swarm was told of an address in somebody's network.
  it("takes ipv4= of an IPv4 client for its address, with the port it names, and ip= before it", () => {
    const speaker = tracker();
    announce(speaker, "203.0.113.1", { ...LEECHER, ipv4: "8.8.8.8", port: 1 });
    announce(speaker, "10.0.0.1", { ...LEECHER, ipv4: "8.8.4.4", port: 2 });
    announce(speaker, "10.0.0.2", { ...LEECHER, ipv4: "8.8.4.5:99", ipv6: "2001:db8::2", port: 3 });
    announce(speaker, "10.0.0.3", { ...LEECHER, ipv4: "8.8.4.6", ip: "8.8.4.7", port: 4 });
    const peers = announce(speaker, "198.51.100.1", { ...LEECHER, peerId: peerId(9), port: 5 }).peers;
    expect(peers.map(({ address, port }) => `${address} ${port}`).toSorted()).toEqual([
      "2001:db8::2 3",
      "203.0.113.1 1",
      "8.8.4.4 2",
      "8.8.4.5 99",
      "8.8.4.7 4",
    ]);
  });

  it("heeds ip= only from its own network", () => {
    const speaker = tracker();
    announce(speaker, "203.0.113.1", { ...LEECHER, ip: "8.8.8.8", port: 1 });
    announce(speaker, "192.168.0.1", { ...LEECHER, ip: "8.8.4.4", port: 2 });
    announce(speaker, "127.0.0.1", { ...LEECHER, ip: "2001:db8::7", port: 3 });
    announce(speaker, "10.0.0.1", { ...LEECHER, ip: "tracker.example", port: 4 });
    const listed = announce(speaker, "192.0.2.9", { ...LEECHER, peerId: peerId(9) }).peers.map(({ address, port }) => `${port} ${address}`);
    expect(listed.toSorted()).toEqual(["1 203.0.113.1", "2 8.8.4.4", "3 2001:db8::7", "4 10.0.0.1"]);
  });

  // Whoever was believed could have a whole swarm told of the broadcast address, or of the metadata service of its machines.
  it("passes over an ip= where no peer can be, and takes those of its own network", () => {
    const speaker = tracker();
    const ipv4 = ["0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "169.254.169.254"];
    const ipv6 = ["::", "fe80::1", "ff02::1", "::ffff:224.0.0.1", "fd00:ec2::254"];
    for (const ip of [...ipv4, ...ipv6]) announce(speaker, "10.0.0.1", { ...LEECHER, ip });
    for (const address of ipv4) announce(speaker, "10.0.0.1", { ...LEECHER, ipv4: address });
    for (const address of ipv4) announce(speaker, "10.0.0.1", { ...LEECHER, ipv4: `${address}:99` });
    for (const address of ipv6) announce(speaker, "10.0.0.1", { ...LEECHER, ipv6: address });
    announce(speaker, "10.0.0.2", { ...LEECHER, ip: "127.0.0.1" });
    announce(speaker, "10.0.0.2", { ...LEECHER, ip: "192.168.1.1" });
    announce(speaker, "10.0.0.2", { ...LEECHER, ip: "fd00::1" });
    const listed = announce(speaker, "192.0.2.9", { ...LEECHER, peerId: peerId(9) }).peers.map(({ address }) => address);
    expect(listed.toSorted()).toEqual(["10.0.0.1", "127.0.0.1", "192.168.1.1", "fd00::1"]);
  });

  // A client that listened at 7001 and then at 7002 was two peers until the old one was too old.
  it("knows who comes back by another port by its id and key, and keeps apart whoever differs in one of them, or has two addresses", () => {
    const speaker = tracker();
    const come = (port: number, key: number | undefined, more: Partial<AnnounceRequest> = {}, address = "192.0.2.1") =>
      announce(speaker, address, { ...LEECHER, ...(key === undefined ? {} : { key }), port, ...more });
    const listed = () => {
      const { peers } = announce(speaker, "192.0.2.9", { ...LEECHER, peerId: peerId(9), port: 9 });
      announce(speaker, "192.0.2.9", { ...LEECHER, peerId: peerId(9), port: 9, event: "stopped" });
      return peers.map(({ address, port }) => `${address} ${port}`).toSorted();
    };
    come(7001, 5);
    come(7002, 5);
    expect(listed()).toEqual(["192.0.2.1 7002"]);
    come(7003, 6);
    come(7004, 5, { peerId: peerId(4) });
    come(7005, undefined);
    come(7006, undefined);
    come(7007, 5, {}, "192.0.2.2");
    expect(listed()).toEqual(["192.0.2.1 7002", "192.0.2.1 7003", "192.0.2.1 7004", "192.0.2.1 7005", "192.0.2.1 7006", "192.0.2.2 7007"]);
    come(7010, 7, { left: 0, event: "completed" });
    come(7011, 7, { left: 0, event: "completed" });
    expect(speaker.machine.snapshot(speaker.now)).toMatchObject({ completed: 1, seeds: 1 });
  });

  it("lists the other family's address too, where it believes it", () => {
    const speaker = tracker();
    announce(speaker, "10.0.0.1", { ...SEEDER, event: "completed", ipv6: "2001:db8::1" });
    announce(speaker, "10.0.0.2", { ...LEECHER, peerId: peerId(2), ipv6: "[2001:db8::2]:99" });
    announce(speaker, "203.0.113.3", { ...LEECHER, peerId: peerId(3), ipv6: "2001:db8::3" });
    const listed = announce(speaker, "192.0.2.9", { ...LEECHER, peerId: peerId(9) }).peers.map(({ address, port }) => `${address} ${port}`);
    expect(listed.toSorted()).toEqual(["10.0.0.1 6881", "10.0.0.2 6881", "2001:db8::1 6881", "2001:db8::2 99", "203.0.113.3 6881"]);
    expect(speaker.machine.snapshot(speaker.now).completed).toBe(1);
    announce(speaker, "10.0.0.1", { ...SEEDER, event: "stopped", ipv6: "2001:db8::1" });
    expect(speaker.machine.snapshot(speaker.now).seeds).toBe(0);
  });

  it("does not give a client its own other address", () => {
    const speaker = tracker();
    announce(speaker, "2001:db8::1", LEECHER);
    expect(announce(speaker, "192.0.2.1", LEECHER).peers).toEqual([]);
  });

  it("says once that somebody of its own network passes requests on and is no proxy of its", () => {
    const speaker = tracker({ proxies: ["10.0.0.1"] });
    for (const address of ["10.0.0.1", "45.0.0.9"]) speaker.get(address, target(LEECHER), "X-Forwarded-For: 45.0.0.1\r\n");
    speaker.get("127.0.0.1", target(LEECHER));
    expect(speaker.unnamedProxies).toEqual([]);
    for (const address of ["127.0.0.1", "10.0.0.2"]) speaker.get(address, target(LEECHER), "X-Forwarded-For: 45.0.0.1\r\n");
    expect(speaker.unnamedProxies).toEqual(["127.0.0.1"]);
  });

  it("believes a configured proxy about who asks, and nobody else", () => {
    const speaker = tracker({ proxies: ["10.0.0.1", "10.0.0.2"] });
    const via = (address: string, forwarded: string, port: number) =>
      speaker.get(address, target({ ...LEECHER, port, ip: "8.8.8.8" }), `X-Forwarded-For: ${forwarded}\r\n`);
    via("10.0.0.1", "9.9.9.9, 203.0.113.1, 10.0.0.2", 1);
    via("10.0.0.1", "[2001:db8::5]:4000", 2);
    via("203.0.113.9", "9.9.9.9", 3);
    via("10.0.0.1", "192.168.3.3", 4);
    const listed = announce(speaker, "192.0.2.9", { ...LEECHER, peerId: peerId(9) }).peers.map(({ address, port }) => `${port} ${address}`);
    expect(listed.toSorted()).toEqual(["1 203.0.113.1", "2 2001:db8::5", "3 203.0.113.9", "4 8.8.8.8"]);
  });

  // A proxy that passes on what strangers write sent swarms to the broadcast address, or to what listens on its own link.
  it.each(["0.0.0.0", "255.255.255.255", "224.0.0.1", "240.1.2.3", "169.254.169.254", "::", "ff02::1", "fe80::1", "::ffff:224.0.0.1"])(
    "tells no swarm of %s where a proxy names it",
    (forwarded) => {
      const speaker = tracker({ proxies: ["10.0.0.1"] });
      const refused = speaker.get("10.0.0.1", target(SEEDER), `X-Forwarded-For: ${forwarded}\r\n`);
      expect(failure(refused)).toBe("no peer can be at the address that the tracker's proxy names");
      expect(announce(speaker, "192.0.2.9", { ...LEECHER, peerId: peerId(9) }).peers).toEqual([]);
    },
  );

  it("refuses torrents its operator does not admit, and does not scrape them", () => {
    const speaker = tracker({ admits: (infoHash) => infoHash[0] === 1 });
    announce(speaker, "192.0.2.1", LEECHER);
    const denied = speaker.get("192.0.2.1", target({ ...LEECHER, infoHash: hash(2) }));
    expect(failure(denied)).toBe("this torrent is not allowed here");
    expect((decode(denied.body) as BencodeDictionary).text("retry in")).toBe("never");
    expect(scrape(speaker, hash(1), hash(2)).swarms.size).toBe(1);
    expect(speaker.machine.snapshot(speaker.now).counts.failures.TORRENT_DENIED).toBe(1);
  });

  it("forgets peers that miss two announces", () => {
    const speaker = tracker({ intervalSeconds: 100 });
    announce(speaker, "192.0.2.1", LEECHER);
    speaker.wait(200_000);
    announce(speaker, "192.0.2.2", LEECHER);
    expect(speaker.machine.snapshot(speaker.now).peers.all).toBe(2);
    speaker.wait(125_000);
    expect(speaker.machine.snapshot(speaker.now).peers.all).toBe(1);
    speaker.wait(400_000);
    expect(speaker.machine.snapshot(speaker.now)).toMatchObject({ peers: { all: 0 }, torrents: 0 });
    expect(speaker.machine.deadline).toBeUndefined();
  });

  it("asks peers to come less often when there are many", () => {
    const speaker = tracker({ intervalSeconds: 10, intervalMaxSeconds: 40, announceRateMax: 2 });
    crowd(speaker, 50);
    speaker.wait(1000);
    expect(announce(speaker, "192.0.2.1", LEECHER).interval).toBe(25);
    crowd(speaker, 200);
    speaker.wait(1000);
    expect(announce(speaker, "192.0.2.1", LEECHER).interval).toBe(40);
  });
});

describe("A tracker's pages", () => {
  it("spreads those that came together over a tenth of the interval", () => {
    const speaker = tracker({ intervalSeconds: 1000, intervalJitter: 0.1 });
    const intervals = Array.from({ length: 300 }, () => announce(speaker, "192.0.2.1", LEECHER).interval);
    expect(intervals.every((interval) => interval >= 1000 && interval <= 1100)).toBe(true);
    expect(Math.max(...intervals) - Math.min(...intervals)).toBeGreaterThan(80);
  });

  it("can list torrents in parts, show one, and count addresses", () => {
    const speaker = tracker();
    for (let torrent = 1; torrent <= 5; torrent++)
      announce(speaker, "192.0.2.1", { ...SEEDER, infoHash: hash(torrent), event: "completed" });
    announce(speaker, "192.0.2.1", { ...LEECHER, infoHash: hash(3), port: 5 });
    announce(speaker, "192.0.2.2", { ...LEECHER, infoHash: hash(3), event: "paused" });
    const third = { infoHash: toHex(hash(3)), seeds: 1, downloaders: 1, partialSeeds: 1, completed: 1 };
    expect(speaker.machine.torrent(hash(3))).toEqual(third);
    expect(speaker.machine.torrent(hash(9))).toBeUndefined();
    const first = speaker.machine.torrents(0, 3);
    const rest = speaker.machine.torrents(first.next ?? -1, 100);
    expect([...first.torrents, ...rest.torrents].map(({ infoHash }) => infoHash)).toEqual(
      [1, 2, 3, 4, 5].map((torrent) => toHex(hash(torrent))),
    );
    expect(rest.next).toBeUndefined();
    expect(speaker.machine.addresses()).toEqual({ complete: 1, downloading: 2 });
  });
});

describe("A connection", () => {
  const ANNOUNCE = `GET ${target(LEECHER)} HTTP/1.1\r\nHost: t\r\n\r\n`;

  it("answers pipelined requests in order and in one write, and stays", () => {
    const speaker = tracker();
    const link = speaker.connect("192.0.2.1");
    speaker.send(link, `${ANNOUNCE}GET /scrape?info_hash=${"%01".repeat(20)} HTTP/1.1\r\n\r\n${ANNOUNCE.slice(0, 10)}`);
    const answers = splitAnswers(speaker.received(link));
    expect(answers.map(({ body }) => latin1(body.subarray(0, 7)))).toEqual(["d8:comp", "d5:file"]);
    speaker.send(link, ANNOUNCE.slice(10));
    expect(splitAnswers(speaker.received(link)).length).toBe(1);
    expect(speaker.closed.has(link)).toBe(false);
  });

  it("gives the same answers however the bytes are cut", () => {
    for (let size = 1; size < 60; size += 7) {
      const speaker = tracker();
      const link = speaker.connect("192.0.2.1");
      const text = ANNOUNCE.repeat(3);
      for (let at = 0; at < text.length; at += size) speaker.send(link, text.slice(at, at + size));
      expect(splitAnswers(speaker.received(link)).length, `pieces of ${size}`).toBe(3);
    }
  });

  it("leaves out the body for HEAD and says how long it would be", () => {
    const speaker = tracker();
    const link = speaker.connect("192.0.2.1");
    speaker.send(link, ANNOUNCE);
    const [whole] = splitAnswers(speaker.received(link));
    speaker.send(link, ANNOUNCE.replace("GET", "HEAD"));
    const [head] = splitAnswers(speaker.received(link), true);
    expect(head?.headers).toEqual(whole?.headers);
    expect(head?.headers.get("content-length")).toBe(String(whole?.body.length));
  });

  it("keeps an HTTP/1.0 connection only when asked to", () => {
    const speaker = tracker();
    const old = speaker.connect("192.0.2.1");
    speaker.send(old, ANNOUNCE.replace("1.1", "1.0"));
    expect(splitAnswers(speaker.received(old))[0]?.headers.get("connection")).toBe("close");
    expect(speaker.closed.has(old)).toBe(true);
    const kept = speaker.connect("192.0.2.1");
    speaker.send(kept, ANNOUNCE.replace("1.1\r\n", "1.0\r\nConnection: keep-alive\r\n"));
    expect(splitAnswers(speaker.received(kept))[0]?.headers.get("connection")).toBe("keep-alive");
    expect(speaker.closed.has(kept)).toBe(false);
  });

  it.each([
    ["garbage", "\u0016\u0003\u0001garbage\r\n\r\n", 400],
    ["a head that never ends", `GET /announce?${"a".repeat(9000)}`, 431],
    ["another method", ANNOUNCE.replace("GET", "POST"), 405],
    ["an encoded body", ANNOUNCE.replace("Host", "Transfer-Encoding: chunked\r\nHost"), 501],
    ["a body past all bounds", "POST /x HTTP/1.1\r\nContent-Length: 70000\r\n\r\n", 413],
  ])("ends with a status after %s", (_, text, status) => {
    const speaker = tracker();
    const link = speaker.connect("192.0.2.1");
    speaker.send(link, text);
    expect(splitAnswers(speaker.received(link)).map((answer) => answer.status)).toEqual([status]);
    expect(speaker.closed.has(link)).toBe(true);
  });

  it("hands other requests out, holds the next ones back, and goes on after the answer", () => {
    const speaker = tracker();
    const link = speaker.connect("192.0.2.1");
    speaker.send(link, `${ANNOUNCE}POST /stats?x=1 HTTP/1.1\r\nA: 1\r\na: 2\r\nContent-Length: 4\r\n\r\nbody${ANNOUNCE}`);
    expect(splitAnswers(speaker.received(link)).length).toBe(1);
    const request = speaker.others[0]?.request;
    expect(request).toMatchObject({ method: "POST", path: "/stats", query: "x=1", address: "192.0.2.1" });
    expect([request?.headers.get("a"), latin1(request?.body ?? hash(0))]).toEqual(["1, 2", "body"]);
    expect(speaker.paused.has(link)).toBe(true);
    speaker.answer(link, 200, { "Content-Type": "text/html" }, utf8("<p>"));
    speaker.tell("drained", link);
    const [page, next] = splitAnswers(speaker.received(link));
    expect([page?.status, page?.headers.get("content-type"), latin1(page?.body ?? hash(0)), next?.status]).toEqual([
      200,
      "text/html",
      "<p>",
      200,
    ]);
    expect(speaker.paused.has(link)).toBe(false);
  });

  it("takes a body of 64 KiB, and refuses a byte more before it comes", () => {
    const speaker = tracker();
    const head = (length: number) => `POST /any HTTP/1.1\r\nContent-Length: ${length}\r\n\r\n`;
    const [whole, long] = [speaker.connect("192.0.2.1"), speaker.connect("192.0.2.2")];
    speaker.send(whole, head(BODY_LENGTH_MAX) + "b".repeat(BODY_LENGTH_MAX));
    expect(speaker.others[0]?.request.body.length).toBe(BODY_LENGTH_MAX);
    speaker.send(long, head(BODY_LENGTH_MAX + 1));
    expect([splitAnswers(speaker.received(long))[0]?.status, speaker.closed.has(long)]).toEqual([413, true]);
  });

  it("closes after the answer of somebody else when the client wants that, and not before it has left", () => {
    const speaker = tracker();
    const link = speaker.connect("192.0.2.1");
    speaker.send(link, "GET / HTTP/1.0\r\n\r\n");
    speaker.answer(link, 304, {}, utf8("never sent"));
    expect(latin1(speaker.received(link))).toBe("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    expect(speaker.closed.has(link)).toBe(false);
    speaker.tell("drained", link);
    expect(speaker.closed.has(link)).toBe(true);
  });

  it("is closed when it idles, trickles, or does not read", () => {
    const speaker = tracker();
    const [idle, trickling, deaf, silent] = [1, 2, 3, 4].map((number) => speaker.connect(`192.0.2.${number}`)) as [
      number,
      number,
      number,
      number,
    ];
    for (const link of [idle, deaf]) speaker.send(link, ANNOUNCE);
    speaker.tell("stalled", deaf);
    expect(speaker.awaited.has(deaf)).toBe(true);
    for (let second = 0; second < 9; second++) {
      speaker.send(trickling, "G");
      speaker.wait(1000);
    }
    expect([...speaker.closed]).toEqual([]);
    speaker.wait(2000);
    expect(speaker.closed).toEqual(new Set([trickling, silent]));
    speaker.wait(20_000);
    expect(speaker.closed).toEqual(new Set([trickling, silent, idle, deaf]));
    expect(speaker.machine.snapshot(speaker.now).counts.linksTimedOut).toBe(4);
  });

  it("stops answering a client that sends without reading, and goes on when it reads", () => {
    const speaker = tracker();
    crowd(speaker, 100);
    const link = speaker.connect("192.0.2.1");
    const wanting = `GET ${target({ ...LEECHER, numwant: 100 })} HTTP/1.1\r\n\r\n`;
    speaker.send(link, wanting.repeat(300));
    const first = splitAnswers(speaker.received(link)).length;
    expect(first).toBeLessThan(60);
    expect(speaker.awaited.has(link)).toBe(true);
    let answered = first;
    for (let round = 0; round < 20 && answered < 300; round++) {
      speaker.tell("drained", link);
      answered += splitAnswers(speaker.received(link)).length;
    }
    expect(answered).toBe(300);
  });

  it("answers whoever asks in a flood of connections that say nothing, or half of something", () => {
    const speaker = tracker({ linksMax: 100 });
    for (let number = 0; number < 1000; number++) {
      const link = speaker.connect("203.0.113.1", 1024 + number);
      if (number % 2 === 0) speaker.send(link, "GET /announce?info_hash=%0");
      if (number % 10 === 0) expect(splitAnswers(answerTo(speaker, "192.0.2.1", ANNOUNCE))).toMatchObject([{ status: 200 }]);
    }
    expect(speaker.machine.snapshot(speaker.now)).toMatchObject({ links: 100, counts: { announces: { http: 100 } } });
    speaker.wait(11_000);
    expect(speaker.machine.snapshot(speaker.now).links).toBeLessThan(10);
  });

  it("makes room by closing the idlest when too many come", () => {
    const speaker = tracker({ linksMax: 2 });
    const links = [1, 2, 3].map((number) => {
      const link = speaker.connect(`192.0.2.${number}`);
      speaker.send(link, ANNOUNCE);
      return link;
    });
    expect(speaker.closed).toEqual(new Set([links[0]]));
    expect(speaker.machine.snapshot(speaker.now)).toMatchObject({ links: 2, counts: { linksShed: 1 } });
  });
});
