/**
 * The benches of one seed and several downloaders that start together, each in a namespace of its own behind a link of its own
 * rate: C, V, X, Y and Z differ in rates and contenders.
 *
 * What is told is when the last was complete beside the least time that any way of sharing needs (Kumar and Ross, "Peer-assisted
 * file distribution", 2006), and how often the seed sent the content, headers included: they alone make 1.045 copies at an MTU
 * of 1,500. The time includes the start of the downloaders' processes. There is no warm-up where links are the limit.
 * @module
 */
import type { ForeignClient } from "../interop/peers/peer.ts";
import type { BenchOptions } from "./bench.ts";
import { type Content, makeContent, type Shape } from "./content.ts";
import { Field } from "./field.ts";
import type { Column } from "./figures.ts";
import { HUB_ADDRESS, type Link, openBridge } from "./network.ts";
import { type Fetcher, type Finish, race } from "./race.ts";

/** Many programs on few cores: look at each of them rarely. */
const SAMPLE_MILLIS = 250;

export interface SwarmMember extends Fetcher {
  readonly link: Link;
}

export interface Swarm {
  readonly seeder: ForeignClient;
  readonly seederLink: Link;
  readonly members: readonly SwarmMember[];
}

/** Files for the swarms of one bench. */
export async function makeSwarmContent({ folder }: BenchOptions, shape: Shape): Promise<Content> {
  return makeContent(folder, shape, Field.announceUrlAt(HUB_ADDRESS));
}

export async function runSwarm({ folder }: BenchOptions, content: Content, { seeder, seederLink, members }: Swarm): Promise<Finish> {
  const network = await openBridge([seederLink, ...members.map(({ link }) => link)]);
  const field = new Field({ folder, network, sampleMillis: SAMPLE_MILLIS });
  try {
    return await race({ field, content, seeder, fetchers: members });
  } finally {
    await field.close();
  }
}

/** Seconds: no way of sharing is faster. Links in bits per second, all limited. */
export function leastSeconds(byteLength: number, { seederLink, members }: Pick<Swarm, "seederLink" | "members">): number {
  const seedRate = (seederLink.up ?? Number.POSITIVE_INFINITY) / 8;
  const downRate = Math.min(...members.map(({ link }) => link.down ?? Number.POSITIVE_INFINITY)) / 8;
  const upRates = members.reduce((total, { link }) => total + (link.up ?? Number.POSITIVE_INFINITY) / 8, seedRate);
  return Math.max(byteLength / seedRate, byteLength / downRate, (members.length * byteLength) / upRates);
}

/** `count` members that are alike. */
export function alike(count: number, member: SwarmMember): readonly SwarmMember[] {
  return Array.from({ length: count }, () => member);
}

export type SwarmFigure = "firstBlock" | "last" | "lastOverBound" | "first" | "copies" | "cpuSeconds";

export function swarmFigures(
  { seeder, fetchers, seconds, firstBlockSeconds }: Finish,
  byteLength: number,
  bound: number,
): Record<SwarmFigure, number> {
  return {
    firstBlock: firstBlockSeconds,
    last: seconds,
    lastOverBound: seconds / bound,
    first: Math.min(...fetchers.map((fetcher) => fetcher.seconds)),
    copies: seeder.sentLength / byteLength,
    cpuSeconds: [seeder, ...fetchers].reduce((total, { cpuSeconds }) => total + cpuSeconds, 0),
  };
}

export const SWARM_COLUMNS: readonly Column<SwarmFigure>[] = [
  { figure: "firstBlock", title: "first block s", digits: 2 },
  { figure: "last", title: "last s", digits: 1 },
  { figure: "lastOverBound", title: "last / bound", digits: 2 },
  { figure: "first", title: "first s", digits: 1 },
  { figure: "copies", title: "copies from the seed", digits: 2 },
  { figure: "cpuSeconds", title: "CPU s of all", digits: 1 },
];
