/**
 * Q. Trackers that share their swarms through Redis: what an announce costs the store in memory, in traffic and in CPU, and how
 * long a tracker that starts late takes to know all.
 *
 * 560 announces a second are a million peers with half an hour between two announces; 100,000 as fast as they come are a store that was
 * away. The store is Debian's redis-server on the same machine, kept in memory alone.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Bench, compare } from "./bench.ts";
import type { Contender } from "./figures.ts";
import { ask, compileGenerator, cpuSeconds, type RunningTracker } from "./tracker-load.ts";

const PACED_RATE = 560;
const PACED_SECONDS = 10;
const BURST = 100_000;
const PATIENCE_MILLIS = 60_000;
/** One of its own: a server that finds it taken ends, and the bench with it. */
const REDIS_PORT = 20_000 + Math.floor(Math.random() * 10_000);

type Figure = "kept" | "sent" | "storeCpu" | "trackerCpu" | "late";

export const bench: Bench = {
  question: "Trackers that share a store: what is an announce there?",
  run: async (options) => {
    const generator = compileGenerator(options.folder);
    const contenders = [
      contender("560/s, compact", options.folder, "compact", announcePaced),
      contender("560/s, with ids", options.folder, "ids", announcePaced),
      contender("100,000 at once, compact", options.folder, "compact", (port) => announceAll(generator, port)),
      contender("100,000 at once, with ids", options.folder, "ids", (port) => announceAll(generator, port)),
    ];
    return await compare(
      options,
      contenders,
      [
        { figure: "kept", title: "B kept in the store", digits: 0 },
        { figure: "sent", title: "B sent to it", digits: 0 },
        { figure: "storeCpu", title: "its CPU s per 100,000", digits: 2 },
        { figure: "trackerCpu", title: "CPU s per 100,000 of a tracker that hears them", digits: 2 },
        { figure: "late", title: "a late tracker knows all after s", digits: 2 },
      ],
      0,
    );
  },
};

function contender(name: string, folder: string, kept: string, announce: (port: number) => number | Promise<number>): Contender<Figure> {
  const run = async (): Promise<Record<Figure, number>> => {
    const redis = await startRedis(folder);
    const trackers: RunningTracker[] = [];
    try {
      trackers.push(await startSharing(kept), await startSharing(kept));
      const [first, second] = trackers as [RunningTracker, RunningTracker];
      await sleep(1000);
      const [before, heardBefore] = [figuresOfStore(), cpuSeconds(second)];
      const count = await announce(first.port);
      await untilKnown(second, count);
      const [after, heardAfter] = [figuresOfStore(), cpuSeconds(second)];
      const start = performance.now();
      const third = await startSharing(kept);
      trackers.push(third);
      await untilKnown(third, count);
      const late = (performance.now() - start) / 1000;
      const each = (from: number, to: number): number => (to - from) / count;
      return {
        kept: each(before.memory, after.memory),
        sent: each(before.received, after.received),
        storeCpu: 100_000 * each(before.cpu, after.cpu),
        trackerCpu: 100_000 * each(heardBefore, heardAfter),
        late,
      };
    } finally {
      for (const { child } of trackers) child.kill("SIGKILL");
      redis.kill("SIGKILL");
    }
  };
  return { name, run };
}

/** As a million peers do, half an hour between two announces. */
async function announcePaced(port: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const count = PACED_RATE * PACED_SECONDS;
  const start = performance.now();
  let open = 0;
  for (let peer = 0; peer < count; peer++) {
    const due = start + (peer * 1000) / PACED_RATE;
    if (due > performance.now()) await sleep(due - performance.now());
    const hash = peer.toString(16).padStart(4, "0").replaceAll(/../g, "%$&").repeat(10);
    const path = `/announce?info_hash=${hash}&peer_id=${String(peer).padStart(20, "-")}&port=${1024 + peer}&left=1&compact=1&key=${peer}`;
    open++;
    get({ host: "127.0.0.1", port, path, agent }, (answer) => answer.resume().once("end", () => open--));
  }
  while (open > 0) await sleep(10);
  agent.destroy();
  return count;
}

function announceAll(generator: string, port: number): number {
  const peers = 10;
  return ask(generator, port, { mode: "http-fill", requests: BURST, torrents: BURST / peers, peers }).answers;
}

async function startSharing(kept: string): Promise<RunningTracker> {
  const script = fileURLToPath(new URL("./tracker-store-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, `redis://127.0.0.1:${REDIS_PORT}`, kept], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return { child, port: await says(child, /port (\d+)/) };
}

async function untilKnown({ child }: RunningTracker, count: number): Promise<void> {
  for (const giveUpAt = performance.now() + PATIENCE_MILLIS; ; await sleep(20)) {
    child.stdin?.write("\n");
    if ((await says(child, /peers (\d+)/)) >= count) return;
    if (performance.now() > giveUpAt) throw new Error("a tracker never heard of all announces");
  }
}

/** The number in what a program says next. */
async function says(child: ChildProcess, pattern: RegExp): Promise<number> {
  return await new Promise<number>((resolve, reject) => {
    child.once("exit", () => reject(new Error("a tracker ended")));
    child.stdout?.once("data", (text: Buffer) => {
      child.removeAllListeners("exit");
      resolve(Number(pattern.exec(text.toString())?.[1]));
    });
  });
}

async function startRedis(folder: string): Promise<ChildProcess> {
  const place = ["--port", String(REDIS_PORT), "--bind", "127.0.0.1", "--dir", folder];
  const redis = spawn("redis-server", [...place, "--save", "", "--appendonly", "no"], { stdio: "ignore" });
  for (let tries = 0; askRedis("ping") !== "PONG"; tries++) {
    if (tries === 100 || redis.exitCode !== null) throw new Error("redis-server does not start; Debian has it");
    await sleep(50);
  }
  return redis;
}

function askRedis(...words: readonly string[]): string {
  const { stdout } = spawnSync("redis-cli", ["-p", String(REDIS_PORT), ...words], { encoding: "utf8" });
  return (stdout ?? "").trim();
}

/** Bytes of memory and of traffic, seconds of CPU. */
function figuresOfStore(): { readonly memory: number; readonly received: number; readonly cpu: number } {
  const told = askRedis("info", "all");
  const figure = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(told)?.[1]);
  return {
    memory: figure("used_memory"),
    received: figure("total_net_input_bytes"),
    cpu: figure("used_cpu_sys") + figure("used_cpu_user"),
  };
}
