/**
 * Our clients find each other through opentracker, over HTTP and over UDP.
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Program } from "../bench/measure.ts";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers } from "../tools/peers.ts";
import { isSameTree, Lab, makeManyFiles } from "./lab.ts";

const PORT = 16_970;

describeWith([interopPeers()], "opentracker", () => {
  let lab: Lab;
  let source: string;

  beforeAll(async () => {
    lab = await Lab.open();
    source = await makeManyFiles(await lab.makeFolder("source"));
  });
  afterAll(() => lab.close());

  /** Debian's build serves whitelisted info hashes only. */
  async function startOpentracker(infoHash: string): Promise<Program> {
    const folder = await lab.makeFolder("opentracker");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "wl"), `${infoHash}\n`);
    const port = String(PORT);
    return lab.start(["opentracker", "-d", folder, "-i", lab.address(1), "-p", port, "-P", port, "-w", "/wl"]);
  }

  for (const scheme of ["http", "udp"]) {
    it(`joins a seed and a downloader over ${scheme}`, async () => {
      const torrent = join(await lab.makeFolder("torrent"), "it.torrent");
      const announce = `${scheme}://${lab.address(1)}:${PORT}/announce`;
      const create = lab.bittern(["create", source, "--v1", "-t", announce, "-o", torrent, "--json"]);
      expect((await create.ended()).exitCode, create.errors).toBe(0);
      const tracker = await startOpentracker((JSON.parse(create.output) as { infoHash: string }).infoHash);
      const seed = lab.peer(lab.address(2), ["seed", torrent, "--dir", dirname(source), "--port", "0", "--json", "--log-level", "debug"]);
      await seed.says(/"listening"/);
      // The seed must have told before the downloader asks, or the downloader would have to wait for its next announce.
      await seed.says(/announce knows/);
      const folder = await lab.makeFolder("target");
      const get = lab.peer(lab.address(3), ["get", torrent, "--dir", folder, "--port", "0", "--json", "--exit"]);
      expect((await get.ended()).exitCode, `${get.errors}${tracker.errors}`).toBe(0);
      expect(await isSameTree(source, join(folder, basename(source)))).toBe(true);
      await lab.stop();
    });
  }
});
