import { BLOCK_LENGTH, MIB } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import { BLOCK_OPEN, BLOCK_RECEIVED, BLOCK_REQUESTED, PartialPiece, padLength, RUN_LENGTH_MAX } from "./partial-piece.ts";

const peers = [1, 2, 3].map(
  (link) => new Peer({ link, remote: { address: "10.0.0.1", port: link }, dialledByUs: true, source: "user", now: 0 }),
);
const [first, second] = peers as [Peer, Peer, Peer];

function fill(partial: PartialPiece): void {
  for (let run = 0; run < partial.runCount; run++) partial.giveBuffer(run, new ArrayBuffer(partial.runLength(run)));
}

describe("The padding of a stretch", () => {
  it("is what a look at each pad would find, however many there are", () => {
    const gaps = fc.array(fc.record({ gap: fc.nat(5), length: fc.integer({ min: 1, max: 5 }) }), { maxLength: 40 });
    fc.assert(
      fc.property(gaps, fc.nat(200), fc.nat(60), (drawn, begin, length) => {
        let at = 0;
        const pads = drawn.map(({ gap, length: padded }) => {
          const pad = { begin: at + gap, length: padded };
          at = pad.begin + padded;
          return pad;
        });
        const overlap = (pad: { begin: number; length: number }): number =>
          Math.max(0, Math.min(begin + length, pad.begin + pad.length) - Math.max(begin, pad.begin));
        expect(padLength(pads, begin, length)).toBe(pads.reduce((sum, pad) => sum + overlap(pad), 0));
      }),
    );
  });

  it("is found without a look at each of the 200,000 pads that somebody may put into one piece", () => {
    let looks = 0;
    const pads = Array.from({ length: 200_000 }, (_, at) => ({
      get begin(): number {
        looks++;
        return 1024 * at;
      },
      length: 512,
    }));
    const partial = new PartialPiece({ piece: 0, byteLength: 1024 * pads.length, pads });
    expect(partial.contentLength(0)).toBe(BLOCK_LENGTH / 2);
    // Each pad is met once by the block it lies in, and each block searches.
    expect(looks).toBeLessThan(10 * pads.length);
  });
});

describe("PartialPiece", () => {
  it("gathers blocks in any order into the bytes of the piece", () => {
    const partial = new PartialPiece({ piece: 0, byteLength: 3 * BLOCK_LENGTH + 100 });
    fill(partial);
    const content = Uint8Array.from({ length: partial.byteLength }, (_, at) => at % 251);
    const completions = [3, 0, 2, 1].map((block) => {
      const begin = block * BLOCK_LENGTH;
      return partial.receive(block, content.subarray(begin, begin + BLOCK_LENGTH), first);
    });
    expect(completions).toEqual([false, false, false, true]);
    expect(partial.takeBuffer(0)).toEqual(content);
  });

  it("gathers the first bytes of each block where its host needs no more, padding included", () => {
    const pads = [{ begin: BLOCK_LENGTH - 10, length: 14 }];
    const partial = new PartialPiece({ piece: 0, byteLength: 2 * BLOCK_LENGTH + 3, pads, keptBlockLength: 8 });
    partial.giveBuffer(0, new Uint8Array(19).fill(9).buffer);
    expect([...partial.takeBuffer(0)]).toEqual([9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9]);
    partial.giveBuffer(0, new ArrayBuffer(19));
    const content = Uint8Array.from({ length: partial.byteLength }, (_, at) => at % 251);
    for (const block of [2, 0, 1]) partial.receive(block, content.subarray(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH), first);
    const kept = [0, BLOCK_LENGTH, 2 * BLOCK_LENGTH].flatMap((begin) => [...content.subarray(begin, begin + 8)]);
    expect([...partial.takeBuffer(0)]).toEqual(kept);
  });

  it("takes padding for received, so that nobody is asked for it", () => {
    const partial = new PartialPiece({
      piece: 0,
      byteLength: 4 * BLOCK_LENGTH,
      pads: [{ begin: 2 * BLOCK_LENGTH - 100, length: 2 * BLOCK_LENGTH + 100 }],
    });
    expect(partial.openCount).toBe(2);
    fill(partial);
    partial.receive(0, new Uint8Array(BLOCK_LENGTH), first);
    expect(partial.receive(1, new Uint8Array(BLOCK_LENGTH), first)).toBe(true);
    expect(partial.isReceived).toBe(true);
  });

  it("cuts a piece longer than a buffer may be into runs that complete one by one", () => {
    const partial = new PartialPiece({ piece: 0, byteLength: RUN_LENGTH_MAX + MIB / 2 });
    expect(partial.runCount).toBe(5);
    expect(partial.runLength(4)).toBe(MIB / 2);
    fill(partial);
    let completed = 0;
    for (let block = 0; block < partial.blockCount; block++) if (partial.receive(block, new Uint8Array(BLOCK_LENGTH), first)) completed++;
    expect(completed).toBe(5);
  });

  it("keeps a block asked for while one of two askers is left", () => {
    const partial = new PartialPiece({ piece: 0, byteLength: BLOCK_LENGTH });
    partial.ask(0, first, 0);
    partial.askAgain(0, second);
    expect(partial.unask(0, first)).toBe(false);
    expect(partial.state(0)).toBe(BLOCK_REQUESTED);
    expect(partial.unask(0, second)).toBe(true);
    expect(partial.state(0)).toBe(BLOCK_OPEN);
  });

  it("keeps its counts right through any sequence of asking, taking back and receiving", () => {
    const step = fc.record({ verb: fc.constantFrom("ask", "unask", "receive"), block: fc.nat(7), peer: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const partial = new PartialPiece({ piece: 0, byteLength: 8 * BLOCK_LENGTH });
        fill(partial);
        for (const { verb, block, peer } of steps) {
          const who = peers[peer] as Peer;
          if (verb === "ask" && partial.state(block) === BLOCK_OPEN) partial.ask(block, who, 0);
          if (verb === "unask") partial.unask(block, who);
          if (verb === "receive" && partial.state(block) !== BLOCK_RECEIVED) partial.receive(block, new Uint8Array(BLOCK_LENGTH), who);
          partial.check();
          const next = partial.nextOpen();
          expect(next < 0).toBe(partial.openCount === 0);
          if (next >= 0) expect(partial.state(next)).toBe(BLOCK_OPEN);
        }
      }),
    );
  });
});
