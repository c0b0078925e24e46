/**
 * Twenty downloaders and one seed in virtual time, with the engine that downloads for real. Same seed, same run.
 *
 *     npx tsx examples/05-simulate-a-swarm.ts [SEED]
 * @module
 */
import { formatReport, runScenario } from "@bittern/simulator";

const [seed = "7"] = process.argv.slice(2);
const options = { seed, peers: 20, totalLength: 2_000_000 };

const first = runScenario("swarm", options);
console.log(formatReport(first));

const second = runScenario("swarm", options);
console.log(first.traceHash === second.traceHash ? "twice the same, byte for byte" : "something is wrong");
