/**
 * Reads the end of a file while the rest is still being downloaded: pieces in front of a reader come first.
 *
 *     npx tsx examples/03-stream-a-file.ts
 * @module
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "@bittern/client";

const folder = await mkdtemp(join(tmpdir(), "bittern-example-"));
const film = randomBytes(4_000_000);
await writeFile(join(folder, "film.mkv"), film);

const seeder = await Session.open({ listen: ["127.0.0.1:0"] });
const { metainfo } = await seeder.seed(join(folder, "film.mkv"));
if (metainfo === null) throw new Error("who seeds knows what");

// Slow on purpose, so that there is something left to see.
const session = await Session.open({ listen: ["127.0.0.1:0"], limits: { down: 1_500_000 } });
const torrent = await session.add(metainfo, {
  path: join(folder, "downloads"),
  peers: [`127.0.0.1:${seeder.listening[0]?.port}`],
});

const [file] = torrent.files;
if (file === undefined) throw new Error("a film is a file");
let length = 0;
for await (const bytes of file.slice(-200_000)) length += bytes.length;
console.log(`read the last ${length} bytes, ${torrent.status().progress < 1 ? "the download still goes on" : "the download is over"}`);

const head = Buffer.from(await file.slice(0, 16).arrayBuffer());
console.log(head.equals(film.subarray(0, 16)) ? "and the first sixteen are right" : "something is wrong");
await session.remove(torrent, { deleteFiles: true });
await Promise.all([session.close(), seeder.close()]);
await rm(folder, { recursive: true });
