import { BLOCK_LENGTH, KIB, MIB } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Limiter } from "./limiter.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Takes as the engine does: as much as there is of what is wanted, or, of a block that is on its way already, all of it. */
function take(from: TokenBucket | Limiter, byteLength: number, now: number): number {
  const granted = Math.min(byteLength, from.available(now));
  from.spend(granted, now);
  return granted;
}

describe("TokenBucket", () => {
  it("grants everything without a limit", () => {
    const bucket = new TokenBucket(0);
    expect(take(bucket, 1e12, 0)).toBe(1e12);
    expect(bucket.isUnlimited).toBe(true);
  });

  it("grants a burst of one block and a twentieth of a second, and then what flows in", () => {
    const bucket = new TokenBucket(10_000);
    expect(take(bucket, 100_000, 0)).toBe(BLOCK_LENGTH + 500);
    expect(take(bucket, 1, 0)).toBe(0);
    expect(take(bucket, 100_000, 500)).toBe(5_000);
  });

  it("has a burst that a fast rate can be kept with", () => {
    expect(new TokenBucket(100 * MIB).burst).toBe(BLOCK_LENGTH + 5 * MIB);
  });

  it.each([100, 150, 200, 250, 300, 500])("keeps a rate of %i KiB/s for whole blocks looked for every 25 ms", (kibibytes) => {
    // 300 became 213: a block was there after 53 ms and taken after 75, and nothing was kept of the time between.
    const bucket = new TokenBucket(kibibytes * KIB);
    let taken = 0;
    for (let now = 0; now <= 20_000; now += 25) {
      if (bucket.available(now) < BLOCK_LENGTH) continue;
      bucket.spend(BLOCK_LENGTH, now);
      taken += BLOCK_LENGTH;
    }
    expect(taken / 20 / (kibibytes * KIB)).toBeCloseTo(1, 1);
    expect(taken / 20 / (kibibytes * KIB)).toBeGreaterThan(0.98);
  });

  it("takes a debt for what has flowed already", () => {
    const bucket = new TokenBucket(1_000, 1_000);
    bucket.spend(3_000, 0);
    expect(bucket.available(1_999)).toBe(0);
    expect(bucket.available(2_500)).toBe(500);
  });

  it("does not save up while unlimited for when it is limited", () => {
    const bucket = new TokenBucket(0);
    take(bucket, 1, 0);
    bucket.setRate(1_000, 3_600_000);
    expect(take(bucket, 1e9, 3_600_000)).toBe(BLOCK_LENGTH + 50);
    bucket.setRate(2_000, 3_600_000);
    expect(take(bucket, 1e9, 3_600_000)).toBe(0);
    bucket.setRate(0);
    expect(take(bucket, 1e9, 3_600_000)).toBe(1e9);
  });

  /** `whole`: a block that is spent although only a part of it may be. */
  const steps = fc.array(fc.record({ bytes: fc.nat(200_000), after: fc.nat(3_000), whole: fc.boolean() }), { maxLength: 80, size: "max" });

  it("lets no more through in any span than the rate, one burst and one block that was begun", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }), steps, (rate, taken) => {
        const bucket = new TokenBucket(rate);
        const grants: { at: number; bytes: number }[] = [];
        let now = 0;
        for (const { bytes, after, whole } of taken) {
          now += after;
          const isBegun = whole && bucket.available(now) > 0;
          if (isBegun) bucket.spend(BLOCK_LENGTH, now);
          grants.push({ at: now, bytes: isBegun ? BLOCK_LENGTH : take(bucket, bytes, now) });
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
        expect(excess).toBeLessThanOrEqual(bucket.burst + BLOCK_LENGTH + 1e-3);
      }),
    );
  });

  it("reaches its rate when it is asked often", () => {
    const bucket = new TokenBucket(5 * MIB);
    let sent = 0;
    for (let now = 0; now < 10_000; now += 4) {
      for (; bucket.available(now) >= BLOCK_LENGTH; sent += BLOCK_LENGTH) bucket.spend(BLOCK_LENGTH, now);
    }
    expect(sent / (50 * MIB)).toBeGreaterThan(0.99);
    expect(sent / (50 * MIB)).toBeLessThan(1.01);
  });
});

describe("Limiter", () => {
  it("grants what the tightest bucket has, and takes it from all", () => {
    const [session, torrent] = [new TokenBucket(1_000, 1_000), new TokenBucket(1_000, 300)];
    expect(take(new Limiter([session, torrent]), 500, 0)).toBe(300);
    expect([session.available(0), torrent.available(0)]).toEqual([700, 0]);
  });

  it("is unlimited when all its buckets are", () => {
    const limiter = new Limiter([new TokenBucket(0), new TokenBucket(0)]);
    expect(limiter.isUnlimited).toBe(true);
    expect(take(limiter, 1e9, 0)).toBe(1e9);
    expect(take(new Limiter([]), 7, 0)).toBe(7);
  });

  it("shares the session's rate among its torrents", () => {
    const session = new TokenBucket(MIB);
    const limiters = [0, 0].map(() => new Limiter([session, new TokenBucket(0)]));
    let sent = 0;
    for (let now = 0; now < 10_000; now += 10) for (const limiter of limiters) sent += take(limiter, BLOCK_LENGTH, now);
    expect(sent / (10 * MIB)).toBeCloseTo(1, 1);
  });
});
