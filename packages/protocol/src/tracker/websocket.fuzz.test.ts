import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../base/index.ts";
import { fuzz, fuzzCount } from "../fuzz/index.ts";
import { decodeSignalReply } from "./signal-question.ts";
import { decodeSignalRequest } from "./websocket.ts";

const HASH = "\u00ff\u0000".repeat(10);
const PEER = "-WW0208-abcdefghijkl";
const OFFER = { type: "offer", sdp: "v=0\r\n" };
const ANNOUNCE = { action: "announce", info_hash: HASH, peer_id: PEER, left: 5, uploaded: 1, downloaded: 2, event: "started", numwant: 2 };

describe("decodeSignalRequest", () => {
  it("answers damaged messages with an error or a request", () => {
    const offers = [{ offer_id: "o".repeat(20), offer: OFFER }];
    const tally = fuzz({
      seeds: [
        { ...ANNOUNCE, offers },
        { ...ANNOUNCE, answer: OFFER, to_peer_id: PEER, offer_id: PEER },
        { action: "scrape", info_hash: [HASH] },
      ].map((one) => utf8(JSON.stringify(one))),
      count: fuzzCount(process.env),
      seed: 1,
      target: (bytes) => void decodeSignalRequest(fromUtf8(bytes)),
    });
    expect(tally.accepted).toBeGreaterThan(10);
    expect(tally.refused).toBeGreaterThan(100);
  });
});

describe("decodeSignalReply", () => {
  it("answers damaged messages with an error, an answer or nothing", () => {
    const infoHash = Uint8Array.from(HASH, (letter) => letter.charCodeAt(0));
    const peer = utf8(PEER);
    const announce = { infoHash, peerId: peer, port: 1, uploaded: 0, downloaded: 0, left: 5 };
    const seeds = [
      { action: "announce", info_hash: HASH, interval: 120, complete: 1, incomplete: 2, "warning message": "slow" },
      { action: "announce", info_hash: HASH, "failure reason": "no", "retry in": "never" },
      { action: "scrape", files: { [HASH]: { complete: 1, incomplete: 2, downloaded: 3 } }, flags: { min_request_interval: 60 } },
    ];
    const tally = fuzz({
      seeds: seeds.map((one) => utf8(JSON.stringify(one))),
      count: fuzzCount(process.env),
      seed: 1,
      target: (bytes) => {
        decodeSignalReply(fromUtf8(bytes), { type: "announce", announce });
        decodeSignalReply(fromUtf8(bytes), { type: "scrape", infoHashes: [infoHash] });
      },
    });
    expect(tally.accepted).toBeGreaterThan(10);
    expect(tally.refused).toBeGreaterThan(100);
  });
});
