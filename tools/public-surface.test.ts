/** What leaves the house has a doc comment: the library's whole surface is walked, and a bare one is found out. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { undocumented } from "./public-surface.ts";
import { ROOT } from "./tree.ts";

const PLACE = join(ROOT, "tools/no-such-room.ts");

function bareIn(source: string): readonly string[] {
  return undocumented(PLACE, new Map([[PLACE, source]]));
}

describe("The public surface of the library", () => {
  it("has a doc comment on every export and everything that can be called", () => {
    expect(undocumented(join(ROOT, "packages/client/src/index.ts"))).toEqual([]);
  });
});

describe("A module without doc comments", () => {
  it("is found out by its functions, classes, interfaces, types and constants", () => {
    const source =
      "export function f(): void {}\nexport class C {}\nexport interface I {}\nexport type T = 1;\nexport const c: 1 = 1;\nfunction inner(): void {}\n";
    expect(bareIn(source)).toEqual(["f", "C", "I", "T", "c"]);
  });

  it("is found out by what can be called, static, optional, a constructor or an accessor", () => {
    const source = `
/** C. */
export class C {
  name = "";
  #secret(): void {}
  private hidden(): void {}
  constructor() {}
  static open(): void {}
  method(): void {}
  get size(): number { return 0; }
}
/** I. */
export interface I {
  name: string;
  ask?(): void;
}
`;
    expect(bareIn(source)).toEqual(["C.constructor", "C.method", "C.size", "C.open", "I.ask"]);
  });

  it("is found out behind an export of another name", () => {
    expect(bareIn("class C {}\nexport { C as D };\n")).toEqual(["D"]);
  });

  it("may have them where a base has them, and passes once all is told", () => {
    const source = `
/** Base. */
export interface Base {
  /** Asks. */
  ask(): void;
}
/** C. */
export class C implements Base {
  ask(): void {}
}
`;
    expect(bareIn(source)).toEqual([]);
  });
});
