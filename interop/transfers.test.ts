/**
 * Both directions with every client we know, over our own tracker, and every byte compared.
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { encode, Raw } from "@bittern/protocol/bencode";
import { parseTorrent } from "@bittern/protocol/metainfo";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers } from "../tools/peers.ts";
import { isSameTree, Lab, makeBigFile, makeManyFiles, until } from "./lab.ts";
import { aria2 } from "./peers/aria2.ts";
import { libtorrent } from "./peers/libtorrent.ts";
import type { ForeignClient } from "./peers/peer.ts";
import { rtorrent } from "./peers/rtorrent.ts";
import { transmission } from "./peers/transmission.ts";
import { webtorrent } from "./peers/webtorrent.ts";

const CLIENTS: readonly ForeignClient[] = [libtorrent, aria2, transmission, rtorrent, webtorrent];
const TRACKER_PORT = 6969;
const TIMEOUT_SECONDS = 120;

describeWith([interopPeers()], "transfers with other clients", () => {
  let lab: Lab;
  const sources: Record<string, string> = {};
  let port = 41_000;

  beforeAll(async () => {
    lab = await Lab.open();
    sources["one file of 48 MiB"] = await makeBigFile(await lab.makeFolder("source"));
    sources["200 files of odd sizes"] = await makeManyFiles(await lab.makeFolder("source"));
  });
  afterEach(() => lab.stop());
  afterAll(() => lab.close());

  async function prepare(content: string, version: string): Promise<{ source: string; torrent: string }> {
    const source = sources[content] as string;
    const torrent = join(await lab.makeFolder("torrent"), "it.torrent");
    const announce = `http://${lab.address(1)}:${TRACKER_PORT}/announce`;
    const create = lab.bittern(["create", source, `--${version}`, "-t", announce, "-o", torrent, "--piece-length", "256KiB"]);
    expect((await create.ended()).exitCode, create.errors).toBe(0);
    const tracker = lab.bittern(["track", "--port", String(TRACKER_PORT), "--json"]);
    await tracker.says(/"listening"/);
    return { source, torrent };
  }

  // By each of its names: the link of a hybrid names both, and half of it is what an older index knows.
  for (const version of libtorrent.versions) {
    for (const named of version === "hybrid" ? ["both names", "its old name", "its new name"] : ["its name"]) {
      it(`libtorrent gives to us by a magnet link with ${named}: one file of 48 MiB, ${version}`, async () => {
        const { source, torrent } = await prepare("one file of 48 MiB", version);
        const place = { lab, torrent, address: lab.address(2), port: (port += 2) };
        await libtorrent.seed({ ...place, folder: dirname(source) });
        const magnet = lab.bittern(["magnet", torrent]);
        await magnet.ended();
        const link = linkWith(named, magnet.output.trim());
        const folder = await lab.makeFolder("target");
        const ways = ["--peer", `${place.address}:${place.port}`, "--port", "0", "--no-dht", "--json", "--exit"];
        const get = lab.peer(lab.address(3), ["get", link, "--dir", folder, ...ways]);
        await get.says(/"complete"/, TIMEOUT_SECONDS);
        expect((await get.ended()).exitCode, get.errors).toBe(0);
        expect(await isSameTree(source, join(folder, basename(source)))).toBe(true);
      });
    }
  }

  // libtorrent writes such files of magnet links whose layers it does not have yet.
  it("libtorrent gives to us by a .torrent of version 2 without piece layers: one file of 48 MiB", async () => {
    const { source, torrent } = await prepare("one file of 48 MiB", "v2");
    const place = { lab, torrent, address: lab.address(2), port: (port += 2) };
    await libtorrent.seed({ ...place, folder: dirname(source) });
    const bare = join(await lab.makeFolder("torrent"), "bare.torrent");
    await writeFile(bare, encode({ info: new Raw(parseTorrent(await readFile(torrent)).infoBytes) }));
    const folder = await lab.makeFolder("target");
    const ways = ["--peer", `${place.address}:${place.port}`, "--port", "0", "--no-dht", "--json", "--exit"];
    const get = lab.peer(lab.address(3), ["get", bare, "--dir", folder, ...ways]);
    await get.says(/"complete"/, TIMEOUT_SECONDS);
    expect((await get.ended()).exitCode, get.errors).toBe(0);
    expect(await isSameTree(source, join(folder, basename(source)))).toBe(true);
  });

  for (const client of CLIENTS) {
    for (const version of client.versions) {
      for (const content of ["one file of 48 MiB", "200 files of odd sizes"]) {
        const names = `${content}, ${version}`;

        it(`${client.name} gives to us: ${names}`, async () => {
          const { source, torrent } = await prepare(content, version);
          const place = { lab, torrent, address: lab.address(2), port: (port += 2) };
          const seeder = await client.seed({ ...place, folder: dirname(source) });
          const folder = await lab.makeFolder("target");
          const get = lab.peer(lab.address(3), [
            "get",
            torrent,
            "--dir",
            folder,
            "--port",
            "0",
            "--json",
            "--exit",
            "--log-level",
            "debug",
          ]);
          await get.says(/"complete"/, TIMEOUT_SECONDS).catch((fault) => {
            throw new Error(`${fault.message}\n${seeder.output}\n${seeder.errors}`);
          });
          expect((await get.ended()).exitCode, `${get.errors}${seeder.errors}`).toBe(0);
          expect(await isSameTree(source, join(folder, basename(source)))).toBe(true);
        });

        it(`we give to ${client.name}: ${names}`, async () => {
          const { source, torrent } = await prepare(content, version);
          const seed = lab.peer(lab.address(2), ["seed", torrent, "--dir", dirname(source), "--port", "0", "--json"]);
          await seed.says(/"listening"/);
          const folder = await lab.makeFolder("target");
          const place = { lab, torrent, address: lab.address(3), port: (port += 2) };
          const fetcher = await client.fetch({ ...place, folder });
          const isComplete = (): Promise<boolean> => isSameTree(source, join(folder, basename(source)), client.leavesOutEmptyFiles);
          await until(isComplete, `${client.name} having everything`, TIMEOUT_SECONDS).catch((fault) => {
            throw new Error(`${fault}\n${fetcher.output}\n${fetcher.errors}\n${seed.output}`);
          });
        });
      }
    }
  }
});

/** The link without a tracker, and with one of two names where only one is wanted. */
function linkWith(named: string, link: string): string {
  const topics = [...link.matchAll(/xt=urn:(?:btih:[0-9a-f]{40}|btmh:1220[0-9a-f]{64})/g)].map(([topic]) => topic);
  const wanted = named === "its old name" ? topics.slice(0, 1) : named === "its new name" ? topics.slice(-1) : topics;
  return `magnet:?${wanted.join("&")}`;
}
