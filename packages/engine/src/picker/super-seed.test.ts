import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { SuperSeed, UNDER_WAY_MIN } from "./super-seed.ts";

const PIECE_COUNT = 30;
const PIECE_LENGTH = 100;
const ANYBODY = (): boolean => true;

describe("A seed that gives every piece once", () => {
  let holders: number[];
  let seed: SuperSeed;

  beforeEach(() => {
    holders = Array<number>(PIECE_COUNT).fill(0);
    seed = new SuperSeed({
      pieceCount: PIECE_COUNT,
      random: { u32: () => 7 },
      pieceByteLength: () => PIECE_LENGTH,
      holders: (piece) => holders[piece] as number,
    });
    seed.join(1);
    seed.join(2);
  });

  function arrive(peer: number, piece: number, now: number): void {
    seed.sent(peer, piece, PIECE_LENGTH);
    holders[piece] = 1;
    seed.peerHas(peer, piece, now);
  }

  /** Gives all pieces but those that are revealed last; one arrives every hundred milliseconds. Answers with those, and the time. */
  function giveAlmostAll(): { readonly last: { readonly peer: number; readonly piece: number }[]; readonly now: number } {
    const given = new Set<number>();
    const underWay = [...seed.reveal(UNDER_WAY_MIN, ANYBODY, 0)];
    for (let now = 100; ; now += 100) {
      for (const { piece } of underWay) given.add(piece);
      if (given.size === PIECE_COUNT) return { last: underWay, now };
      const { peer, piece } = underWay.shift() as { peer: number; piece: number };
      arrive(peer, piece, now);
      underWay.push(...seed.reveal(UNDER_WAY_MIN, ANYBODY, now));
      seed.check();
    }
  }

  describe("and meets one that was told of everything", () => {
    const SECOND = 1000;

    /** It takes so many pieces by itself; who announces them is another matter. */
    function take(peer: number, count: number): number[] {
      const pieces = Array.from({ length: count }, (_, piece) => piece);
      for (const piece of pieces) seed.sent(peer, piece, PIECE_LENGTH);
      return pieces;
    }
    /** All that may still be given to the others. */
    function givenTo(peer: number, now: number): number[] {
      const given: number[] = [];
      for (let round = 0; round < PIECE_COUNT; round++) {
        for (const reveal of seed.reveal(UNDER_WAY_MIN, (other) => other === peer, now)) {
          given.push(reveal.piece);
          arrive(reveal.peer, reveal.piece, now);
        }
      }
      return given;
    }

    beforeEach(() => seed.open(1));

    it("leaves to it what it took, as long as it passes things on", () => {
      const taken = take(1, 10);
      givenTo(2, 0);
      holders[3] = 1;
      seed.peerHas(2, 3, 2 * SECOND);
      seed.reveal(UNDER_WAY_MIN, ANYBODY, 4 * SECOND);
      expect(seed.isMiser(1)).toBe(false);
      expect(givenTo(2, 4 * SECOND).filter((piece) => taken.includes(piece))).toEqual([]);
    });

    it("gives again what it took, and puts it last, when it passes nothing on", () => {
      const taken = take(1, 10);
      const first = givenTo(2, 0);
      expect(first.some((piece) => taken.includes(piece))).toBe(false);
      seed.reveal(UNDER_WAY_MIN, () => false, 3 * SECOND);
      expect(seed.isMiser(1)).toBe(true);
      expect(givenTo(2, 3 * SECOND).toSorted((left, right) => left - right)).toEqual(taken);
      seed.check();
    });

    it("does not blame one that is alone", () => {
      seed.leave(2);
      take(1, 10);
      seed.reveal(UNDER_WAY_MIN, ANYBODY, 0);
      seed.reveal(UNDER_WAY_MIN, ANYBODY, 10 * SECOND);
      expect(seed.isMiser(1)).toBe(false);
    });
  });

  it("reveals each piece to one downloader, a few at a time", () => {
    const reveals = seed.reveal(UNDER_WAY_MIN, ANYBODY, 0);
    expect(new Set(reveals.map(({ piece }) => piece)).size).toBe(UNDER_WAY_MIN);
    expect(seed.reveal(UNDER_WAY_MIN, ANYBODY, 10)).toEqual([]);
    expect(seed.isOver(10)).toBe(false);
  });

  it("is over when the last piece has arrived, and not when it was revealed", () => {
    const { last, now } = giveAlmostAll();
    expect(last).toHaveLength(UNDER_WAY_MIN);
    for (const { peer, piece } of last) {
      expect(seed.isOver(now)).toBe(false);
      arrive(peer, piece, now);
    }
    expect(seed.isOver(now)).toBe(true);
  });

  it("does not wait for one that takes far longer than others did", () => {
    const { last, now } = giveAlmostAll();
    for (const { peer, piece } of last.slice(1)) arrive(peer, piece, now);
    expect(seed.isOver(now + 500)).toBe(false);
    expect(seed.isOver(now + 1_500)).toBe(true);
  });

  it("gives again what somebody took along", () => {
    const [first] = seed.reveal(1, ANYBODY, 0);
    arrive(first?.peer as number, first?.piece as number, 100);
    holders[first?.piece as number] = 0;
    seed.leave(first?.peer as number);
    const again = seed.reveal(PIECE_COUNT + 1, ANYBODY, 200);
    expect(again.map(({ piece }) => piece)).toContain(first?.piece);
    expect(again).toHaveLength(PIECE_COUNT);
  });

  // What a lone downloader had taken was put back beside what had never been given, and so given twice.
  it("gives each piece once after somebody left who had taken some by himself", () => {
    seed.leave(2);
    seed.open(1);
    for (let piece = 0; piece < PIECE_COUNT; piece++) seed.sent(1, piece, PIECE_LENGTH);
    seed.leave(1);
    seed.join(3);
    const given = seed.reveal(2 * PIECE_COUNT, ANYBODY, 0).map(({ piece }) => piece);
    expect(given.toSorted((left, right) => left - right)).toEqual(Array.from({ length: PIECE_COUNT }, (_, piece) => piece));
    seed.check();
  });

  it("gives what somebody had begun to take by himself when he left", () => {
    seed.open(1);
    for (let piece = 0; piece < PIECE_COUNT; piece++) seed.sent(1, piece, PIECE_LENGTH / 2);
    expect(seed.reveal(UNDER_WAY_MIN, ANYBODY, 0)).toEqual([]);
    seed.leave(1);
    expect(seed.reveal(PIECE_COUNT, ANYBODY, 100)).toHaveLength(PIECE_COUNT);
  });

  const peer = fc.integer({ min: 1, max: 4 });
  const piece = fc.nat(PIECE_COUNT - 1);
  const step = fc.oneof(
    ...(["join", "leave", "open", "bait"] as const).map((type) => fc.record({ type: fc.constant(type), peer })),
    ...(["half", "whole", "has", "grant"] as const).map((type) => fc.record({ type: fc.constant(type), peer, piece })),
    fc.record({ type: fc.constant("wait" as const), millis: fc.constantFrom(10, 300, 4_000, 21_000) }),
    fc.record({ type: fc.constant("reveal" as const), count: fc.integer({ min: 1, max: 10 }) }),
  );

  it("keeps its law whatever its peers take, announce and leave", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
        const fields = new Map<number, Set<number>>();
        const count = (one: number): number => [...fields.values()].filter((field) => field.has(one)).length;
        const law = new SuperSeed({
          pieceCount: PIECE_COUNT,
          random: seededRandom(1),
          pieceByteLength: () => PIECE_LENGTH,
          holders: count,
        });
        let now = 0;
        for (const one of steps) {
          if (one.type === "wait") now += one.millis;
          else if (one.type === "reveal") {
            const reveals = law.reveal(one.count, ANYBODY, now);
            expect(new Set(reveals.map((reveal) => reveal.piece)).size).toBe(reveals.length);
          } else if ("piece" in one) {
            const field = fields.get(one.peer);
            if (field === undefined || (one.type === "has" && field.has(one.piece))) continue;
            if (one.type === "grant") law.grant(one.peer, one.piece);
            else if (one.type === "has") {
              field.add(one.piece);
              law.peerHas(one.peer, one.piece, now);
            } else law.sent(one.peer, one.piece, one.type === "half" ? PIECE_LENGTH / 2 : PIECE_LENGTH);
          } else if (fields.has(one.peer) === (one.type === "join")) continue;
          else if (one.type === "join") {
            law.join(one.peer);
            fields.set(one.peer, new Set());
          } else if (one.type === "leave") {
            fields.delete(one.peer);
            law.leave(one.peer);
          } else if (one.type === "open") law.open(one.peer);
          else law.bait(one.peer, now);
          law.check();
        }
      }),
      { numRuns: 300 },
    );
  });
});
