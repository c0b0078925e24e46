import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AssertionError, toHex, utf8 } from "../base/index.ts";
import { Sha1, Sha256, sha1, sha256, sha256Node } from "./index.ts";

const TWO_BLOCKS = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const FOUR_PARTS = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

/** The examples NIST publishes with FIPS 180-4. */
const PUBLISHED: { message: string; sha1: string; sha256: string }[] = [
  {
    message: "",
    sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  },
  {
    message: "abc",
    sha1: "a9993e364706816aba3e25717850c26c9cd0d89d",
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  },
  {
    message: TWO_BLOCKS,
    sha1: "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    sha256: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  },
  {
    message: FOUR_PARTS,
    sha1: "a49b2446a02c645bf419f995b67091253a04a259",
    sha256: "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
  },
  {
    message: "a".repeat(1_000_000),
    sha1: "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
    sha256: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  },
];

describe.each([
  { name: "sha1" as const, hash: sha1, Hash: Sha1 },
  { name: "sha256" as const, hash: sha256, Hash: Sha256 },
])("$name", ({ name, hash, Hash }) => {
  it("gives the published hashes", () => {
    for (const vector of PUBLISHED) expect(toHex(hash(utf8(vector.message)))).toBe(vector[name]);
  });

  it("agrees with the platform at every length around a block, and at any offset in memory", () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, at) => (at * 167) % 256);
    for (let length = 0; length < 290; length++) {
      const part = bytes.subarray(length % 9, (length % 9) + length);
      expect(toHex(hash(part))).toBe(createHash(name).update(part).digest("hex"));
    }
  });

  it("does not care how the message is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (parts) => {
        const cut = new Hash();
        for (const part of parts) cut.update(part);
        expect(toHex(cut.digest())).toBe(createHash(name).update(Buffer.concat(parts)).digest("hex"));
      }),
    );
  });

  it("keeps two messages apart that are hashed at once", () => {
    const [one, other] = [new Hash(), new Hash()];
    for (let turn = 0; turn < 10; turn++) {
      one.update(utf8("a".repeat(40)));
      other.update(utf8("b".repeat(50)));
    }
    expect(one.digest()).toEqual(hash(utf8("a".repeat(400))));
    expect(other.digest()).toEqual(hash(utf8("b".repeat(500))));
  });

  it("is asked for its digest once", () => {
    const spent = new Hash();
    spent.digest();
    expect(() => spent.digest()).toThrow(AssertionError);
    expect(() => spent.update(utf8("more"))).toThrow(AssertionError);
  });
});

describe("sha256Node", () => {
  it("is the hash of 64 bytes, put where it is wanted", () => {
    const bytes = Uint8Array.from({ length: 80 }, (_, at) => (at * 37) % 256);
    const target = new Uint8Array(40);
    sha256Node(bytes, 5, target, 3);
    expect(toHex(target)).toBe(`000000${toHex(sha256(bytes.subarray(5, 69)))}0000000000`);
  });

  it("may write over what it reads", () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, at) => at);
    const expected = sha256(bytes);
    sha256Node(bytes, 0, bytes, 0);
    expect(bytes.subarray(0, 32)).toEqual(expected);
  });
});
