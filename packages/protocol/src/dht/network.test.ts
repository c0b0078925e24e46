import { describe, expect, it } from "vitest";
import type { Endpoint } from "../address/index.ts";
import { Network } from "./network.ts";

const hint = (port: number): Endpoint => ({ address: "10.0.0.1", port });

describe("A node that knows nobody", () => {
  it("keeps the last 64 places that were named to it, and asks them all", () => {
    const network = new Network(4, new Uint8Array(20), [], 0);
    network.learnHints(
      Array.from({ length: 64 }, (_, at) => hint(at + 1)),
      0,
    );
    expect(network.guides).toHaveLength(64);
    network.learnHints([hint(65)], 0);
    expect(network.guides.map(({ port }) => port)).toEqual(Array.from({ length: 64 }, (_, at) => at + 2));
  });
});
