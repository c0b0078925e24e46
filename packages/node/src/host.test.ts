import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Store, TcpListener, UdpSocket } from "@bittern/host";
import { describe, expect, it } from "vitest";
import { createNodeHost } from "./host.ts";
import { ask, makeSample, readAll, storeAll, temporaryFolder, verifyAll } from "./storage/testing.ts";

const descriptors = (): number => (existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0);

describe("createNodeHost", () => {
  it("leaves nothing open when it is closed", async () => {
    const folder = temporaryFolder();
    const round = async (): Promise<void> => {
      const host = createNodeHost({ stateDir: join(folder.path, "state") });
      const listener = await ask<TcpListener>((done) => host.tcp.listen({ address: "127.0.0.1", ports: [0, 0] }, () => undefined, done));
      await ask<UdpSocket>((done) => host.udp.bind({ address: "127.0.0.1", port: 0 }, () => undefined, done));
      let isConnected = false;
      const handler = { connected: () => (isConnected = true), bytes: () => undefined, drained: () => undefined, closed: () => undefined };
      host.tcp.connect(listener.endpoints[0]!, { timeoutMillis: 1000 }, handler);
      await expect.poll(() => isConnected).toBe(true);
      const sample = makeSample(
        join(folder.path, "data"),
        [
          ["a", 40_000],
          ["b/c", 40_000],
        ],
        16_384,
      );
      const store = await ask<Store>((done) => host.storage.open(sample.plan, done));
      await storeAll(store, sample);
      await readAll(store, sample);
      await verifyAll(store, sample);
      await ask<void>((done) => host.records.save("key", new Uint8Array(10), done));
      await host.close();
    };
    // The first round loads modules and starts the threads of the system, which keep what they have.
    await round();
    const before = descriptors();
    await round();
    await expect.poll(descriptors, { timeout: 20_000 }).toBeLessThanOrEqual(before);
    folder.end();
  });

  it("finishes what it was given before it closes", async () => {
    const folder = temporaryFolder();
    const host = createNodeHost({ stateDir: join(folder.path, "state") });
    const sample = makeSample(join(folder.path, "data"), [["a", 3_000_000]], 65_536);
    const store = await ask<Store>((done) => host.storage.open(sample.plan, done));
    const stored = storeAll(store, sample);
    let isSaved = false;
    host.records.save("key", new Uint8Array(1000), () => {
      isSaved = true;
    });
    await host.close();
    expect(isSaved).toBe(true);
    expect(new Set(await stored)).toEqual(new Set(["good"]));
    folder.end();
  });
});
