/** @module */
import { UsageError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { parseListen } from "./listen.ts";

describe("A place to listen", () => {
  it("is a port or a range, with or without an address", () => {
    expect(["6881", "6881-6999", "0", ":0", "127.0.0.1:6881", "[::1]:0", "0.0.0.0:1-2"].map(parseListen)).toEqual([
      { ports: [6881, 6881] },
      { ports: [6881, 6999] },
      { ports: [0, 0] },
      { ports: [0, 0] },
      { address: "127.0.0.1", ports: [6881, 6881] },
      { address: "::1", ports: [0, 0] },
      { address: "0.0.0.0", ports: [1, 2] },
    ]);
  });
  it("is refused otherwise", () => {
    for (const text of ["", "x", "65536", "2-1", "0-9", "localhost:1", "::1:1", "[1.2.3]:1"])
      expect(() => parseListen(text), text).toThrow(UsageError);
  });
});
