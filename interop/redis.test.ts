/**
 * Several trackers share their swarms through Redis: one server that comes and goes, and a Cluster of three.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TrackerOptions, TrackerServer } from "@bittern/client";
import { decodeAnnounceAnswer } from "@bittern/protocol/tracker";
import { afterAll, afterEach, expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers } from "../tools/peers.ts";
import { WebSocketPeer } from "./websocket-peer.ts";

const folder = mkdtempSync(join(tmpdir(), "bittern-redis-"));
const servers: ChildProcess[] = [];
const trackers: TrackerServer[] = [];
afterEach(async () => {
  await Promise.all(trackers.splice(0).map((tracker) => tracker.close()));
  await Promise.all(servers.splice(0).map(kill));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HASHES = Array.from({ length: 40 }, (_, at) => at.toString(16).padStart(2, "0").repeat(20));
const HASH = HASHES[7] as string;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a server that keeps nothing on the disk. */
async function startRedis(port: number, more: readonly string[] = []): Promise<ChildProcess> {
  const server = spawn("redis-server", [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    folder,
    ...more,
  ]);
  servers.push(server);
  await expect.poll(() => spawnSync("redis-cli", ["-p", String(port), "ping"]).stdout.toString(), { timeout: 10_000 }).toContain("PONG");
  return server;
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGKILL");
  await ended;
}

async function startTracker(url: string, options: TrackerOptions = {}): Promise<TrackerServer> {
  const tracker = new TrackerServer({ http: { port: 0, host: "127.0.0.1" }, store: { url }, ...options });
  trackers.push(tracker);
  await tracker.listen();
  return tracker;
}

async function announce(tracker: TrackerServer, hash: string, port: number, more = "left=5&event=started"): Promise<readonly number[]> {
  const escaped = hash.replace(/../g, "%$&");
  const answer = await fetch(
    `${tracker.urls.http?.href}?info_hash=${escaped}&peer_id=${`peer-${port}`.padEnd(20, "x")}&port=${port}&uploaded=0&downloaded=0&compact=1&${more}`,
  );
  const decoded = decodeAnnounceAnswer(new Uint8Array(await answer.arrayBuffer()));
  if (!("peers" in decoded)) throw new Error(decoded.failure);
  return decoded.peers.map((peer) => peer.port).toSorted((left, right) => left - right);
}

const counts = async (tracker: TrackerServer, hash = HASH) => (await tracker.scrape([hash])).get(hash);
const peersOf = (tracker: TrackerServer) => tracker.stats().peers.all;
const PATIENCE = { timeout: 20_000, interval: 50 };

/** Two peers of WebTorrent, each at another tracker, make and answer an offer. */
async function meet(first: TrackerServer, second: TrackerServer): Promise<void> {
  const [one, far] = [
    await WebSocketPeer.open(first.urls.http as URL, "one", HASH),
    await WebSocketPeer.open(second.urls.http as URL, "far", HASH),
  ];
  try {
    far.announce();
    // Nobody keeps an offer for a tracker that does not listen yet, so its maker offers again, as clients do.
    const offer = async () => {
      one.announce(2);
      await expect.poll(() => far.offers.length, { timeout: 500 }).toBeGreaterThan(0);
    };
    await expect
      .poll(
        () =>
          offer().then(
            () => far.offers[0]?.["peer_id"],
            () => undefined,
          ),
        PATIENCE,
      )
      .toBe(one.peerId);
    far.answer(far.offers[0] ?? {});
    for (const tracker of [first, second]) await expect.poll(() => tracker.stats().webSocketPeers, PATIENCE).toBe(2);
    await expect.poll(() => one.answers, PATIENCE).toMatchObject([{ peer_id: far.peerId, offer_id: "0".padEnd(20, "o") }]);
  } finally {
    one.close();
    far.close();
  }
}

describeWith([interopPeers()], "Trackers that share a store", () => {
  it("know each other's peers, ends and completions, and one that starts late knows all", async () => {
    const port = await freePort();
    await startRedis(port);
    const [first, second] = [await startTracker(`redis://127.0.0.1:${port}`), await startTracker(`redis://127.0.0.1:${port}`)];
    for (const [at, hash] of HASHES.entries()) await announce(at % 2 === 0 ? first : second, hash, 1000 + at);
    await announce(first, HASH, 2000, "left=0&event=completed");
    await announce(second, HASH, 2001, "left=0&event=completed");
    await expect.poll(() => [peersOf(first), peersOf(second)], PATIENCE).toEqual([42, 42]);
    for (const tracker of [first, second]) {
      await expect.poll(() => counts(tracker), PATIENCE).toMatchObject({ complete: 2, incomplete: 1, downloaded: 2 });
    }
    expect(await announce(first, HASH, 2002)).toEqual([1007, 2000, 2001]);
    await announce(second, HASH, 1007, "left=5&event=stopped");
    await expect.poll(() => counts(first), PATIENCE).toMatchObject({ incomplete: 1 });

    const third = await startTracker(`redis://127.0.0.1:${port}`);
    await expect.poll(() => peersOf(third), PATIENCE).toBe(42);
    expect(await counts(third)).toMatchObject({ complete: 2, incomplete: 1, downloaded: 2 });
  });

  it("go on alone while it is away, and catch up when it is back and has forgotten everything", async () => {
    const port = await freePort();
    const redis = await startRedis(port);
    const warnings: string[] = [];
    const options = { onWarning: (message: string) => void warnings.push(message) };
    const [first, second] = [await startTracker(`redis://127.0.0.1:${port}`, options), await startTracker(`redis://127.0.0.1:${port}`)];
    await announce(first, HASH, 1001, "left=0&event=completed");
    await expect.poll(() => counts(second), PATIENCE).toMatchObject({ complete: 1, downloaded: 1 });
    await kill(redis);
    await expect.poll(() => warnings.join(), PATIENCE).toMatch(/store is away/);
    expect(await announce(first, HASH, 1002)).toEqual([1001]);
    expect(await announce(second, HASH, 1003, "left=0&event=completed")).toEqual([1002].slice(1));
    expect(second.stats()).toMatchObject({ seeds: 2 });
    await startRedis(port);
    for (const tracker of [first, second]) {
      await expect.poll(() => counts(tracker), PATIENCE).toMatchObject({ complete: 2, incomplete: 1, downloaded: 2 });
    }
    const third = await startTracker(`redis://127.0.0.1:${port}`);
    await expect.poll(() => counts(third), PATIENCE).toMatchObject({ complete: 2, incomplete: 1, downloaded: 2 });
    expect(warnings.at(-1)).toMatch(/is back/);
  });

  it("keep a peer away that said farewell while the store was away, though another tells of it again", async () => {
    const port = await freePort();
    const redis = await startRedis(port);
    const [first, second] = [await startTracker(`redis://127.0.0.1:${port}`), await startTracker(`redis://127.0.0.1:${port}`)];
    for (const peer of [1001, 1002]) await announce(first, HASH, peer);
    await expect.poll(() => peersOf(second), PATIENCE).toBe(2);
    await kill(redis);
    // Ages are carried to two seconds.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await announce(second, HASH, 1001, "left=5&event=stopped");
    await startRedis(port);
    const third = await startTracker(`redis://127.0.0.1:${port}`);
    for (const tracker of [first, third]) await expect.poll(() => peersOf(tracker), PATIENCE).toBe(1);
    await announce(third, HASH, 1003);
    for (const tracker of [first, second, third]) await expect.poll(() => peersOf(tracker), PATIENCE).toBe(2);
  });

  it("let peers of WebTorrent meet that came to different ones, again when the store was away", async () => {
    const port = await freePort();
    const redis = await startRedis(port);
    const [first, second] = [await startTracker(`redis://127.0.0.1:${port}`), await startTracker(`redis://127.0.0.1:${port}`)];
    await meet(first, second);
    await kill(redis);
    await startRedis(port);
    await meet(second, first);
  });

  it("start before their store does", async () => {
    const port = await freePort();
    const tracker = await startTracker(`redis://127.0.0.1:${port}`);
    await announce(tracker, HASH, 1001);
    await startRedis(port);
    const second = await startTracker(`redis://127.0.0.1:${port}`);
    await expect.poll(() => peersOf(second), PATIENCE).toBe(1);
  });

  it("share a Cluster of three nodes", async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    for (const port of ports) {
      await startRedis(port, [
        "--cluster-enabled",
        "yes",
        "--cluster-config-file",
        `nodes-${port}.conf`,
        "--cluster-port",
        String(await freePort()),
      ]);
    }
    const nodes = ports.map((port) => `127.0.0.1:${port}`);
    const made = spawnSync("redis-cli", ["--cluster", "create", ...nodes, "--cluster-yes"]);
    expect(made.status, `${made.stdout.toString()}${made.stderr.toString()}`).toBe(0);
    const url = nodes.map((node) => `redis://${node}`).join(",");
    const [first, second] = [await startTracker(url), await startTracker(url)];
    for (const [at, hash] of HASHES.entries()) await announce(at % 2 === 0 ? first : second, hash, 1000 + at);
    await expect.poll(() => [peersOf(first), peersOf(second)], PATIENCE).toEqual([40, 40]);
    await meet(first, second);
  });

  it("say what is wrong with a URL", async () => {
    await expect(startTracker("http://nowhere")).rejects.toMatchObject({ code: "STORE_URL" });
  });
});
