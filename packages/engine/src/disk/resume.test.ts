import { Bitfield } from "@bittern/protocol/base";
import { encode } from "@bittern/protocol/bencode";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeResume, encodeResume, type ResumeRecord } from "./resume.ts";

const PIECES = 21;

function fieldOf(pieces: Iterable<number>, count = PIECES): Bitfield {
  const field = new Bitfield(count);
  for (const piece of pieces) field.add(piece);
  return field;
}

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const stamp = fc.record({
  length: fc.nat(Number.MAX_SAFE_INTEGER),
  modifiedMillis: fc.double({ noNaN: true, noDefaultInfinity: true }),
  inode: fc.nat(Number.MAX_SAFE_INTEGER),
});
const record: fc.Arbitrary<ResumeRecord> = fc
  .record({
    infoHashV1: fc.option(bytes(20), { nil: undefined }),
    infoHashV2: fc.option(bytes(32), { nil: undefined }),
    states: fc.array(fc.nat(2), { maxLength: 40, size: "max" }),
    isClean: fc.boolean(),
    stamps: fc.record({ files: fc.array(fc.option(stamp, { nil: undefined }), { maxLength: 4 }), rootIdentity: fc.string() }),
    priorities: fc.array(fc.constantFrom(0, 1, 4, 7), { maxLength: 4 }),
    uploaded: fc.nat(Number.MAX_SAFE_INTEGER),
    downloaded: fc.nat(Number.MAX_SAFE_INTEGER),
    addedSeconds: fc.nat(),
    completedSeconds: fc.option(fc.nat(), { nil: undefined }),
    trackers: fc.array(fc.webUrl(), { maxLength: 3 }),
    info: fc.option(fc.uint8Array(), { nil: undefined }),
    pieceLayers: fc.array(fc.record({ root: bytes(32), hashes: bytes(64) }), { maxLength: 2 }),
  })
  .map(({ states, ...rest }) => ({
    ...rest,
    verified: fieldOf(
      [...states.keys()].filter((piece) => states[piece] === 1),
      states.length,
    ),
    suspect: fieldOf(
      [...states.keys()].filter((piece) => states[piece] === 2),
      states.length,
    ),
  }));

/** Bitfields hide their bits from deep comparison. */
function plain(one: ResumeRecord | undefined): unknown {
  return one && { ...one, verified: [one.verified.length, ...one.verified], suspect: [one.suspect.length, ...one.suspect] };
}

const SAMPLE: ResumeRecord = {
  infoHashV1: new Uint8Array(20).fill(1),
  infoHashV2: undefined,
  verified: fieldOf([0, 1, 2, 20]),
  suspect: fieldOf([3]),
  isClean: false,
  stamps: { files: [{ length: 300, modifiedMillis: 1_700_000_000_000.25, inode: 7 }, undefined], rootIdentity: "2049:131" },
  priorities: [1, 0],
  uploaded: 12,
  downloaded: 345,
  addedSeconds: 1_700_000_000,
  completedSeconds: undefined,
  trackers: ["http://tracker.test/announce"],
  info: Uint8Array.of(100, 101),
  pieceLayers: [{ root: new Uint8Array(32).fill(2), hashes: new Uint8Array(64).fill(3) }],
};

describe("a resume record", () => {
  it("is what it was after a restart", () => {
    fc.assert(
      fc.property(record, (one) => {
        expect(plain(decodeResume(encodeResume(one)))).toEqual(plain(one));
      }),
    );
  });

  it("refers to nothing of the bytes it was read from", () => {
    const encoded = encodeResume(SAMPLE);
    const decoded = decodeResume(encoded);
    encoded.fill(0);
    expect(plain(decoded)).toEqual(plain(SAMPLE));
  });

  it("is none when any byte of it was changed, or its end is missing", () => {
    const encoded = encodeResume(SAMPLE);
    for (let at = 0; at < encoded.length; at++) {
      const changed = encoded.slice();
      changed[at]! ^= 1 << (at & 7);
      expect(decodeResume(changed), `byte ${at}`).toBeUndefined();
      expect(decodeResume(encoded.subarray(0, at)), `cut at ${at}`).toBeUndefined();
    }
  });

  it("is none when it is of another version", () => {
    const encoded = encode({ crc: 0, record: new Uint8Array(0), version: 2 });
    expect(decodeResume(encoded)).toBeUndefined();
    expect(decodeResume(encode([1]))).toBeUndefined();
  });

  it("takes a piece that is claimed and suspect for suspect", () => {
    const both = decodeResume(encodeResume({ ...SAMPLE, suspect: fieldOf([0, 3]) }));
    expect([...both!.verified]).toEqual([1, 2, 20]);
    expect([...both!.suspect]).toEqual([0, 3]);
  });

  it("bounds what its lists may hold even when the sum is right", () => {
    expect(decodeResume(encodeResume({ ...SAMPLE, trackers: Array.from({ length: 1_001 }, () => "http://a") }))).toBeUndefined();
    expect(decodeResume(encodeResume({ ...SAMPLE, trackers: ["x".repeat(3_000)] }))).toBeUndefined();
    expect(decodeResume(encodeResume({ ...SAMPLE, priorities: [8] }))).toBeUndefined();
    expect(decodeResume(encodeResume({ ...SAMPLE, suspect: fieldOf([], 40) }))).toBeUndefined();
  });
});
