import { Bitfield, BLOCK_LENGTH, type Millis, NO_BYTES } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { encodeHandshake, type Handshake, messagesOf, PeerWire } from "@bittern/protocol/peer";
import { beforeEach, describe, expect, it } from "vitest";
import { PiecePool } from "../../disk/pool.ts";
import { Peer } from "../../peers/peer.ts";
import { PiecePicker } from "../../picker/picker.ts";
import { Limiter } from "../../rate/limiter.ts";
import type { SessionOutput } from "../../session/output.ts";
import { DEFAULT_SETTINGS } from "../../session/settings.ts";
import type { PieceShapes } from "./asking.ts";
import { Blame } from "./blame.ts";
import { Requests } from "./requests.ts";

const BLOCKS = 4;
const BLOCK = new Uint8Array(BLOCK_LENGTH);
const HANDSHAKE: Handshake = {
  infoHash: new Uint8Array(20),
  peerId: new Uint8Array(20),
  features: { extended: false, fast: true, dht: false, v2: false },
};

/** One piece of four blocks, and a seed that speaks the fast extension. */
describe("Requests", () => {
  let peer: Peer;
  let requests: Requests;
  let hasManyLinks: boolean;

  beforeEach(() => {
    hasManyLinks = false;
    peer = new Peer({ link: 1, remote: { address: "10.0.0.1", port: 1 }, dialledByUs: false, source: "incoming", now: 0 });
    peer.handshake = HANDSHAKE;
    peer.pieces = Bitfield.full(1);
    peer.isChokingUs = false;
    requests = requestsFor({ pieceCount: 1, pieceByteLength: () => BLOCKS * BLOCK_LENGTH, padRanges: () => [] });
  });

  const requestsFor = (shapes: PieceShapes, poolLength: number = 1 << 20): Requests =>
    new Requests({
      picker: new PiecePicker({ pieceCount: shapes.pieceCount, random: seededRandom(1) }),
      pool: new PiecePool(poolLength),
      blame: new Blame(1),
      shapes,
      settings: () => DEFAULT_SETTINGS,
      limiter: new Limiter([]),
      hasManyLinks: () => hasManyLinks,
    });

  /** What is sent, as `request 0` and so on, by block. */
  const said = (act: (out: SessionOutput[]) => void): readonly string[] => {
    const out: SessionOutput[] = [];
    act(out);
    const wire = new PeerWire();
    const events = [encodeHandshake(HANDSHAKE), ...out.map((output) => (output.type === "send" ? output.bytes : NO_BYTES))]
      .flatMap((bytes) => wire.receive(bytes))
      .flatMap(messagesOf)
      .slice(1);
    return events.map((event) => ("begin" in event ? `${event.type} ${event.begin / BLOCK_LENGTH}` : event.type));
  };
  const fill = (now: Millis): readonly string[] => said((out) => requests.fill(peer, now, out));
  const request = (block: number) => ({ piece: 0, begin: block * BLOCK_LENGTH, length: BLOCK_LENGTH });
  const receive = (block: number): readonly string[] => said((out) => requests.receive(peer, 0, block * BLOCK_LENGTH, BLOCK, 30_000, out));

  it("takes back what is under way when a piece has to be fetched again, and when all stops", () => {
    const all = [0, 1, 2, 3];
    expect(fill(0)).toEqual(all.map((block) => `request ${block}`));
    expect(said((out) => requests.failed(0, out))).toEqual(all.map((block) => `cancel ${block}`));
    expect(peer.requests.outstanding).toBe(0);
    fill(1);
    expect(said((out) => requests.clear(out))).toEqual(all.map((block) => `cancel ${block}`));
    expect([peer.requests.outstanding, requests.isIdle]).toEqual([0, true]);
  });

  it("ends its lists where pieces end, once enough is asked for, though it began in the middle of one", () => {
    requests = requestsFor({ pieceCount: 30, pieceByteLength: () => 64 * BLOCK_LENGTH, padRanges: () => [] }, 1 << 28);
    peer.pieces = Bitfield.full(30);
    peer.queueMax = 500;
    peer.requests.isProven = true;
    const queue: { piece: number; begin: number }[] = [];
    const lists: string[] = [];
    for (let now = 0; now < 200; now++) {
      const out: SessionOutput[] = [];
      requests.fill(peer, now, out);
      const wire = new PeerWire();
      wire.receive(encodeHandshake(HANDSHAKE));
      const asked = out.flatMap((output) => (output.type === "send" ? [...wire.receive(output.bytes)] : [])).flatMap(messagesOf);
      const begins = asked.flatMap((event) => (event.type === "request" ? [{ piece: event.piece, begin: event.begin }] : []));
      if (begins.length > 0) lists.push(`${begins.length} to ${(begins.at(-1)?.begin ?? 0) / BLOCK_LENGTH}`);
      queue.push(...begins);
      for (const { piece, begin } of queue.splice(0, 15)) requests.receive(peer, piece, begin, BLOCK, now, []);
    }
    expect(lists[0]).toBe("16 to 15");
    // Whole pieces from the first moment at which there is enough under way.
    expect(new Set(lists.slice(10))).toEqual(new Set(["64 to 63"]));
  });

  it("asks one that takes turns for a piece only when it offers one, and then to its end", () => {
    peer.requests.takesTurns = true;
    expect(fill(0)).toEqual([]);
    peer.requests.isOffered = true;
    expect(fill(1)).toEqual([0, 1, 2, 3].map((block) => `request ${block}`));
    expect(peer.requests.isOffered).toBe(false);
    // There is nothing more to ask for: the offer is left, and passed when the read is through.
    peer.requests.isOffered = true;
    expect(fill(2)).toEqual([]);
    expect(peer.requests.isOffered).toBe(true);
  });

  describe("asks those who take turns", () => {
    const asked: number[] = [];
    const offer = (): number => {
      peer.requests.isOffered = true;
      const before = new Set(requests.partials.keys());
      fill(0);
      for (const piece of requests.partials.keys()) if (!before.has(piece)) asked.push(piece);
      return asked.length;
    };
    const begin = (nth: number): unknown => requests.receive(peer, asked[nth] as number, 0, BLOCK, 0, []);

    beforeEach(() => {
      asked.length = 0;
      requests = requestsFor({ pieceCount: 9, pieceByteLength: () => BLOCKS * BLOCK_LENGTH, padRanges: () => [] });
      peer.requests.takesTurns = true;
      peer.pieces = Bitfield.full(9);
    });

    it("for as many pieces as leave four that wait to begin, while there are few of them", () => {
      expect([offer(), offer(), offer(), offer(), offer()]).toEqual([1, 2, 3, 4, 4]);
      for (let nth = 0; nth < 3; nth++) begin(nth);
      expect([offer(), offer(), offer(), offer()]).toEqual([5, 6, 7, 7]);
    });

    it("for five pieces, of which three may wait to begin, where there are many", () => {
      hasManyLinks = true;
      expect([offer(), offer(), offer(), offer()]).toEqual([1, 2, 3, 3]);
      begin(0);
      expect([offer(), offer()]).toEqual([4, 4]);
      begin(1);
      expect(offer()).toBe(5);
      begin(2);
      expect(offer()).toBe(5);
    });
  });

  for (const asRun of [false, true]) {
    it(`has more under way of those who take turns where more arrives, ${asRun ? "in runs of blocks" : "block by block"}`, () => {
      hasManyLinks = true;
      requests = requestsFor({ pieceCount: 60, pieceByteLength: () => BLOCKS * BLOCK_LENGTH, padRanges: () => [] }, 1 << 24);
      peer.requests.takesTurns = true;
      peer.requests.isProven = true;
      peer.pieces = Bitfield.full(60);
      const offer = (now: Millis): number => {
        peer.requests.isOffered = true;
        fill(now);
        return [...requests.partials.values()].filter((partial) => !partial.isReceived).length;
      };
      const bytes = new Uint8Array(BLOCKS * (13 + BLOCK_LENGTH));
      // A piece in ten milliseconds is forty in two fifths of a second.
      for (let now = 0; now < 300; now += 10) {
        offer(now);
        const piece = [...requests.partials.keys()].at(-1) as number;
        if (asRun) requests.receiveRun(peer, { type: "block-run", piece, begin: 0, count: BLOCKS, bytes }, 0, now + 10);
        else for (let block = 0; block < BLOCKS; block++) requests.receive(peer, piece, block * BLOCK_LENGTH, BLOCK, now + 10, []);
      }
      for (let count = 0; count < 10; count++) offer(300);
      expect(offer(300)).toBeGreaterThan(5);
    });
  }

  it("rolls no dice for a piece while there is no buffer for it", () => {
    let rolls = 0;
    const random = { u32: () => rolls++ };
    const pool = new PiecePool(BLOCKS * BLOCK_LENGTH);
    const shapes: PieceShapes = { pieceCount: 2, pieceByteLength: () => BLOCKS * BLOCK_LENGTH, padRanges: () => [] };
    const picker = new PiecePicker({ pieceCount: 2, random });
    requests = new Requests({
      picker,
      pool,
      blame: new Blame(1),
      shapes,
      settings: () => DEFAULT_SETTINGS,
      limiter: new Limiter([]),
      hasManyLinks: () => false,
    });
    peer.pieces = Bitfield.full(2);
    const buffer = pool.take(BLOCKS * BLOCK_LENGTH) as ArrayBuffer;
    expect(fill(0)).toEqual([]);
    expect(rolls).toBe(0);
    pool.give(buffer);
    expect(fill(0)).toHaveLength(BLOCKS);
    expect(rolls).toBeGreaterThan(0);
  });

  it("takes a reject for the answer to the request that was taken back, and waits on for the second", () => {
    fill(0);
    said((out) => requests.tick(30_000, out));
    expect(fill(30_000)).toHaveLength(BLOCKS);
    requests.rejected(peer, request(0));
    expect(fill(30_001)).toEqual([]);
    expect(peer.requests.outstanding).toBe(BLOCKS);
    requests.rejected(peer, request(0));
    expect(peer.requests.outstanding).toBe(BLOCKS - 1);
  });

  it("takes a block that comes after all, and takes back the second request for it", () => {
    fill(0);
    said((out) => requests.tick(30_000, out));
    fill(30_000);
    expect(receive(1)).toEqual(["cancel 1"]);
    // The answer to that cancel concerns nobody.
    requests.rejected(peer, request(1));
    expect(peer.requests.outstanding).toBe(BLOCKS - 1);
  });

  it("says how much came for nothing when it lets go of a piece, the padding in its blocks left out", () => {
    const padding = 100;
    const pads = [{ begin: BLOCK_LENGTH - padding, length: padding }];
    requests = requestsFor({ pieceCount: 1, pieceByteLength: () => BLOCKS * BLOCK_LENGTH, padRanges: () => pads });
    expect(requests.contentLength(0, 0, BLOCK_LENGTH)).toBe(BLOCK_LENGTH - padding);
    fill(0);
    receive(0);
    receive(1);
    expect(requests.contentLength(0, 0, BLOCK_LENGTH)).toBe(BLOCK_LENGTH - padding);
    expect(requests.clear([])).toBe(2 * BLOCK_LENGTH - padding);
    expect(requests.contentLength(7, 0, BLOCK_LENGTH)).toBe(BLOCK_LENGTH);
  });

  it("looks for what to take back at a choke only where something was asked", () => {
    peer.handshake = { ...HANDSHAKE, features: { ...HANDSHAKE.features, fast: false } };
    expect(fill(0)).toHaveLength(BLOCKS);
    const [partial] = requests.partials.values();
    requests.choked(peer);
    expect([peer.requests.outstanding, partial?.openCount]).toEqual([0, BLOCKS]);
    // A choke that comes again costs no look at any block.
    let looks = 0;
    const unask = partial?.unask.bind(partial);
    if (partial !== undefined) {
      partial.unask = (block, from) => {
        looks++;
        return unask?.(block, from) === true;
      };
    }
    for (let time = 0; time < 100; time++) requests.choked(peer);
    expect(looks).toBe(0);
  });

  it("asks for a piece of usual size to its end, although a slow peer then owes more than meant", () => {
    for (const [blocks, asked] of [
      [16, 16],
      [17, 4],
    ] as const) {
      requests = requestsFor({ pieceCount: 1, pieceByteLength: () => blocks * BLOCK_LENGTH, padRanges: () => [] });
      peer.requests.outstanding = 0;
      peer.requests.pipeline.shrink();
      expect(fill(0)).toHaveLength(asked);
    }
    requests = requestsFor({ pieceCount: 1, pieceByteLength: () => 16 * BLOCK_LENGTH, padRanges: () => [] });
    peer.requests.outstanding = 0;
    peer.queueMax = 10;
    expect(fill(0)).toHaveLength(10);
  });

  it("takes eight mebibytes that nobody asked for as waste, and what comes on top as a flood", () => {
    const arrival = (): string => requests.receive(peer, 0, 0, BLOCK, 0, []).type;
    const first = Array.from({ length: 512 }, arrival);
    expect(new Set(first)).toEqual(new Set(["unasked"]));
    expect(arrival()).toBe("flood");
  });

  describe("of one of whom nothing was verified", () => {
    const pieceCount = 200;
    const shapes: PieceShapes = { pieceCount, pieceByteLength: () => BLOCKS * BLOCK_LENGTH, padRanges: () => [] };

    /** Takes all that is asked of the peer as it comes, without a verdict on anything; returns the blocks. */
    const serveAll = (): number => {
      let blocks = 0;
      for (let served = -1; served < blocks; ) {
        served = blocks;
        requests.fill(peer, 0, []);
        for (const partial of requests.partials.values()) {
          for (let block = 0; block < partial.blockCount; block++) {
            if (!partial.isAskedOf(block, peer)) continue;
            requests.receive(peer, partial.piece, block * BLOCK_LENGTH, BLOCK, 0, []);
            blocks++;
          }
        }
      }
      return blocks;
    };

    beforeEach(() => {
      requests = requestsFor(shapes, 64 << 20);
      peer.pieces = Bitfield.full(pieceCount);
    });

    it("asks for 256 KiB before the first verdict: 545 requests went to a fast liar, and all it sent was wasted", () => {
      expect(serveAll()).toBe(16);
      const [first, second] = [...requests.partials.keys()];
      // Bad: as much again as was judged, and not more.
      requests.failed(first as number, []);
      expect(serveAll()).toBe(BLOCKS);
      requests.succeeded(second as number);
      expect(serveAll()).toBeGreaterThan(10 * 16);
    });

    it("asks for two pieces where these are more", () => {
      requests = requestsFor({ ...shapes, pieceByteLength: () => 64 * BLOCK_LENGTH }, 256 << 20);
      expect(serveAll()).toBe(2 * 64);
    });

    it("asks for the rest of what it has a part in all the same, and for nothing else", () => {
      const other = new Peer({ link: 2, remote: { address: "10.0.0.2", port: 1 }, dialledByUs: false, source: "incoming", now: 0 });
      other.handshake = HANDSHAKE;
      other.isChokingUs = false;
      other.pieces = Bitfield.full(pieceCount);
      expect(serveAll()).toBe(16);
      // One piece has a block of somebody who is gone, and the rest of it comes from nobody.
      const [partial] = requests.partials.values();
      requests.failed(partial?.piece as number, []);
      requests.fill(other, 0, []);
      const [begun] = [...requests.partials.values()].filter(({ owner }) => owner === other);
      requests.forget(other);
      const piece = begun?.piece as number;
      begun?.ask(0, peer, 0);
      peer.requests.outstanding++;
      requests.receive(peer, piece, 0, BLOCK, 0, []);
      peer.requests.unjudged = 16;
      expect(fill(1)).toEqual([1, 2, 3].map((block) => `request ${block}`));
    });

    it("takes back what is under way of one that is to send nothing more", () => {
      expect(fill(0)).toHaveLength(16);
      expect(said((out) => requests.leave(peer, out))).toEqual([0, 1, 2, 3].flatMap(() => [0, 1, 2, 3].map((block) => `cancel ${block}`)));
      expect([peer.requests.outstanding, said((out) => requests.leave(peer, out))]).toEqual([0, []]);
    });
  });

  it("tells the answer to what it took back from a block that it never asked for", () => {
    fill(0);
    said((out) => requests.failed(0, out));
    const types = [0, 1].map(() => requests.receive(peer, 0, 0, BLOCK, 1, []).type);
    expect(types).toEqual(["wasted", "unasked"]);
  });

  it("remembers 4096 answers that are owed; who owes more is not waited for", () => {
    const pieceCount = 4096 / BLOCKS + 1;
    requests = requestsFor({ pieceCount, pieceByteLength: () => BLOCKS * BLOCK_LENGTH, padRanges: () => [] });
    const owed: (number | undefined)[] = [];
    for (let piece = 0; piece < pieceCount; piece++) {
      peer.pieces = new Bitfield(pieceCount);
      peer.pieces.add(piece);
      fill(0);
      requests.failed(piece, []);
      owed.push(peer.requests.owed?.size);
    }
    expect(owed.slice(0, -1)).toEqual(Array.from({ length: 4096 / BLOCKS }, (_, at) => (at + 1) * BLOCKS));
    expect(owed.at(-1)).toBe(BLOCKS);
  });
});
