/**
 * V. How well a real swarm shares: one seed and N downloaders whose uplinks are the limit, among themselves and mixed.
 * @module
 */
import { aria2 } from "../interop/peers/aria2.ts";
import { libtorrent, superSeedingLibtorrent } from "../interop/peers/libtorrent.ts";
import type { ForeignClient } from "../interop/peers/peer.ts";
import { type Bench, type BenchOptions, compare } from "./bench.ts";
import { bitternClient } from "./bittern.ts";
import type { Content } from "./content.ts";
import type { Contender } from "./figures.ts";
import { HOME_LINK, SWARM_SHAPE } from "./home.ts";
import { leastSeconds, makeSwarmContent, runSwarm, SWARM_COLUMNS, type SwarmFigure, swarmFigures } from "./swarm.ts";

const COUNTS = [2, 4, 8];

export const bench: Bench = {
  question: "One seed, N downloaders, 20 Mbit/s up, 100 down, 32 MiB: last / bound at most 1.10 (N = 2, 4) and 1.18 (N = 8)?",
  run: async (options) => {
    const content = await makeSwarmContent(options, SWARM_SHAPE);
    const bittern = bitternClient(options);
    const among = (client: ForeignClient, seeder = client): readonly Contender<SwarmFigure>[] =>
      COUNTS.map((count) => contender(options, content, `${seeder.name}, N = ${count}`, seeder, Array<ForeignClient>(count).fill(client)));
    const mixed = [...Array<ForeignClient>(4).fill(bittern), ...Array<ForeignClient>(4).fill(libtorrent)];
    const contenders = [
      ...among(bittern),
      ...among(libtorrent),
      ...among(aria2),
      ...among(libtorrent, superSeedingLibtorrent),
      contender(options, content, "mixed 4 + 4, bittern seeds", bittern, mixed),
      contender(options, content, "mixed 4 + 4, libtorrent seeds", libtorrent, mixed),
    ];
    return compare(options, contenders, SWARM_COLUMNS, 0);
  },
};

function contender(
  options: BenchOptions,
  content: Content,
  name: string,
  seeder: ForeignClient,
  downloaders: readonly ForeignClient[],
): Contender<SwarmFigure> {
  const members = downloaders.map((client) => ({ client, link: HOME_LINK }));
  const swarm = { seeder, seederLink: HOME_LINK, members };
  const bound = leastSeconds(content.byteLength, swarm);
  return { name, run: async () => swarmFigures(await runSwarm(options, content, swarm), content.byteLength, bound) };
}
