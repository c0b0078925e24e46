/**
 * C. One seeder and four downloaders that start together, no link limited: whether the machine's time goes into giving the same
 * bytes away again and again.
 * @module
 */
import { aria2 } from "../interop/peers/aria2.ts";
import { libtorrent } from "../interop/peers/libtorrent.ts";
import type { ForeignClient } from "../interop/peers/peer.ts";
import { type Bench, compare } from "./bench.ts";
import { bitternClient } from "./bittern.ts";
import { alike, makeSwarmContent, runSwarm, SWARM_COLUMNS, swarmFigures } from "./swarm.ts";

const MIB = 1024 ** 2;
const COUNT = 4;

export const bench: Bench = {
  question: "256 MiB from one to four: at most 0.7 x libtorrent's time, at most 1.3 copies from the seeder?",
  run: async (options) => {
    const content = await makeSwarmContent(options, { name: "quarter", fileLength: 256 * MIB, pieceLength: MIB });
    const contender = (client: ForeignClient) => ({
      name: client.name,
      run: async () => {
        const members = alike(COUNT, { client, link: {} });
        // No link is limited, so the bound is no time at all.
        return swarmFigures(await runSwarm(options, content, { seeder: client, seederLink: {}, members }), content.byteLength, 0);
      },
    });
    const clients = [bitternClient(options), libtorrent, aria2];
    const columns = SWARM_COLUMNS.filter(({ figure }) => figure !== "lastOverBound");
    return compare(options, clients.map(contender), columns);
  },
};
