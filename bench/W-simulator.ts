/**
 * W. The speed of the simulator, and so of the engine alone: what it handles per second when nothing else is to be done.
 *
 * An event is what an engine has to decide about: a message it heard, or an input that is no read (docs/simulator.md). A second is one of a core: the
 * collector's and the compiler's threads count in full.
 * @module
 */
import { type Bench, compare } from "./bench.ts";
import { simulateSwarm } from "./simulation.ts";

const MIB = 1024 ** 2;
/** Downloaders, and links of each; 0: as many as the client has by default. */
const SWARMS = [
  { peers: 10, links: 0 },
  { peers: 100, links: 0 },
  { peers: 1000, links: 0 },
  { peers: 1000, links: 50 },
];

export const bench: Bench = {
  question: "A simulated swarm sharing 64 MiB, up to 1,000 peers: at least 100,000 engine events per second on one core?",
  run: (options) => {
    const contenders = SWARMS.map(({ peers, links }) => ({
      name: links === 0 ? `${peers} peers` : `${peers} peers, ${links} links each`,
      run: async () => {
        const shape = { peers, links, "total-length": 64 * MIB, "piece-length": MIB };
        const { cost, inputCount, eventCount, lastOverBound } = await simulateSwarm(1, shape, options.profileFolder);
        return {
          seconds: cost.wallSeconds,
          inputs: inputCount / 1000,
          events: eventCount / 1000,
          inputRate: inputCount / cost.cpuSeconds / 1000,
          eventRate: eventCount / cost.cpuSeconds / 1000,
          cpu: cost.cpuSeconds,
          resident: cost.residentPeak / MIB,
          lastOverBound,
        };
      },
    }));
    return compare(
      options,
      contenders,
      [
        { figure: "seconds", title: "s", digits: 1 },
        { figure: "cpu", title: "CPU s", digits: 1 },
        { figure: "inputs", title: "1,000 inputs", digits: 0 },
        { figure: "events", title: "1,000 events", digits: 0 },
        { figure: "inputRate", title: "1,000 inputs/CPU s", digits: 1 },
        { figure: "eventRate", title: "1,000 events/CPU s", digits: 1 },
        { figure: "resident", title: "RSS MiB", digits: 0 },
        { figure: "lastOverBound", title: "last / bound", digits: 2 },
      ],
      0,
    );
  },
};
