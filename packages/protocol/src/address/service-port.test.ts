import { describe, expect, it } from "vitest";
import { isServicePort } from "./service-port.ts";

describe("A port of a service", () => {
  it("is one of twelve, and none of its neighbours", () => {
    const ports = Array.from({ length: 65_536 }, (_, port) => port).filter((port) => isServicePort(port));
    expect(ports).toEqual([22, 23, 25, 110, 143, 445, 3306, 5432, 6379, 9200, 11_211, 27_017]);
  });
});
