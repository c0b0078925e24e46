import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AssertionError, BLOCK_LENGTH, KIB } from "../base/index.ts";
import { Layout, type LayoutFile } from "./index.ts";

interface Sketch {
  length: number;
  isPad: boolean;
}

/** Lays files one behind the other, or each at the border of a piece. */
function lay(files: readonly Sketch[], pieceLength: number, hasGaps: boolean): Layout {
  let end = 0;
  const laid = files.map(({ length, isPad }, index): LayoutFile => {
    const offset = hasGaps ? Math.ceil(end / pieceLength) * pieceLength : end;
    end = offset + length;
    return { path: [`file ${index}`], length, isPad, offset };
  });
  return new Layout({ pieceLength, files: laid, hasGaps, pieceLayers: new Map() });
}

/** The stream byte by byte: which file each byte belongs to, or none in a gap. The slow truth the layout must agree with. */
function everyByte({ files, totalLength }: Layout): { file: number; at: number }[] {
  const bytes = Array.from({ length: totalLength }, () => ({ file: -1, at: 0 }));
  for (const [index, { offset, length }] of files.entries()) for (let at = 0; at < length; at++) bytes[offset + at] = { file: index, at };
  return bytes;
}

const sketches = fc.array(fc.record({ length: fc.oneof(fc.nat(40), fc.constantFrom(0, 8, 16)), isPad: fc.boolean() }), { maxLength: 12 });
const layouts = fc
  .tuple(sketches, fc.integer({ min: 1, max: 20 }), fc.boolean())
  .map(([files, pieceLength, hasGaps]) => lay(files, pieceLength, hasGaps));

describe("Layout", () => {
  it("agrees with the stream written out byte by byte", () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        const bytes = everyByte(layout);
        expect(layout.pieceCount).toBe(Math.ceil(bytes.length / layout.pieceLength));
        for (let piece = 0; piece < layout.pieceCount; piece++) {
          const inPiece = bytes.slice(piece * layout.pieceLength, (piece + 1) * layout.pieceLength).filter(({ file }) => file >= 0);
          const length = layout.pieceByteLength(piece);
          expect(length).toBe(inPiece.length);
          const spanned = layout
            .spans(piece, 0, length)
            .flatMap(({ fileIndex, fileOffset, length: spanLength }) =>
              Array.from({ length: spanLength }, (_, at) => ({ file: fileIndex, at: fileOffset + at })),
            );
          expect(spanned).toEqual(inPiece);
          const padded = layout
            .padRanges(piece)
            .flatMap(({ begin, length: rangeLength }) => Array.from({ length: rangeLength }, (_, at) => begin + at));
          expect(padded).toEqual(inPiece.flatMap(({ file }, at) => (layout.files[file]!.isPad ? [at] : [])));
        }
      }),
    );
  });

  it("finds any stretch of a piece", () => {
    fc.assert(
      fc.property(layouts, fc.nat(), fc.nat(), fc.nat(), (layout, anyPiece, anyBegin, anyLength) => {
        if (layout.pieceCount === 0) return;
        const piece = anyPiece % layout.pieceCount;
        const begin = anyBegin % layout.pieceByteLength(piece);
        const length = anyLength % (layout.pieceByteLength(piece) - begin + 1);
        const whole = layout
          .spans(piece, 0, layout.pieceByteLength(piece))
          .flatMap((span) => Array.from({ length: span.length }, (_, at) => `${span.fileIndex}:${span.fileOffset + at}`));
        const part = layout
          .spans(piece, begin, length)
          .flatMap((span) => Array.from({ length: span.length }, (_, at) => `${span.fileIndex}:${span.fileOffset + at}`));
        expect(part).toEqual(whole.slice(begin, begin + length));
      }),
    );
  });

  it("knows the pieces of every file", () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        const bytes = everyByte(layout);
        for (const [index, { length }] of layout.files.entries()) {
          const { first, end } = layout.piecesOf(index);
          const pieces = new Set(bytes.flatMap(({ file }, place) => (file === index ? [Math.floor(place / layout.pieceLength)] : [])));
          expect([...pieces]).toEqual(Array.from({ length: end - first }, (_, at) => first + at));
          expect(end === first).toBe(length === 0);
        }
      }),
    );
  });

  it("cuts pieces into blocks of 16 KiB, and the last piece is what is left", () => {
    const layout = lay([{ length: 100 * KIB + 7, isPad: false }], 40 * KIB, false);
    expect([0, 1, 2].map((piece) => layout.blockCount(piece))).toEqual([3, 3, 2]);
    expect([0, 1, 2].map((piece) => layout.pieceByteLength(piece))).toEqual([40 * KIB, 40 * KIB, 20 * KIB + 7]);
  });

  it("has no piece where there is no byte", () => {
    const layout = lay(
      [
        { length: 0, isPad: false },
        { length: 0, isPad: true },
      ],
      16,
      false,
    );
    expect(layout).toMatchObject({ pieceCount: 0, totalLength: 0 });
    expect(layout.piecesOf(0)).toEqual({ first: 0, end: 0 });
  });

  it("takes pads of any shape: first, last, side by side, longer than a piece, across a border", () => {
    const pads = [
      { length: 3, isPad: true },
      { length: 5, isPad: false },
      { length: 20, isPad: true },
      { length: 2, isPad: true },
      { length: 1, isPad: false },
      { length: 4, isPad: true },
    ];
    const layout = lay(pads, 8, false);
    expect(Array.from({ length: layout.pieceCount }, (_, piece) => layout.padRanges(piece))).toEqual([
      [{ begin: 0, length: 3 }],
      [{ begin: 0, length: 8 }],
      [{ begin: 0, length: 8 }],
      [
        { begin: 0, length: 4 },
        { begin: 4, length: 2 },
        { begin: 7, length: 1 },
      ],
      [{ begin: 0, length: 3 }],
    ]);
  });

  it("knows what a piece lacks where a v2 file ends within it", () => {
    const layout = lay(
      [20, 16].map((length) => ({ length, isPad: false })),
      16,
      true,
    );
    expect([0, 1, 2].map((piece) => layout.emptyRanges(piece))).toEqual([[], [{ begin: 4, length: 12 }], []]);
    const padded = lay(
      [
        { length: 10, isPad: false },
        { length: 6, isPad: true },
        { length: 3, isPad: false },
      ],
      16,
      false,
    );
    expect([0, 1].map((piece) => padded.emptyRanges(piece))).toEqual([[{ begin: 10, length: 6 }], [{ begin: 3, length: 13 }]]);
  });

  it("gives SHA-1 and tree of a piece, and of a v2 file its own tree", () => {
    const sha1s = Uint8Array.from({ length: 60 }, (_, at) => at);
    const [long, short] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const layer = Uint8Array.from({ length: 64 }, (_, at) => at);
    const files = [
      { path: ["long"], length: 5 * BLOCK_LENGTH + 1, isPad: false, offset: 0, piecesRoot: long },
      { path: [".pad"], length: 3 * BLOCK_LENGTH - 1, isPad: true, offset: 5 * BLOCK_LENGTH + 1 },
      { path: ["short"], length: BLOCK_LENGTH + 5, isPad: false, offset: 8 * BLOCK_LENGTH, piecesRoot: short },
    ];
    const hybrid = new Layout({
      pieceLength: 4 * BLOCK_LENGTH,
      files,
      hasGaps: false,
      pieces: sha1s,
      pieceLayers: new Map([["01".repeat(32), layer]]),
    });
    expect(hybrid.expectation(0)).toEqual({
      sha1: sha1s.subarray(0, 20),
      merkle: { root: layer.subarray(0, 32), leafCount: 4, dataLength: 4 * BLOCK_LENGTH },
    });
    expect(hybrid.expectation(1)).toEqual({
      sha1: sha1s.subarray(20, 40),
      merkle: { root: layer.subarray(32), leafCount: 4, dataLength: BLOCK_LENGTH + 1 },
    });
    expect(hybrid.expectation(2)).toEqual({
      sha1: sha1s.subarray(40),
      merkle: { root: short, leafCount: 2, dataLength: BLOCK_LENGTH + 5 },
    });
    // Without layers the v1 half goes on alone.
    const bare = hybrid.withPieceLayers(new Map());
    expect(bare.expectation(0)).toEqual({ sha1: sha1s.subarray(0, 20) });
    expect(bare.expectation(2)?.merkle?.root).toEqual(short);
  });

  it("is asked only about pieces and stretches it has", () => {
    const layout = lay([{ length: 20, isPad: false }], 16, false);
    for (const piece of [-1, 2, 0.5, Number.NaN]) expect(() => layout.pieceByteLength(piece)).toThrow(AssertionError);
    expect(() => layout.spans(1, 0, 5)).toThrow(AssertionError);
    expect(() => layout.spans(1, -1, 1)).toThrow(AssertionError);
    expect(() => layout.piecesOf(1)).toThrow(AssertionError);
  });
});
