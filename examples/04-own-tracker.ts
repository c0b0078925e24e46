/**
 * A tracker of one's own, over HTTP and UDP, and two who find each other through it.
 *
 *     npx tsx examples/04-own-tracker.ts
 * @module
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session, TrackerServer } from "@bittern/client";

const folder = await mkdtemp(join(tmpdir(), "bittern-example-"));
await writeFile(join(folder, "news.txt"), "The reeds are quiet tonight.\n");

const tracker = new TrackerServer({ http: { port: 0, host: "127.0.0.1" }, udp: { port: 0, host: "127.0.0.1" } });
const { http, udp } = await tracker.listen();
console.log(`tracking at ${http?.protocol} and ${udp?.protocol}`);

const publisher = await Session.open({ listen: ["127.0.0.1:0"] });
const published = await publisher.seed(join(folder, "news.txt"), { announce: [[String(http)], [String(udp)]] });

const reader = await Session.open({ listen: ["127.0.0.1:0"] });
const torrent = await reader.add(published.magnet, { path: join(folder, "downloads") });
torrent.on("peer", ({ type, address }) => type === "joined" && console.log(`met somebody at ${address}`));
await torrent.done({ signal: AbortSignal.timeout(60_000) });
console.log(await torrent.files[0]?.text());

const { torrents, seeds } = tracker.stats();
console.log(`the tracker knows ${torrents} names and ${seeds > 0 ? "somebody who is complete" : "nobody who is complete"}`);
await Promise.all([reader.close(), publisher.close()]);
await tracker.close();
await rm(folder, { recursive: true });
