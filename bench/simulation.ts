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

/** Mebibytes of half the young generation: nearly all that is made while thousands of links come to be stays, and is copied when it is full. */
const YOUNG_MIB = 96;

/** Runs the scenario `swarm`: fails when not everybody was complete. */
export async function simulateSwarm(seed: number, options: Readonly<Record<string, number>>, profileFolder?: string): Promise<Simulation> {
  const given = Object.entries({ ...options, onlooker: 0, seed }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const program = new Program(bitternCommand(["simulate", "swarm", ...given, "--json"], profileFolder), {
    sampleMillis: 100,
    env: { NODE_OPTIONS: `--max-semi-space-size=${YOUNG_MIB}` },
  });
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
