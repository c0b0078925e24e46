import { describe, expect, it } from "vitest";
import { endAllAfterTests, Running, run } from "../testing.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
endAllAfterTests();

/** A node that knows nobody, and where it is. */
async function firstNode(): Promise<{ node: Running; place: string }> {
  const node = new Running(["dht", "run", "--json"]);
  const { port } = await node.line("listening");
  return { node, place: `127.0.0.1:${String(port)}` };
}

describe("bittern dht", () => {
  it("is a node that answers a ping, and stops when told to", async () => {
    const { node, place } = await firstNode();
    const pong = await run(["dht", "ping", place, "--dht-bootstrap", place, "--json"]);
    expect(pong.json).toMatchObject({ address: place, client: "BY 1.0" });
    expect(pong.json["id"]).toMatch(/^[0-9a-f]{40}$/);
    const read = await run(["dht", "ping", place, "--dht-bootstrap", place]);
    expect(read.out).toMatch(/node id: +[0-9a-f]{40}/);
    expect((await run(["dht", "ping", place, "--dht-bootstrap", place, "--lang", "es"])).out).toContain("nos ve en");
    expect(await node.stop()).toBe(0);
    expect(node.lines.at(-1)).toMatchObject({ type: "stopped", storedTorrents: 0 });
  });

  it("looks a torrent up", async () => {
    const { place } = await firstNode();
    const found = await run(["dht", "lookup", HASH, "--dht-bootstrap", place, "--json"]);
    expect(found.status, found.err).toBe(0);
    expect(found.json).toMatchObject({ infoHashes: [HASH], peers: [], nodes: 1 });
  });

  it("says at once that a node to begin with has no address, and goes on with the others", async () => {
    const alone = await run(["dht", "lookup", HASH, "--dht-bootstrap", "nowhere.invalid:6881"]);
    expect(alone).toMatchObject({ status: 1, err: "bittern dht: --dht-bootstrap nowhere.invalid:6881: there is no host of that name\n" });
    const { place } = await firstNode();
    const both = await run(["dht", "lookup", HASH, "--dht-bootstrap", "nowhere.invalid:6881", "--dht-bootstrap", place]);
    expect(both).toMatchObject({ status: 0, err: expect.stringContaining("warning: --dht-bootstrap nowhere.invalid:6881") as string });
  });

  it("says what is missing", async () => {
    expect(await run(["dht", "lookup"])).toMatchObject({ status: 2 });
    expect((await run(["dht", "ping", "nonsense"])).err).toContain("HOST:PORT");
    expect((await run(["dht", "vote"])).status).toBe(2);
  });
});
