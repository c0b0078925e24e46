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
  readonly lastOverBound: number;
  readonly copiesFromSeed: number;
  readonly wastedShare: number;
}

interface Report {
  readonly isGood: boolean;
  readonly complaints: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Runs the scenario `swarm`: fails when not everybody was complete. */
export async function simulateSwarm(seed: number, options: Readonly<Record<string, number>>, profileFolder?: string): Promise<Simulation> {
  const given = Object.entries({ ...options, onlooker: 0, seed }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const program = new Program(bitternCommand(["simulate", "swarm", ...given, "--json"], profileFolder), { sampleMillis: 100 });
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
    lastOverBound: figure("lastOverBound"),
    copiesFromSeed: figure("copiesFromSeed"),
    wastedShare: figure("wastedShare"),
  };
}
