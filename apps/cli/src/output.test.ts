import { describe, expect, it, vi } from "vitest";
import { ENGLISH } from "./messages/english.ts";
import { Output } from "./output.ts";

describe("Output", () => {
  it("gathers frequent events into one write, and writes them before whatever is said next", () => {
    vi.useFakeTimers();
    try {
      const writes: string[] = [];
      const output = new Output({ json: true, quiet: false, messages: ENGLISH }, { write: (text) => writes.push(String(text)) });
      output.frequentEvent({ type: "piece", piece: 1 });
      output.frequentEvent({ type: "piece", piece: 2 });
      expect(writes).toEqual([]);
      output.event({ type: "complete" });
      output.frequentEvent({ type: "piece", piece: 3 });
      vi.advanceTimersByTime(1000);
      expect(writes).toEqual([
        '{"type":"piece","piece":1}\n{"type":"piece","piece":2}\n',
        '{"type":"complete"}\n',
        '{"type":"piece","piece":3}\n',
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("tells people nothing of frequent events", () => {
    const writes: string[] = [];
    const output = new Output({ json: false, quiet: false, messages: ENGLISH }, { write: (text) => writes.push(String(text)) });
    output.frequentEvent({ type: "piece", piece: 1 });
    output.event({ type: "complete" }, "done");
    expect(writes).toEqual(["done\n"]);
  });
});
