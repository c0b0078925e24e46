/**
 * A session of ours in a process of its own, for what no command does: many torrents, many connections.
 *
 *     session-process.mjs '{"listen": "10.99.0.2:7000", "state": "DIR", "torrents": "DIR", "data": "DIR"}'
 *
 * Says "listening", adds every .torrent in `torrents` as complete in `data`, says "started N". Then it obeys lines on standard
 * input: {"fetch": TORRENT, "path": DIR, "peer": "HOST:PORT"} says "fetched SECONDS"; {"lag": ID} says "lag ID: P99 MAX" in
 * milliseconds since the last time it was asked. Ends with SIGTERM.
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { Session } from "@bittern/client";

const NANOS_PER_MILLI = 1e6;
/** Milliseconds between two looks at the loop; what it reports includes them. */
const LAG_RESOLUTION = 10;
const PEERS_MAX = 12_000;

const { listen, state, torrents, data } = JSON.parse(process.argv[2] ?? "{}");
const limits = { peers: PEERS_MAX, perTorrentPeers: PEERS_MAX };
const session = await Session.open({ listen: [listen], stateDir: state, limits, dht: false });
process.once("SIGTERM", () => session.close().then(() => process.exit(0)));
console.log("listening");

const names = torrents === undefined ? [] : readdirSync(torrents);
await Promise.all(names.map((name) => session.add(join(torrents, name), { path: data, seedMode: true, readOnly: true })));
console.log(`started ${names.length}`);

const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION });

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  if (order.lag !== undefined) {
    // It wakes the thread a hundred times a second: whoever measures idling does not ask.
    lag.enable();
    const [p99, max] = [lag.percentile(99), lag.max].map((nanos) => Math.max(0, nanos / NANOS_PER_MILLI - LAG_RESOLUTION).toFixed(1));
    console.log(`lag ${order.lag}: ${p99} ${max}`);
    lag.reset();
  }
  if (order.fetch !== undefined) {
    const startedAt = performance.now();
    const torrent = await session.add(order.fetch, { path: order.path, peers: [order.peer] });
    await torrent.done();
    console.log(`fetched ${((performance.now() - startedAt) / 1000).toFixed(3)}`);
  }
}
