import { Bitfield, BLOCK_LENGTH, concatBytes, HostError, MIB, type Millis, toHex } from "@bittern/protocol/base";
import { sha256 } from "@bittern/protocol/crypto";
import { HashTree, merkleRoot } from "@bittern/protocol/merkle";
import { buildTorrent, CreationPlan, type Metainfo, parseTorrent } from "@bittern/protocol/metainfo";
import { encodeHandshake, type HashesMessage, type HashRange, type HashRangeMessage, PeerWire } from "@bittern/protocol/peer";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import type { SessionOutput } from "../../session/output.ts";
import { Answers } from "./answers.ts";
import { HashServe, LEAVES_READ_MAX } from "./hash-serve.ts";

/** A leaf each, made up: nobody here hashes blocks. */
const leafOf = (file: number, block: number): Uint8Array => sha256(Uint8Array.of(file, block, block >> 8));

/** A torrent of version 2 with files of so many blocks. */
function torrentOf(blockCounts: readonly number[], pieceLength: number): { metainfo: Metainfo; leavesOf: (piece: number) => Uint8Array } {
  const files = blockCounts.map((count, file) => ({ path: [`${file}`], length: count * BLOCK_LENGTH }));
  const options = { name: "t", files, pieceLength, version: "v2" as const };
  const plan = new CreationPlan(options);
  const leaves: Uint8Array[] = [];
  const roots: Uint8Array[] = [];
  for (const [file, count] of blockCounts.entries()) {
    for (let begin = 0; begin < count; begin += pieceLength / BLOCK_LENGTH) {
      const end = Math.min(count, begin + pieceLength / BLOCK_LENGTH);
      const ofPiece = concatBytes(Array.from({ length: end - begin }, (_, at) => leafOf(file, begin + at)));
      leaves.push(ofPiece);
      roots.push(merkleRoot(ofPiece, plan.hashing(roots.length).merkle?.leafCount ?? 1));
    }
  }
  const metainfo = parseTorrent(buildTorrent({ ...options, fileTrees: plan.fileTrees(concatBytes(roots)) }));
  return { metainfo, leavesOf: (piece) => leaves[piece] as Uint8Array };
}

const HANDSHAKE = {
  infoHash: new Uint8Array(20),
  peerId: new Uint8Array(20),
  features: { extended: true, fast: true, dht: false, v2: true },
};

describe("Hash requests", () => {
  let out: SessionOutput[];
  const peers = [1, 2, 3].map(
    (link) => new Peer({ link, remote: { address: "10.0.0.1", port: link }, dialledByUs: true, source: "user", now: 0 }),
  ) as [Peer, Peer, Peer];
  const [peer, other, third] = peers;

  beforeEach(() => {
    out = [];
  });

  function stage(blockCounts: readonly number[], pieceLength: number) {
    const { metainfo, leavesOf } = torrentOf(blockCounts, pieceLength);
    const have = new Bitfield(metainfo.pieceCount);
    have.setAll();
    const content = { have, isOpen: true };
    const answers = new Answers();
    const serve = new HashServe({ torrent: 1, metainfo, content, answers });
    const rootOf = (file: number): Uint8Array => metainfo.files[file]?.piecesRoot as Uint8Array;
    const ask = (from: Peer, file: number, range: Partial<HashRange>, now: Millis = 0): void =>
      serve.requested(from, { root: rootOf(file), baseLayer: 0, index: 0, length: 2, proofLayers: 0, ...range }, now, out);
    /** Pieces asked of the disk since this was called. */
    const asked = (): number[] => {
      const pieces = out.flatMap((one) => (one.type === "hash-leaves" ? [one.piece] : []));
      out = out.filter(({ type }) => type !== "hash-leaves");
      return pieces;
    };
    /** The disk answers until it is asked for nothing more; returns what it was asked for. */
    const readAll = (): number[] => {
      const all: number[] = [];
      for (let [piece] = asked(); piece !== undefined; [piece] = asked()) {
        all.push(piece);
        serve.hashed(leavesOf(piece), out);
      }
      return all;
    };
    return { metainfo, content, answers, serve, rootOf, ask, asked, readAll, leavesOf };
  }

  /** What a peer heard, in order. */
  function heard(by: Peer): (HashesMessage | HashRangeMessage)[] {
    const wire = new PeerWire();
    wire.receive(encodeHandshake(HANDSHAKE));
    return out.flatMap((output) => {
      if (!("bytes" in output) || !("link" in output) || output.link !== by.link) return [];
      return wire.receive(output.bytes).map((event) => structuredClone(event) as HashRangeMessage);
    });
  }
  const verdicts = (by: Peer): string[] => heard(by).map(({ type }) => type);

  it("for pieces are answered from the layer, without the disk", () => {
    const { ask, asked } = stage([40], 4 * BLOCK_LENGTH);
    ask(peer, 0, { baseLayer: 2, index: 0, length: 8, proofLayers: 3 });
    expect(verdicts(peer)).toEqual(["hashes"]);
    expect(asked()).toEqual([]);
  });

  it("for any layer below are answered from the content, with a proof that holds", () => {
    const cases = fc.record({
      blockCounts: fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 3 }),
      level: fc.nat(3),
      file: fc.nat(2),
      exponent: fc.integer({ min: 1, max: 5 }),
      index: fc.nat(6),
    });
    fc.assert(
      fc.property(cases, ({ blockCounts, level, file: pick, exponent, index }) => {
        out = [];
        const file = pick % blockCounts.length;
        const pieceLength = BLOCK_LENGTH * 2 ** level;
        const { metainfo, ask, readAll, rootOf } = stage(blockCounts, pieceLength);
        const fileLength = metainfo.files[file]?.length as number;
        const tree = new HashTree({ root: rootOf(file), fileLength, pieceLength });
        const layer = metainfo.pieceLayers.get(toHex(rootOf(file)));
        if (layer !== undefined) tree.setLayer(layer);
        const request = { baseLayer: 0, index: index * 2 ** exponent, length: 2 ** exponent, proofLayers: tree.height - 1 };
        ask(peer, file, request);
        readAll();
        const isInside = request.index + request.length <= 2 ** tree.height;
        expect(verdicts(peer)).toEqual([isInside ? "hashes" : "hash-reject"]);
        if (isInside) expect(tree.accept(request, (heard(peer)[0] as HashesMessage).hashes)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("for leaves have pieces read one at a time, and read no piece twice while it is fresh", () => {
    const { ask, asked, readAll, serve } = stage([16], 4 * BLOCK_LENGTH);
    ask(peer, 0, { index: 0, length: 8 });
    expect(asked()).toEqual([0]);
    ask(peer, 0, { index: 2, length: 2 });
    expect(asked()).toEqual([]);
    serve.hashed(torrentOf([16], 4 * BLOCK_LENGTH).leavesOf(0), out);
    expect(verdicts(peer)).toEqual([]);
    expect(readAll()).toEqual([1]);
    expect(verdicts(peer)).toEqual(["hashes", "hashes"]);
    ask(other, 0, { index: 4, length: 4 });
    expect(asked()).toEqual([]);
    expect(verdicts(other)).toEqual(["hashes"]);
    serve.tick(30_000);
    ask(other, 0, { index: 4, length: 4 }, 30_000);
    expect(readAll()).toEqual([1]);
  });

  it("of several peers take turns, whichever files they are about", () => {
    const { ask, readAll } = stage([8, 8], 4 * BLOCK_LENGTH);
    for (const index of [0, 4]) ask(peer, 0, { index, length: 4 });
    for (const index of [0, 4]) ask(other, 1, { index, length: 4 });
    expect(readAll()).toEqual([0, 2, 1, 3]);
    expect([verdicts(peer), verdicts(other)]).toEqual([
      ["hashes", "hashes"],
      ["hashes", "hashes"],
    ]);
  });

  it("of a peer that leaves hold up nobody", () => {
    const { ask, asked, readAll, serve, leavesOf } = stage([8], 4 * BLOCK_LENGTH);
    ask(peer, 0, { length: 4 });
    ask(other, 0, { index: 4, length: 4 });
    expect(asked()).toEqual([0]);
    serve.left(peer);
    serve.hashed(leavesOf(0), out);
    expect(readAll()).toEqual([1]);
    expect(verdicts(peer)).toEqual([]);
    expect(verdicts(other)).toEqual(["hashes"]);
  });

  it("for a piece that is not here, or whose file is closed, are refused", () => {
    const { ask, asked, content } = stage([8], 4 * BLOCK_LENGTH);
    content.have.remove(1);
    ask(peer, 0, { index: 4, length: 4 });
    content.isOpen = false;
    ask(peer, 0, { index: 0, length: 4 });
    expect(verdicts(peer)).toEqual(["hash-reject", "hash-reject"]);
    expect(asked()).toEqual([]);
  });

  it.each([
    ["it is no longer what it was", undefined],
    ["the disk refuses", new HostError("IO", "a bad sector")],
    ["its leaves are another piece's", new Uint8Array(4 * 32)],
  ])("for a piece are refused when %s, and the next is served", (_, outcome) => {
    const { ask, asked, readAll, serve } = stage([8], 4 * BLOCK_LENGTH);
    ask(peer, 0, { length: 4 });
    ask(other, 0, { length: 4 });
    ask(third, 0, { index: 4, length: 4 });
    expect(asked()).toEqual([0]);
    serve.hashed(outcome, out);
    expect(readAll()).toEqual([1]);
    expect([verdicts(peer), verdicts(other), verdicts(third)]).toEqual([["hash-reject"], ["hash-reject"], ["hashes"]]);
  });

  it("of one connection have a gigabyte read in ten minutes, and not one piece more", () => {
    const pieceLength = 256 * MIB;
    const blocks = pieceLength / BLOCK_LENGTH;
    const count = LEAVES_READ_MAX / pieceLength;
    const { ask, asked, serve } = stage(
      Array.from({ length: count + 1 }, () => blocks),
      pieceLength,
    );
    const askAll = (from: Peer, now: Millis): number => {
      let reads = 0;
      for (let file = 0; file <= count; file++) {
        ask(from, file, {}, now);
        const pieces = asked();
        reads += pieces.length;
        if (pieces.length > 0) serve.hashed(undefined, out);
      }
      return reads;
    };
    expect(askAll(peer, 0)).toBe(count);
    expect(askAll(peer, 600_000)).toBe(0);
    expect(askAll(other, 0)).toBe(count);
    expect(askAll(peer, 600_001)).toBe(count);
  });

  it("for roots that are made up are refused", () => {
    const { serve, asked } = stage([8], 4 * BLOCK_LENGTH);
    for (let time = 0; time < 50; time++) {
      serve.requested(peer, { root: new Uint8Array(32).fill(time), baseLayer: 0, index: 0, length: 2, proofLayers: 0 }, 0, out);
    }
    expect(verdicts(peer).every((type) => type === "hash-reject")).toBe(true);
    expect(asked()).toEqual([]);
  });
});
