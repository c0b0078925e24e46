/**
 * O. The tracker over WebSocket against the npm package bittorrent-tracker: announces a second with five offers each, and what a
 * WebSocket that has announced holds beyond a bare socket.
 *
 * 100 peers in 10 swarms. Memory is the anonymous memory of the process with 5,000 connections less without; a bare socket is
 * one of node:net that accepts, answers and keeps.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { webtorrentFolder } from "../tools/peers.ts";
import { type Bench, compare } from "./bench.ts";
import type { Contender } from "./figures.ts";
import { anonymousBytes, ask, compileGenerator, cpuSeconds, loadCommand, type RunningTracker, startTracker } from "./tracker-load.ts";

const ANNOUNCES = 50_000;
const SWARMS = 10;
const PEERS = 100;
const HELD = 5000;
const SWARMS_HELD = 500;

type SpeedFigure = "rate" | "cpu" | "lost";

export const bench: Bench = {
  question: "WebSocket announces at 5 x the rate of bittorrent-tracker, at most 4 KiB a WebSocket beyond a bare socket?",
  run: async (options) => {
    const generator = compileGenerator(options.folder);
    const running: RunningTracker[] = [];
    try {
      running.push(await startTracker("./tracker-process.ts"), await startTracker("./npm-tracker.mjs", webtorrentFolder()));
      const contenders = ["bittern", "bittorrent-tracker"].map((name, at) => speed(name, generator, running[at] as RunningTracker));
      const speeds = await compare(options, contenders, [
        { figure: "rate", title: "announces/s", digits: 0 },
        { figure: "cpu", title: "CPU s per 100,000", digits: 2 },
        { figure: "lost", title: "lost", digits: 0 },
      ]);
      const holders = [
        memory("bare sockets", generator, "http-idle", () => startTracker("./bare-listener.mjs")),
        memory("bittern", generator, "ws-hold", () => startTracker("./tracker-process.ts")),
        memory("bittorrent-tracker", generator, "ws-hold", () => startTracker("./npm-tracker.mjs", webtorrentFolder())),
      ];
      const memories = await compare({ ...options, only: [] }, holders, [{ figure: "kibEach", title: "KiB each", digits: 2 }], 0);
      return `${speeds}\n\n### ${HELD} that are held\n\n${memories}`;
    } finally {
      for (const { child } of running) child.kill();
    }
  },
};

function speed(name: string, generator: string, tracker: RunningTracker): Contender<SpeedFigure> {
  const run = async (): Promise<Record<SpeedFigure, number>> => {
    const before = cpuSeconds(tracker);
    const load = { mode: "ws-announce", requests: ANNOUNCES, torrents: SWARMS, peers: PEERS };
    const { answers, lost, seconds } = ask(generator, tracker.port, load);
    return { rate: answers / seconds, cpu: ((cpuSeconds(tracker) - before) / answers) * 100_000, lost };
  };
  return { name, run };
}

function memory(name: string, generator: string, mode: string, start: () => Promise<RunningTracker>): Contender<"kibEach"> {
  const run = async (): Promise<Record<"kibEach", number>> => {
    const tracker = await start();
    try {
      // What a program needs once it is warm is no connection's share.
      await hold(generator, tracker.port, mode, 200, () => undefined);
      const before = anonymousBytes(tracker);
      let after = 0;
      await hold(generator, tracker.port, mode, HELD, () => {
        after = anonymousBytes(tracker);
      });
      return { kibEach: (after - before) / HELD / 1024 };
    } finally {
      tracker.child.kill();
    }
  };
  return { name, run };
}

/** Opens connections, looks while they are held, and lets them go. */
async function hold(generator: string, port: number, mode: string, requests: number, look: () => void): Promise<void> {
  const { program, words } = loadCommand(generator, port, { mode, requests, torrents: SWARMS_HELD });
  const child: ChildProcess = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once("data", () => resolve());
    child.once("exit", () => reject(new Error(`${mode} ended before it held ${requests}`)));
  });
  look();
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdin?.end();
  await ended;
}
