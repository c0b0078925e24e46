/** @module */
import type { TcpLink } from "@bittern/host";
import { fromUtf8, utf8 } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { GatheredWrites } from "./gathered-writes.ts";

function scene() {
  const writes: string[] = [];
  const due: (() => void)[] = [];
  const link = (name: string): TcpLink =>
    ({
      write: (bytes: Uint8Array, release?: () => void) => {
        writes.push(`${name} ${bytes.length > 100 ? bytes.length : fromUtf8(bytes)}`);
        release?.();
      },
    }) as TcpLink;
  const heard: number[] = [];
  const gathered = new GatheredWrites(
    (flush) => due.push(flush),
    (id) => heard.push(id),
  );
  return { writes, due, heard, gathered, one: link("one"), two: link("two") };
}

describe("GatheredWrites", () => {
  it("sends what a link gets in a turn in one write, when the turn is over", () => {
    const { writes, due, heard, gathered, one, two } = scene();
    gathered.put(1, one, utf8("a"));
    gathered.put(2, two, utf8("b"));
    gathered.put(1, one, utf8("c"));
    expect([writes.length, due.length]).toEqual([0, 1]);
    due[0]?.();
    expect(writes).toEqual(["one ac", "two b"]);
    expect(heard).toEqual([1, 2]);
    gathered.put(1, one, utf8("d"));
    expect(due).toHaveLength(2);
    due[1]?.();
    expect(writes.at(-1)).toBe("one d");
  });

  it("keeps the order where something has to leave at once, or is long", () => {
    const { writes, due, gathered, one } = scene();
    gathered.put(1, one, utf8("a"));
    gathered.flush(1);
    gathered.put(1, one, utf8("b"));
    gathered.put(1, one, new Uint8Array(20_000));
    gathered.put(1, one, new Uint8Array(9000));
    gathered.put(1, one, new Uint8Array(9000));
    for (const flush of due) flush();
    expect(writes).toEqual(["one a", "one b", "one 20000", "one 9000", "one 9000"]);
  });

  it("lends nothing of what it was lent", () => {
    const { writes, due, gathered, one } = scene();
    const bytes = utf8("a");
    gathered.put(1, one, bytes);
    bytes[0] = 0x7a;
    due[0]?.();
    expect(writes).toEqual(["one a"]);
  });
});
