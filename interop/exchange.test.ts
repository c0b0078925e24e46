/**
 * Peers that tell each other of peers (BEP 11): without a tracker, who fetches knows one peer that gives it nothing, and can only
 * be complete by finding the seed that this one knows.
 * @module
 */
import { basename, dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers } from "../tools/peers.ts";
import { isSameTree, Lab, makeBigFile, until } from "./lab.ts";
import { freeRidingLibtorrent, libtorrent } from "./peers/libtorrent.ts";
import type { ForeignClient } from "./peers/peer.ts";
import { webtorrent } from "./peers/webtorrent.ts";

/** Bytes per second: the seed is not done with the one between before the third has come. */
const SEED_RATE = "4MiB";
/** As good as nothing: the content would take an hour. */
const MEAN_RATE = "16KiB";
const TIMEOUT_SECONDS = 100;

describeWith([interopPeers()], "G12 G13 peer exchange", () => {
  let lab: Lab;
  let source: string;
  let torrent: string;
  let port = 45_000;

  beforeAll(async () => {
    lab = await Lab.open();
    source = await makeBigFile(await lab.makeFolder("source"));
    torrent = join(await lab.makeFolder("torrent"), "it.torrent");
    const create = lab.bittern(["create", source, "-o", torrent, "--piece-length", "256KiB"]);
    expect((await create.ended()).exitCode, create.errors).toBe(0);
  });
  afterEach(() => lab.stop());
  afterAll(() => lab.close());

  /** A seed of ours. Not libtorrent: it takes one connection from an address, and here all come from that of the seed itself. */
  async function startSeed(...more: readonly string[]): Promise<{ address: string; port: number }> {
    const place = { address: lab.address(2), port: (port += 2) };
    const seed = lab.peer(place.address, ["seed", torrent, "--dir", dirname(source), "--port", String(place.port), ...more, "--json"]);
    await seed.says(/"listening"/);
    return place;
  }

  it("libtorrent, which gives us nothing itself, tells us of a seed", async () => {
    const peer = await startSeed("--max-up", SEED_RATE);
    const between = { lab, torrent, folder: await lab.makeFolder("between"), address: lab.address(3), port: (port += 2) };
    await freeRidingLibtorrent.fetch({ ...between, peer });
    const folder = await lab.makeFolder("target");
    const known = `${between.address}:${between.port}`;
    const get = lab.peer(lab.address(4), ["get", torrent, "--dir", folder, "--port", "0", "--peer", known, "--json", "--exit"]);
    await get.says(/"complete"/, TIMEOUT_SECONDS);
    expect(await isSameTree(source, join(folder, basename(source)))).toBe(true);
  });

  for (const client of [libtorrent, webtorrent] satisfies readonly ForeignClient[]) {
    it(`we, who give ${client.name} next to nothing, tell it of a seed`, async () => {
      const seed = await startSeed();
      const peer = { address: lab.address(4), port: (port += 2) };
      const rates = ["--max-up", MEAN_RATE, "--max-down", MEAN_RATE];
      const ways = ["--dir", await lab.makeFolder("between"), "--port", String(peer.port), "--peer", `${seed.address}:${seed.port}`];
      const between = lab.peer(peer.address, ["get", torrent, ...ways, ...rates, "--json"]);
      await between.says(/"listening"/);
      const folder = await lab.makeFolder("target");
      const fetcher = await client.fetch({ lab, torrent, folder, address: lab.address(3), port: (port += 2), peer });
      const isComplete = (): Promise<boolean> => isSameTree(source, join(folder, basename(source)));
      await until(isComplete, `${client.name} having everything`, TIMEOUT_SECONDS).catch((fault) => {
        throw new Error(`${fault}\n${fetcher.output}\n${fetcher.errors}\n${between.output.slice(-2000)}`);
      });
    });
  }
});
