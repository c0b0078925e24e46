import { describe, expect, it } from "vitest";
import { fromLatin1, latin1, utf8 } from "../base/index.ts";
import { fuzz, fuzzCount } from "../fuzz/index.ts";
import {
  type AnnounceRequest,
  announceUrl,
  decodeAnnounceAnswer,
  decodeScrapeAnswer,
  decodeUdpAnswer,
  decodeUdpRequest,
  encodeAnnounceAnswer,
  encodeFailure,
  encodeScrapeAnswer,
  encodeUdpAnnounce,
  encodeUdpAnnounced,
  encodeUdpConnect,
  encodeUdpConnected,
  encodeUdpError,
  encodeUdpScrape,
  encodeUdpScraped,
  parseAnnounceQuery,
  parseScrapeQuery,
  scrapeUrl,
} from "./index.ts";

const peers = [
  { address: "1.2.3.4", port: 6881, peerId: new Uint8Array(20) },
  { address: "2001:db8::1", port: 6881 },
];
const answer = { interval: 1800, minInterval: 60, complete: 1, incomplete: 2, externalAddress: "9.8.7.6", trackerId: utf8("id"), peers };
const request: AnnounceRequest = {
  infoHash: new Uint8Array(20).fill(200),
  peerId: utf8("-BY0100-abcdefghijkl"),
  port: 6881,
  uploaded: 1,
  downloaded: 2,
  left: 3,
  event: "started",
  key: 0xcafef00d,
  compact: true,
};
const connectionId = new Uint8Array(8).fill(3);
const announcement = encodeUdpAnnounce({ connectionId, transactionId: 1, request, urlData: "/announce?a=b" });

function queryOf(url: string): Uint8Array {
  return fromLatin1(url.slice(url.indexOf("?") + 1));
}

/** Those that refuse with a ProtocolError. */
const parsers = {
  "an HTTP answer to an announce": {
    seeds: [
      encodeAnnounceAnswer(answer),
      encodeAnnounceAnswer(answer, { compact: false }),
      encodeFailure("no", "never"),
      utf8("d8:intervali1800e5:peersld2:ip16:peer.example.org4:porti1eeee"),
    ],
    target: (bytes: Uint8Array) => {
      const read = decodeAnnounceAnswer(bytes);
      // What was let in is in range, so it can be written, and reads the same.
      expect(decodeAnnounceAnswer(encodeAnnounceAnswer(read, { compact: false }))).toEqual(read);
    },
  },
  "an HTTP answer to a scrape": {
    seeds: [
      encodeScrapeAnswer({ swarms: new Map([["aa".repeat(20), { complete: 1, incomplete: 2, downloaded: 3 }]]), minRequestInterval: 60 }),
    ],
    target: (bytes: Uint8Array) => {
      const read = decodeScrapeAnswer(bytes);
      expect(decodeScrapeAnswer(encodeScrapeAnswer(read))).toEqual(read);
    },
  },
  "the query of an announce": {
    seeds: [queryOf(announceUrl("http://t/a", request))],
    target: (bytes: Uint8Array) => {
      const read = parseAnnounceQuery(latin1(bytes));
      expect(read.port).toBeLessThanOrEqual(65_535);
      for (const counter of [read.left, read.uploaded, read.downloaded]) expect(Number.isSafeInteger(counter)).toBe(true);
      expect(read.infoHash.length + read.peerId.length).toBe(40);
    },
  },
  "the query of a scrape": {
    seeds: [queryOf(scrapeUrl("http://t/announce", [request.infoHash, request.peerId])!)],
    target: (bytes: Uint8Array) => {
      for (const infoHash of parseScrapeQuery(latin1(bytes))) expect(infoHash).toHaveLength(20);
    },
  },
};

/** Those that never throw: datagrams come from strangers, and a value is cheaper. */
const datagrams = {
  "a UDP request": {
    seeds: [encodeUdpConnect(1), announcement, encodeUdpScrape({ connectionId, transactionId: 1, infoHashes: [request.infoHash] })],
    isMalformed: (bytes: Uint8Array) => decodeUdpRequest(bytes).type === "malformed",
  },
  "a UDP answer": {
    seeds: [
      encodeUdpConnected(1, connectionId),
      encodeUdpAnnounced(1, answer, "ipv4"),
      encodeUdpScraped(1, [{ complete: 1, incomplete: 2, downloaded: 3 }]),
      encodeUdpError(1, "no"),
    ],
    isMalformed: (bytes: Uint8Array) =>
      decodeUdpAnswer(bytes, "ipv6").type === "malformed" && decodeUdpAnswer(bytes, "ipv4").type === "malformed",
  },
};

describe("damaged bytes never break", () => {
  it.each(Object.entries(parsers))("%s", (_, { seeds, target }) => {
    const { accepted, refused } = fuzz({ seeds, target, count: fuzzCount(process.env), seed: 15 });
    expect(Math.min(accepted, refused)).toBeGreaterThan(500);
  });

  it.each(Object.entries(datagrams))("%s, which is judged without a throw", (_, { seeds, isMalformed }) => {
    let malformed = 0;
    const target = (bytes: Uint8Array) => {
      if (isMalformed(bytes)) malformed++;
    };
    const { accepted, refused } = fuzz({ seeds, target, count: fuzzCount(process.env), seed: 15 });
    expect(refused).toBe(0);
    expect(Math.min(malformed, accepted - malformed)).toBeGreaterThan(500);
  });
});
