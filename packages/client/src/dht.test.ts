import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Endpoint, formatEndpoint } from "@bittern/protocol/address";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Dht } from "./dht.ts";
import type { Session } from "./session.ts";
import { noise, sessions, temporaryFolder, writeFiles } from "./testing.ts";

const folder = temporaryFolder();
const open = sessions();
const HOME = "127.0.0.1:0";
const HASH = "0123456789abcdef0123456789abcdef01234567";

const nodes: Dht[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});

/** The place of a session that knows nobody and lets others begin with it. */
async function bootstrap(): Promise<string> {
  const session = await open({ dht: { bootstrap: [] } });
  return placeOf(session);
}

function placeOf(session: Session): string {
  return `127.0.0.1:${session.listening[0]?.port}`;
}

async function node(first: string): Promise<Dht> {
  const dht = await Dht.open({ listen: HOME, bootstrap: [first] });
  nodes.push(dht);
  await ready(dht);
  return dht;
}

async function ready(dht: Dht | null): Promise<void> {
  await expect.poll(() => dht?.stats().networks.some((network) => network.ready)).toBe(true);
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("Sessions in the DHT", () => {
  it("find each other with a magnet link that names no tracker, and fetch", async () => {
    const first = await bootstrap();
    writeFiles(folder, { "published/file.bin": noise(300_000, "file") });
    const seeder = await open({ dht: { bootstrap: [first] } });
    const seeded = await seeder.seed(join(folder, "published/file.bin"));
    await ready(seeder.dht);
    // Two names, two announces (BEP 52).
    const bystander = await node(first);
    await vi.waitFor(
      async () => {
        for (const hash of seeded.infoHashes.wire) expect(await all(bystander.lookup(hash))).not.toEqual([]);
      },
      { timeout: 10_000 },
    );
    const leecher = await open({ dht: { bootstrap: [first] } });
    const torrent = await leecher.add(seeded.magnet, { path: join(folder, "fetched") });
    await torrent.done({ signal: AbortSignal.timeout(20_000) });
    expect(readFileSync(join(folder, "fetched/file.bin")).equals(readFileSync(join(folder, "published/file.bin")))).toBe(true);
  });

  it("never ask for a private torrent", async () => {
    const first = await bootstrap();
    writeFiles(folder, { "private/file.bin": noise(50_000, "private") });
    const seeder = await open({ dht: { bootstrap: [first] } });
    const seeded = await seeder.seed(join(folder, "private/file.bin"), { private: true, announce: [["http://127.0.0.1:9/announce"]] });
    await ready(seeder.dht);
    const asker = await node(first);
    for (const hash of seeded.infoHashes.wire) expect(await all(asker.lookup(hash))).toEqual([]);
    expect(seeder.dht?.stats()).toMatchObject({ searches: 0, networks: [{ family: 4 }] });
  });

  it("have no node where the session listens on this machine alone, unless they are told to", async () => {
    expect((await open()).dht).toBeNull();
    expect((await open({ dht: true })).dht).toBeInstanceOf(Dht);
  });

  it("remember whom they knew", async () => {
    const first = await bootstrap();
    const stateDir = join(folder, "state");
    const session = await open({ stateDir, dht: { bootstrap: [first] } });
    await ready(session.dht);
    await session.close();
    const again = await open({ stateDir, dht: { bootstrap: [] } });
    await ready(again.dht);
    expect(again.dht?.stats().networks[0]?.id).toBe(session.dht?.stats().networks[0]?.id);
  });
});

describe("A session that listens", () => {
  it("answers datagrams as soon as it is open", async () => {
    const session = await open({ dht: { bootstrap: [] } });
    const [place] = session.dht?.listening ?? [];
    expect(place).toEqual({ address: "127.0.0.1", port: session.listening[0]?.port });
    const asker = await Dht.open({ listen: HOME, bootstrap: [] });
    nodes.push(asker);
    // One question and no second try: it would be lost if the socket came later.
    expect(await asker.ping(formatEndpoint(place as Endpoint))).not.toBeNull();
  });

  it("names the port that datagrams reach where theirs is taken", async () => {
    const taken = createSocket("udp4");
    await new Promise<void>((resolve) => taken.bind(0, "127.0.0.1", resolve));
    try {
      const { port } = taken.address();
      const session = await open({ listen: [`127.0.0.1:${port}`], dht: { bootstrap: [] } });
      const [place] = session.dht?.listening ?? [];
      expect(session.listening[0]?.port).toBe(port);
      expect(place?.port).not.toBe(port);
      const asker = await Dht.open({ listen: HOME, bootstrap: [] });
      nodes.push(asker);
      expect(await asker.ping(formatEndpoint(place as Endpoint))).not.toBeNull();
    } finally {
      taken.close();
    }
  });
});

describe("A node by itself", () => {
  it("announces, and finds what others have announced", async () => {
    const first = await bootstrap();
    const [one, other] = [await node(first), await node(first)];
    expect(await one.announce(HASH, 7000)).toBeGreaterThan(0);
    expect(await all(other.lookup(HASH))).toEqual([{ address: "127.0.0.1", port: 7000 }]);
  });

  it("asks a node whether it is there", async () => {
    const first = await bootstrap();
    const one = await node(first);
    const pong = await one.ping(first);
    expect(pong).toMatchObject({ address: first, client: "BY 1.0" });
    expect(pong?.id).toMatch(/^[0-9a-f]{40}$/);
    expect(pong?.ourAddress).toMatch(/^127\.0\.0\.1:/);
  });

  it("refuses what is no info hash and no port, and ends what waits when it is closed", async () => {
    const one = await Dht.open({ listen: HOME, bootstrap: [] });
    await expect(all(one.lookup("abc"))).rejects.toMatchObject({ code: "INFO_HASH_INVALID" });
    await expect(one.announce(HASH)).rejects.toMatchObject({ code: "PORT_INVALID" });
    await expect(all(one.lookup(HASH, { signal: AbortSignal.abort() }))).rejects.toThrow();
    const waiting = all(one.lookup(HASH));
    await one.close();
    expect(await waiting).toEqual([]);
    await expect(one.announce(HASH, 1)).rejects.toMatchObject({ code: "ABORTED" });
  });
});
