/** @module */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { beforeAll, describe, expect, it } from "vitest";
import { createTorrent } from "./create.ts";
import { noise, sessions, temporaryFolder, writeFiles } from "./testing.ts";
import type { Torrent } from "./torrent.ts";

const folder = temporaryFolder();
const open = sessions();
const source = join(folder, "published/album");
const BIG = noise(3_000_000, "big");
beforeAll(() => writeFiles(source, { "a.bin": noise(70_000, "a"), "big.bin": BIG, empty: "", "text.txt": "Grüße\n" }));

let count = 0;
async function downloading(version: "v1" | "v2" | "hybrid", limits?: { down: number }): Promise<Torrent> {
  const metainfo: Metainfo = await createTorrent(source, { version, pieceLength: 65_536 });
  const seeder = await open();
  // Who is not open yet turns whoever comes away for seconds.
  await (await seeder.add(metainfo, { path: join(folder, "published"), seedMode: true, readOnly: true })).checked();
  const session = await open();
  const peers = [`127.0.0.1:${seeder.listening[0]?.port}`];
  return await session.add(metainfo, { path: join(folder, `place-${++count}`), peers, ...(limits === undefined ? {} : { limits }) });
}
const fileOf = (torrent: Torrent, name: string) => torrent.files.find(({ path }) => path === name) as Torrent["files"][number];
const bytesOf = async (stream: ReadableStream<Uint8Array>) => new Uint8Array(await new Response(stream).arrayBuffer());

describe("TorrentFile", () => {
  it.each(["v1", "v2", "hybrid"] as const)("streams a file of a %s torrent while it is downloaded", async (version) => {
    const torrent = await downloading(version);
    expect(Buffer.from(await bytesOf(fileOf(torrent, "big.bin").stream())).equals(BIG)).toBe(true);
    expect(await fileOf(torrent, "text.txt").text()).toBe("Grüße\n");
    expect((await fileOf(torrent, "empty").arrayBuffer()).byteLength).toBe(0);
  });

  it("fetches what its reader waits for before the rest", async () => {
    const torrent = await downloading("v1", { down: 400_000 });
    const end = await bytesOf(fileOf(torrent, "big.bin").stream({ start: 2_950_000, end: 2_990_000 }));
    expect(Buffer.from(end).equals(BIG.subarray(2_950_000, 2_990_000))).toBe(true);
    expect(torrent.status().progress).toBeLessThan(0.6);
    torrent.limits = { down: 0 };
    await torrent.done();
  });

  it("cuts like a Blob", async () => {
    const torrent = await downloading("hybrid");
    await torrent.done();
    const file = fileOf(torrent, "big.bin");
    const blob = await file.blob();
    for (const [start, end] of [[0, 10], [-10], [5, -5], [2_999_999, 9e9], [10, 5], [1e9]] as [number, number?][]) {
      const part = Buffer.from(await file.slice(start, end).arrayBuffer());
      expect(part.equals(Buffer.from(await blob.slice(start, end).arrayBuffer())), `${start} ${end}`).toBe(true);
    }
    expect(file.slice(10, 20).slice(2, 4)).toMatchObject({ length: 2, offset: file.offset + 12, path: "big.bin", progress: 1 });
    let length = 0;
    for await (const chunk of file) length += chunk.length;
    expect(length).toBe(file.length);
    for await (const chunk of file) if (chunk.length > 0) break;
    expect(readFileSync(join(folder, `place-${count}/album/big.bin`)).equals(BIG)).toBe(true);
  });

  it("wants a file that was not wanted as soon as somebody reads it", async () => {
    const torrent = await downloading("v1");
    torrent.select({ only: ["text.txt"] });
    await torrent.done();
    const file = fileOf(torrent, "a.bin");
    expect([file.priority, file.name]).toEqual([0, "a.bin"]);
    expect((await file.arrayBuffer()).byteLength).toBe(70_000);
    expect([file.priority, file.progress, fileOf(torrent, "empty").progress]).toEqual([1, 1, 1]);
  });

  it("stops with its signal, and with its torrent", async () => {
    const metainfo = await createTorrent(source, { version: "v1" });
    const session = await open();
    const torrent = await session.add(metainfo, { path: join(folder, "place-alone") });
    await torrent.checked();
    const file = fileOf(torrent, "big.bin");
    await expect(file.arrayBuffer({ signal: AbortSignal.timeout(20) })).rejects.toThrow();
    const reading = expect(file.text()).rejects.toMatchObject({ code: "ABORTED" });
    await session.close();
    await reading;
  });
});
