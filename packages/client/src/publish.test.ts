/** @module */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FileSource } from "./create-sources.ts";
import { noise, sessions, temporaryFolder } from "./testing.ts";

const folder = temporaryFolder();
const open = sessions();
let count = 0;
const place = (): string => join(folder, `place ${++count}`);

function source(path: string, bytes: Uint8Array, length: number = bytes.length): FileSource {
  return {
    path,
    length,
    async *stream() {
      for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
    },
  };
}

async function* of(...sources: FileSource[]): AsyncGenerator<FileSource, void, void> {
  yield* sources;
}

describe("Seeding files that come from elsewhere", () => {
  const big = noise(100_000, "big");
  const small = noise(7, "small");

  it("writes them below the path while they are hashed, and gives them to others", async () => {
    const path = place();
    const seeder = await open();
    const files = of(source("sub/big.bin", big), source("empty", new Uint8Array()), source("small.bin", small));
    const seeded = await seeder.seed(files, { path, name: "stream", pieceLength: 16_384 });
    expect(seeded.status()).toMatchObject({ state: "seeding", progress: 1 });
    expect(seeded.metainfo?.files.map((file) => file.path.join("/"))).toEqual(["empty", "small.bin", "sub/big.bin"]);
    const { address, port } = seeder.listening[0] ?? { address: "", port: 0 };
    const other = place();
    const torrent = await (await open()).add(seeded.metainfo ?? "", { path: other, peers: [`${address}:${port}`] });
    await torrent.done();
    for (const root of [path, other]) {
      expect(readFileSync(join(root, "stream/sub/big.bin")).equals(big)).toBe(true);
      expect(readFileSync(join(root, "stream/small.bin")).equals(small)).toBe(true);
      expect(existsSync(join(root, "stream/empty"))).toBe(true);
    }
    // Padding is in the torrent, and nobody's download.
    expect(torrent.metainfo?.filesWithPads.length).toBeGreaterThan(3);
    expect(torrent.status()).toMatchObject({ downloaded: 100_007, wasted: 0 });
    expect(seeded.status().uploaded).toBe(100_007);
  });

  it("calls a single file what it is called, and one that is renamed as was wished", async () => {
    const path = place();
    const session = await open();
    await session.seed(of(source("one.bin", small)), { path });
    await session.seed(of(source("one.bin", small)), { path, name: "other.bin" });
    expect(readdirSync(path).toSorted()).toEqual(["one.bin", "other.bin"]);
  });

  it("never writes over what is there, nor outside of the path, and takes away what was not published", async () => {
    const path = place();
    const session = await open();
    await session.seed(of(source("one.bin", small)), { path });
    writeFileSync(join(path, "theirs"), "theirs");
    await expect(session.seed(of(source("theirs", big)), { path })).rejects.toMatchObject({ code: "FILE_EXISTS" });
    await expect(session.seed(of(source("../up", big), source("b", big)), { path })).rejects.toMatchObject({ code: "CREATE_PATH" });
    const tooShort = of(source("deep/er/a", small), source("deep/b", small, 8));
    await expect(session.seed(tooShort, { path, name: "mine" })).rejects.toMatchObject({ code: "FILE_CHANGED" });
    expect(readdirSync(path).toSorted()).toEqual(["one.bin", "theirs"]);
    expect(readFileSync(join(path, "theirs"), "utf8")).toBe("theirs");
  });
});
