/** @module */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeAnnounceAnswer, decodeScrapeAnswer } from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import { TrackerServer } from "./tracker-server.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
const query = (peer: string, port: number, left: number) =>
  `info_hash=${HASH.replace(/../g, "%$&")}&peer_id=${peer.padEnd(20, "x")}&port=${port}&uploaded=0&downloaded=0&left=${left}&compact=1&event=started`;

async function announce(url: URL | string, peer: string, port: number, left: number) {
  const answer = await fetch(`${String(url)}?${query(peer, port, left)}`);
  expect(answer.status).toBe(200);
  const decoded = decodeAnnounceAnswer(new Uint8Array(await answer.arrayBuffer()));
  if (!("peers" in decoded)) throw new Error(decoded.failure);
  return decoded.peers.map((known) => known.port);
}

describe("TrackerServer", () => {
  it("introduces peers to each other and counts them", async () => {
    await using tracker = new TrackerServer({ http: { port: 0 } });
    const { http } = await tracker.listen();
    expect(http?.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/announce$/);
    await announce(http as URL, "one", 1001, 0);
    expect(await announce(http as URL, "two", 1002, 5)).toContain(1001);
    expect(tracker.stats()).toMatchObject({ torrents: 1, seeds: 1, downloaders: 1 });
    expect((await tracker.scrape([HASH, "f".repeat(40)])).get(HASH)).toMatchObject({ complete: 1, incomplete: 1, downloaded: 0 });
  });

  it("answers other paths of its port by whom it was given", async () => {
    await using tracker = new TrackerServer({
      http: { port: 0, host: "127.0.0.1" },
      onRequest: ({ path }, answer) => answer(200, { "Content-Type": "text/plain" }, new TextEncoder().encode(`this is ${path}`)),
    });
    const { http } = await tracker.listen();
    expect(await (await fetch(new URL("/page", http))).text()).toBe("this is /page");
  });

  it("stands behind somebody else's server", async () => {
    await using tracker = new TrackerServer();
    expect(await tracker.listen()).toEqual({});
    const server = createServer(tracker.handler);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await announce(`${base}/announce`, "one", 1001, 0);
    expect(await announce(`${base}/announce`, "two", 1002, 5)).toContain(1001);
    expect((await fetch(`${base}/elsewhere`)).status).toBe(404);
    const everything = decodeScrapeAnswer(new Uint8Array(await (await fetch(`${base}/scrape`)).arrayBuffer()));
    expect("swarms" in everything && [...everything.swarms.keys()]).toEqual([HASH]);
    await tracker.close();
    expect((await fetch(`${base}/announce`)).status).toBe(503);
    await new Promise((resolve) => server.close(resolve));
  });

  it("says so when its port is taken", async () => {
    await using first = new TrackerServer({ http: { port: 0, host: "127.0.0.1" } });
    const { http } = await first.listen();
    const second = new TrackerServer({ http: { port: Number(http?.port), host: "127.0.0.1" } });
    await expect(second.listen()).rejects.toMatchObject({ code: "ADDRESS_IN_USE" });
  });

  it.each([
    ["d9:completedde5:peersdee", "--dfile"],
    ["what I must not forget", "another path"],
  ])("never begins a journal over somebody else's file: %s", async (content, advice) => {
    const folder = mkdtempSync(join(tmpdir(), "bittern-foreign-"));
    const journalPath = join(folder, "dstate");
    writeFileSync(journalPath, content);
    const fault = await new TrackerServer({ journalPath }).listen().catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: "UsageError", code: "JOURNAL_FOREIGN", message: expect.stringContaining(advice) as string });
    expect([readFileSync(journalPath, "utf8"), readdirSync(folder)]).toEqual([content, ["dstate"]]);
    rmSync(folder, { recursive: true });
  });

  it("has no numbers before it listens", () => {
    expect(() => new TrackerServer().stats()).toThrow("does not listen");
  });
});
