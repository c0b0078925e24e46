/**
 * A tracker that shares its swarms, in a process of its own, for bench Q: says on which port it listens, and on each line of its
 * input how many peers it knows. usage: tracker-store-process.ts URL [compact]
 * @module
 */
import { TrackerServer } from "@bittern/client";

const [, , url = "", kept] = process.argv;
const tracker = new TrackerServer({
  http: { port: 0, host: "127.0.0.1" },
  store: { url },
  keepsPeerIds: kept !== "compact",
  minIntervalSeconds: 0,
});
await tracker.listen();
console.log(`port ${tracker.urls.http?.port}`);
process.stdin.on("data", () => console.log(`peers ${tracker.stats().peers.all}`));
process.on("SIGTERM", () => void tracker.close().then(() => process.exit(0)));
