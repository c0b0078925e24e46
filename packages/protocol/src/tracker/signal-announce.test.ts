import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromUtf8, latin1, ProtocolError, utf8 } from "../base/index.ts";
import { fuzz, fuzzCount } from "../fuzz/index.ts";
import { SignalAnnounce } from "./signal-announce.ts";
import { decodeSignalRequest, OFFERS_MAX, type SignalRequest } from "./websocket.ts";

const HASH = '\u00ff\u0000"\\/\n'.padEnd(20, "\u0080");
const PEER = "-WW0208-abcdefghijkl";
const OFFERS = [
  { offer_id: "o".repeat(20), offer: { type: "offer", sdp: 'v=0\r\n"\\\u0001' } },
  { offer: { sdp: "", type: "offer" }, offer_id: HASH },
];
const ANNOUNCE = {
  numwant: 2,
  uploaded: 0,
  downloaded: 12,
  left: 345,
  event: "started",
  action: "announce",
  info_hash: HASH,
  peer_id: PEER,
};

/** What an announce says, its offers as those who get them will read them. */
function saidBy(announce: SignalAnnounce): SignalRequest {
  const { infoHash, peerId, left, uploaded, downloaded, event, bytes } = announce;
  const offers = Array.from({ length: announce.offerCount }, (_, at) => {
    const members = bytes.subarray(announce.offersFrom[at], announce.offersTo[at]);
    const { offer_id, offer, ...more } = JSON.parse(`{${fromUtf8(members)}}`) as Record<string, unknown>;
    expect(more).toEqual({});
    return { offerId: offer_id as string, offer: offer as { type: string; sdp: string } };
  });
  return { type: "announce", infoHash: latin1(infoHash), peerId: latin1(peerId), left, uploaded, downloaded, event, offers };
}

function decoded(text: string): SignalRequest | undefined {
  try {
    return decodeSignalRequest(text);
  } catch (fault) {
    if (!(fault instanceof ProtocolError)) throw fault;
    return undefined;
  }
}

/** Reads bytes in both ways; whether the quick one could. */
function agrees(bytes: Uint8Array): boolean {
  const announce = new SignalAnnounce();
  const slow = decoded(fromUtf8(bytes));
  if (announce.read(bytes)) {
    expect(saidBy(announce)).toEqual(slow);
    return true;
  }
  if (slow?.type === "announce") {
    announce.fill(slow);
    expect(saidBy(announce)).toEqual(slow);
  }
  return false;
}

/** All but plain letters escaped, as some programs do. */
function escaped(text: string): string {
  return text.replaceAll(/[^ -~]/gu, (letter) =>
    [...letter].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}

describe("SignalAnnounce", () => {
  it("reads what peers send, escaped or not", () => {
    const text = JSON.stringify({ ...ANNOUNCE, offers: OFFERS });
    expect([agrees(utf8(text)), agrees(utf8(escaped(text)))]).toEqual([true, true]);
    for (const event of ["started", "stopped", "completed", "paused", "update"]) {
      expect(agrees(utf8(JSON.stringify({ ...ANNOUNCE, event, left: null, offers: [] })))).toBe(true);
    }
  });

  it.each([
    ["an answer", { answer: { type: "answer", sdp: "" }, to_peer_id: PEER, offer_id: PEER }],
    ["a scrape", { action: "scrape" }],
    ["a name it does not know", { trackerid: "x" }],
    ["a counter that is a text", { left: "5" }],
    ["a counter below zero", { left: -1 }],
    ["a counter with a fraction", { left: 1.5 }],
    ["a counter of many digits", { left: 1e300 }],
    ["an id too short", { peer_id: "short" }],
    ["an id of other characters", { peer_id: "\u0100".repeat(20) }],
    ["too many offers", { offers: Array.from({ length: OFFERS_MAX + 1 }, () => OFFERS[0]) }],
    ["an offer with more in it", { offers: [{ ...OFFERS[0], more: 1 }] }],
    ["a description with more in it", { offers: [{ offer_id: PEER, offer: { type: "offer", sdp: "", more: 1 } }] }],
    ["a description beyond ASCII", { offers: [{ offer_id: PEER, offer: { type: "offer", sdp: "\u00e9" } }] }],
    ["offers that are none", { offers: {} }],
  ])("leaves %s to the other reader", (_, more) => {
    expect(agrees(utf8(JSON.stringify({ ...ANNOUNCE, ...more })))).toBe(false);
  });

  it.each([
    ["blanks", (text: string) => text.replace(":", ": ")],
    ["a name twice", (text: string) => text.replace("{", '{"left":1,')],
    ["a number that begins with zero", (text: string) => text.replace("345", "045")],
    ["something behind the end", (text: string) => `${text} `],
    ["no end", (text: string) => text.slice(0, -1)],
    ["an escape that is none", (text: string) => text.replace("-WW", "\\xW")],
    ["a comma too many", (text: string) => text.replace(/\}$/, ",}")],
  ])("leaves %s to the other reader", (_, change) => {
    expect(agrees(utf8(change(JSON.stringify(ANNOUNCE))))).toBe(false);
  });

  it("says what the other reader says of any announce", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const id = fc.array(byte, { minLength: 19, maxLength: 20 }).map((codes) => String.fromCharCode(...codes));
    const description = fc.record({ type: fc.string(), sdp: fc.string({ unit: "grapheme" }) });
    const counter = fc.oneof(fc.nat(), fc.double(), fc.constantFrom(null, "1", undefined, 10 ** 15, 10 ** 15 - 1));
    const announce = fc.record({
      action: fc.constantFrom("announce", "scrape"),
      info_hash: id,
      peer_id: id,
      left: counter,
      uploaded: counter,
      event: fc.constantFrom("started", "paused", "x", "", undefined, 1),
      offers: fc.oneof(fc.constant(undefined), fc.array(fc.record({ offer_id: id, offer: description }), { maxLength: 3 })),
    });
    fc.assert(
      fc.property(announce, fc.boolean(), (message, isEscaped) => {
        const text = JSON.stringify(message);
        agrees(utf8(isEscaped ? escaped(text) : text));
      }),
    );
  });

  it("agrees with the other reader on damaged messages", () => {
    const text = JSON.stringify({ ...ANNOUNCE, offers: OFFERS });
    let quick = 0;
    const target = (bytes: Uint8Array): void => void (quick += agrees(bytes) ? 1 : 0);
    const tally = fuzz({ seeds: [utf8(text), utf8(escaped(text))], target, count: fuzzCount(process.env) / 5, seed: 16 });
    expect(quick).toBeGreaterThan(0.02 * tally.accepted);
    expect(quick).toBeLessThan(tally.accepted);
  });
});
