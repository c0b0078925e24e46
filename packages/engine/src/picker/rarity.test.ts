import { Bitfield } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rarity } from "./rarity.ts";

const PIECES = 40;

/** What the rarity of every piece is, kept the slow and simple way. */
class SlowRarity {
  readonly partial: number[] = Array.from({ length: PIECES }, () => 0);
  readonly priority: number[] = Array.from({ length: PIECES }, () => 0);

  order(): number[] {
    const pickable = this.partial.map((_, piece) => piece).filter((piece) => this.priority[piece]! > 0);
    return pickable.sort((left, right) => this.priority[right]! - this.priority[left]! || this.partial[left]! - this.partial[right]!);
  }
}

const piece = fc.nat(PIECES - 1);
const step = fc.oneof(
  fc.record({ type: fc.constant("add" as const), piece }),
  fc.record({ type: fc.constant("remove" as const), piece }),
  fc.record({ type: fc.constant("include" as const), piece, priority: fc.integer({ min: 1, max: 7 }) }),
  fc.record({ type: fc.constant("exclude" as const), piece }),
  fc.record({ type: fc.constant("field" as const), pieces: fc.uniqueArray(piece, { maxLength: PIECES, size: "max" }) }),
  fc.constant({ type: "field-gone" as const }),
  fc.record({ type: fc.constant("priorities" as const), values: fc.array(fc.nat(7), { minLength: PIECES, maxLength: PIECES }) }),
);

describe("Rarity", () => {
  it("gives the order of a sort after any sequence of changes", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const rarity = new Rarity({ pieceCount: PIECES, random: seededRandom(1) });
        const slow = new SlowRarity();
        const fields: Bitfield[] = [];
        for (const one of steps) {
          if (one.type === "add") {
            rarity.add(one.piece);
            slow.partial[one.piece]!++;
          } else if (one.type === "remove" && slow.partial[one.piece]! > 0) {
            rarity.remove(one.piece);
            slow.partial[one.piece]!--;
          } else if (one.type === "include") {
            rarity.include(one.piece, one.priority);
            slow.priority[one.piece] = one.priority;
          } else if (one.type === "exclude") {
            rarity.exclude(one.piece);
            slow.priority[one.piece] = 0;
          } else if (one.type === "field") {
            const field = new Bitfield(PIECES);
            for (const at of one.pieces) field.add(at);
            for (const at of one.pieces) slow.partial[at]!++;
            rarity.addField(field, 1);
            fields.push(field);
          } else if (one.type === "field-gone") {
            const field = fields.pop();
            // Single removals may have taken what the field brought; a field goes whole or not at all.
            if (field === undefined || [...field].some((at) => slow.partial[at] === 0)) continue;
            for (const at of field) slow.partial[at]!--;
            rarity.addField(field, -1);
          } else if (one.type === "priorities") {
            rarity.setPriorities((at) => one.values[at]!);
            slow.priority.splice(0, PIECES, ...one.values);
          }
          rarity.check();
        }
        const rank = (at: number): number[] => [slow.priority[at]!, slow.partial[at]!];
        expect([...rarity].map(rank)).toEqual(slow.order().map(rank));
        expect([...rarity].sort((left, right) => left - right)).toEqual(slow.order().sort((left, right) => left - right));
      }),
    );
  });

  it("draws every piece of a bucket once, in every order equally often", () => {
    const rarity = new Rarity({ pieceCount: 3, random: seededRandom(7) });
    for (const one of [0, 1, 2]) rarity.include(one, 1);
    const orders = new Map<string, number>();
    for (let round = 0; round < 6000; round++) {
      const order = [0, 1, 2].map((drawn) => rarity.draw(1, 0, drawn)).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    rarity.check();
    expect([...orders.keys()].sort()).toEqual(["012", "021", "102", "120", "201", "210"]);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
