import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../base/index.ts";
import { SignalAnnounce } from "./signal-announce.ts";
import {
  announcedLengthMax,
  signalAnnouncedEnd,
  signalAnnouncedHead,
  signalOfferEnd,
  signalOfferLength,
  writeSignalAnnounced,
  writeSignalOffer,
} from "./signal-answer.ts";

const HASH = "\u00ff\u0000".repeat(10);
const PEER = '-WW0208-abcdefghij"\\';
const OFFER = { type: "offer", sdp: "v=0\r\n".repeat(50) };

function written(lengthMax: number, write: (target: Uint8Array, at: number) => number): unknown {
  const target = new Uint8Array(lengthMax + 3);
  const end = write(target, 3);
  expect(end).toBeLessThanOrEqual(target.length);
  return JSON.parse(fromUtf8(target.subarray(3, end)));
}

describe("An answer of a tracker over WebSocket", () => {
  it.each([0, 9, 10, 120, Number.MAX_SAFE_INTEGER])("tells of the swarm, whatever its size: %d", (count) => {
    const [head, end] = [signalAnnouncedHead(HASH), signalAnnouncedEnd()];
    const said = { interval: 120, complete: count, incomplete: count };
    expect(written(announcedLengthMax(head, end), (target, at) => writeSignalAnnounced(head, said, end, target, at))).toEqual({
      action: "announce",
      info_hash: HASH,
      ...said,
    });
  });

  it("has room for a warning", () => {
    const [head, end] = [signalAnnouncedHead(HASH), signalAnnouncedEnd('over "soon"')];
    const said = { interval: 1, complete: 2, incomplete: 3 };
    expect(written(announcedLengthMax(head, end), (target, at) => writeSignalAnnounced(head, said, end, target, at))).toMatchObject({
      "warning message": 'over "soon"',
    });
  });

  it("passes offers on as they came, under the name of who made them", () => {
    const announce = new SignalAnnounce();
    const offers = ["o", "\u00ff"].map((letter) => ({ offer_id: letter.repeat(20), offer: OFFER }));
    expect(announce.read(utf8(JSON.stringify({ action: "announce", info_hash: HASH, peer_id: PEER, offers })))).toBe(true);
    const end = signalOfferEnd(HASH, PEER);
    for (const [index, offer] of offers.entries()) {
      const length = signalOfferLength(announce, index, end);
      expect(written(length, (target, at) => writeSignalOffer(announce, index, end, target, at))).toEqual({
        action: "announce",
        info_hash: HASH,
        peer_id: PEER,
        ...offer,
      });
    }
  });
});
