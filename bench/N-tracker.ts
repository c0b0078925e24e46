/**
 * N. The tracker against opentracker: what an answer costs, over UDP and HTTP.
 *
 * One core for the tracker, the other for the generator (tracker-load.c, compiled with `cc`), 64 requests in flight where nothing else is said. CPU seconds
 * count, not rates: the generator and whatever else runs share the machine. Two threads share both cores with the generator. A bare
 * socket that answers every datagram alike is the least that a datagram costs where each comes and goes in a call of its own, as
 * Node has it, and as we do without the optional native part.
 * @module
 */
import { type Bench, compare } from "./bench.ts";
import type { Contender } from "./figures.ts";
import { ask, compileGenerator, cpuSeconds, PEERS, type RunningTracker, startOpentracker, startTracker, TORRENTS } from "./tracker-load.ts";

type Figure = "cpu" | "rate" | "lost";

interface Mode {
  readonly mode: string;
  readonly title: string;
  readonly requests: number;
  readonly oursOnly?: boolean;
  /** Datagrams on their way at once, where they are not 64. */
  readonly inFlight?: number;
}

/** What is asked, how often, and of whom it can be asked. */
const MODES: readonly Mode[] = [
  { mode: "udp-announce", title: "UDP announce, connection id used again", requests: 100_000 },
  // Of 192 some do not fit into the queue that opentracker asks the kernel for.
  { mode: "udp-announce", title: "UDP announce, 128 on their way at once", requests: 200_000, inFlight: 128 },
  { mode: "udp-pairs", title: "UDP connect and announce", requests: 50_000 },
  { mode: "udp-scrape1", title: "UDP scrape of one torrent", requests: 100_000 },
  { mode: "udp-scrape70", title: "UDP scrape of 70 torrents", requests: 50_000 },
  { mode: "http-close", title: "HTTP announce, a connection each", requests: 25_000 },
  { mode: "http-scrape", title: "HTTP scrape, a connection each", requests: 25_000 },
  { mode: "http-keep", title: "HTTP announce, connection kept", requests: 100_000, oursOnly: true },
];

export const bench: Bench = {
  question: "An announce for at most 1.25 x the CPU of opentracker over UDP, 1.5 x over HTTP?",
  run: async (given) => {
    // A mode may be chosen beside contenders: `--only udp-announce`.
    const chosen = given.only.filter((name) => MODES.some(({ mode }) => mode === name));
    const options = { ...given, only: given.only.filter((name) => !chosen.includes(name)) };
    const modes = MODES.filter(({ mode }) => chosen.length === 0 || chosen.includes(mode));
    const generator = compileGenerator(options.folder);
    const started: RunningTracker[] = [];
    try {
      const ours = await startTracker("./tracker-process.ts");
      started.push(ours);
      const theirs = startOpentracker(options.folder, generator);
      if (theirs === undefined) options.note("opentracker is not installed, so there is nothing to compare with");
      else started.push(theirs);
      const bare = await startTracker("./bare-datagrams.ts");
      const single = await startTracker("./tracker-process.ts", "single");
      started.push(single);
      const spread = await startTracker("./tracker-process.ts", "threads=2");
      started.push(spread);
      const trackers = [...started];
      started.push(bare);
      for (const { port } of trackers) ask(generator, port, { mode: "udp-fill", requests: TORRENTS * PEERS });
      const tables: string[] = [];
      for (const load of modes) {
        const { mode, title, oursOnly } = load;
        const contenders = [contender("bittern", generator, ours, load)];
        if (mode === "udp-announce") {
          contenders.push(contender("bittern, two threads", generator, spread, load));
          contenders.push(contender("bittern, a call a datagram", generator, single, load));
          contenders.push(contender("a bare socket of Node", generator, bare, load));
        }
        if (mode.startsWith("http")) contenders.push(contender("bittern, through Node", generator, single, load));
        if (theirs !== undefined && oursOnly !== true) contenders.push(contender("opentracker", generator, theirs, load));
        const table = await compare(options, contenders, [
          { figure: "cpu", title: "CPU s per 100,000", digits: 2 },
          { figure: "rate", title: "answers/s", digits: 0 },
          { figure: "lost", title: "lost", digits: 0 },
        ]);
        tables.push(`### ${title}\n\n${table}`);
      }
      return tables.join("\n\n");
    } finally {
      for (const { child } of started) child.kill();
    }
  },
};

function contender(name: string, generator: string, tracker: RunningTracker, { mode, requests, inFlight = 64 }: Mode): Contender<Figure> {
  const run = async (): Promise<Record<Figure, number>> => {
    const before = cpuSeconds(tracker);
    const { answers, lost, seconds } = ask(generator, tracker.port, { mode, requests, inFlight });
    return { cpu: ((cpuSeconds(tracker) - before) / answers) * 100_000, rate: answers / seconds, lost };
  };
  return { name, run };
}
