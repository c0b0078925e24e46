/**
 * Downloads a torrent, and seeds it first so that there is somebody to download from.
 *
 *     npx tsx examples/02-download.ts
 * @module
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "@bittern/client";

const folder = await mkdtemp(join(tmpdir(), "bittern-example-"));
await writeFile(join(folder, "poem.txt"), "The bittern booms in the reeds.\n".repeat(20_000));

// Somebody who has the file. Port 0 is any free one.
const seeder = await Session.open({ listen: ["127.0.0.1:0"] });
const seeded = await seeder.seed(join(folder, "poem.txt"));

// Somebody who wants it. The link names the torrent; usually trackers name the peers, here we do.
const session = await Session.open({ listen: ["127.0.0.1:0"], stateDir: join(folder, "state") });
const torrent = await session.add(seeded.magnet, {
  path: join(folder, "downloads"),
  peers: [`127.0.0.1:${seeder.listening[0]?.port}`],
});
torrent.on("metadata", (metainfo) => console.log(`this is ${metainfo.name}, ${metainfo.totalLength} bytes`));
torrent.on("file", (file) => console.log(`${file.path} is complete`));

// What flows is iterated: a status twice a second until everything is there.
for await (const status of torrent) console.log(`${(status.progress * 100).toFixed(1)} % from ${status.peers} peer`);

const [before, after] = [await readFile(join(folder, "poem.txt")), await readFile(join(folder, "downloads/poem.txt"))];
console.log(after.equals(before) ? "every byte is the same" : "something is wrong");

// A session says goodbye to trackers and peers and saves what it knows.
await Promise.all([session.close(), seeder.close()]);
await rm(folder, { recursive: true });
