/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Changes } from "./changes.ts";
import { type Line, lineText, span } from "./paint/line.ts";

/** A frame of lines of one word each, and what a screen shows once the changes are drawn. */
function stage() {
  let frame: readonly Line[] = [];
  const changes = new Changes({ subscribe: () => () => true, frame: () => frame });
  const screen: string[] = [];
  const show = (...words: readonly string[]): void => {
    frame = words.map((word) => [span(word)]);
  };
  const draw = (): readonly number[] => {
    const placed = changes.placed();
    for (const { row, line } of placed) screen[row] = lineText(line);
    changes.drawn(placed);
    return placed.map(({ row }) => row);
  };
  return { changes, show, draw, screen };
}

describe("The changes of a frame", () => {
  it("are all lines at first, then those that differ", () => {
    const { changes, show, draw } = stage();
    show("a", "b", "c");
    expect(draw()).toEqual([0, 1, 2]);
    show("a", "B", "c");
    expect(changes.placed()).toEqual([{ row: 1, line: [span("B")] }]);
    expect(changes.placed()).toBe(changes.placed());
    draw();
    show("a", "B", "c");
    expect(draw()).toEqual([]);
  });

  it("see a tone and a cursor that differ", () => {
    let frame: readonly Line[] = [[span("a")]];
    const changes = new Changes({ subscribe: () => () => true, frame: () => frame });
    changes.drawn(changes.placed());
    for (const line of [[span("a", "bad")], [{ ...span("a", "bad"), isMarked: true }]]) {
      frame = [line];
      expect(changes.placed()).toHaveLength(1);
      changes.drawn(changes.placed());
    }
  });

  it("are all lines again where the screen is not to be relied on", () => {
    const { changes, show, draw } = stage();
    show("a", "b");
    draw();
    changes.forget();
    expect(draw()).toEqual([0, 1]);
  });

  it("bring any screen to the last frame, however many frames are skipped", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(words, fc.boolean())), words, (steps, last) => {
        const { changes, show, draw, screen } = stage();
        for (const [frame, isDrawn] of steps) {
          show(...frame);
          if (isDrawn) draw();
          else changes.placed();
        }
        show(...last);
        draw();
        expect(screen).toEqual(last);
      }),
    );
  });
});
