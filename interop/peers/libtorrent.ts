/**
 * libtorrent-rasterbar, through Debian's Python bindings.
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Program } from "../../bench/measure.ts";
import type { ForeignClient, Transfer } from "./peer.ts";

const SCRIPT = fileURLToPath(new URL("libtorrent_peer.py", import.meta.url));

export const libtorrent: ForeignClient = client("libtorrent", []);

/** Gives every piece away once before any twice (BEP 16). */
export const superSeedingLibtorrent: ForeignClient = client("libtorrent, super-seeding", ["super"]);

/** Takes and never gives. */
export const freeRidingLibtorrent: ForeignClient = client("libtorrent, free-riding", ["mute"]);

/** Speaks uTP (BEP 29) and no TCP. */
export const utpLibtorrent: ForeignClient = client("libtorrent, by uTP alone", ["utp"]);

/** Takes and never gives, but brings peers together (BEP 55). */
export const freeRidingBothLibtorrent: ForeignClient = client("libtorrent, free-riding by TCP and uTP", ["mute", "both"]);

/** Speaks both, and brings peers together (BEP 55). */
export const bothLibtorrent: ForeignClient = client("libtorrent, by TCP and uTP", ["both"]);

function client(name: string, more: readonly string[]): ForeignClient {
  return {
    name,
    versions: ["v1", "v2", "hybrid"],
    completes: /^complete$/m,
    seed: (transfer) => start(transfer, ["seed", ...more]),
    fetch: (transfer) => start(transfer, more),
  };
}

async function start({ lab, torrent, folder, address, port, peer, node }: Transfer, more: readonly string[]): Promise<Program> {
  const known = peer === undefined ? [] : [peer.address, String(peer.port)];
  const dht = node === undefined ? [] : [`dht=${node.address}:${node.port}`];
  const program = lab.start(["/usr/bin/python3", SCRIPT, torrent, folder, address, String(port), ...more, ...dht, ...known]);
  await program.says(/listening/);
  return program;
}
