import { Bitfield } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { haveCommon, walkBoth } from "./both.ts";

function fieldOf(length: number, pieces: Iterable<number>): Bitfield {
  const field = new Bitfield(length);
  for (const piece of pieces) field.add(piece % length);
  return field;
}

function visited(left: Bitfield, right: Bitfield, start: number, wraps: boolean): number[] {
  const pieces: number[] = [];
  walkBoth(left, right, { start, wraps }, (piece) => {
    pieces.push(piece);
    return false;
  });
  return pieces;
}

describe("a walk over two fields", () => {
  const pieces = fc.uniqueArray(fc.nat(200), { maxLength: 201, size: "max" });

  it("visits every piece that is in both once, wherever it begins", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 201 }), pieces, pieces, fc.nat(200), (length, left, right, start) => {
        const [one, other] = [fieldOf(length, left), fieldOf(length, right)];
        const both = [...one].filter((piece) => other.has(piece));
        expect(visited(one, other, start % length, true).sort((a, b) => a - b)).toEqual(both);
      }),
    );
  });

  it("is not needed where the fields have nothing in common", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 201 }), pieces, pieces, (length, left, right) => {
        const [one, other] = [fieldOf(length, left), fieldOf(length, right)];
        expect(haveCommon(one, other)).toBe(visited(one, other, 0, false).length > 0);
      }),
    );
  });

  it("visits what lies at its start or after it, in order, when it does not wrap", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 201 }), pieces, pieces, fc.nat(200), (length, left, right, start) => {
        const [one, other] = [fieldOf(length, left), fieldOf(length, right)];
        const from = start % length;
        const seen = visited(one, other, from, false);
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
        expect(seen.filter((piece) => piece >= from)).toEqual([...one].filter((piece) => piece >= from && other.has(piece)));
      }),
    );
  });

  it("ends when it is told to", () => {
    let seen = 0;
    walkBoth(Bitfield.full(100), Bitfield.full(100), { start: 0, wraps: true }, () => ++seen === 5);
    expect(seen).toBe(5);
  });
});
