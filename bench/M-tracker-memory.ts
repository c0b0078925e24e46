/**
 * M. What a peer costs our tracker in memory, a million of them in 100,000 torrents or in one, and how long the longest pause is while they
 * come and while all of them are cleaned away. opentracker needs 27 bytes a peer, IPv4 and compact.
 * @module
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Bench, compare } from "./bench.ts";
import type { Contender } from "./figures.ts";

type Figure = "resident" | "tables" | "growthPause" | "growthCpu" | "pause" | "cpu";

const CASES = ["compact 4", "compact 6", "compact both", "ids 4", "ids 6", "ids both", "compact 4 one", "ids 4 one"];

export const bench: Bench = {
  question: "A peer for at most 40 bytes, 72 with ids and keys, and no pause over 20 ms?",
  run: async (options) => {
    const contenders = CASES.map((name): Contender<Figure> => ({ name, run: async () => memoryOf(name.split(" ")) }));
    return await compare(
      options,
      contenders,
      [
        { figure: "resident", title: "resident B a peer", digits: 1 },
        { figure: "tables", title: "of it tables", digits: 1 },
        { figure: "growthPause", title: "longest announce, ms", digits: 1 },
        { figure: "growthCpu", title: "most CPU of one, ms", digits: 1 },
        { figure: "pause", title: "longest pause of cleaning, ms", digits: 1 },
        { figure: "cpu", title: "most CPU of a slice of it, ms", digits: 1 },
      ],
      0,
    );
  },
};

function memoryOf(words: readonly string[]): Record<Figure, number> {
  const script = fileURLToPath(new URL("./tracker-memory.ts", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", "--import", "tsx", script, ...words], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const { bytesPerPeer, tableBytesPerPeer, growthPause, growthCpuMillis, pause, cpuMillis } = JSON.parse(stdout) as {
    bytesPerPeer: number;
    tableBytesPerPeer: number;
    growthPause: number;
    growthCpuMillis: number;
    pause: number;
    cpuMillis: number;
  };
  return { resident: bytesPerPeer, tables: tableBytesPerPeer, growthPause, growthCpu: growthCpuMillis, pause, cpu: cpuMillis };
}
