import { describe, expect, it } from "vitest";
import type { Endpoint } from "../address/index.ts";
import type { Random } from "../base/index.ts";
import { Transactions } from "./transactions.ts";

const TO: Endpoint = { address: "45.0.0.1", port: 6881 };

/** Counts instead of drawing: no two ids are the same. */
function counting(): Random {
  let count = 0;
  return { u32: () => ++count };
}

describe("Questions on their way", () => {
  it("are 512 at most, and an answer makes room for another", () => {
    const open = new Transactions<number>(counting());
    const begun = Array.from({ length: 512 }, (_, at) => open.begin(TO, at, 0));
    expect(begun.every((one) => one !== undefined)).toBe(true);
    expect(open.begin(TO, 512, 0)).toBeUndefined();
    expect(open.take(begun[7]?.id as Uint8Array, TO)?.purpose).toBe(7);
    expect(open.begin(TO, 513, 0)?.purpose).toBe(513);
  });

  it("are slow after two seconds and have failed after ten, and not a millisecond before", () => {
    const open = new Transactions<string>(counting());
    open.begin(TO, "asked", 100);
    expect(open.deadline).toBe(2_100);
    expect(open.takeSlow(2_099)).toEqual([]);
    expect(open.takeSlow(2_100)).toMatchObject([{ purpose: "asked" }]);
    expect(open.deadline).toBe(10_100);
    expect(open.takeFailed(10_099)).toEqual([]);
    expect(open.takeFailed(10_100)).toMatchObject([{ purpose: "asked" }]);
    expect([open.openCount, open.deadline]).toEqual([0, undefined]);
  });

  it("are answered by nobody but who was asked", () => {
    const open = new Transactions<string>(counting());
    const id = open.begin(TO, "asked", 0)?.id as Uint8Array;
    expect(open.take(id, { ...TO, port: 6882 })).toBeUndefined();
    expect(open.take(Uint8Array.of(9, 9, 9, 9), TO)).toBeUndefined();
    expect(open.take(id, TO)?.purpose).toBe("asked");
    expect(open.take(id, TO)).toBeUndefined();
  });
});
