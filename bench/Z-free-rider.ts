/**
 * Z. Seven honest downloaders of ours, alone, with one that never uploads, and with one whose uplink is slow: the first must
 * finish last and cost the others little, the second must not be starved.
 * @module
 */
import { freeRidingLibtorrent } from "../interop/peers/libtorrent.ts";
import { type Bench, compare } from "./bench.ts";
import { bitternClient } from "./bittern.ts";
import type { Contender } from "./figures.ts";
import { HOME_LINK, MBIT, SWARM_SHAPE } from "./home.ts";
import { alike, leastSeconds, makeSwarmContent, runSwarm, type SwarmMember } from "./swarm.ts";

const COUNT = 7;
const SLOW_LINK = { up: MBIT, down: 100 * MBIT };

type Figure = "lastHonest" | "lastHonestOverBound" | "other" | "otherSent" | "copies";

export const bench: Bench = {
  question: "Seven honest ones and a free rider, who finishes last and costs at most 10 %; or a slow one, who is not starved?",
  run: async (options) => {
    const content = await makeSwarmContent(options, SWARM_SHAPE);
    const client = bitternClient(options);
    const honest = alike(COUNT, { client, link: HOME_LINK });
    const contender = (name: string, others: readonly SwarmMember[]): Contender<Figure> => ({
      name,
      run: async () => {
        const swarm = { seeder: client, seederLink: HOME_LINK, members: [...honest, ...others] };
        const { fetchers, seeder } = await runSwarm(options, content, swarm);
        const lastHonest = Math.max(...fetchers.slice(0, COUNT).map(({ seconds }) => seconds));
        const other = fetchers[COUNT];
        return {
          lastHonest,
          lastHonestOverBound: lastHonest / leastSeconds(content.byteLength, { seederLink: HOME_LINK, members: honest }),
          other: other?.seconds ?? Number.NaN,
          otherSent: (other?.sentLength ?? Number.NaN) / content.byteLength,
          copies: seeder.sentLength / content.byteLength,
        };
      },
    });
    const contenders = [
      contender("7 honest ones", []),
      contender("and a free rider", [{ client: freeRidingLibtorrent, link: HOME_LINK }]),
      contender("and a slow one, 1 Mbit/s up", [{ client, link: SLOW_LINK }]),
    ];
    return compare(
      options,
      contenders,
      [
        { figure: "lastHonest", title: "last honest s", digits: 1 },
        { figure: "lastHonestOverBound", title: "last honest / bound", digits: 2 },
        { figure: "other", title: "the other s", digits: 1 },
        { figure: "otherSent", title: "the other sent copies", digits: 2 },
        { figure: "copies", title: "copies from the seed", digits: 2 },
      ],
      0,
    );
  },
};
