/**
 * aria2.
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Program } from "../../bench/measure.ts";
import type { ForeignClient, Transfer } from "./peer.ts";

/** Its log does not say it before it has seeded to the end. */
const COMPLETE_HOOK = fileURLToPath(new URL("complete.sh", import.meta.url));

export const aria2: ForeignClient = {
  name: "aria2",
  versions: ["v1"],
  completes: /^complete$/m,
  seed: async (transfer) => start(transfer, ["--check-integrity=true"]),
  fetch: async (transfer) => start(transfer, []),
};

function start({ lab, torrent, folder, address, port, node }: Transfer, more: readonly string[]): Program {
  return lab.start([
    "aria2c",
    `--interface=${address}`,
    `--listen-port=${port}`,
    ...(node === undefined
      ? ["--enable-dht=false"]
      : [
          "--enable-dht=true",
          `--dht-entry-point=${node.address}:${node.port}`,
          `--dht-listen-port=${port}`,
          `--dht-file-path=${folder}/../dht-${port}.dat`,
        ]),
    "--enable-dht6=false",
    "--bt-enable-lpd=false",
    "--seed-ratio=0",
    "--file-allocation=none",
    "--allow-overwrite=true",
    "--summary-interval=0",
    "--console-log-level=warn",
    "--show-console-readout=false",
    `--on-bt-download-complete=${COMPLETE_HOOK}`,
    "-d",
    folder,
    ...more,
    torrent,
  ]);
}
