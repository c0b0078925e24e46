/**
 * The DHT with other people's nodes (BEP 5): a magnet link without a tracker, and nobody who is told of anybody but one node.
 * Transmission 3.00 is not among them: it announces nothing while it knows fewer nodes than a laboratory has.
 * @module
 */

import { writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Program } from "../bench/measure.ts";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers } from "../tools/peers.ts";
import { isSameTree, Lab, makeBigFile, pseudoRandomBytes, until } from "./lab.ts";
import { aria2 } from "./peers/aria2.ts";
import { libtorrent } from "./peers/libtorrent.ts";
import type { ForeignClient } from "./peers/peer.ts";

const TIMEOUT_SECONDS = 100;

interface Place {
  readonly address: string;
  readonly port: number;
}

describeWith([interopPeers()], "G12 G13 the DHT", () => {
  let lab: Lab;
  let source: string;
  let torrent: string;
  let magnet: string;
  /** What the first node of a test seeds: nobody else wants it. */
  let otherTorrent: string;
  let port = 46_000;

  beforeAll(async () => {
    lab = await Lab.open();
    source = await makeBigFile(await lab.makeFolder("source"));
    torrent = join(await lab.makeFolder("torrent"), "it.torrent");
    // Version 1: the one that all of them know.
    const create = lab.bittern(["create", source, "-o", torrent, "--v1", "--piece-length", "256KiB", "--json"]);
    expect((await create.ended()).exitCode, create.errors).toBe(0);
    magnet = String((JSON.parse(create.output) as { magnet: unknown }).magnet);
    const other = join(await lab.makeFolder("other"), "other.bin");
    await writeFile(other, pseudoRandomBytes(100_000, 3));
    otherTorrent = `${other}.torrent`;
    expect((await lab.bittern(["create", other, "-o", otherTorrent]).ended()).exitCode).toBe(0);
  });
  afterEach(() => lab.stop());
  afterAll(() => lab.close());

  async function seed(what: string, dir: string, first: Place | undefined): Promise<Place> {
    const place = { address: lab.address(first === undefined ? 2 : 4), port: (port += 2) };
    // Who is the first names itself, and finds nobody there.
    const node = first ?? place;
    const ways = ["--port", String(place.port), "--dht-bootstrap", `${node.address}:${node.port}`];
    const program = lab.peer(place.address, ["seed", what, "--dir", dir, ...ways, "--no-check", "--log-level", "info", "--json"]);
    await program.says(first === undefined ? /"listening"/ : /[1-9]\d* told of us/);
    // Its socket for datagrams is bound a moment after it listens: whoever begins with it before that looks for it again much later.
    await until(() => isNode(place), "the node answering");
    return place;
  }

  async function isNode({ address, port: at }: Place): Promise<boolean> {
    return (await lab.bittern(["dht", "ping", `${address}:${at}`]).ended()).exitCode === 0;
  }

  /** A node of ours that knows nobody, and lets others begin with it. */
  const firstNode = (): Promise<Place> => seed(otherTorrent, dirname(otherTorrent), undefined);

  async function expectAll(folder: string, who: string, ...programs: readonly Program[]): Promise<void> {
    const isComplete = (): Promise<boolean> => isSameTree(source, join(folder, basename(source)));
    await until(isComplete, `${who} having everything`, TIMEOUT_SECONDS).catch((fault) => {
      throw new Error([fault, ...programs.flatMap(({ output, errors }) => [output.slice(-3000), errors.slice(-3000)])].join("\n"));
    });
  }

  for (const client of [libtorrent, aria2] satisfies readonly ForeignClient[]) {
    it(`${client.name} finds our seed with a magnet link and one node of ours`, async () => {
      const node = await firstNode();
      await seed(torrent, dirname(source), node);
      const folder = await lab.makeFolder("target");
      const fetcher = await client.fetch({ lab, torrent: magnet, folder, address: lab.address(3), port: (port += 2), node });
      await expectAll(folder, client.name, fetcher);
    });

    it(`we find the seed of ${client.name} through its node`, async () => {
      const node = await firstNode();
      const place = { address: lab.address(3), port: (port += 2) };
      const seeder = await client.seed({ lab, torrent, folder: dirname(source), ...place, node });
      const folder = await lab.makeFolder("target");
      const ways = ["--port", String((port += 2)), "--dht-bootstrap", `${place.address}:${place.port}`, "--log-level", "info"];
      const get = lab.peer(lab.address(4), ["get", magnet, "--dir", folder, ...ways, "--json", "--exit"]);
      await expectAll(folder, "bittern", get, seeder);
    });
  }
});
