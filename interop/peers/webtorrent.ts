/**
 * webtorrent, from npm.
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Program } from "../../bench/measure.ts";
import { webtorrentFolder } from "../../tools/peers.ts";
import type { ForeignClient, Transfer } from "./peer.ts";

const SCRIPT = fileURLToPath(new URL("webtorrent.mjs", import.meta.url));

export const webtorrent: ForeignClient = { name: "webtorrent", versions: ["v1"], completes: /^complete$/m, seed: start, fetch: start };

async function start({ lab, torrent, folder, port, peer }: Transfer): Promise<Program> {
  const known = peer === undefined ? [] : [`${peer.address}:${peer.port}`];
  const program = lab.start([process.execPath, SCRIPT, webtorrentFolder(), torrent, folder, String(port), ...known]);
  await program.says(/listening/);
  return program;
}
