/**
 * P. The tracker under more than it can take: announces over UDP as fast as a core can send them, and over HTTP thousands of
 * connections that all want an answer at once.
 *
 * What it can take is measured first, with 64 requests in flight. A datagram that finds no room in the kernel is lost, as BEP 15
 * expects: the generator makes its announces beforehand and has the kernel cut them out of long messages, so that one core offers ten
 * times what another takes. Connections cannot be had so cheaply: opening one costs about what answering it does. Memory is
 * the anonymous memory of the process.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, type BenchOptions, compare } from "./bench.ts";
import type { Contender } from "./figures.ts";
import {
  anonymousBytes,
  ask,
  compileGenerator,
  type Load,
  PEERS,
  type RunningTracker,
  startOpentracker,
  startTracker,
  TORRENTS,
} from "./tracker-load.ts";

const RECOVERY_MILLIS = 5000;
const MIB = 1024 ** 2;

type Figure = "offered" | "rate" | "median" | "p99" | "grown" | "recovered";

interface Storm {
  readonly title: string;
  readonly calm: Load;
  readonly flood: Load;
}

const STORMS: readonly Storm[] = [
  {
    title: "UDP announces as fast as they can be sent",
    calm: { mode: "udp-announce", requests: 200_000 },
    flood: { mode: "udp-flood", requests: 16_000_000 },
  },
  {
    title: "HTTP announces, 4,000 connections at once instead of 64",
    calm: { mode: "http-close", requests: 50_000 },
    flood: { mode: "http-flood", requests: 200_000, peers: 4000 },
  },
];

export const bench: Bench = {
  question: "Far more than it can take: memory flat, answers within 200 ms at p99, all well 5 s after?",
  run: async (options) => {
    const generator = compileGenerator(options.folder);
    const tables: string[] = [];
    for (const { title, ...storm } of STORMS) tables.push(`### ${title}\n\n${await table(options, generator, storm)}`);
    return tables.join("\n\n");
  },
};

async function table(options: BenchOptions, generator: string, storm: Omit<Storm, "title">): Promise<string> {
  const contenders = [
    contender("bittern", generator, storm, async () => await startTracker("./tracker-process.ts")),
    contender("opentracker", generator, storm, async () => startOpentracker(options.folder, generator)),
  ];
  return await compare(
    options,
    contenders,
    [
      { figure: "offered", title: "offered, x of what it takes", digits: 1 },
      { figure: "rate", title: "answers/s", digits: 0 },
      { figure: "median", title: "waits ms, median", digits: 1 },
      { figure: "p99", title: "p99", digits: 1 },
      { figure: "grown", title: "memory grown MiB", digits: 1 },
      { figure: "recovered", title: "rate 5 s after / before", digits: 2 },
    ],
    0,
  );
}

function contender(
  name: string,
  generator: string,
  { calm, flood }: Omit<Storm, "title">,
  start: () => Promise<RunningTracker | undefined>,
): Contender<Figure> {
  const run = async (): Promise<Record<Figure, number>> => {
    const tracker = await start();
    if (tracker === undefined) throw new Error(`${name} is not installed`);
    try {
      await sleep(500);
      ask(generator, tracker.port, { mode: "udp-fill", requests: TORRENTS * PEERS });
      const rateOf = (load: Load): number => {
        const { answers, seconds } = ask(generator, tracker.port, load);
        return answers / seconds;
      };
      rateOf(calm);
      const before = rateOf(calm);
      const memoryBefore = anonymousBytes(tracker);
      const { answers, lost, seconds, median = 0, p99 = 0 } = ask(generator, tracker.port, flood);
      const grown = (anonymousBytes(tracker) - memoryBefore) / MIB;
      await sleep(RECOVERY_MILLIS);
      return {
        offered: (answers + lost) / seconds / before,
        rate: answers / seconds,
        median,
        p99,
        grown,
        recovered: rateOf(calm) / before,
      };
    } finally {
      tracker.child.kill();
    }
  };
  return { name, run };
}
