/**
 * The floor of a transfer as a contender: what the same primitives cost in Node with nothing decided.
 * @module
 */
import { fileURLToPath } from "node:url";
import type { ForeignClient, Transfer } from "../interop/peers/peer.ts";
import type { Program } from "./measure.ts";

const PIPELINE = fileURLToPath(new URL("bare-pipeline.mjs", import.meta.url));

/** Meets only its like, and moves one file whose length is a multiple of its pieces'. */
export const bareClient: ForeignClient = {
  name: "bare",
  versions: ["v1"],
  completes: /^complete$/m,
  seed: async (transfer) => {
    const program = start("seed", transfer);
    await program.says(/^listening$/m);
    return program;
  },
  fetch: async (transfer) => start("fetch", transfer),
};

function start(role: "seed" | "fetch", { lab, torrent, folder, address, port, peer }: Transfer): Program {
  const known = peer === undefined ? [] : [peer.address, String(peer.port)];
  return lab.start([process.execPath, PIPELINE, role, torrent, folder, address, String(port), ...known]);
}
