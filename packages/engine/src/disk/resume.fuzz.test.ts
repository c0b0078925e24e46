import { crc32c } from "@bittern/protocol/address";
import { Bitfield, ProtocolError } from "@bittern/protocol/base";
import { BencodeDictionary, decode, encode } from "@bittern/protocol/bencode";
import { fuzz, fuzzCount } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { decodeResume, encodeResume, type ResumeRecord } from "./resume.ts";

const RECORD: ResumeRecord = {
  infoHashV1: new Uint8Array(20).fill(1),
  infoHashV2: new Uint8Array(32).fill(2),
  verified: Bitfield.full(13),
  suspect: new Bitfield(13),
  isClean: true,
  stamps: { files: [{ length: 300, modifiedMillis: 1_700_000_000_000.25, inode: 7 }, undefined], rootIdentity: "2049:131" },
  priorities: [1, 0],
  uploaded: 12,
  downloaded: 345,
  addedSeconds: 1_700_000_000,
  completedSeconds: 1_700_000_100,
  trackers: ["http://tracker.test/announce"],
  info: Uint8Array.of(100, 101),
  pieceLayers: [{ root: new Uint8Array(32).fill(2), hashes: new Uint8Array(64).fill(3) }],
};

function bodyOf(encoded: Uint8Array): Uint8Array {
  const outer = decode(encoded);
  return outer instanceof BencodeDictionary ? outer.bytes("record")! : new Uint8Array(0);
}

/** A record around this body whose sum is right: damage that gets past the sum is the interesting one. */
function sealed(body: Uint8Array): Uint8Array {
  return encode({ crc: crc32c(body), record: body, version: 1 });
}

function read(bytes: Uint8Array): void {
  const record = decodeResume(bytes);
  if (record === undefined) throw new ProtocolError("NO_RECORD", "not a record");
  expect(record.verified.length).toBe(record.suspect.length);
  for (const piece of record.suspect) expect(record.verified.has(piece)).toBe(false);
  expect(Math.min(record.uploaded, record.downloaded, record.addedSeconds)).toBeGreaterThanOrEqual(0);
  // What was read can be written.
  expect(decodeResume(encodeResume(record))).toBeDefined();
}

describe("a resume record, damaged", () => {
  it("is never taken for whole by its outside", () => {
    const tally = fuzz({ seeds: [encodeResume(RECORD)], target: read, count: fuzzCount(process.env), seed: 1 });
    expect(tally.refused).toBeGreaterThan(0);
  });

  it("is a whole record or none by its inside", () => {
    const tally = fuzz({
      seeds: [bodyOf(encodeResume(RECORD))],
      target: (body) => read(sealed(body)),
      count: fuzzCount(process.env),
      seed: 2,
    });
    expect(tally.accepted).toBeGreaterThan(100);
    expect(tally.refused).toBeGreaterThan(100);
  });
});
