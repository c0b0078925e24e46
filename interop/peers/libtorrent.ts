/**
 * libtorrent-rasterbar, through Debian's Python bindings.
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Program } from "../../bench/measure.ts";
import type { ForeignClient, Transfer } from "./peer.ts";

const SCRIPT = fileURLToPath(new URL("libtorrent_peer.py", import.meta.url));

export const libtorrent: ForeignClient = {
  name: "libtorrent",
  versions: ["v1", "v2", "hybrid"],
  seed: (transfer) => start(transfer, ["seed"]),
  fetch: (transfer) => start(transfer, []),
};

async function start({ lab, torrent, folder, address, port }: Transfer, more: readonly string[]): Promise<Program> {
  const program = lab.start(["/usr/bin/python3", SCRIPT, torrent, folder, address, String(port), ...more]);
  await program.says(/listening/);
  return program;
}
