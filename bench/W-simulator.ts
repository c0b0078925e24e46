/**
 * W. The speed of the simulator, and so of the engine alone: what it handles per second when nothing else is to be done.
 * @module
 */
import { type Bench, compare } from "./bench.ts";
import { simulateSwarm } from "./simulation.ts";

const MIB = 1024 ** 2;
const COUNTS = [10, 100, 1000];

export const bench: Bench = {
  question: "A simulated swarm sharing 64 MiB, up to 1,000 peers: at least 100,000 engine inputs per second on one core?",
  run: (options) => {
    const contenders = COUNTS.map((count) => ({
      name: `${count} peers`,
      run: async () => {
        const { cost, inputCount } = await simulateSwarm(
          1,
          { peers: count, "total-length": 64 * MIB, "piece-length": MIB },
          options.profileFolder,
        );
        return {
          seconds: cost.wallSeconds,
          inputs: inputCount / 1000,
          rate: inputCount / cost.wallSeconds / 1000,
          cpuRate: inputCount / cost.cpuSeconds / 1000,
          resident: cost.residentPeak / MIB,
        };
      },
    }));
    return compare(
      options,
      contenders,
      [
        { figure: "seconds", title: "s", digits: 1 },
        { figure: "inputs", title: "1,000 inputs", digits: 0 },
        { figure: "rate", title: "1,000 inputs/s", digits: 1 },
        { figure: "cpuRate", title: "1,000 inputs/CPU s", digits: 1 },
        { figure: "resident", title: "RSS MiB", digits: 0 },
      ],
      0,
    );
  },
};
