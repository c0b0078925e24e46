/**
 * X. A seed three times as fast as each downloader: its uplink is worth nothing if it sends what they could send each other.
 * @module
 */
import { aria2 } from "../interop/peers/aria2.ts";
import { libtorrent } from "../interop/peers/libtorrent.ts";
import { type Bench, compare } from "./bench.ts";
import { bitternClient } from "./bittern.ts";
import { HOME_LINK, MBIT, SWARM_SHAPE } from "./home.ts";
import { alike, leastSeconds, makeSwarmContent, runSwarm, SWARM_COLUMNS, swarmFigures } from "./swarm.ts";

const COUNT = 8;
const SEEDER_LINK = { up: 60 * MBIT, down: 100 * MBIT };

export const bench: Bench = {
  question: "A seed of 60 Mbit/s, eight downloaders of 20, 32 MiB: last / bound at most 1.25?",
  run: async (options) => {
    const content = await makeSwarmContent(options, SWARM_SHAPE);
    const contenders = [bitternClient(options), libtorrent, aria2].map((client) => {
      const swarm = { seeder: client, seederLink: SEEDER_LINK, members: alike(COUNT, { client, link: HOME_LINK }) };
      const bound = leastSeconds(content.byteLength, swarm);
      return { name: client.name, run: async () => swarmFigures(await runSwarm(options, content, swarm), content.byteLength, bound) };
    });
    return compare(options, contenders, SWARM_COLUMNS, 0);
  },
};
