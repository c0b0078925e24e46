/**
 * Our own program as a contender.
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ForeignClient, Transfer } from "../interop/peers/peer.ts";
import type { Program } from "./measure.ts";

const BIN = fileURLToPath(new URL("../apps/cli/bin/bittern.js", import.meta.url));

/** Arguments for Node that write a .cpuprofile of the main thread into `folder` when the process ends (threads that are ended from outside write none); none without a folder. */
export function profileArguments(folder: string | undefined): readonly string[] {
  return folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

export function bitternCommand(args: readonly string[], profileFolder?: string, bin: string = BIN): readonly string[] {
  return [process.execPath, ...profileArguments(profileFolder), bin, ...args];
}

export interface BitternClientOptions {
  readonly name?: string;
  /** Each side's profiles go to a folder of its own below it. */
  readonly profileFolder?: string | undefined;
  /** Path of another build's bittern.js. */
  readonly bin?: string;
}

/** As a peer. */
export function bitternClient({ name = "bittern", profileFolder, bin }: BitternClientOptions = {}): ForeignClient {
  const below = (side: string): string | undefined => (profileFolder === undefined ? undefined : join(profileFolder, side));
  return {
    name,
    versions: ["v1", "v2", "hybrid"],
    completes: /^\{"type":"complete"/m,
    seed: async (transfer) => {
      const program = await start(transfer, (args) =>
        bitternCommand(["seed", transfer.torrent, "--no-check", ...args], below("seeder"), bin),
      );
      await program.says(/"type":"listening"/);
      return program;
    },
    fetch: (transfer) => start(transfer, (args) => bitternCommand(["get", transfer.torrent, ...args], below("downloader"), bin)),
  };
}

type CommandOf = (args: readonly string[]) => readonly string[];

async function start({ lab, folder, port, peer }: Transfer, commandOf: CommandOf): Promise<Program> {
  const state = await lab.makeFolder("state");
  const known = peer === undefined ? [] : ["--peer", `${peer.address}:${peer.port}`];
  return lab.start(commandOf(["--dir", folder, "--port", String(port), "--state", state, "--json", ...known]));
}
