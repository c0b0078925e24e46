import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LinkTable } from "./link-table.ts";

describe("LinkTable", () => {
  it("holds what a Map holds after any adding and deleting", () => {
    const step = fc.record({ isAdd: fc.boolean(), id: fc.oneof(fc.nat(40), fc.nat(5000), fc.constantFrom(2 ** 31 + 5, 2 ** 40 + 5)) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = new LinkTable<string>();
        const model = new Map<number, string>();
        for (const { isAdd, id } of steps) {
          if (!isAdd) expect(table.delete(id)).toBe(model.delete(id));
          else if (!model.has(id)) {
            table.add(id, `link ${id}`);
            model.set(id, `link ${id}`);
          }
          expect(table.get(id)).toBe(model.get(id));
        }
        expect(table.size).toBe(model.size);
        expect([...table.values()].sort()).toEqual([...model.values()].sort());
        for (const [id, item] of model) expect(table.get(id)).toBe(item);
      }),
    );
  });

  it("grows, and forgets everything at once", () => {
    const table = new LinkTable<number>();
    for (let id = 1; id <= 3000; id++) table.add(id, -id);
    for (let id = 1; id <= 3000; id++) expect(table.get(id)).toBe(-id);
    table.clear();
    expect(table.size).toBe(0);
    expect(table.get(7)).toBeUndefined();
  });

  it("takes a number once", () => {
    const table = new LinkTable<number>();
    table.add(7, 1);
    expect(() => table.add(7, 2)).toThrow("a link's number comes once");
  });
});
