/**
 * rtorrent, without its screen.
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Program } from "../../bench/measure.ts";
import type { ForeignClient, Transfer } from "./peer.ts";

export const rtorrent: ForeignClient = { name: "rtorrent", versions: ["v1"], seed: start, fetch: start };

async function start({ lab, torrent, folder, address, port }: Transfer): Promise<Program> {
  const config = await lab.makeFolder("rtorrent");
  const session = join(config, "session");
  await mkdir(session, { recursive: true });
  const settings = [
    "system.daemon.set = true",
    `network.bind_address.set = ${address}`,
    `network.local_address.set = ${address}`,
    `network.port_range.set = ${port}-${port}`,
    "network.port_random.set = no",
    `session.path.set = ${session}`,
    `directory.default.set = "${folder}"`,
    "dht.mode.set = disable",
    "protocol.pex.set = no",
    "pieces.hash.on_completion.set = no",
    "trackers.numwant.set = 50",
    `schedule2 = load, 1, 0, "load.start=${torrent}"`,
  ];
  const rc = join(config, "rtorrent.rc");
  await writeFile(rc, `${settings.join("\n")}\n`);
  return lab.start(["rtorrent", "-n", "-o", `import=${rc}`], { env: { TERM: "dumb", HOME: config } });
}
