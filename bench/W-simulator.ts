/**
 * W. The speed of the simulator, and so of the engine alone: what it handles per second when nothing else is to be done.
 *
 * An event is what an engine has to decide about: a message it heard, or an input that is no read (docs/simulator.md). A second is one of a core: the
 * collector's and the compiler's threads count in full.
 * @module
 */
import { type Bench, compare } from "./bench.ts";
import { simulateSwarm } from "./simulation.ts";

const KIB = 1024;
const MIB = KIB ** 2;
/** Bytes a second each way of those with equal links; the others can receive more than they send. */
const EQUAL_RATE = 2_500_000;
/** Links of each; 0: as many as the client has by default. */
const SWARMS = [
  { name: "10 peers, pieces of 1 MiB", peers: 10, pieceLength: MIB, links: 0, isEqual: false },
  { name: "100 peers, pieces of 1 MiB", peers: 100, pieceLength: MIB, links: 0, isEqual: false },
  { name: "100 peers, 256 KiB, equal links", peers: 100, pieceLength: 256 * KIB, links: 0, isEqual: true },
  { name: "1000 peers, 256 KiB, equal links", peers: 1000, pieceLength: 256 * KIB, links: 0, isEqual: true },
  { name: "1000 peers, pieces of 1 MiB", peers: 1000, pieceLength: MIB, links: 0, isEqual: false },
  { name: "1000 peers, pieces of 1 MiB, 50 links each", peers: 1000, pieceLength: MIB, links: 50, isEqual: false },
];

export const bench: Bench = {
  question: "A simulated swarm sharing 64 MiB, up to 1,000 peers: at least 100,000 engine events per second on one core?",
  run: (options) => {
    const contenders = SWARMS.map(({ name, peers, pieceLength, links, isEqual }) => ({
      name,
      run: async () => {
        const shape = { peers, links, "total-length": 64 * MIB, "piece-length": pieceLength, ...(isEqual ? { down: EQUAL_RATE } : {}) };
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
