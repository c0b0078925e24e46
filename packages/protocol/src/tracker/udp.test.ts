import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress } from "../address/index.ts";
import { fromHex, fromLatin1, latin1, toHex } from "../base/index.ts";
import {
  type AddressFamily,
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
  type UdpAnswer,
  type UdpRequest,
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

/** What the vectors mean, byte strings as bytes. */
function meant(value: unknown): unknown {
  if (typeof value === "string") return value.startsWith("x:") ? fromHex(value.slice(2)) : value;
  if (Array.isArray(value)) return value.map(meant);
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, meant(item)]))
    : value;
}

const DATAGRAMS = JSON.parse(readFileSync(new URL("../../../../vectors/tracker/datagrams.json", import.meta.url), "utf8")) as {
  type: string;
  hex: string;
  value: { type: string };
}[];

describe("a datagram", () => {
  it.each(DATAGRAMS)("that is a $type ($value.type) means what BEP 15 and 41 say, both ways", ({ type, hex, value }) => {
    const bytes = fromHex(hex)!;
    if (type.endsWith("request")) {
      const request = decodeUdpRequest(bytes);
      expect(request).toEqual(meant(value));
      expect(toHex(requestBytes(request as UdpRequest))).toBe(hex);
    } else {
      const family = type === "ipv6 answer" ? "ipv6" : "ipv4";
      const answer = decodeUdpAnswer(bytes, family);
      expect(answer).toEqual(meant(value));
      expect(toHex(answerBytes(answer as UdpAnswer, family))).toBe(hex);
    }
  });
});

function requestBytes(request: UdpRequest): Uint8Array {
  if (request.type === "connect") return encodeUdpConnect(request.transactionId);
  return request.type === "announce" ? encodeUdpAnnounce(request) : encodeUdpScrape(request);
}

function answerBytes(answer: UdpAnswer, family: AddressFamily): Uint8Array {
  if (answer.type === "connected") return encodeUdpConnected(answer.transactionId, answer.connectionId);
  if (answer.type === "scraped") return encodeUdpScraped(answer.transactionId, answer.swarms);
  if (answer.type === "error") return encodeUdpError(answer.transactionId, answer.failure);
  const { interval, complete = 0, incomplete = 0, peers } = answer.answer;
  return encodeUdpAnnounced(answer.transactionId, { interval, complete, incomplete, peers }, family);
}

describe("a request to a UDP tracker", () => {
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
  it("with peers holds those of the family of the socket", () => {
    const peers = [
      { address: "1.2.3.4", port: 6881 },
      { address: "2001:db8::1", port: 80 },
    ];
    const answer = { interval: 1800, incomplete: 3, complete: 4, peers };
    const datagram = encodeUdpAnnounced(9, answer, "ipv4");
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
  });

  it("with an error ends at the NUL of a tracker written in C", () => {
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
