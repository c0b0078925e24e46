/**
 * Runs of `bittern simulate`, as benches U and W see them.
 * @module
 */
import { bitternCommand } from "./bittern.ts";
import { type Cost, Program } from "./measure.ts";

const TIMEOUT_SECONDS = 3600;

export interface Simulation {
  readonly cost: Cost;
  /** Of all engines together: inputs handled. */
  readonly inputCount: number;
  /** And what they had to decide about: messages heard, however many came in a read, and inputs that are no reads. */
  readonly eventCount: number;
  readonly lastOverBound: number;
  readonly copiesFromSeed: number;
  readonly wastedShare: number;
}

interface Report {
  readonly isGood: boolean;
  readonly complaints: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/**
 * Flags of Node. Half the young generation in mebibytes: nearly all that is made while thousands of links come to be stays, and is copied when it is
 * full. And one thread for the collector: several finish sooner, and cost more of the CPU seconds that are counted here.
 */
const NODE_FLAGS = ["--max-semi-space-size=96", "--single-threaded-gc"];

/** Runs the scenario `swarm`: fails when not everybody was complete. */
export async function simulateSwarm(seed: number, options: Readonly<Record<string, number>>, profileFolder?: string): Promise<Simulation> {
  const given = Object.entries({ ...options, onlooker: 0, seed }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const [node, ...command] = bitternCommand(["simulate", "swarm", ...given, "--json"], profileFolder);
  const program = new Program([node as string, ...NODE_FLAGS, ...command], { sampleMillis: 100 });
  const giveUp = setTimeout(() => program.kill("SIGKILL"), TIMEOUT_SECONDS * 1000);
  const cost = await program.ended();
  clearTimeout(giveUp);
  if (cost.exitCode !== 0) throw new Error(`the simulation ended with ${cost.exitCode}:\n${program.errors}`);
  const { isGood, complaints, figures } = JSON.parse(program.output) as Report;
  if (!isGood) throw new Error(`the simulation ended badly: ${complaints.join("; ")}`);
  const figure = (name: string): number => figures[name] ?? Number.NaN;
  return {
    cost,
    inputCount: figure("engineInputs"),
    eventCount: figure("engineEvents"),
    lastOverBound: figure("lastOverBound"),
    copiesFromSeed: figure("copiesFromSeed"),
    wastedShare: figure("wastedShare"),
  };
}
