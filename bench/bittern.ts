/**
 * Our own program as a contender.
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ForeignClient, Transfer } from "../interop/peers/peer.ts";
import type { Program } from "./measure.ts";

const BIN = fileURLToPath(new URL("../apps/cli/bin/bittern.js", import.meta.url));

/** Arguments for Node that write a .cpuprofile a thread into `folder` when the process ends; none without a folder. */
export function profileArguments(folder: string | undefined): readonly string[] {
  return folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

export function bitternCommand(args: readonly string[], profileFolder?: string): readonly string[] {
  return [process.execPath, ...profileArguments(profileFolder), BIN, ...args];
}

/** As a peer. Each side's profiles go to a folder of its own below `profileFolder`. */
export function bitternClient(profileFolder?: string): ForeignClient {
  const below = (side: string): string | undefined => (profileFolder === undefined ? undefined : join(profileFolder, side));
  return {
    name: "bittern",
    versions: ["v1", "v2", "hybrid"],
    completes: /^\{"type":"complete"/m,
    seed: async (transfer) => {
      const program = await start(transfer, ["seed", transfer.torrent, "--no-check"], below("seeder"));
      await program.says(/"type":"listening"/);
      return program;
    },
    fetch: (transfer) => start(transfer, ["get", transfer.torrent], below("downloader")),
  };
}

async function start({ lab, folder, port, peer }: Transfer, args: readonly string[], profiles: string | undefined): Promise<Program> {
  const state = await lab.makeFolder("state");
  const known = peer === undefined ? [] : ["--peer", `${peer.address}:${peer.port}`];
  const place = ["--dir", folder, "--port", String(port), "--state", state];
  return lab.start(bitternCommand([...args, ...place, "--json", ...known], profiles));
}
