import { Bitfield, BLOCK_LENGTH, MIB } from "@bittern/protocol/base";
import type { PieceRange } from "@bittern/protocol/metainfo";
import { encodeMessage } from "@bittern/protocol/peer";
import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import { Limiter } from "../../rate/limiter.ts";
import { TokenBucket } from "../../rate/token-bucket.ts";
import type { SessionOutput } from "../../session/output.ts";
import { Uploads } from "./uploads.ts";

const PIECE_LENGTH = MIB;
const QUEUE_MAX = 100;
const block = (index: number): { piece: number; begin: number; length: number } => ({
  piece: Math.floor((index * BLOCK_LENGTH) / PIECE_LENGTH),
  begin: (index * BLOCK_LENGTH) % PIECE_LENGTH,
  length: BLOCK_LENGTH,
});

function makePeer({ fast, link = 1 }: { fast: boolean; link?: number }): Peer {
  const peer = new Peer({ link, remote: { address: "10.0.0.1", port: 1 }, dialledByUs: true, source: "user", now: 0 });
  const features = { extended: true, fast, dht: false, v2: false };
  peer.handshake = { infoHash: new Uint8Array(20), peerId: new Uint8Array(20), features };
  peer.isChokedByUs = false;
  return peer;
}

describe("Uploads", () => {
  let out: SessionOutput[];
  let uploads: Uploads;
  const have = Bitfield.full(16);
  let holders: number[];

  beforeEach(() => {
    out = [];
    holders = [];
    uploads = makeUploads(new TokenBucket(0));
  });

  let isCrowded = false;

  function makeUploads(bucket: TokenBucket, has: Bitfield = have, pads: readonly PieceRange[] = []): Uploads {
    return new Uploads({
      torrent: 1,
      have: has,
      pieceByteLength: () => PIECE_LENGTH,
      emptyRanges: () => pads,
      queueMax: () => QUEUE_MAX,
      isCrowded: () => isCrowded,
      hasManyLinks: () => false,
      holders: (piece) => holders[piece] ?? 0,
      limiter: new Limiter([bucket]),
    });
  }

  it("hands requests to the host in runs of at most a MiB, the next one once less than half a MiB is on its way", () => {
    const peer = makePeer({ fast: true });
    for (let index = 0; index < QUEUE_MAX; index++) expect(uploads.requested(peer, block(index), out)).toBe("queued");
    uploads.serve(0, out);
    expect(out.map((output) => output.type === "send-blocks" && output.blocks.length)).toEqual([64]);
    expect(peer.uploads.inFlight).toBe(MIB);
    uploads.sent(peer, MIB / 2, 1);
    uploads.serve(1, out);
    expect(out).toHaveLength(1);
    uploads.sent(peer, BLOCK_LENGTH, 2);
    uploads.serve(2, out);
    expect(out).toHaveLength(2);
  });

  it("hands twice as much at once for a peer that takes a hundred mebibytes a second", () => {
    const peer = makePeer({ fast: true });
    peer.up.add(100 * MIB, 0);
    for (let index = 0; index < QUEUE_MAX; index++) uploads.requested(peer, block(index), out);
    uploads.serve(0, out);
    expect(out.map((output) => output.type === "send-blocks" && output.blocks.length)).toEqual([QUEUE_MAX]);
  });

  it("knows since when the system takes nothing of what waits for a peer", () => {
    const peer = makePeer({ fast: true });
    for (const index of [0, 1]) uploads.requested(peer, block(index), out);
    uploads.serve(10, out);
    uploads.requested(peer, block(2), out);
    uploads.serve(20, out);
    expect(peer.uploads.unsentSince).toBe(10);
    uploads.sent(peer, 2 * BLOCK_LENGTH, 30);
    expect([peer.uploads.inFlight, peer.uploads.unsentSince]).toEqual([BLOCK_LENGTH, 30]);
    uploads.sent(peer, BLOCK_LENGTH, 40);
    uploads.requested(peer, block(3), out);
    uploads.serve(50, out);
    expect(peer.uploads.unsentSince).toBe(50);
  });

  it("counts as sent what belongs to files, also where blocks come back that could not be read", () => {
    const peer = makePeer({ fast: true });
    const padding = 100;
    uploads = makeUploads(new TokenBucket(0), have, [{ begin: BLOCK_LENGTH - padding, length: padding }]);
    for (const index of [0, 1]) uploads.requested(peer, block(index), out);
    uploads.serve(0, out);
    expect(uploads.sent(peer, 2 * BLOCK_LENGTH, 1)).toBe(2 * BLOCK_LENGTH - padding);
    for (const index of [0, 1]) uploads.requested(peer, block(index), out);
    uploads.serve(2, out);
    uploads.unsent(peer, [block(0), block(1)]);
    expect([peer.uploads.inFlight, peer.uploads.paddingInFlight]).toEqual([0, 0]);
  });

  it("gives a choked peer each of its allowed-fast pieces once", () => {
    const peer = makePeer({ fast: true });
    peer.isChokedByUs = true;
    peer.uploads.allowedFast = [0, 1];
    const take = (index: number): string => {
      const verdict = uploads.requested(peer, block(index), out);
      uploads.serve(0, out);
      uploads.sent(peer, peer.uploads.inFlight, 0);
      return verdict;
    };
    const blocks = PIECE_LENGTH / BLOCK_LENGTH;
    for (let index = 0; index < 2 * blocks; index++) expect(take(index)).toBe("queued");
    expect([take(0), take(blocks), take(2 * blocks)]).toEqual(["rejected", "rejected", "rejected"]);
    peer.isChokedByUs = false;
    expect(take(0)).toBe("queued");
  });

  it("queues 32 requests of a choked peer for its allowed-fast pieces, and the next ones as they are served", () => {
    const peer = makePeer({ fast: true });
    peer.isChokedByUs = true;
    peer.uploads.allowedFast = [0, 1];
    for (let index = 0; index < 32; index++) expect(uploads.requested(peer, block(index), out)).toBe("queued");
    expect(uploads.requested(peer, block(32), out)).toBe("rejected");
    uploads.serve(0, out);
    expect(uploads.requested(peer, block(32), out)).toBe("queued");
  });

  it("takes a request past the end of its piece for an offence", () => {
    const peer = makePeer({ fast: true });
    expect(uploads.requested(peer, { piece: 0, begin: PIECE_LENGTH - 1, length: 2 }, out)).toBe("invalid");
    expect(uploads.requested(peer, { piece: 16, begin: 0, length: BLOCK_LENGTH }, out)).toBe("invalid");
    expect(uploads.requested(peer, { piece: 0, begin: 0, length: BLOCK_LENGTH + 1 }, out)).toBe("invalid");
    expect(uploads.requested(peer, { piece: 0, begin: 0, length: 0 }, out)).toBe("invalid");
    expect(uploads.requested(peer, { piece: 0, begin: 2 ** 32 - 1, length: 2 }, out)).toBe("invalid");
  });

  it("rejects what a choked peer asks for, where it speaks the fast extension", () => {
    const peer = makePeer({ fast: true });
    peer.isChokedByUs = true;
    expect(uploads.requested(peer, block(0), out)).toBe("rejected");
    expect(out).toEqual([{ type: "send", link: 1, bytes: encodeMessage({ type: "reject", ...block(0) }) }]);
    const plain = makePeer({ fast: false });
    plain.isChokedByUs = true;
    expect(uploads.requested(plain, block(0), out)).toBe("ignored");
  });

  it("never drops a request silently from a peer that can hear a reject, however many come", () => {
    const peer = makePeer({ fast: true });
    const verdicts = Array.from({ length: QUEUE_MAX + 50 }, (_, index) => uploads.requested(peer, block(index % 200), out));
    expect(verdicts.filter((verdict) => verdict === "queued")).toHaveLength(QUEUE_MAX);
    expect(verdicts.filter((verdict) => verdict === "rejected")).toHaveLength(50);
  });

  it("ends with a peer without the fast extension that floods", () => {
    const peer = makePeer({ fast: false });
    let verdict = "";
    for (let index = 0; index <= QUEUE_MAX; index++) verdict = uploads.requested(peer, block(index % 200), out);
    expect(verdict).toBe("flood");
  });

  it("forgets a cancelled request, and says so in the fast extension", () => {
    const peer = makePeer({ fast: true });
    uploads.requested(peer, block(0), out);
    uploads.requested(peer, block(1), out);
    // As it comes from the wire: a message, whose own type once went out in place of the reject's.
    const message = { type: "cancel", ...block(0) };
    uploads.cancelled(peer, message, out);
    uploads.serve(0, out);
    expect(out).toEqual([
      { type: "send", link: 1, bytes: encodeMessage({ type: "reject", ...block(0) }) },
      { type: "send-blocks", link: 1, torrent: 1, blocks: [block(1)] },
    ]);
  });

  it("sends no more than the rate limit allows", () => {
    const limited = makeUploads(new TokenBucket(64 * 1024, BLOCK_LENGTH));
    const peer = makePeer({ fast: true });
    for (let index = 0; index < 8; index++) limited.requested(peer, block(index), out);
    limited.serve(0, out);
    expect(peer.uploads.inFlight).toBe(BLOCK_LENGTH);
    limited.serve(250, out);
    expect(peer.uploads.inFlight).toBe(2 * BLOCK_LENGTH);
  });

  it("counts what was asked for and has not left", () => {
    const [peer, other] = [makePeer({ fast: true, link: 1 }), makePeer({ fast: true, link: 2 })];
    for (let index = 0; index < 4; index++) uploads.requested(peer, block(index), out);
    uploads.requested(other, block(0), out);
    expect(uploads.pendingLength).toBe(5 * BLOCK_LENGTH);
    uploads.cancelled(peer, block(3), out);
    uploads.serve(0, out);
    expect(uploads.pendingLength).toBe(4 * BLOCK_LENGTH);
    uploads.sent(peer, 2 * BLOCK_LENGTH, 1);
    uploads.unsent(peer, [block(2)]);
    expect(uploads.pendingLength).toBe(BLOCK_LENGTH);
    uploads.left(other);
    expect(uploads.pendingLength).toBe(0);
    uploads.requested(peer, block(0), out);
    uploads.refuseAll(peer, out);
    expect(uploads.pendingLength).toBe(0);
  });

  describe("with several peers that ask", () => {
    const first = makePeer({ fast: true, link: 1 });
    const second = makePeer({ fast: true, link: 2 });
    const ask = (peer: Peer, piece: number): void => {
      for (let begin = 0; begin < PIECE_LENGTH; begin += BLOCK_LENGTH) uploads.requested(peer, { piece, begin, length: BLOCK_LENGTH }, out);
    };
    const served = (): string[] =>
      out.flatMap((output) => (output.type === "send-blocks" ? [`${output.link} gets ${output.blocks[0]?.piece}`] : []));

    beforeEach(() => {
      isCrowded = true;
      for (const peer of [first, second]) {
        peer.uploads.queue.length = 0;
        peer.uploads.inFlight = 0;
        peer.uploads.servedAt = 0;
      }
    });

    it("lets who took a mebibyte and gave nothing come last while we download, a piece at a time", () => {
      const downloading = new Bitfield(16);
      for (let piece = 0; piece < 15; piece++) downloading.add(piece);
      uploads = makeUploads(new TokenBucket(0), downloading);
      const peers = Array.from({ length: 6 }, (_, index) => makePeer({ fast: true, link: 10 + index }));
      const [rider] = peers as [Peer];
      rider.up.add(MIB, 0);
      rider.areWeInterested = true;
      for (const peer of peers) ask(peer, peer.link - 10);
      ask(rider, 9);
      uploads.serve(0, out);
      expect(served()).not.toContain("10 gets 0");
      for (const peer of peers.slice(1)) {
        uploads.sent(peer, MIB, 100);
        uploads.peerHas(peer, peer.link - 10, 100);
      }
      uploads.serve(100, out);
      for (const peer of peers.slice(1)) {
        uploads.sent(peer, peer.uploads.inFlight, 200);
        uploads.peerHas(peer, peer.link - 10, 200);
      }
      out.length = 0;
      uploads.serve(200, out);
      expect(served()).toEqual(["10 gets 0"]);
    });

    it("gives the piece that fewest have first", () => {
      holders = [3, 3, 3, 3, 3, 3, 1];
      const peers = Array.from({ length: 7 }, (_, index) => makePeer({ fast: true, link: 10 + index }));
      peers.forEach((peer, index) => {
        ask(peer, index);
      });
      uploads.serve(0, out);
      expect(served()[0]).toBe("16 gets 6");
    });

    it("serves a few side by side", () => {
      isCrowded = false;
      ask(first, 0);
      ask(second, 1);
      uploads.serve(0, out);
      expect(new Set(served()).size).toBe(2);
    });

    it("keeps few pieces under way, and goes on when one is announced", () => {
      const peers = Array.from({ length: 12 }, (_, index) => makePeer({ fast: true, link: 10 + index }));
      peers.forEach((peer, index) => {
        ask(peer, index);
      });
      uploads.serve(0, out);
      const before = new Set(served()).size;
      expect(before).toBeLessThan(peers.length);
      uploads.peerHas(peers[0] as Peer, 0, 100);
      uploads.serve(100, out);
      expect(new Set(served()).size).toBeGreaterThan(before);
    });

    it("does not let one who never announces anything hold up the rest", () => {
      const peers = Array.from({ length: 12 }, (_, index) => makePeer({ fast: true, link: 10 + index }));
      peers.forEach((peer, index) => {
        ask(peer, index);
      });
      for (let now = 0; now < 10_000; now += 1_000) uploads.serve(now, out);
      expect(new Set(served()).size).toBe(peers.length);
    });
  });
});
