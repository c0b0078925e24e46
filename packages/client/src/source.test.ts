import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { formatMagnet, loadBytes, loadSource } from "./index.ts";

const V1 = "0123456789abcdef0123456789abcdef01234567";
const V2 = V1.padEnd(64, "f");
const BASE32 = "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH";

const folders: string[] = [];
afterEach(() => {
  process.chdir(home);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const home = process.cwd();

async function linkOf(source: string): Promise<string> {
  const known = await loadSource(source);
  if (known.type !== "magnet") expect.fail("a link was expected");
  return formatMagnet(known.magnet);
}

describe("A source that is a bare info hash", () => {
  it.each([
    [V1, `magnet:?xt=urn:btih:${V1}`],
    [V1.toUpperCase(), `magnet:?xt=urn:btih:${V1}`],
    [BASE32, `magnet:?xt=urn:btih:${V1}`],
    [BASE32.toLowerCase(), `magnet:?xt=urn:btih:${V1}`],
    [V2, `magnet:?xt=urn:btmh:1220${V2}`],
    [`1220${V2}`, `magnet:?xt=urn:btmh:1220${V2}`],
  ])("is the link to it: %s", async (source, link) => {
    expect(await linkOf(source)).toBe(link);
  });

  it.each([V1.slice(1), `${V1}0`, V2.slice(2), `1114${V2}`])("is said to be broken, not missing: %s", async (source) => {
    await expect(loadSource(source)).rejects.toMatchObject({ code: "MAGNET_INFO_HASH" });
  });

  it("is a file where one has that name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bittern-source-"));
    folders.push(folder);
    process.chdir(folder);
    writeFileSync(V1, "no torrent");
    await expect(loadSource(V1)).rejects.toThrow(`${V1} is no valid torrent`);
  });

  it("is no path of a file to be changed, and then no link is asked for", async () => {
    await expect(loadBytes(V1)).rejects.toThrow(`${V1}: there is no such file; give the path of a .torrent`);
  });

  it("is a path where anything else stands in it", async () => {
    await expect(loadSource(`${V1}.torrent`)).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});

describe("A .torrent that comes in a stream", () => {
  it("has 64 MiB at most", async () => {
    const part = new Uint8Array(1024 * 1024);
    async function* partsOf(more: number): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 64; count++) yield part;
      if (more > 0) yield part.subarray(0, more);
    }
    expect((await loadBytes(partsOf(0))).length).toBe(64 * 1024 * 1024);
    await expect(loadBytes(partsOf(1))).rejects.toMatchObject({ code: "METAINFO_TOO_LONG" });
  });
});
