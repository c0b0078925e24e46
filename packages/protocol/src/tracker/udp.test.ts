import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress } from "../address/index.ts";
import { fromHex, fromLatin1, latin1, toHex } from "../base/index.ts";
import {
  type AnnounceRequest,
  decodeUdpAnswer,
  decodeUdpRequest,
  encodeUdpAnnounce,
  encodeUdpAnnounced,
  encodeUdpConnect,
  encodeUdpConnected,
  encodeUdpError,
  encodeUdpScrape,
  encodeUdpScraped,
  udpTimeoutMillis,
  urlDataOf,
} from "./index.ts";

const u32 = fc.nat({ max: 0xffffffff });
const id = fc.uint8Array({ minLength: 20, maxLength: 20 });
const connectionId = fc.uint8Array({ minLength: 8, maxLength: 8 });
const counter = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const anyRequest: fc.Arbitrary<AnnounceRequest> = fc.record(
  {
    infoHash: id,
    peerId: id,
    port: fc.nat({ max: 65_535 }),
    uploaded: counter,
    downloaded: counter,
    left: counter,
    key: u32,
    event: fc.constantFrom("started", "completed", "stopped"),
    numwant: fc.nat({ max: 1000 }),
    ip: fc
      .uint8Array({ minLength: 4, maxLength: 4 })
      .map(formatAddress)
      .filter((address) => address !== "0.0.0.0"),
  },
  { requiredKeys: ["infoHash", "peerId", "port", "uploaded", "downloaded", "left", "key"] },
);
const urlData = fc.oneof(fc.constant(undefined), fc.uint8Array({ maxLength: 1024 }).map(latin1));

describe("a request to a UDP tracker", () => {
  it("to connect is laid out as BEP 15 says", () => {
    expect(toHex(encodeUdpConnect(0xdeadbeef))).toBe("000004172710198000000000deadbeef");
    expect(decodeUdpRequest(encodeUdpConnect(0xdeadbeef))).toEqual({ type: "connect", transactionId: 0xdeadbeef });
  });

  it("to announce is laid out as BEP 15 says", () => {
    const request: AnnounceRequest = {
      infoHash: new Uint8Array(20).fill(0xaa),
      peerId: new Uint8Array(20).fill(0xbb),
      port: 6881,
      uploaded: 3,
      downloaded: 2 ** 40 + 1,
      left: 2,
      event: "started",
      key: 0xcafef00d,
      ip: "1.2.3.4",
    };
    const datagram = encodeUdpAnnounce({ connectionId: new Uint8Array(8).fill(0xcc), transactionId: 7, request });
    expect(toHex(datagram)).toBe(
      [
        "cc".repeat(8),
        "00000001",
        "00000007",
        "aa".repeat(20),
        "bb".repeat(20),
        "0000010000000001",
        "0000000000000002",
        "0000000000000003",
        "00000002",
        "01020304",
        "cafef00d",
        "ffffffff",
        "1ae1",
      ].join(""),
    );
  });

  it("to announce survives the way to bytes and back", () => {
    fc.assert(
      fc.property(connectionId, u32, anyRequest, urlData, (connectionId, transactionId, request, urlData) => {
        const announce = { connectionId, transactionId, request, ...(urlData === undefined ? {} : { urlData }) };
        expect(decodeUdpRequest(encodeUdpAnnounce(announce))).toEqual({ type: "announce", ...announce });
      }),
    );
  });

  it("to scrape survives the way to bytes and back", () => {
    fc.assert(
      fc.property(connectionId, u32, fc.array(id, { maxLength: 70 }), (connectionId, transactionId, infoHashes) => {
        const scrape = { connectionId, transactionId, infoHashes };
        expect(decodeUdpRequest(encodeUdpScrape(scrape))).toEqual({ type: "scrape", ...scrape });
      }),
      { numRuns: 30 },
    );
  });

  it("to scrape is read for 70 torrents, and without a torn one", () => {
    const header = encodeUdpScrape({ connectionId: new Uint8Array(8), transactionId: 1, infoHashes: [] });
    const hashCount = (bytes: number) => {
      const datagram = new Uint8Array(header.length + bytes);
      datagram.set(header);
      const read = decodeUdpRequest(datagram);
      return read.type === "scrape" ? read.infoHashes.length : read.type;
    };
    expect(hashCount(20 * 74)).toBe(70);
    expect(hashCount(39)).toBe(1);
  });

  it("may say partial seed by HTTP only: by UDP it is a regular announce", () => {
    const request: AnnounceRequest = {
      infoHash: new Uint8Array(20),
      peerId: new Uint8Array(20),
      port: 1,
      uploaded: 0,
      downloaded: 0,
      left: 0,
    };
    const announce = (request: AnnounceRequest) => encodeUdpAnnounce({ connectionId: new Uint8Array(8), transactionId: 1, request });
    expect(announce({ ...request, event: "paused" })).toEqual(announce(request));
  });

  it("counts past 2^53 as 2^53 - 1", () => {
    const request: AnnounceRequest = {
      infoHash: new Uint8Array(20),
      peerId: new Uint8Array(20),
      port: 1,
      uploaded: 0,
      downloaded: 0,
      left: 0,
    };
    const datagram = encodeUdpAnnounce({ connectionId: new Uint8Array(8), transactionId: 1, request });
    datagram.fill(0xff, 64, 72);
    expect(decodeUdpRequest(datagram)).toMatchObject({ request: { left: Number.MAX_SAFE_INTEGER, downloaded: 0 } });
  });

  it.each([
    ["", "TOO_SHORT"],
    ["000004172710198000000000deadbe", "TOO_SHORT"],
    ["000004172710198100000000deadbeef", "PROTOCOL_ID_WRONG"],
    [`${"00".repeat(8)}0000000400000000`, "NO_SUCH_ACTION"],
    [`${"00".repeat(8)}0000000100000000${"00".repeat(81)}`, "TOO_SHORT"],
  ])("%s is malformed: %s", (hex, code) => {
    expect(decodeUdpRequest(fromHex(hex)!)).toEqual({ type: "malformed", code });
  });

  describe("may carry the path and query of the URL (BEP 41)", () => {
    const request: AnnounceRequest = {
      infoHash: new Uint8Array(20),
      peerId: new Uint8Array(20),
      port: 1,
      uploaded: 0,
      downloaded: 0,
      left: 0,
    };
    const announce = (urlData?: string) =>
      encodeUdpAnnounce({ connectionId: new Uint8Array(8), transactionId: 1, request, ...(urlData === undefined ? {} : { urlData }) });
    const read = (options: string) => {
      const datagram = decodeUdpRequest(Uint8Array.of(...announce(), ...fromLatin1(options)));
      return datagram.type === "announce" ? datagram.urlData : datagram.type;
    };

    it("as the examples of the BEP have it", () => {
      expect(urlDataOf("udp://tracker.example.com:80/dir?a=b&c=d")).toBe("/dir?a=b&c=d");
      expect(urlDataOf("udp://tracker.example.com:80")).toBe("");
      expect(latin1(announce("/dir?a=b&c=d").subarray(98))).toBe("\u0002\u000c/dir?a=b&c=d");
      expect(toHex(announce("").subarray(98))).toBe("0200");
      expect(read("\u0002\u000c/dir?a=b&c=d")).toBe("/dir?a=b&c=d");
      expect(read("\u0002\u000c/dir?a=b&c=d\u0001\u0001\u0000\u0002\u0001x")).toBe("/dir?a=b&c=d");
      expect(read("\u0002\u0000")).toBe("");
    });

    it("in parts of 255 bytes, beside options yet to be invented, and cut off", () => {
      const long = `/${"x".repeat(600)}`;
      expect(announce(long)).toHaveLength(98 + 3 * 2 + long.length);
      expect(read("\u0003\u0002ab\u0002\u0001/\u0001\u0002\u0001a")).toBe("/a");
      expect(read("\u0002\u0001/\u0002\u0009abc")).toBe("/");
      expect(read("\u0002")).toBeUndefined();
      expect(read("")).toBeUndefined();
    });
  });
});

describe("an answer of a UDP tracker", () => {
  it("with a connection id survives the way to bytes and back", () => {
    const id = fromHex("0123456789abcdef")!;
    expect(toHex(encodeUdpConnected(5, id))).toBe("00000000000000050123456789abcdef");
    expect(decodeUdpAnswer(encodeUdpConnected(5, id), "ipv4")).toEqual({ type: "connected", transactionId: 5, connectionId: id });
  });

  it("with peers is laid out by the family of the socket", () => {
    const peers = [
      { address: "1.2.3.4", port: 6881 },
      { address: "2001:db8::1", port: 80 },
    ];
    const answer = { interval: 1800, incomplete: 3, complete: 4, peers };
    const datagram = encodeUdpAnnounced(9, answer, "ipv4");
    expect(toHex(datagram)).toBe("0000000100000009000007080000000300000004010203041ae1");
    expect(decodeUdpAnswer(datagram, "ipv4")).toEqual({ type: "announced", transactionId: 9, answer: { ...answer, peers: [peers[0]] } });
    expect(decodeUdpAnswer(encodeUdpAnnounced(9, answer, "ipv6"), "ipv6")).toEqual({
      type: "announced",
      transactionId: 9,
      answer: { ...answer, peers: [peers[1]] },
    });
  });

  it("with counts survives the way to bytes and back", () => {
    const anyCounts = fc.array(fc.record({ complete: u32, downloaded: u32, incomplete: u32 }), { maxLength: 70 });
    fc.assert(
      fc.property(u32, anyCounts, (transactionId, swarms) => {
        expect(decodeUdpAnswer(encodeUdpScraped(transactionId, swarms), "ipv4")).toEqual({ type: "scraped", transactionId, swarms });
      }),
      { numRuns: 30 },
    );
    expect(toHex(encodeUdpScraped(1, [{ complete: 1, downloaded: 2, incomplete: 3 }]))).toBe("0000000200000001000000010000000200000003");
  });

  it("with an error ends at the NUL of a tracker written in C", () => {
    expect(toHex(encodeUdpError(2, "no"))).toBe("00000003000000026e6f");
    expect(decodeUdpAnswer(fromHex("00000003000000026e6f00")!, "ipv4")).toEqual({ type: "error", transactionId: 2, failure: "no" });
  });

  it("of zero seconds leaves the interval to us, and of years a week", () => {
    const intervalOf = (interval: number) => {
      const read = decodeUdpAnswer(encodeUdpAnnounced(1, { interval, incomplete: 0, complete: 0, peers: [] }, "ipv4"), "ipv4");
      return read.type === "announced" ? read.answer.interval : read.type;
    };
    expect(intervalOf(0)).toBe(1800);
    expect(intervalOf(0xffffffff)).toBe(604_800);
  });

  it.each([
    ["", "TOO_SHORT"],
    ["00000000000000", "TOO_SHORT"],
    ["000000000000000500000000000000", "TOO_SHORT"],
    ["00000001000000050000000000000000000000", "TOO_SHORT"],
    ["0000000400000005", "NO_SUCH_ACTION"],
  ])("%j is malformed: %s", (hex, code) => {
    expect(decodeUdpAnswer(fromHex(hex)!, "ipv4")).toEqual({ type: "malformed", code });
  });
});

describe("the patience with a UDP tracker", () => {
  it("doubles from 15 seconds to 64 minutes", () => {
    expect([0, 1, 2, 8, 9, 100].map(udpTimeoutMillis)).toEqual([15_000, 30_000, 60_000, 3_840_000, 3_840_000, 3_840_000]);
  });
});
