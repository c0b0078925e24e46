/**
 * Torrents that we make have the info hash that others give to the same input.
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers } from "../tools/peers.ts";
import { Lab, makeAwkwardFiles, makeBigFile, makeManyFiles } from "./lab.ts";

const LIBTORRENT = fileURLToPath(new URL("peers/libtorrent_create.py", import.meta.url));
const PIECE_LENGTH = 256 * 1024;
const ANNOUNCE = "http://tracker.example/announce";

interface Hashes {
  readonly infoHash: string | null;
  readonly infoHashV2: string | null;
}

describeWith([interopPeers()], "creation beside other programs", () => {
  let lab: Lab;
  const sources: Record<string, string> = {};

  beforeAll(async () => {
    lab = await Lab.open();
    sources["one file"] = await makeBigFile(await lab.makeFolder("source"));
    sources["a folder"] = await makeManyFiles(await lab.makeFolder("source"));
    sources["a folder of plain files"] = await makePlainFiles(await lab.makeFolder("source"));
    sources["awkward names"] = await makeAwkwardFiles(await lab.makeFolder("source"));
  });
  afterAll(() => lab.close());

  async function ours(source: string, version: string, ...more: readonly string[]): Promise<Hashes> {
    const out = join(await lab.makeFolder("ours"), "it.torrent");
    const words = [`--${version}`, "--all", "--piece-length", String(PIECE_LENGTH), "-o", out, "--json", ...more];
    const create = lab.bittern(["create", source, ...words]);
    expect((await create.ended()).exitCode, create.errors).toBe(0);
    const { infoHash, infoHashV2 } = JSON.parse(create.output) as Hashes;
    return { infoHash, infoHashV2 };
  }

  async function theirs(make: (out: string) => readonly string[]): Promise<Hashes> {
    const out = join(await lab.makeFolder("theirs"), "it.torrent");
    await lab.run(make(out));
    const show = lab.bittern(["show", out, "--json"]);
    expect((await show.ended()).exitCode, show.errors).toBe(0);
    const { infoHash, infoHashV2 } = JSON.parse(show.output) as Hashes;
    return { infoHash, infoHashV2 };
  }

  // transmission-create writes private=0 into public torrents, as nobody else does, and leaves out empty and hidden files.
  for (const input of ["one file", "a folder of plain files"]) {
    it(`agrees with transmission-create and mktorrent on ${input}, private`, async () => {
      const source = sources[input] as string;
      const hashes = await ours(source, "v1", "--private", "--tracker", ANNOUNCE);
      expect(hashes).toEqual(await theirs((out) => ["transmission-create", "-p", "-s", "256", "-t", ANNOUNCE, "-o", out, source]));
      expect(hashes).toEqual(await theirs((out) => ["mktorrent", "-p", "-l", "18", "-a", ANNOUNCE, "-o", out, source]));
    });
  }

  for (const input of ["one file", "a folder", "awkward names"]) {
    it(`agrees with mktorrent on ${input}`, async () => {
      const source = sources[input] as string;
      expect(await ours(source, "v1")).toEqual(await theirs((out) => ["mktorrent", "-l", "18", "-a", ANNOUNCE, "-o", out, source]));
    });

    // libtorrent takes the files of a v1 folder as the disk lists them: there it does not agree even with itself.
    for (const version of input === "one file" ? ["v1", "v2", "hybrid"] : ["v2", "hybrid"]) {
      it(`agrees with libtorrent on ${input}, ${version}`, async () => {
        const source = sources[input] as string;
        const command = (out: string): string[] => ["/usr/bin/python3", LIBTORRENT, source, String(PIECE_LENGTH), version, out];
        expect(await ours(source, version)).toEqual(await theirs(command));
      });
    }
  }
});

/** Files with content and visible names, some in folders: what every program takes in the same order. */
async function makePlainFiles(folder: string): Promise<string> {
  const root = join(folder, "plain");
  const files = { "b.txt": 700_000, "a/one.bin": 300_000, "a/two.bin": 1, "a/z/deep.bin": 20_000, "c.txt": 262_144 };
  for (const [path, length] of Object.entries(files)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), Buffer.alloc(length, path));
  }
  return root;
}
