/**
 * One swarm of everybody: a seed with two upload slots, two more of ours, and one of every client we know, each in a network of
 * its own behind a slow uplink. Slots are scarce, so tit for tat, optimistic unchoking and the strangers' own rules decide who
 * gets what; nobody may be starved, everybody must have every byte in the end.
 * @module
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Content, makeContent } from "../bench/content.ts";
import { Field } from "../bench/field.ts";
import type { Program } from "../bench/measure.ts";
import { HUB_ADDRESS, type Link, openBridge } from "../bench/network.ts";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers } from "../tools/peers.ts";
import { isSameTree, until } from "./lab.ts";
import { aria2 } from "./peers/aria2.ts";
import { libtorrent } from "./peers/libtorrent.ts";
import type { ForeignClient, Transfer } from "./peers/peer.ts";
import { rtorrent } from "./peers/rtorrent.ts";
import { transmission } from "./peers/transmission.ts";
import { webtorrent } from "./peers/webtorrent.ts";

/** The classic face of our client: it takes a number of slots. */
const DOWNLOADER = fileURLToPath(new URL("../apps/cli/bin/btdownloadheadless.js", import.meta.url));
const SLOTS = 2;
const STRANGERS: readonly ForeignClient[] = [libtorrent, aria2, transmission, rtorrent, webtorrent];
/** Bits per second: slow enough that the first is not complete before the last has started. */
const LINK: Link = { up: 20_000_000, down: 100_000_000 };
const SHAPE = { name: "crowd.bin", fileLength: 8 * 1024 * 1024, pieceLength: 128 * 1024 };
/** Seconds: many times what it takes. */
const TIMEOUT_SECONDS = 240;

/** Ours, with few slots. */
const scarce: ForeignClient = { name: "bittern", versions: ["v1"], seed: start, fetch: start };

async function start({ lab, torrent, folder, port }: Transfer): Promise<Program> {
  const options = { max_uploads: SLOTS, minport: port, maxport: port, saveas: join(folder, SHAPE.name), responsefile: torrent };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return lab.start([process.execPath, DOWNLOADER, ...words], { env: { HOME: await lab.makeFolder("home") } });
}

describeWith([interopPeers()], `a crowd of all clients, ours with ${SLOTS} slots`, () => {
  const crowd = [scarce, scarce, ...STRANGERS];
  let folder: string;
  let field: Field;
  let content: Content;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bittern-crowd-"));
    content = await makeContent(folder, SHAPE, Field.announceUrlAt(HUB_ADDRESS));
    field = new Field({ folder, network: await openBridge(Array<Link>(crowd.length + 1).fill(LINK)) });
  });
  afterEach(() => field.stop());
  afterAll(async () => {
    await field.close();
    await rm(folder, { recursive: true, force: true });
  });

  function transfer(index: number, target: string): Transfer {
    const place = field.place(index);
    return { lab: field.ground(place), torrent: content.torrent, folder: target, address: place.address, port: field.nextPort() };
  }

  async function fetchAll(client: ForeignClient, index: number): Promise<void> {
    const target = await field.makeFolder(client.name);
    const program = await client.fetch(transfer(index, target));
    const [original, copy] = [content.folder, target].map((root) => join(root, content.name)) as [string, string];
    const isWhole = async (): Promise<boolean> =>
      (await stat(copy).catch(() => undefined))?.size === content.byteLength && (await isSameTree(original, copy));
    await until(isWhole, `${client.name} having everything`, TIMEOUT_SECONDS).catch((fault) => {
      throw new Error(`${fault}\n${program.output}\n${program.errors}`);
    });
  }

  for (const seeder of [scarce, libtorrent]) {
    it(`is served to the last byte where ${seeder.name} is the only seed`, async () => {
      await field.startTracker();
      await seeder.seed(transfer(0, content.folder));
      await field.awaitSeeds(content.infoHash, 1);
      const before = field.place(0).sentLength();
      await Promise.all(crowd.map((client, index) => fetchAll(client, index + 1)));
      // They shared: not everything came from the seed.
      expect(field.place(0).sentLength() - before).toBeLessThan((crowd.length - 1) * content.byteLength);
    });
  }
});
