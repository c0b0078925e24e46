/**
 * `bittern demo`: the main job from end to end, with real processes and real sockets.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatBytes, formatRate } from "@bittern/faces";
import { digestFolder, FOLDER_NAME, fillFolder } from "../demo/folder.ts";
import { type Line, ProgramRun } from "../demo/program-run.ts";
import { CommandError } from "../failure.ts";
import type { Action, Invocation } from "../invocation.ts";
import type { DemoMessages } from "../messages/tool-messages.ts";
import { VERSION } from "../version.ts";

interface DemoOptions {
  readonly size?: number;
  readonly keep?: boolean;
}

const GENERATED_LENGTH = 96 * 1024 * 1024;
/** Milliseconds. Everything together takes some seconds; past this something hangs. */
const PATIENCE_MILLIS = 110_000;

export const demo: Action<DemoOptions> = async (invocation, _args, options) => {
  const work = await mkdtemp(join(tmpdir(), "bittern-demo-"));
  const runs: ProgramRun[] = [];
  const signal = AbortSignal.any([invocation.stop.signal, AbortSignal.timeout(PATIENCE_MILLIS)]);
  try {
    return await play({ invocation, work, signal, start: (args) => started(runs, args) }, options);
  } finally {
    await Promise.all(runs.map((run) => run.stop()));
    if (options.keep === true) invocation.output.note(invocation.output.messages.demo.kept(work));
    else await rm(work, { recursive: true, force: true });
  }
};

interface Stage {
  readonly invocation: Invocation;
  readonly work: string;
  readonly signal: AbortSignal;
  readonly start: (args: readonly string[]) => ProgramRun;
}

function started(runs: ProgramRun[], args: readonly string[]): ProgramRun {
  const run = new ProgramRun(args);
  runs.push(run);
  return run;
}

async function play({ invocation, work, signal, start }: Stage, options: DemoOptions): Promise<number> {
  const { output } = invocation;
  const { demo: words } = output.messages;
  const { labels } = words;
  const say = (label: string, text: string): void => {
    if (!output.isJson) output.result({}, `${label.padEnd(11)}${text}`);
  };
  const source = join(work, "published", FOLDER_NAME);
  const startedAt = performance.now();
  say("bittern", words.cast(VERSION));
  const realCount = await fillFolder(source, options.size ?? GENERATED_LENGTH);

  const tracker = start(["track", "--port", "0"]);
  const announce = `http://127.0.0.1:${Number((await tracker.line("listening", signal))["http"])}/announce`;
  const file = join(work, "demo.torrent");
  const madeAt = performance.now();
  const torrent = await start(["create", source, "-o", file, "-t", announce]).result(signal);
  const [totalLength, fileCount] = [Number(torrent["totalLength"]), Number(torrent["fileCount"])];
  say(labels.folder, words.folder(FOLDER_NAME, fileCount, realCount, formatBytes(totalLength)));
  const pieces = Number(torrent["pieceCount"]);
  say(labels.torrent, words.torrent(String(torrent["version"]), pieces, String(torrent["infoHash"]), secondsSince(madeAt)));
  say(labels.tracker, announce);

  const seeder = start(["seed", file, "--dir", join(work, "published"), "--port", "0", "--no-dht", "--state", join(work, "state-seeder")]);
  say(labels.seeder, words.port(Number((await seeder.line("listening", signal))["port"])));
  const downloaders = ["A", "B"].map((name) => ({ name, dir: join(work, `downloader-${name}`) }));
  const gets = downloaders.map(({ dir, name }) =>
    start(["get", file, "--dir", dir, "--port", "0", "--no-dht", "--state", join(work, `state-${name}`)]),
  );
  const completes = await Promise.all(gets.map((get) => get.line("complete", signal)));
  for (const [at, { name }] of downloaders.entries()) say(`${labels.get} ${name}`, completeWords(completes[at] as Line, words));

  // What went out last is in the next report of each.
  const reports = await Promise.all([seeder, ...gets].map((run) => run.next("progress", signal)));
  const flows = flowsOf(reports);
  const party = (name: string): string => (name === "seeder" ? labels.seeder : name);
  say(labels.traffic, flows.map(({ from, to, length }) => `${party(from)} -> ${to} ${formatBytes(length)}`).join(", "));

  await Promise.all([seeder, ...gets, tracker].map((run) => run.stop()));
  const wanted = await digestFolder(source);
  for (const { name, dir } of downloaders) compare(name, wanted, await digestFolder(join(dir, FOLDER_NAME)));
  say(labels.compared, words.compared(wanted.size));
  say(labels.done, words.done(secondsSince(startedAt)));
  if (output.isJson) {
    const downloads = completes.map((line, at) => ({ name: downloaders[at]?.name, ...rateOf(line) }));
    output.result(
      {
        identical: true,
        fileCount,
        totalLength,
        infoHash: torrent["infoHash"],
        downloads,
        flows,
        seconds: Number(secondsSince(startedAt)),
      },
      "",
    );
  }
  return 0;
}

function rateOf(complete: Line): { readonly seconds: number; readonly downloaded: number; readonly rate: number } {
  const [seconds, downloaded] = [Number(complete["seconds"]), Number(complete["downloaded"])];
  return { seconds, downloaded, rate: Math.round(downloaded / Math.max(0.001, seconds)) };
}

function completeWords(complete: Line, words: DemoMessages): string {
  const { seconds, downloaded, rate } = rateOf(complete);
  return words.complete(formatBytes(downloaded), seconds.toFixed(2), formatRate(rate));
}

interface Flow {
  readonly from: string;
  readonly to: string;
  readonly length: number;
}

/** Among three there is only one way to read the totals: what a downloader uploaded went to the other one, the rest came from the seeder. */
function flowsOf(reports: readonly Line[]): readonly Flow[] {
  const [, first, second] = reports.map((line) => ({ up: Number(line["uploaded"]), down: Number(line["downloaded"]) }));
  const [a, b] = [first ?? { up: 0, down: 0 }, second ?? { up: 0, down: 0 }];
  return [
    { from: "seeder", to: "A", length: Math.max(0, a.down - b.up) },
    { from: "seeder", to: "B", length: Math.max(0, b.down - a.up) },
    { from: "A", to: "B", length: a.up },
    { from: "B", to: "A", length: b.up },
  ];
}

function compare(name: string, wanted: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): void {
  for (const [path, digest] of wanted) {
    if (found.get(path) !== digest) throw new CommandError("DEMO_DIFFERS", `downloader ${name}: ${path} is not what was published`);
  }
  if (found.size !== wanted.size)
    throw new CommandError("DEMO_DIFFERS", `downloader ${name} has ${found.size} files instead of ${wanted.size}`);
}

function secondsSince(at: number): string {
  return ((performance.now() - at) / 1000).toFixed(2);
}
