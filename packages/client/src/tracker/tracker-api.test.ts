/** @module */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTorrent } from "../create.ts";
import { TrackerServer } from "./tracker-server.ts";

const TOKEN = "correct-horse-battery-staple";
const HASH = "0123456789abcdef0123456789abcdef01234567";
const OTHER = "f".repeat(40);
const announcing = (hash: string, path = "/announce", rest = "") =>
  `${path}?info_hash=${hash.replace(/../g, "%$&")}&peer_id=${"x".repeat(20)}&port=1001&uploaded=0&downloaded=0&left=0&event=started${rest}`;

async function opened(options: ConstructorParameters<typeof TrackerServer>[0] = {}) {
  const tracker = new TrackerServer({ http: { port: 0, host: "127.0.0.1" }, apiToken: TOKEN, ...options });
  const { http } = await tracker.listen();
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
  ) => {
    const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const answer = await fetch(new URL(path, http), { method, headers: { ...type, ...headers }, ...sent });
    const text = await answer.text();
    return { status: answer.status, json: text.startsWith("{") ? (JSON.parse(text) as unknown) : text };
  };
  return { tracker, ask };
}

describe("The management API", () => {
  it("lists, adds and removes torrents while the tracker runs", async () => {
    const { tracker, ask } = await opened({ torrentPolicy: "allow-list" });
    await using _ = tracker;
    expect((await ask("GET", announcing(HASH))).json).toContain("not allowed");
    expect(await ask("PUT", `/api/torrents/${HASH}`)).toMatchObject({ status: 204 });
    expect((await ask("GET", announcing(HASH))).json).toContain("8:completei1e");
    expect(await ask("GET", `/api/torrents/${HASH}`)).toMatchObject({ status: 200, json: { seeds: 1 } });
    expect(await ask("GET", "/api/torrents?from=0&count=5")).toMatchObject({ json: { torrents: [{ infoHash: HASH, seeds: 1 }] } });
    expect(await ask("GET", "/api/stats?history=1")).toMatchObject({ json: { torrents: 1, history: { fine: expect.any(Array) } } });
    expect(await ask("PUT", `/api/torrents/${OTHER}`, { secret: "open-sesame" })).toMatchObject({ status: 204 });
    expect((await ask("GET", announcing(OTHER))).json).toContain("not allowed");
    expect((await ask("GET", announcing(OTHER, "/open-sesame/announce"))).json).toContain("8:completei1e");
    expect(await ask("DELETE", `/api/torrents/${HASH}`)).toMatchObject({ status: 204 });
    expect((await ask("GET", announcing(HASH))).json).toContain("not allowed");
    expect(await ask("GET", `/api/torrents/${HASH}`)).toMatchObject({ status: 404 });
  });

  it("is remembered with a journal, and on top of lists in files", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bittern-api-"));
    try {
      const torrentListPath = join(folder, "list");
      writeFileSync(torrentListPath, `${"a".repeat(40)}\n`);
      const options = { torrentPolicy: "allow-list", torrentListPath, journalPath: join(folder, "journal") } as const;
      const first = await opened(options);
      await first.ask("PUT", `/api/torrents/${HASH}`);
      await first.ask("PUT", `/api/torrents/${OTHER}`, { secret: "open-sesame" });
      await first.ask("DELETE", `/api/torrents/${"a".repeat(40)}`);
      await first.ask("PUT", "/api/addresses", { denied: ["192.0.2.0/24"] });
      await first.tracker.close();
      const { tracker, ask } = await opened({ ...options, proxies: ["127.0.0.1"] });
      await using _ = tracker;
      expect((await ask("GET", announcing(HASH))).json).toContain("8:completei1e");
      expect((await ask("GET", announcing(OTHER))).json).toContain("not allowed");
      expect((await ask("GET", announcing(OTHER, "/open-sesame/announce"))).json).toContain("8:completei1e");
      expect((await ask("GET", announcing("a".repeat(40)))).json).toContain("not allowed");
      expect((await ask("GET", announcing(HASH), undefined, { "x-forwarded-for": "192.0.2.9" })).json).toContain("your address");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("looks at files when it is told to, and keeps what it said of users on top of them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bittern-api-"));
    try {
      const userListPath = join(folder, "users");
      const torrents = join(folder, "torrents");
      mkdirSync(torrents);
      writeFileSync(userListPath, "alice\nbob\n");
      const options = {
        isPrivate: true,
        userListPath,
        journalPath: join(folder, "journal"),
        torrentFolder: { path: torrents, intervalSeconds: 3600 },
      } as const;
      const first = await opened(options);
      const users = async ({ ask }: typeof first) =>
        ((await ask("GET", "/api/users")).json as { users: { passKey: string }[] }).users.map(({ passKey }) => passKey);
      await first.ask("DELETE", "/api/users/bob");
      await first.ask("PUT", "/api/users/carol");
      writeFileSync(userListPath, "alice\nbob\ndave\n");
      writeFileSync(join(folder, "content"), "some content");
      const metainfo = await createTorrent(join(folder, "content"), { version: "v1" });
      writeFileSync(join(torrents, "content.torrent"), metainfo.toBytes());
      const announcingIt = announcing(metainfo.infoHashes.v1 as string, "/alice/announce");
      expect((await first.ask("GET", announcingIt)).json).toContain("not allowed");
      expect(await first.ask("POST", "/api/reload")).toMatchObject({ status: 204 });
      expect((await users(first)).toSorted()).toEqual(["alice", "carol", "dave"]);
      expect((await first.ask("GET", announcingIt)).json).toContain("8:completei1e");
      await first.tracker.close();
      writeFileSync(userListPath, "bob\ndave\n");
      const second = await opened(options);
      await using _ = second.tracker;
      expect((await users(second)).toSorted()).toEqual(["carol", "dave"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("lets users in, counts for them, and shuts networks out", async () => {
    const { tracker, ask } = await opened({ isPrivate: true });
    await using _ = tracker;
    expect(await ask("PUT", "/api/users/alice", { uploaded: 1000, downloaded: 500 })).toMatchObject({ status: 204 });
    await ask("GET", announcing(HASH, "/alice/announce"));
    await ask("GET", announcing(HASH, "/alice/announce").replace("uploaded=0", "uploaded=200").replace("&event=started", ""));
    expect(await ask("PUT", "/api/users/alice")).toMatchObject({ status: 204 });
    expect((await ask("GET", "/api/users")).json).toEqual({
      users: [{ passKey: "alice", uploaded: 1200, downloaded: 500, sessions: 1, ratio: 2.4 }],
    });
    expect(await ask("PUT", "/api/addresses", { denied: ["127.0.0.0/8"] })).toMatchObject({ status: 204 });
    expect((await ask("GET", announcing(HASH, "/alice/announce"))).json).toContain("your address");
    expect(await ask("DELETE", "/api/users/alice")).toMatchObject({ status: 204 });
    expect((await ask("GET", "/api/users")).json).toEqual({ users: [] });
  });

  // It answered 204, and only the log said that the file was not taken; asked once more, not even that.
  it("says what is wrong with a file that it is to look at again, as long as it is", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bittern-api-"));
    try {
      const torrentListPath = join(folder, "list");
      writeFileSync(torrentListPath, `${HASH}\n`);
      const warnings: string[] = [];
      const { tracker, ask } = await opened({
        torrentPolicy: "allow-list",
        torrentListPath,
        onWarning: (message) => warnings.push(message),
      });
      await using _ = tracker;
      writeFileSync(torrentListPath, "no hash at all\n");
      const message = `${torrentListPath}: "no" is no info hash of 40 hex digits; what it said before goes on`;
      for (let times = 0; times < 2; times++) {
        expect(await ask("POST", "/api/reload")).toEqual({ status: 409, json: { error: { code: "FILE_WRONG", message } } });
      }
      expect(warnings).toEqual([message]);
      expect((await ask("GET", announcing(HASH))).json).toContain("8:completei1e");
      writeFileSync(torrentListPath, `${OTHER}\n`);
      expect((await ask("POST", "/api/reload")).status).toBe(204);
      expect((await ask("GET", announcing(OTHER))).json).toContain("8:completei1e");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  // PUT and DELETE said 204, onto the list and off it, where there is none.
  it("says that there is no list where there is none, and still manages secrets and peers", async () => {
    const { tracker, ask } = await opened();
    await using _ = tracker;
    const noList = { status: 409, json: { error: { code: "NO_LIST", message: expect.stringContaining("no list of torrents") } } };
    expect(await ask("PUT", `/api/torrents/${HASH}`)).toEqual(noList);
    expect(await ask("DELETE", `/api/torrents/${HASH}`)).toEqual(noList);
    expect((await ask("GET", announcing(HASH))).json).toContain("8:completei1e");
    expect((await ask("DELETE", `/api/torrents/${HASH}`)).status).toBe(204);
    expect((await ask("GET", `/api/torrents/${HASH}`)).status).toBe(404);
    expect((await ask("PUT", `/api/torrents/${HASH}`, { secret: "open-sesame" })).status).toBe(204);
    expect((await ask("GET", announcing(HASH))).json).toContain("not allowed");
    expect((await ask("DELETE", `/api/torrents/${HASH}`)).status).toBe(204);
    expect((await ask("GET", announcing(HASH))).json).toContain("8:completei1e");
  });

  it("turns torrents away and lets them in again where the list is one of those that are denied", async () => {
    const { tracker, ask } = await opened({ torrentPolicy: "deny-list" });
    await using _ = tracker;
    expect((await ask("GET", announcing(HASH))).json).toContain("8:completei1e");
    expect((await ask("PUT", `/api/torrents/${HASH}`)).status).toBe(204);
    expect((await ask("GET", `/api/torrents/${HASH}`)).status).toBe(404);
    expect((await ask("GET", announcing(HASH))).json).toContain("not allowed");
    expect(await ask("PUT", `/api/torrents/${HASH}`, { secret: "open-sesame" })).toMatchObject({ status: 409 });
    expect((await ask("DELETE", `/api/torrents/${HASH}`)).status).toBe(204);
    expect((await ask("GET", announcing(HASH))).json).toContain("8:completei1e");
  });

  it("tells the networks it set, and those it began with", async () => {
    const { tracker, ask } = await opened({ addressesDenied: ["192.0.2.0/24"] });
    await using _ = tracker;
    expect(await ask("GET", "/api/addresses")).toEqual({ status: 200, json: { allowed: [], denied: ["192.0.2.0/24"] } });
    await ask("PUT", "/api/addresses", { allowed: ["127.0.0.1", "::1"] });
    expect(await ask("GET", "/api/addresses")).toEqual({ status: 200, json: { allowed: ["127.0.0.1", "::1"], denied: [] } });
  });

  it("says what is wrong, and opens to nobody without the token", async () => {
    const { tracker, ask } = await opened();
    await using _ = tracker;
    const wrong: [string, string, unknown, number][] = [
      ["PUT", "/api/torrents/xyz", undefined, 400],
      ["PUT", `/api/torrents/${HASH}`, "not json", 400],
      ["PUT", `/api/torrents/${HASH}`, { secret: 5 }, 400],
      ["PUT", `/api/torrents/${HASH}`, { secret: "two words" }, 400],
      ["PUT", "/api/users/alice", { uploaded: -1 }, 400],
      ["PUT", "/api/addresses", { denied: ["nowhere"] }, 400],
      ["PUT", "/api/addresses", { denied: "127.0.0.1" }, 400],
      ["GET", "/api/torrents?count=-1", undefined, 400],
      ["GET", "/api/torrents?count=many", undefined, 400],
      ["GET", "/api/torrents?from=1.5", undefined, 400],
      ["POST", "/api/stats", undefined, 405],
      ["GET", "/api/reload", undefined, 405],
      ["GET", "/api/nonsense", undefined, 404],
      ["GET", "/api/../x", undefined, 404],
    ];
    for (const [method, path, body, status] of wrong) expect(await ask(method, path, body), path).toMatchObject({ status });
    for (const authorization of ["", `Basic ${TOKEN}`, `bearer ${TOKEN}`]) {
      expect(await ask("GET", "/api/stats", undefined, authorization === "" ? {} : { authorization })).toMatchObject({ status: 401 });
    }
    const guesses: number[] = [];
    while (guesses.length < 20 && !guesses.includes(429))
      guesses.push((await ask("GET", "/api/stats", undefined, { authorization: "Bearer guess" })).status);
    expect(guesses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(guesses).toContain(429);
    expect(() => new TrackerServer({ apiToken: "short" })).toThrow("at least 16 characters");
    const shut = await opened();
    await using __ = shut.tracker;
  });
});
