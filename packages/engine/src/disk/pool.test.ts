import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PiecePool } from "./pool.ts";

describe("PiecePool", () => {
  it("gives a buffer back that was given to it", () => {
    const pool = new PiecePool(100);
    const buffer = pool.take(40)!;
    pool.give(buffer);
    expect(pool.take(40)).toBe(buffer);
  });

  it("gives nothing past its limit, lent buffers counted", () => {
    const pool = new PiecePool(100);
    expect(pool.take(60)?.byteLength).toBe(60);
    expect(pool.canTake(41)).toBe(false);
    expect(pool.take(41)).toBeUndefined();
    expect(pool.take(40)?.byteLength).toBe(40);
    expect(pool.lentLength).toBe(100);
  });

  it("leaves most of a large pool to pieces that are being gathered, and all of a small one to the disk", () => {
    expect(new PiecePool(64 * 1024 ** 2).storingLengthMax).toBe(16 * 1024 ** 2);
    expect(new PiecePool(4 * 1024 ** 2).storingLengthMax).toBe(4 * 1024 ** 2);
  });

  it("lends as many pieces whatever is kept of their blocks, in buffers as short as that", () => {
    const pool = new PiecePool(4 * 16_384, 16);
    expect(pool.take(3 * 16_384)?.byteLength).toBe(3 * 16);
    expect(pool.canTake(2 * 16_384)).toBe(false);
    expect(pool.take(10)?.byteLength).toBe(10);
    pool.forget(3 * 16_384);
    expect(pool.lentLength).toBe(10);
  });

  it("lets idle buffers of one length make room for another", () => {
    const pool = new PiecePool(100);
    pool.give(pool.take(60)!);
    expect(pool.idleLength).toBe(60);
    expect(pool.take(70)?.byteLength).toBe(70);
    expect(pool.idleLength).toBe(0);
  });

  it("takes back another object over the same memory, as a worker returns it", () => {
    const pool = new PiecePool(100);
    pool.take(50);
    const moved = new ArrayBuffer(50);
    pool.give(moved);
    expect(pool.take(50)).toBe(moved);
  });

  it("refuses what it never lent", () => {
    expect(() => new PiecePool(100).give(new ArrayBuffer(1))).toThrow("only what was lent comes back");
    expect(() => new PiecePool(100).forget(1)).toThrow("only what was lent can be lost");
  });

  it("stays under its limit and keeps its books after any sequence", () => {
    const step = fc.oneof(
      fc.record({ take: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ give: fc.nat(20) }),
      fc.record({ forget: fc.nat(20) }),
      fc.constant({ trim: true }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const pool = new PiecePool(200);
        const lent: ArrayBuffer[] = [];
        for (const one of steps) {
          if ("take" in one) {
            const sum = lent.reduce((total, buffer) => total + buffer.byteLength, 0);
            const buffer = pool.take(one.take);
            expect(buffer !== undefined).toBe(sum + one.take <= 200);
            if (buffer !== undefined) {
              expect(buffer.byteLength).toBe(one.take);
              expect(lent).not.toContain(buffer);
              lent.push(buffer);
            }
          } else if ("trim" in one) {
            pool.trim();
            expect(pool.idleLength).toBe(0);
          } else if (lent.length > 0) {
            const place = ("give" in one ? one.give : one.forget) % lent.length;
            const [buffer] = lent.splice(place, 1);
            if ("give" in one) pool.give(buffer!);
            else pool.forget(buffer!.byteLength);
          }
          pool.check();
          expect(pool.lentLength).toBe(lent.reduce((total, buffer) => total + buffer.byteLength, 0));
        }
      }),
    );
  });
});
