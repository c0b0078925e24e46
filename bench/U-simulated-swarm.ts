/**
 * U. How well a swarm shares as it grows, in the simulator: one seed and N downloaders, everyone's uplink and downlink alike.
 * Each run is a seed of its own, so the spread is that of chance, not of the machine.
 * @module
 */
import { type Bench, compare } from "./bench.ts";
import { simulateSwarm } from "./simulation.ts";

const MIB = 1024 ** 2;
const COUNTS = [10, 100, 1000];
/** Bytes per second, both ways: 20 Mbit/s. */
const RATE = 2_500_000;

export const bench: Bench = {
  question: "Simulated, one seed, N downloaders, equal links: last / bound at most 1.15 at N = 100 and 1.25 at 1,000?",
  run: (options) => {
    const contenders = COUNTS.map((count) => {
      let seed = 0;
      const shape = { peers: count, "total-length": 32 * MIB, "piece-length": MIB / 4, up: RATE, down: RATE, "seed-up": RATE };
      const run = async () => {
        const { cost, ...figures } = await simulateSwarm(++seed, shape, options.profileFolder);
        return { ...figures, wastedPercent: figures.wastedShare * 100, cpuSeconds: cost.cpuSeconds };
      };
      return { name: `N = ${count}`, run };
    });
    return compare(
      options,
      contenders,
      [
        { figure: "lastOverBound", title: "last / bound", digits: 2 },
        { figure: "copiesFromSeed", title: "copies from the seed", digits: 2 },
        { figure: "wastedPercent", title: "wasted %", digits: 2 },
        { figure: "cpuSeconds", title: "CPU s", digits: 1 },
      ],
      0,
    );
  },
};
