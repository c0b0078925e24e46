/**
 * Y. Downloaders that leave the moment they are complete: what they had to give must have been taken by then.
 * @module
 */
import { aria2 } from "../interop/peers/aria2.ts";
import { libtorrent } from "../interop/peers/libtorrent.ts";
import { type Bench, compare } from "./bench.ts";
import { bitternClient } from "./bittern.ts";
import { HOME_LINK, SWARM_SHAPE } from "./home.ts";
import { alike, leastSeconds, makeSwarmContent, runSwarm, SWARM_COLUMNS, swarmFigures } from "./swarm.ts";

const COUNTS = [4, 8];

export const bench: Bench = {
  question: "One seed, N downloaders that leave when complete, 32 MiB, 20 Mbit/s up: last / bound at most 1.3 (N = 4, 8)?",
  run: async (options) => {
    const content = await makeSwarmContent(options, SWARM_SHAPE);
    const clients = [bitternClient(options), libtorrent, aria2];
    const contenders = clients.flatMap((client) =>
      COUNTS.map((count) => {
        const swarm = { seeder: client, seederLink: HOME_LINK, members: alike(count, { client, link: HOME_LINK, leaves: true }) };
        const bound = leastSeconds(content.byteLength, swarm);
        const run = async () => swarmFigures(await runSwarm(options, content, swarm), content.byteLength, bound);
        return { name: `${client.name}, N = ${count}`, run };
      }),
    );
    return compare(options, contenders, SWARM_COLUMNS, 0);
  },
};
