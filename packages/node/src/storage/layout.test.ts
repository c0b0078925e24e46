import type { StorePlan } from "@bittern/host";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MISSING, PAD } from "./jobs.ts";
import { Layout, PARTS } from "./layout.ts";

/** Files of a torrent: length, pad or not, wanted or not, there already or not, and the gap before it. */
const shapes = fc.record({
  pieceLength: fc.constantFrom(4, 7, 16),
  files: fc.array(
    fc.record({
      length: fc.nat({ max: 20 }),
      isPad: fc.boolean(),
      isWanted: fc.boolean(),
      isMade: fc.boolean(),
      gap: fc.constantFrom(0, 0, 0, 3),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});
type Shape = typeof shapes extends fc.Arbitrary<infer Value> ? Value : never;

function planOf({ pieceLength, files }: Shape): StorePlan {
  let end = 0;
  const placed = files.map(({ length, isPad, gap }, at) => {
    const file = { path: [`${at}`], length, isPad, offset: end + gap };
    end = file.offset + length;
    return file;
  });
  return {
    root: "r",
    files: placed,
    pieceLength,
    totalLength: end,
    wanted: files.map(({ isWanted }) => isWanted),
    partsKey: "k",
    readOnly: false,
  };
}

const layoutOf = (shape: Shape): Layout => new Layout(planOf(shape), (file) => shape.files[file]?.isMade === true, "parts", []);

/** The slow model: what each byte of the stream is. */
function byteByByte(layout: Layout, shape: Shape): string[] {
  const bytes: string[] = Array.from({ length: layout.plan.totalLength }, () => "pad");
  for (const [at, { offset, length, isPad }] of layout.plan.files.entries()) {
    const { isWanted, isMade } = shape.files[at] as Shape["files"][number];
    for (let byte = 0; byte < length; byte++) {
      bytes[offset + byte] = isPad ? "pad" : isWanted || isMade ? `${at}:${byte}` : "parts";
    }
  }
  return bytes;
}

function visited(layout: Layout, offset: number, length: number): string[] {
  const bytes: string[] = [];
  layout.visit(offset, length, (file, position, part) => {
    expect(part).toBeGreaterThan(0);
    for (let byte = 0; byte < part; byte++) {
      bytes.push(file === PAD ? "pad" : file === MISSING || file === PARTS ? "parts" : `${file}:${position + byte}`);
    }
  });
  return bytes;
}

describe("Layout", () => {
  it("finds every byte where the slow model finds it, for every range", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.nat(), (shape, from, count) => {
        const layout = layoutOf(shape);
        const { totalLength } = layout.plan;
        const offset = from % (totalLength + 1);
        const length = count % (totalLength - offset + 1);
        expect(visited(layout, offset, length)).toEqual(byteByByte(layout, shape).slice(offset, offset + length));
      }),
    );
  });

  it("takes files in the order of their bytes, however they are listed", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { plan } = layoutOf(shape);
        const files = plan.files.toReversed();
        const reversed = new Layout({ ...plan, files, wanted: files.map(() => true) }, () => true, "parts", []);
        const whole = new Layout({ ...plan, wanted: files.map(() => true) }, () => true, "parts", []);
        const lengths = (layout: Layout): number[] => {
          const parts: number[] = [];
          layout.visit(0, plan.totalLength, (_file, _position, part) => parts.push(part));
          return parts;
        };
        expect(lengths(reversed)).toEqual(lengths(whole));
      }),
    );
  });

  it("gives each byte of the parts file to one byte of the stream", () => {
    fc.assert(
      fc.property(shapes, fc.array(fc.nat(), { maxLength: 20 }), (shape, order) => {
        const layout = layoutOf(shape);
        const { pieceLength, totalLength } = layout.plan;
        for (const pick of order) {
          const piece = layout.pieceCount === 0 ? 0 : pick % layout.pieceCount;
          const length = Math.min(pieceLength, totalLength - piece * pieceLength);
          if (length <= 0) continue;
          const { stretch, slots } = layout.target(piece, 0, length);
          const isInParts = stretch.files.some(({ isParts }) => isParts);
          expect(slots.length).toBe(isInParts ? 2 : 0);
          expect(stretch.triples.filter((_, at) => at % 3 === 0)).not.toContain(MISSING);
        }
        const taken = new Set<number>();
        layout.visit(0, totalLength, (file, position, part) => {
          for (let byte = 0; file === PARTS && byte < part; byte++) {
            expect(taken.has(position + byte)).toBe(false);
            taken.add(position + byte);
          }
        });
      }),
    );
  });

  it("moves out of the parts file just what lies there, when a file is wanted after all", () => {
    fc.assert(
      fc.property(shapes, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (shape, wanted) => {
        const layout = layoutOf(shape);
        const { pieceLength, totalLength } = layout.plan;
        for (let piece = 0; piece < layout.pieceCount; piece += 2)
          layout.target(piece, 0, Math.min(pieceLength, totalLength - piece * pieceLength));
        const plan = layout.planSelect(wanted);
        const next = layout.select(wanted, plan);
        for (const [index, file] of plan.leaving.entries()) {
          const { length } = layout.plan.files[file]!;
          for (let at = 0; at < plan.moves.length; at += 4) {
            if (plan.moves[at + 1] !== index) continue;
            expect((plan.moves[at + 2] as number) + (plan.moves[at + 3] as number)).toBeLessThanOrEqual(length);
          }
        }
        expect(next.slotCount).toBe(layout.slotCount);
        // Whatever stays in the parts file stays where it was.
        next.visit(0, totalLength, (file) => {
          if (file >= 0) expect(shape.files[file]?.isPad).toBe(false);
        });
        const stillInParts = (from: Layout): number[] => {
          const places: number[] = [];
          let at = 0;
          from.visit(0, totalLength, (file, position, part) => {
            for (let byte = 0; byte < part; byte++, at++) if (file === PARTS) places.push(at, position + byte);
          });
          return places;
        };
        const before = stillInParts(layout);
        const after = new Map<number, number>();
        for (let at = 0; at < before.length; at += 2) after.set(before[at] as number, before[at + 1] as number);
        const now = stillInParts(next);
        for (let at = 0; at < now.length; at += 2) {
          // A file given up before it was made begins to rest there; the others have not moved.
          const was = after.get(now[at] as number);
          if (was !== undefined) expect(now[at + 1]).toBe(was);
        }
      }),
    );
  });
});
