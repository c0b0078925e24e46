import { BLOCK_LENGTH, MIB } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Limiter } from "./limiter.ts";
import { TokenBucket } from "./token-bucket.ts";

describe("TokenBucket", () => {
  it("grants everything without a limit", () => {
    const bucket = new TokenBucket(0);
    expect(bucket.take(1e12, 0)).toBe(1e12);
    expect(bucket.availableAt(1e12, 5)).toBe(5);
    expect(bucket.isUnlimited).toBe(true);
  });

  it("grants a burst of one block, and then what flows in", () => {
    const bucket = new TokenBucket(10_000);
    expect(bucket.take(100_000, 0)).toBe(BLOCK_LENGTH);
    expect(bucket.take(1, 0)).toBe(0);
    expect(bucket.take(100_000, 500)).toBe(5_000);
  });

  it("has a burst that a fast rate can be kept with", () => {
    expect(new TokenBucket(100 * MIB).burst).toBe(5 * MIB);
  });

  it("grants a block whole or not at all", () => {
    const bucket = new TokenBucket(10_000);
    expect(bucket.takeWhole(BLOCK_LENGTH, 0)).toBe(true);
    expect(bucket.takeWhole(BLOCK_LENGTH, 1_000)).toBe(false);
    const at = bucket.availableAt(BLOCK_LENGTH, 1_000);
    expect(bucket.takeWhole(BLOCK_LENGTH, at - 2)).toBe(false);
    expect(bucket.takeWhole(BLOCK_LENGTH, at)).toBe(true);
  });

  it("lets more than the burst through once it is full, and makes up for it", () => {
    const bucket = new TokenBucket(10_000);
    expect(bucket.takeWhole(100_000, 0)).toBe(true);
    expect(bucket.availableAt(1, 0)).toBeGreaterThan(8_000);
  });

  it("takes a debt for what has flowed already", () => {
    const bucket = new TokenBucket(1_000, 1_000);
    bucket.spend(3_000, 0);
    expect(bucket.availableAt(1, 0)).toBe(2_002);
    expect(bucket.available(1_999)).toBe(0);
    expect(bucket.take(10, 3_000)).toBe(10);
  });

  it("does not save up while unlimited for when it is limited", () => {
    const bucket = new TokenBucket(0);
    bucket.take(1, 0);
    bucket.setRate(1_000, 3_600_000);
    expect(bucket.take(1e9, 3_600_000)).toBe(BLOCK_LENGTH);
    bucket.setRate(2_000, 3_600_000);
    expect(bucket.take(1e9, 3_600_000)).toBe(0);
    bucket.setRate(0);
    expect(bucket.take(1e9, 3_600_000)).toBe(1e9);
  });

  const steps = fc.array(fc.record({ bytes: fc.nat(200_000), after: fc.nat(3_000), whole: fc.boolean() }), { maxLength: 80, size: "max" });

  it("lets no more through in any span than the rate and one burst", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }), steps, (rate, taken) => {
        const bucket = new TokenBucket(rate);
        const grants: { at: number; bytes: number }[] = [];
        let now = 0;
        for (const { bytes, after, whole } of taken) {
          now += after;
          const wanted = whole ? Math.min(bytes, Math.floor(bucket.burst)) : bytes;
          if (whole) grants.push({ at: now, bytes: bucket.takeWhole(wanted, now) ? wanted : 0 });
          else grants.push({ at: now, bytes: bucket.take(wanted, now) });
          bucket.check();
        }
        let excess = 0;
        for (const [first, { at: begin }] of grants.entries()) {
          let sum = 0;
          for (const { at, bytes } of grants.slice(first)) {
            sum += bytes;
            excess = Math.max(excess, sum - ((at - begin) * rate) / 1000);
          }
        }
        expect(excess).toBeLessThanOrEqual(bucket.burst + 1e-3);
      }),
    );
  });

  it("gives what it promised at the time it named", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }), steps, (rate, taken) => {
        const bucket = new TokenBucket(rate);
        let now = 0;
        for (const { bytes, after } of taken) {
          now += after;
          bucket.take(bytes, now);
          const wanted = Math.min(bytes, Math.floor(bucket.burst));
          now = bucket.availableAt(wanted, now);
          expect(bucket.take(wanted, now)).toBe(wanted);
        }
      }),
    );
  });

  it("reaches its rate when it is asked often", () => {
    const bucket = new TokenBucket(5 * MIB);
    let sent = 0;
    for (let now = 0; now < 10_000; now += 4) while (bucket.takeWhole(BLOCK_LENGTH, now)) sent += BLOCK_LENGTH;
    expect(sent / (50 * MIB)).toBeGreaterThan(0.99);
    expect(sent / (50 * MIB)).toBeLessThan(1.01);
  });
});

describe("Limiter", () => {
  it("grants what the tightest bucket has, and takes it from all", () => {
    const [session, torrent] = [new TokenBucket(1_000, 1_000), new TokenBucket(1_000, 300)];
    const limiter = new Limiter([session, torrent]);
    expect(limiter.take(500, 0)).toBe(300);
    expect(session.available(0)).toBe(700);
    expect(limiter.availableAt(200, 0)).toBe(201);
  });

  it("is unlimited when all its buckets are", () => {
    const limiter = new Limiter([new TokenBucket(0), new TokenBucket(0)]);
    expect(limiter.isUnlimited).toBe(true);
    expect(limiter.take(1e9, 0)).toBe(1e9);
    expect(limiter.takeWhole(1e9, 0)).toBe(true);
    expect(new Limiter([]).take(7, 0)).toBe(7);
  });

  it("grants a block from all buckets or from none", () => {
    const [session, torrent] = [new TokenBucket(1_000, 1_000), new TokenBucket(1_000, 300)];
    const limiter = new Limiter([session, torrent]);
    torrent.take(100, 0);
    expect(limiter.takeWhole(250, 0)).toBe(false);
    expect(session.available(0)).toBe(1_000);
    expect(limiter.takeWhole(200, 0)).toBe(true);
    expect(session.available(0)).toBe(800);
  });

  it("shares the session's rate among its torrents", () => {
    const session = new TokenBucket(MIB);
    const limiters = [0, 0].map(() => new Limiter([session, new TokenBucket(0)]));
    let sent = 0;
    for (let now = 0; now < 10_000; now += 10) for (const limiter of limiters) sent += limiter.take(BLOCK_LENGTH, now);
    expect(sent / (10 * MIB)).toBeCloseTo(1, 1);
  });
});
