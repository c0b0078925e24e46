import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstDifference, KIND, Trace } from "./trace.ts";

const event = fc.tuple(fc.nat(1_000_000), fc.nat(13), fc.nat(1000), fc.nat(100_000));

function traceOf(events: readonly (readonly [number, number, number, number])[]): Trace {
  const trace = new Trace();
  for (const [at, kind, node, length] of events) trace.add(at / 7, kind, node, length);
  return trace;
}

describe("Trace", () => {
  it("has the same hash for the same events and another when any one of them changes", () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1 }), fc.nat(), fc.integer({ min: 0, max: 3 }), (events, index, field) => {
        const changed = events.map((each) => [...each] as [number, number, number, number]);
        const victim = changed[index % changed.length] as [number, number, number, number];
        victim[field] = (victim[field] as number) + 1;
        expect(traceOf(events).hash).toBe(traceOf(events).hash);
        expect(traceOf(changed).hash).not.toBe(traceOf(events).hash);
      }),
    );
  });

  it("remembers the last events", () => {
    const trace = new Trace();
    for (let at = 0; at < 1000; at++) trace.add(at, KIND.bytes, 3, at * 2);
    const recent = trace.recent();
    expect(recent.length).toBe(256);
    expect(recent[255]).toEqual({ index: 999, at: 999, kind: "bytes", node: 3, length: 1998 });
    expect(recent[0]?.index).toBe(744);
  });

  it("tells where two runs parted", () => {
    const one = new Trace();
    const other = new Trace();
    for (let at = 0; at < 20_000; at++) {
      one.add(at, KIND.timer, 0, 0);
      other.add(at, KIND.timer, 0, at === 9000 ? 1 : 0);
    }
    expect(firstDifference(one, other)).toEqual({ from: 8192, to: 12_288 });
    expect(firstDifference(one, one)).toBeUndefined();
  });
});
