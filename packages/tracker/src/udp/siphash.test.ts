import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SipHash } from "./siphash.ts";

/** The same by the paper, with 64-bit words. */
function slow(key: Uint8Array, message: Uint8Array): bigint {
  const MASK = 2n ** 64n - 1n;
  const word = (bytes: Uint8Array) => bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const turn = (value: bigint, bits: bigint) => ((value << bits) | (value >> (64n - bits))) & MASK;
  const k0 = word(key.subarray(0, 8));
  const k1 = word(key.subarray(8));
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const round = () => {
    v0 = (v0 + v1) & MASK;
    v1 = turn(v1, 13n) ^ v0;
    v0 = turn(v0, 32n);
    v2 = (v2 + v3) & MASK;
    v3 = turn(v3, 16n) ^ v2;
    v0 = (v0 + v3) & MASK;
    v3 = turn(v3, 21n) ^ v0;
    v2 = (v2 + v1) & MASK;
    v1 = turn(v1, 17n) ^ v2;
    v2 = turn(v2, 32n);
  };
  const absorb = (value: bigint) => {
    v3 ^= value;
    round();
    round();
    v0 ^= value;
  };
  const whole = message.length - (message.length % 8);
  for (let at = 0; at < whole; at += 8) absorb(word(message.subarray(at, at + 8)));
  absorb(word(message.subarray(whole)) | (BigInt(message.length % 256) << 56n));
  v2 ^= 0xffn;
  for (let count = 0; count < 4; count++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

function fast(key: Uint8Array, message: Uint8Array): bigint {
  const hash = new SipHash(new Uint32Array(key.slice().buffer));
  hash.hash(message, message.length);
  return (BigInt(hash.high) << 32n) | BigInt(hash.low);
}

describe("SipHash", () => {
  it("gives the value the paper works out (appendix A)", () => {
    const key = Uint8Array.from({ length: 16 }, (_, at) => at);
    const message = Uint8Array.from({ length: 15 }, (_, at) => at);
    expect(fast(key, message)).toBe(0xa129ca6149be45e5n);
  });

  it("agrees with the definition for every key and message", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ maxLength: 40 }), (key, message) => {
        expect(fast(key, message)).toBe(slow(key, message));
      }),
    );
  });
});
