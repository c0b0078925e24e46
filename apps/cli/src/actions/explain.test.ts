/** @module */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { endAllAfterTests, noise, Running, run, runningSeed, temporaryFolder, writeFiles } from "../testing.ts";

const folder = temporaryFolder();
const torrent = join(folder, "album.torrent");
const state = join(folder, "state");
endAllAfterTests();

interface Told {
  readonly name: string;
  readonly command: string | null;
  readonly pid: number | null;
  readonly state: string;
  readonly pace: string;
  readonly causes: readonly { readonly code: string; readonly what: string; readonly help: string }[];
}
const toldBy = (json: Record<string, unknown>): readonly Told[] => json["torrents"] as Told[];

/** The folders are looked at first: asks until that is over. */
async function toldOnceChecked(): Promise<readonly Told[]> {
  for (;;) {
    const { status, json } = await run(["explain", "--json", "--state", state]);
    expect(status).toBe(0);
    const told = toldBy(json);
    if (told.every(({ state: doing }) => doing !== "checking")) return told;
  }
}

beforeAll(async () => {
  writeFiles(join(folder, "published/album"), { "film.bin": noise(400_000, "film") });
  await run(["create", join(folder, "published/album"), "--piece-length", "16KiB", "-o", torrent]);
});

describe("bittern explain", () => {
  it("asks the commands that run, and names their trouble", async () => {
    const get = new Running(["get", torrent, "--dir", join(folder, "one"), "--port", "0", "--json", "--state", state]);
    const seed = runningSeed(torrent, join(folder, "published"), state, "--max-up", "1KiB");
    await Promise.all([get.line("metadata"), seed.line("listening")]);
    const told = await toldOnceChecked();
    expect(told.map(({ command }) => String(command)).toSorted()).toEqual(["bittern get", "bittern seed"]);
    const stalled = told.find(({ command }) => command === "bittern get");
    expect(stalled).toMatchObject({ name: "album", pid: get.child.pid, state: "downloading", pace: "stands" });
    expect(stalled?.causes).toMatchObject([{ code: "no-trackers", weight: "stops", what: "there is nobody to ask for peers" }]);

    const text = await run(["explain", "alb", "--state", state]);
    expect(text.out).toContain(
      `album: stands still at 0.0 %, 0 peers (bittern get, process ${get.child.pid})\n  - there is nobody to ask for peers\n`,
    );
    expect(text.out).toMatch(/album: complete, up 0 B\/s, 0 peers \(bittern seed/);
    const spanish = await run(["explain", "alb", "--state", state, "--lang", "es"]);
    expect(spanish.out).toContain(
      "  - no hay a quién pedir pares\n      se ve:  no tiene trackers, no se ha nombrado ningún par y la DHT está apagada\n      ayuda: ",
    );
    expect(spanish.out).toContain(`(bittern get, proceso ${get.child.pid})`);
    const byHash = await run(["explain", torrent, "--json", "--state", state]);
    expect(toldBy(byHash.json)).toHaveLength(2);
    await Promise.all([get.stop(), seed.stop()]);
    expect((await run(["explain", "--state", state])).out).toMatch(/^nothing runs with the state folder /);
  });

  it("tries out what runs nowhere, and leaves nothing behind", async () => {
    const seed = runningSeed(torrent, join(folder, "published"), join(folder, "other"));
    const { port } = await seed.line("listening");
    const trial = ["explain", torrent, "--json", "--state", state, "--port", "0", "--for", "1"];
    const alone = toldBy((await run(trial)).json);
    expect(alone).toMatchObject([{ name: "album", command: null, pid: null, pace: "stands", causes: [{ code: "no-trackers" }] }]);
    const dir = join(folder, "kept");
    const [whole] = toldBy((await run([...trial, "--peer", `127.0.0.1:${Number(port)}`, "--dir", dir])).json);
    expect(whole).toMatchObject({ command: null });
    expect(existsSync(join(dir, "album/film.bin"))).toBe(true);
    await seed.stop();
  });

  it("says what it cannot find", async () => {
    const unknown = await run(["explain", "nothing-of-that-name", "--state", state]);
    expect(unknown.status).toBe(1);
    expect(unknown.err).toContain("nothing runs, and it is no file");
    expect((await run(["explain", "/no/such.torrent", "--state", state])).status).toBe(1);
    expect((await run(["explain", "x", "--for", "0"])).status).toBe(2);
  });
});
