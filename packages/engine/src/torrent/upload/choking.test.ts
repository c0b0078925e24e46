import { Bitfield, MIB } from "@bittern/protocol/base";
import { encodeMessage } from "@bittern/protocol/peer";
import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import { Limiter } from "../../rate/limiter.ts";
import type { SessionOutput } from "../../session/output.ts";
import { Choking } from "./choking.ts";
import { Uploads } from "./uploads.ts";

const UNCHOKE = encodeMessage({ type: "unchoke" });

describe("Choking", () => {
  let out: SessionOutput[];
  let peer: Peer;
  let choking: Choking;
  let owes: boolean;

  beforeEach(() => {
    out = [];
    peer = new Peer({ link: 1, remote: { address: "10.0.0.1", port: 1 }, dialledByUs: false, source: "incoming", now: 0 });
    owes = false;
    choking = makeChoking();
  });

  function makeChoking(): Choking {
    const uploads = new Uploads({
      torrent: 1,
      have: Bitfield.full(4),
      pieceByteLength: () => MIB,
      emptyRanges: () => [],
      holders: () => 0,
      isMiser: () => owes,
      queueMax: () => 100,
      isCrowded: () => false,
      hasManyLinks: () => false,
      limiter: new Limiter([]),
    });
    return new Choking({
      random: { u32: () => 7 },
      uploads,
      peers: new Map([[1, peer]]),
      context: () => ({ isSeeding: true, uplinkRate: 0, uplinkBusy: false }),
      fixedSlots: 0,
    });
  }

  it("unchokes at once who becomes interested while slots are free", () => {
    peer.isInterested = true;
    choking.offer(peer, 10, out);
    expect(out).toEqual([{ type: "send", link: 1, bytes: UNCHOKE }]);
    expect(peer.isChokedByUs).toBe(false);
  });

  it("reminds one that may ask and never does, as webtorrent needs it, and gives up after five times", () => {
    peer.isInterested = true;
    choking.offer(peer, 0, out);
    out.length = 0;
    choking.remind(peer, 500, out);
    expect(out).toEqual([]);
    for (let second = 1; second <= 9; second++) choking.remind(peer, second * 1_000, out);
    expect(out).toEqual(new Array(5).fill({ type: "send", link: 1, bytes: UNCHOKE }));
  });

  it("does not remind one that has asked", () => {
    peer.isInterested = true;
    choking.offer(peer, 0, out);
    out.length = 0;
    peer.uploads.queue.push({ piece: 0, begin: 0, length: 16_384 });
    choking.remind(peer, 2_000, out);
    expect(out).toEqual([]);
  });

  it("unchokes who takes turns beside the slots, until slots are set by hand", () => {
    peer.extensions.turn = 6;
    choking.offer(peer, 0, out);
    expect(peer.isGuest).toBe(true);
    expect(out).toEqual([{ type: "send", link: 1, bytes: UNCHOKE }]);
    expect(choking.openCount).toBe(1);
    choking.fixSlots(1);
    expect(peer.isGuest).toBe(false);
    expect(choking.openCount).toBe(1);
  });

  it("sends a guest that took and did not give back to the slots", () => {
    peer.extensions.turn = 6;
    choking.offer(peer, 0, out);
    choking.review(peer, 1_000);
    expect(peer.isGuest).toBe(true);
    owes = true;
    choking.review(peer, 2_000);
    expect(peer.isGuest).toBe(false);
    expect(choking.deadline).toBe(12_000);
    choking.offer(peer, 3_000, out);
    expect(peer.isGuest).toBe(false);
  });

  it("sends a guest that takes no turns any more back to the slots", () => {
    peer.extensions.turn = 6;
    choking.offer(peer, 0, out);
    peer.extensions.turn = 0;
    choking.review(peer, 1_000);
    expect(peer.isGuest).toBe(false);
    choking.offer(peer, 2_000, out);
    expect(peer.isGuest).toBe(false);
  });

  it("gives who takes turns nothing beside slots that were set by hand", () => {
    choking.fixSlots(1);
    peer.extensions.turn = 6;
    choking.offer(peer, 0, out);
    expect(peer.isGuest).toBe(false);
  });
});
