/** @module */
import type { PieceIndex } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PieceSource, streamRange } from "./stream.ts";
import { Waits } from "./waits.ts";

/** A torrent whose pieces arrive when the test says so. */
class FakeTorrent implements PieceSource {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly pieceLength: number;
  readonly verified = new Set<PieceIndex>();
  readonly waits = new Waits();
  hurried: readonly PieceIndex[] = [];
  reads = 0;

  constructor(length: number, pieceLength: number) {
    this.content = Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 255);
    this.pieceLength = pieceLength;
  }
  arrive(...pieces: PieceIndex[]): void {
    for (const piece of pieces) this.verified.add(piece);
    this.waits.look();
  }
  arriveAll(): void {
    this.arrive(...Array.from({ length: Math.ceil(this.content.length / this.pieceLength) }, (_, piece) => piece));
  }
  verifiedFrom(offset: number, length: number): number {
    let end = offset;
    while (end < offset + length && this.verified.has(Math.floor(end / this.pieceLength))) {
      end = (Math.floor(end / this.pieceLength) + 1) * this.pieceLength;
    }
    return Math.min(end, offset + length) - offset;
  }
  async whenVerified(piece: PieceIndex, signal: AbortSignal): Promise<void> {
    await this.waits.until(() => (this.verified.has(piece) ? true : undefined), signal);
  }
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    this.reads++;
    return this.content.slice(offset, offset + length);
  }
  hurry(_reader: object, pieces: readonly PieceIndex[]): void {
    this.hurried = pieces;
  }
}

async function gather(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe("A stream of a range", () => {
  it("gives exactly its bytes, wherever it begins and ends", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3000), fc.nat(3000), fc.integer({ min: 1, max: 700 }), async (offset, length, pieceLength) => {
        const torrent = new FakeTorrent(6000, pieceLength);
        torrent.arriveAll();
        expect(await gather(streamRange(torrent, { offset, length }))).toEqual(torrent.content.slice(offset, offset + length));
      }),
      { numRuns: 30 },
    );
  });

  it("waits for pieces and hurries those in front of its reader", async () => {
    const torrent = new FakeTorrent(1000, 100);
    const stream = streamRange(torrent, { offset: 250, length: 500 });
    const reader = stream.getReader();
    const first = reader.read();
    await Promise.resolve();
    expect(torrent.hurried).toEqual([2, 3, 4, 5, 6, 7]);
    torrent.arrive(9, 3, 2);
    expect((await first).value).toEqual(torrent.content.slice(250, 400));
    torrent.arrive(4, 5, 6, 7);
    expect((await reader.read()).value).toEqual(torrent.content.slice(400, 750));
    expect((await reader.read()).done).toBe(true);
    expect(torrent.hurried).toEqual([]);
  });

  it("reads no further ahead than its buffer", async () => {
    const torrent = new FakeTorrent(8 * 1024 * 1024, 1024 * 1024);
    torrent.arriveAll();
    const reader = streamRange(torrent, { offset: 0, length: torrent.content.length }).getReader();
    await reader.read();
    for (let turn = 0; turn < 200; turn++) await Promise.resolve();
    expect(torrent.reads).toBeLessThanOrEqual(6);
    await reader.cancel();
    expect(torrent.hurried).toEqual([]);
  });

  it("ends with the signal", async () => {
    const torrent = new FakeTorrent(1000, 100);
    const controller = new AbortController();
    const reading = gather(streamRange(torrent, { offset: 0, length: 1000 }, controller.signal));
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    expect(torrent.hurried).toEqual([]);
  });

  it("is over at once when it is empty", async () => {
    expect(await gather(streamRange(new FakeTorrent(10, 10), { offset: 3, length: 0 }))).toEqual(new Uint8Array(0));
  });
});
