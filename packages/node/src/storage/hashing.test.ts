import { createHash } from "node:crypto";
import { BLOCK_LENGTH } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { judgePiece, merkleRoot } from "./hashing.ts";

/** Shorter than a block, around the part that is hashed at once, and a piece of several parts with a rest. */
const LENGTHS = [1, BLOCK_LENGTH, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 200_001];

describe("judgePiece", () => {
  it.each(LENGTHS)("agrees with the hash of all %i bytes at once, and with nothing else", (length) => {
    const bytes = patternOf(length);
    const sha1 = createHash("sha1").update(bytes).digest();
    expect(judgePiece(bytes, { sha1 })).toEqual({ good: true });
    bytes[length - 1] = (bytes[length - 1] as number) + 1;
    expect(judgePiece(bytes, { sha1 })).toEqual({ good: false });
  });

  it.each(LENGTHS)("agrees with the tree over the blocks of %i bytes", (length) => {
    const bytes = patternOf(length);
    const leaves = leavesOf(bytes);
    const leafCount = 2 ** Math.ceil(Math.log2(Math.max(1, leaves.length / 32)));
    const merkle = { root: merkleRoot(leaves, leafCount), leafCount, dataLength: length };
    expect(judgePiece(bytes, { merkle })).toEqual({ good: true });
    bytes[0] = (bytes[0] as number) + 1;
    expect(judgePiece(bytes, { merkle })).toEqual({ good: false, leaves: leavesOf(bytes) });
  });
});

function patternOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

function leavesOf(bytes: Uint8Array): Uint8Array {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_LENGTH)
    leaves.push(
      createHash("sha256")
        .update(bytes.subarray(at, at + BLOCK_LENGTH))
        .digest(),
    );
  return new Uint8Array(Buffer.concat(leaves));
}
