import type { FileStamp, StoreFile } from "@bittern/host";
import { Bitfield } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import type { ResumeRecord } from "./resume.ts";
import { resumeRecord } from "./testing.ts";
import { judgeBlindly, judgeRecord, type TrustQuestion } from "./trust.ts";

// Three files over six pieces of ten bytes: pieces 0 to 2 hold the first, 2 and 3 the second, 4 and 5 the third.
const FILES: StoreFile[] = [
  { path: ["t", "a"], length: 25, isPad: false, offset: 0 },
  { path: ["t", "b"], length: 15, isPad: false, offset: 25 },
  { path: ["t", "c"], length: 20, isPad: false, offset: 40 },
];
const STAMPS: (FileStamp | undefined)[] = FILES.map((file, inode) => ({ length: file.length, modifiedMillis: 1_000, inode }));

function fieldOf(...pieces: number[]): Bitfield {
  const field = new Bitfield(6);
  for (const piece of pieces) field.add(piece);
  return field;
}

function recordOf(facts: Partial<ResumeRecord> = {}): ResumeRecord {
  return resumeRecord({ verified: fieldOf(0, 1, 2, 4), stamps: { files: STAMPS, rootIdentity: "1:2" }, ...facts });
}

function judge(
  record: ResumeRecord | undefined,
  found: (FileStamp | undefined)[] = STAMPS,
  rootIdentity = "1:2",
): { trusted: number[]; unchecked: number[] } {
  const question: TrustQuestion = { record, stamps: { files: found, rootIdentity }, files: FILES, pieceLength: 10, pieceCount: 6 };
  const { trusted, unchecked } = judgeRecord(question);
  return { trusted: [...trusted], unchecked: [...unchecked] };
}

function changed(file: number, facts: Partial<FileStamp> | undefined): (FileStamp | undefined)[] {
  return STAMPS.map((stamp, index) => (index !== file ? stamp : facts === undefined ? undefined : { ...stamp!, ...facts }));
}

describe("a resume record", () => {
  it("is believed as long as nobody touched the files", () => {
    expect(judge(recordOf())).toEqual({ trusted: [0, 1, 2, 4], unchecked: [] });
  });

  it("is not believed about a file that was changed, and only about that one", () => {
    for (const facts of [{ modifiedMillis: 1_001 }, { inode: 99 }]) {
      expect(judge(recordOf(), changed(0, facts))).toEqual({ trusted: [4], unchecked: [0, 1, 2] });
    }
  });

  it("is believed after a crash though the time of a file moved on, but for its suspects", () => {
    const record = recordOf({ isClean: false, suspect: fieldOf(3, 5) });
    expect(judge(record, changed(0, { modifiedMillis: 9_000 }))).toEqual({ trusted: [0, 1, 2, 4], unchecked: [3, 5] });
  });

  it("has everything else hashed in a file that was written after it: a kill must not cost what came since", () => {
    // Piece 3 was missing when the record was made, and file b was written afterwards.
    expect(judge(recordOf({ isClean: false }), changed(1, { modifiedMillis: 2_000 }))).toEqual({ trusted: [0, 1, 2, 4], unchecked: [3] });
  });

  it("is not believed after a crash about another file of the same name, or one whose time went back", () => {
    const record = recordOf({ isClean: false });
    for (const facts of [{ inode: 99 }, { modifiedMillis: 999 }]) {
      expect(judge(record, changed(2, facts))).toEqual({ trusted: [0, 1, 2], unchecked: [4, 5] });
    }
  });

  it("has nothing to say about a file that is gone", () => {
    expect(judge(recordOf(), changed(2, undefined))).toEqual({ trusted: [0, 1, 2], unchecked: [] });
  });

  it("has hashed what it claims of a file that was never made: the parts record has no stamp", () => {
    const stamps = changed(1, undefined);
    expect(judge(recordOf({ stamps: { files: stamps, rootIdentity: "1:2" } }), stamps)).toEqual({ trusted: [0, 1, 4], unchecked: [2] });
  });

  it("leaves a file to be checked that was not there before", () => {
    const record = recordOf({ verified: fieldOf(0, 1), stamps: { files: changed(2, undefined), rootIdentity: "1:2" } });
    expect(judge(record)).toEqual({ trusted: [0, 1], unchecked: [4, 5] });
  });

  it("says nothing of the part that was cut off a file", () => {
    expect(judge(recordOf(), changed(0, { length: 12 }))).toEqual({ trusted: [4], unchecked: [0] });
  });

  it("is worth nothing for another root, another number of pieces or of files", () => {
    const blind = { trusted: [], unchecked: [0, 1, 2, 3, 4, 5] };
    expect(judge(recordOf(), STAMPS, "1:3")).toEqual(blind);
    expect(judge(recordOf({ verified: new Bitfield(7), suspect: new Bitfield(7) }))).toEqual(blind);
    expect(judge(recordOf({ stamps: { files: STAMPS.slice(1), rootIdentity: "1:2" } }))).toEqual(blind);
    expect(judge(undefined)).toEqual(blind);
  });
});

describe("a check without a record", () => {
  it("reads nothing where no file is", () => {
    expect(judge(undefined, [undefined, undefined, undefined])).toEqual({ trusted: [], unchecked: [] });
  });

  it("reads what has a byte of a file that is there", () => {
    expect(judge(undefined, changed(0, undefined))).toEqual({ trusted: [], unchecked: [2, 3, 4, 5] });
  });

  it("does not count pads as files, present or cut", () => {
    const files = [FILES[0]!, { ...FILES[1]!, isPad: true }, FILES[2]!];
    const found = { files: [STAMPS[0], undefined, STAMPS[2]], rootIdentity: "" };
    const { unchecked } = judgeBlindly({ record: undefined, stamps: found, files, pieceLength: 10, pieceCount: 6 });
    expect([...unchecked]).toEqual([0, 1, 2, 4, 5]);
  });
});
