import { describe, expect, it } from "vitest";
import { dhtSettings } from "./dht-options.ts";

describe("the DHT of a session", () => {
  it("is on, and begins with the well-known nodes", () => {
    expect(dhtSettings(undefined, ["6881-6999"])).toMatchObject({ nodes: [], isReadOnly: false });
    expect(dhtSettings(true, ["6881"])?.routers).toContainEqual({ host: "dht.libtorrent.org", port: 25_401 });
  });

  it("is off when it is told so, and where the session listens on this machine alone", () => {
    expect(dhtSettings(false, ["6881"])).toBeUndefined();
    expect(dhtSettings(undefined, ["127.0.0.1:0", "[::1]:0"])).toBeUndefined();
    expect(dhtSettings(undefined, ["127.0.0.1:0", "0"])).toBeDefined();
  });

  it("asks nobody but the nodes it is given", () => {
    expect(dhtSettings({ bootstrap: ["10.0.0.1:7000", "node.example:1"], readOnly: true }, ["127.0.0.1:0"])).toEqual({
      routers: [],
      nodes: [
        { host: "10.0.0.1", port: 7000 },
        { host: "node.example", port: 1 },
      ],
      isReadOnly: true,
    });
    expect(dhtSettings(true, ["127.0.0.1:0"])?.routers).toEqual([]);
    expect(() => dhtSettings({ bootstrap: ["nonsense"] }, ["1"])).toThrow(/HOST:PORT/);
  });
});
