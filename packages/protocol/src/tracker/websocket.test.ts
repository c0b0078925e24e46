import { describe, expect, it } from "vitest";
import { decodeSignalRequest, encodeSignalAnswer, encodeSignalFailure, encodeSignalScraped, OFFERS_MAX } from "./websocket.ts";

const HASH = "\u00ff\u0000".repeat(10);
const PEER = "-WW0208-abcdefghijkl";
const OFFER = { type: "offer", sdp: "v=0\r\n" };
const ANNOUNCE = { action: "announce", info_hash: HASH, peer_id: PEER, left: 5, uploaded: 1, downloaded: 2, event: "started", numwant: 2 };

function decode(message: unknown) {
  return decodeSignalRequest(JSON.stringify(message));
}

describe("decodeSignalRequest", () => {
  it("reads an announce with its offers", () => {
    const offers = [
      { offer_id: "o".repeat(20), offer: { ...OFFER, more: [[[]]] } },
      { offer_id: "p".repeat(20), offer: OFFER },
    ];
    expect(decode({ ...ANNOUNCE, offers })).toEqual({
      type: "announce",
      infoHash: HASH,
      peerId: PEER,
      left: 5,
      uploaded: 1,
      downloaded: 2,
      event: "started",
      offers: [
        { offerId: "o".repeat(20), offer: OFFER },
        { offerId: "p".repeat(20), offer: OFFER },
      ],
    });
  });

  it("takes what it can make no sense of for nothing said", () => {
    const odd = { ...ANNOUNCE, left: null, uploaded: -1, downloaded: "7", event: "update", offers: {} };
    expect(decode(odd)).toMatchObject({ left: undefined, uploaded: 0, downloaded: 7, event: undefined, offers: [] });
    expect(decode({ ...ANNOUNCE, left: 1e300 })).toMatchObject({ left: Number.MAX_SAFE_INTEGER });
  });

  it("looks at no more offers than are passed on", () => {
    const offers = Array.from({ length: OFFERS_MAX + 5 }, (_, at) => (at < OFFERS_MAX ? { offer_id: "o".repeat(20), offer: OFFER } : 5));
    expect(decode({ ...ANNOUNCE, offers })).toMatchObject({ offers: { length: OFFERS_MAX } });
  });

  it("reads an answer and scrapes", () => {
    const answer = { type: "answer", sdp: "x" };
    expect(decode({ ...ANNOUNCE, answer, to_peer_id: PEER, offer_id: "o".repeat(20) })).toEqual({
      type: "answer",
      infoHash: HASH,
      peerId: PEER,
      toPeerId: PEER,
      offerId: "o".repeat(20),
      answer,
    });
    expect(decode({ action: "scrape" })).toEqual({ type: "scrape", infoHashes: [] });
    expect(decode({ action: "scrape", info_hash: HASH })).toEqual({ type: "scrape", infoHashes: [HASH] });
    expect(decode({ action: "scrape", info_hash: [HASH, HASH] })).toEqual({ type: "scrape", infoHashes: [HASH, HASH] });
  });

  it.each<[string, string, string]>([
    ["what is no JSON", "{", "SIGNAL_JSON"],
    ["a list", "[]", "SIGNAL_SHAPE"],
    ["nothing", "null", "SIGNAL_SHAPE"],
    ["another action", '{"action":"connect"}', "SIGNAL_ACTION"],
    ["no info hash", '{"action":"announce"}', "SIGNAL_ID"],
    ["a short info hash", JSON.stringify({ ...ANNOUNCE, info_hash: "abc" }), "SIGNAL_ID"],
    ["an info hash that is no bytes", JSON.stringify({ ...ANNOUNCE, info_hash: "\u0100".repeat(20) }), "SIGNAL_ID"],
    ["an info hash that is a number", JSON.stringify({ ...ANNOUNCE, info_hash: 20 }), "SIGNAL_ID"],
    ["a long peer id", JSON.stringify({ ...ANNOUNCE, peer_id: `${PEER}x` }), "SIGNAL_ID"],
    ["an answer to nobody", JSON.stringify({ ...ANNOUNCE, answer: OFFER, offer_id: "o".repeat(20) }), "SIGNAL_ID"],
    ["an answer that is text", JSON.stringify({ ...ANNOUNCE, answer: "x", to_peer_id: PEER, offer_id: PEER }), "SIGNAL_SHAPE"],
    ["an answer without words", JSON.stringify({ ...ANNOUNCE, answer: {}, to_peer_id: PEER, offer_id: PEER }), "SIGNAL_SHAPE"],
    ["an offer that is none", JSON.stringify({ ...ANNOUNCE, offers: [5] }), "SIGNAL_SHAPE"],
    ["an offer with a short id", JSON.stringify({ ...ANNOUNCE, offers: [{ offer_id: "x", offer: OFFER }] }), "SIGNAL_ID"],
    ["a scrape of a short hash", JSON.stringify({ action: "scrape", info_hash: ["x"] }), "SIGNAL_ID"],
    ["a scrape of too many", JSON.stringify({ action: "scrape", info_hash: Array(71).fill(HASH) }), "SIGNAL_SCRAPE"],
  ])("refuses %s", (_, text, code) => {
    expect(() => decodeSignalRequest(text)).toThrow(expect.objectContaining({ name: "ProtocolError", code }));
  });

  it("is not led astray by depth or by names", () => {
    const deep = `{"action":"announce","__proto__":{"polluted":1},"x":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
    expect(() => decodeSignalRequest(deep)).toThrow(expect.objectContaining({ code: "SIGNAL_ID" }));
    expect("polluted" in {}).toBe(false);
  });
});

describe("What a tracker writes over a WebSocket", () => {
  it("has the fields that the npm client reads", () => {
    const offerId = "o".repeat(20);
    const answer = { type: "answer", sdp: "x" };
    const request = { type: "answer", infoHash: HASH, peerId: PEER, toPeerId: "t".repeat(20), offerId, answer } as const;
    expect(JSON.parse(encodeSignalAnswer(request))).toEqual({
      action: "announce",
      info_hash: HASH,
      peer_id: PEER,
      offer_id: offerId,
      answer,
    });
    const counts = { complete: 1, incomplete: 0, downloaded: 3 };
    expect(JSON.parse(encodeSignalScraped(new Map([[HASH, counts]]), 60))).toEqual({
      action: "scrape",
      files: { [HASH]: counts },
      flags: { min_request_interval: 60 },
    });
    expect(JSON.parse(encodeSignalFailure("no", { action: "announce", infoHash: HASH }))).toEqual({
      action: "announce",
      info_hash: HASH,
      "failure reason": "no",
    });
  });
});
