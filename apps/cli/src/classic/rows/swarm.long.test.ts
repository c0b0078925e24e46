/**
 * The rows of the articles that need a swarm and some time.
 * @module
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endAllAfterTests, noise, Running, run, temporaryFolder, writeFiles } from "../../testing.ts";
import { Publisher } from "./publisher.ts";

const cwd = temporaryFolder();
const NAME = "shared.iso";
const DATA = noise(6_000_000, "shared");
endAllAfterTests();

describe("A swarm of classic downloaders", () => {
  it("B15 B25 serves what it has while it still downloads, as fast as it is told", async () => {
    const publisher = await Publisher.open();
    writeFiles(cwd, { [`srv/${NAME}`]: DATA });
    await run([join("srv", NAME), `${publisher.url}/announce`, "--piece_size_pow2", "16"], { program: "btmakemetafile", cwd });
    const torrent = join(cwd, "srv", `${NAME}.torrent`);
    const start = (where: string, ...args: readonly string[]): Running => {
      mkdirSync(join(cwd, where), { recursive: true });
      const env = { BITTERN_STATE: join(cwd, `state-${where}`) };
      return new Running([torrent, "--display_interval", "0.2", ...args], { program: "btdownloadheadless", cwd: join(cwd, where), env });
    };
    start("srv", "--max_upload_rate", "500");
    publisher.peers.push(Number((await publisher.announce(0)).get("port")));
    const first = start("first");
    const second = Number((await publisher.announce(1)).get("port"));
    // The third hears of the second alone, which is not complete itself.
    publisher.peers.splice(0, 1, second);
    const third = start("third");
    await third.until(() => (third.out.includes("download rate:") ? true : undefined), "something to come in");
    expect(first.out).not.toContain("Download Succeeded!");
    await third.until(() => (third.out.includes("Download Succeeded!") ? true : undefined), "completion");
    expect(readFileSync(join(cwd, "third", NAME)).equals(DATA)).toBe(true);
  });
});
