/**
 * Transmission's daemon; uTP is off, because it stalls against others on loopback.
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Program } from "../../bench/measure.ts";
import type { ForeignClient, Transfer } from "./peer.ts";

export const transmission: ForeignClient = { name: "Transmission", versions: ["v1"], leavesOutEmptyFiles: true, seed: start, fetch: start };

async function start({ lab, torrent, folder, address, port }: Transfer): Promise<Program> {
  const config = await lab.makeFolder("transmission");
  const watch = join(config, "watch");
  await mkdir(watch, { recursive: true });
  await writeFile(
    join(config, "settings.json"),
    JSON.stringify({
      "bind-address-ipv4": address,
      "peer-port": port,
      "download-dir": folder,
      "incomplete-dir-enabled": false,
      "rename-partial-files": false,
      "utp-enabled": false,
      "dht-enabled": false,
      "lpd-enabled": false,
      "pex-enabled": false,
      "port-forwarding-enabled": false,
      "rpc-enabled": true,
      "rpc-bind-address": address,
      "rpc-port": port + 1000,
      "rpc-whitelist-enabled": false,
      "rpc-host-whitelist-enabled": false,
      encryption: 0,
      preallocation: 0,
    }),
  );
  const program = lab.start(["transmission-daemon", "--foreground", "--config-dir", config, "--no-watch-dir"]);
  const remote = ["transmission-remote", `${address}:${port + 1000}`];
  for (let tries = 0; ; tries++) {
    try {
      await lab.run([...remote, "--add", torrent]);
      return program;
    } catch (fault) {
      // The daemon takes a moment until it answers.
      if (tries >= 20) throw fault;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
