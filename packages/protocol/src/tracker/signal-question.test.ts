import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError, toHex, utf8 } from "../base/index.ts";
import { ANNOUNCE_INTERVAL_DEFAULT, ANNOUNCE_INTERVAL_MAX, TRACKER_TEXT_LENGTH_MAX } from "./announce.ts";
import { signalAnnouncedEnd, signalAnnouncedHead, writeSignalAnnounced } from "./signal-answer.ts";
import { decodeSignalReply, encodeSignalQuestion, type SignalQuestion } from "./signal-question.ts";
import { decodeSignalRequest, encodeSignalFailure, encodeSignalScraped } from "./websocket.ts";

const HASH = Uint8Array.from({ length: 20 }, (_, at) => at * 13);
const OTHER = new Uint8Array(20).fill(0xff);
const binary = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const PEER = utf8("-BT0100-abcdefghijkl");
const ANNOUNCE = { infoHash: HASH, peerId: PEER, port: 6881, uploaded: 1, downloaded: 2, left: 3, numwant: 50 };
const announce: SignalQuestion = { type: "announce", announce: ANNOUNCE };
const scrape: SignalQuestion = { type: "scrape", infoHashes: [HASH] };
const ABOUT = { action: "announce", info_hash: binary(HASH) };

function reply(message: unknown, question: SignalQuestion = announce) {
  return decodeSignalReply(JSON.stringify(message), question);
}

describe("A question over a WebSocket", () => {
  it("is read by a tracker as what it asks, with no offers", () => {
    const bytes = fc.uint8Array({ minLength: 20, maxLength: 20 });
    const counter = fc.nat();
    const event = fc.constantFrom("started", "completed", "stopped", undefined);
    fc.assert(
      fc.property(bytes, bytes, counter, counter, event, (infoHash, peerId, left, uploaded, said) => {
        const request = { ...ANNOUNCE, infoHash, peerId, left, uploaded, ...(said === undefined ? {} : { event: said }) };
        const text = encodeSignalQuestion({ type: "announce", announce: request });
        const ids = { infoHash: binary(infoHash), peerId: binary(peerId) };
        expect(decodeSignalRequest(text)).toEqual({ type: "announce", ...ids, left, uploaded, downloaded: 2, event: said, offers: [] });
        expect(JSON.parse(text)).toMatchObject({ numwant: 0, offers: [] });
      }),
    );
  });

  it("names one hash by itself, and several in a list", () => {
    expect(JSON.parse(encodeSignalQuestion(scrape))).toEqual({ action: "scrape", info_hash: binary(HASH) });
    const both = encodeSignalQuestion({ type: "scrape", infoHashes: [HASH, OTHER] });
    expect(decodeSignalRequest(both)).toEqual({ type: "scrape", infoHashes: [binary(HASH), binary(OTHER)] });
  });
});

describe("A reply over a WebSocket", () => {
  it("is read as our tracker writes it", () => {
    const [head, end] = [signalAnnouncedHead(binary(HASH)), signalAnnouncedEnd("slow down")];
    const bytes = new Uint8Array(1000);
    const length = writeSignalAnnounced(head, { interval: 120, complete: 4, incomplete: 5 }, end, bytes, 0);
    const text = new TextDecoder().decode(bytes.subarray(0, length));
    expect(decodeSignalReply(text, announce)).toEqual({ peers: [], interval: 120, complete: 4, incomplete: 5, warning: "slow down" });
    const counts = { complete: 1, incomplete: 2, downloaded: 3 };
    const scraped = encodeSignalScraped(new Map([[binary(HASH), counts]]), 60);
    expect(decodeSignalReply(scraped, scrape)).toEqual({ swarms: new Map([[toHex(HASH), counts]]), minRequestInterval: 60 });
    const failure = encodeSignalFailure("not here", { action: "announce", infoHash: binary(HASH) });
    expect(decodeSignalReply(failure, announce)).toEqual({ failure: "not here" });
  });

  it("takes what it can make no sense of for nothing said", () => {
    expect(reply({ ...ABOUT, interval: -1, complete: "x", incomplete: null, "warning message": 5 })).toEqual({
      peers: [],
      interval: ANNOUNCE_INTERVAL_DEFAULT,
    });
    expect(reply({ ...ABOUT, interval: 1e300, "min interval": 30 })).toMatchObject({ interval: ANNOUNCE_INTERVAL_MAX, minInterval: 30 });
    expect(reply({ action: "scrape", files: [], flags: 5 }, scrape)).toEqual({ swarms: new Map() });
    const odd = { action: "scrape", files: { short: { complete: 1 }, [binary(HASH)]: null } };
    expect(reply(odd, scrape)).toEqual({ swarms: new Map([[toHex(HASH), { complete: 0, incomplete: 0, downloaded: 0 }]]) });
  });

  it("says when to come back, and no more than fits a line", () => {
    expect(reply({ "failure reason": "x".repeat(10_000), "retry in": "never" })).toEqual({
      failure: "x".repeat(TRACKER_TEXT_LENGTH_MAX),
      retryIn: "never",
    });
    expect(reply({ "failure reason": "no", "retry in": 5 })).toEqual({ failure: "no", retryIn: 5 });
    expect(reply({ "failure reason": "no", "retry in": -5 })).toEqual({ failure: "no" });
  });

  it.each<[string, object, SignalQuestion]>([
    ["an offer of a peer", { ...ABOUT, offer: { type: "offer", sdp: "" }, offer_id: "x".repeat(20) }, announce],
    ["an answer of a peer", { ...ABOUT, answer: { type: "answer", sdp: "" } }, announce],
    ["another torrent", { ...ABOUT, info_hash: binary(OTHER), interval: 5 }, announce],
    ["a failure of another torrent", { ...ABOUT, info_hash: binary(OTHER), "failure reason": "no" }, announce],
    ["a failure of another question", { action: "scrape", "failure reason": "no" }, announce],
    ["another question", { ...ABOUT, interval: 5 }, scrape],
    ["nothing we know", { action: "hello" }, announce],
  ])("is none that is about %s", (_, message, question) => {
    expect(reply(message, question)).toBeUndefined();
  });

  it.each(["", "{", "[]", "null", '"text"', "7"])("is none that is written %j", (text) => {
    expect(() => decodeSignalReply(text, announce)).toThrow(expect.objectContaining({ code: "TRACKER_ANSWER_WRONG" }));
  });

  it("is no object, or gives an answer in bounds", () => {
    const json = fc.oneof(
      fc.json(),
      fc
        .record({ action: fc.constantFrom("announce", "scrape"), files: fc.anything(), interval: fc.anything() })
        .map((one) => JSON.stringify({ ...ABOUT, ...one }, (_, value: unknown) => (typeof value === "bigint" ? 5 : value))),
    );
    fc.assert(
      fc.property(json, fc.constantFrom(announce, scrape), (text, question) => {
        try {
          const answer = decodeSignalReply(text, question);
          if (answer !== undefined && "interval" in answer) expect(answer.interval).toBeLessThanOrEqual(ANNOUNCE_INTERVAL_MAX);
        } catch (fault) {
          expect(fault).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});
