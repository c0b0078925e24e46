/**
 * A tracker of ours in a process of its own, for bench N: listens on 127.0.0.1 and says on which port.
 * @module
 */
import { createNodeHost } from "@bittern/node";
import { runTracker } from "@bittern/tracker";

const words = process.argv.slice(2);
const settings = { keepsPeerIds: !words.includes("compact"), minIntervalSeconds: 0 };
const threads = Number(/^threads=(\d+)$/.exec(words.at(-1) ?? "")?.[1] ?? 1);
const host = createNodeHost({ carriers: threads - 1, native: !words.includes("single") });
await host.ready();
const door = { address: "127.0.0.1" };
const run = runTracker(host, { settings, http: [{ ...door, port: 0 }], udp: [{ ...door, port: "http" }] }, (doors) => {
  if (doors instanceof Error) throw doors;
  console.log(`port ${doors.http[0]?.port}`);
});
process.on("SIGUSR2", () => console.log(JSON.stringify(run.snapshot())));
process.on("SIGTERM", () => void host.close().then(() => process.exit(0)));
