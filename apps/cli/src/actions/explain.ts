/**
 * `bittern explain`: asks what runs, or tries a torrent out, and says why it is slow.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KnownSource } from "@bittern/client";
import { causeWords } from "@bittern/faces";
import { CommandError } from "../failure.ts";
import { askRunning } from "../inquiry/ask.ts";
import { reportOf, type TorrentReport } from "../inquiry/report.ts";
import type { Action, Invocation } from "../invocation.ts";
import { openSession, type SessionArguments } from "../open-session.ts";
import { ProgressDisplay } from "../render/display.ts";
import { readSourceArgument } from "../source.ts";

interface ExplainOptions extends SessionArguments {
  /** Seconds. */
  readonly for?: number;
  readonly dir?: string;
  readonly peer?: readonly string[];
}

/** A report, and who gave it: nobody for what was tried out here. */
interface Explained {
  readonly report: TorrentReport;
  readonly command: string | null;
  readonly pid: number | null;
}

const TRIAL_SECONDS = 20;
/** Milliseconds between two looks at what is tried out. */
const LOOK_MILLIS = 200;

export const explain: Action<ExplainOptions> = async (invocation, [wanted], options) => {
  const { output, stateDir, stop } = invocation;
  const running = await askRunning(stateDir, stop.signal);
  const all = running.flatMap(({ pid, command, torrents }) => torrents.map((report): Explained => ({ report, command, pid })));
  const explained = wanted === undefined ? all : await find(invocation, all, wanted, options);
  const text = explained.flatMap(({ report, command, pid }) => output.messages.explain.lines(report, command, pid));
  if (explained.length === 0) text.push(output.messages.explain.nothingRuns(stateDir));
  output.result({ torrents: explained.map(json) }, text.join("\n"));
  return 0;
};

/** By its hashes, or by a part of its name; what runs nowhere is tried out. */
async function find(
  invocation: Invocation,
  all: readonly Explained[],
  wanted: string,
  options: ExplainOptions,
): Promise<readonly Explained[]> {
  const word = wanted.toLowerCase();
  const named = all.filter(({ report }) => report.name.toLowerCase().includes(word) || isHashPart(word, report));
  if (named.length > 0) return named;
  const source = await readSource(invocation, wanted, { runningCount: all.length, chosen: options.interface });
  const { v1, v2 } = source.type === "metainfo" ? source.metainfo.infoHashes : source.magnet.infoHashes;
  const known = all.filter(({ report }) => hashesOf(report).some((hash) => hash === v1 || hash === v2));
  return known.length > 0 ? known : [{ report: await tryOut(invocation, source, options), command: null, pid: null }];
}

async function readSource(
  invocation: Invocation,
  wanted: string,
  { runningCount, chosen }: { readonly runningCount: number; readonly chosen: string | undefined },
): Promise<KnownSource> {
  try {
    return await readSourceArgument(wanted, invocation, chosen);
  } catch (error) {
    // A word that is neither a file nor anything else was meant as a name.
    if (/[/.:]/.test(wanted)) throw error;
    const many =
      runningCount === 0
        ? "nothing runs"
        : runningCount === 1
          ? "the one that runs is called otherwise"
          : `none of the ${runningCount} that run is called so`;
    throw new CommandError("TORRENT_UNKNOWN", `${wanted}: ${many}, and it is no file; \`bittern explain\` lists what runs`);
  }
}

/** The beginning of a hash, long enough to mean one. */
function isHashPart(word: string, report: TorrentReport): boolean {
  return /^[0-9a-f]{6,}$/.test(word) && hashesOf(report).some((hash) => hash.startsWith(word));
}

function hashesOf({ infoHash, infoHashV2 }: TorrentReport): readonly string[] {
  return [infoHash, infoHashV2].filter((hash) => hash !== null);
}

/** Downloads for a while and looks. */
async function tryOut(invocation: Invocation, source: KnownSource, options: ExplainOptions): Promise<TorrentReport> {
  const { stop, output } = invocation;
  const scratch = options.dir === undefined ? await mkdtemp(join(tmpdir(), "bittern-explain-")) : undefined;
  const display = new ProgressDisplay(output);
  const session = await openSession(invocation, options);
  try {
    const torrent = await session.add(source.type === "metainfo" ? source.metainfo : source.magnet, {
      path: scratch ?? options.dir ?? ".",
      peers: options.peer ?? [],
    });
    const seconds = options.for ?? TRIAL_SECONDS;
    const startedAt = performance.now();
    let report = reportOf(torrent);
    for (let passed = 0; passed < seconds && !stop.signal.aborted; passed = (performance.now() - startedAt) / 1000) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MILLIS));
      // What is complete says nothing any more of how it came.
      const now = reportOf(torrent);
      if (now.state === "seeding" || now.state === "finished") break;
      report = now;
      const view = { fraction: passed / seconds, downRate: now.downRate, peers: now.peers, seeds: now.seeds };
      if (display.isDue) display.update({ activity: output.messages.explain.looking, ...view });
    }
    if (scratch !== undefined) await session.remove(torrent, { deleteFiles: true });
    return report;
  } finally {
    display.clear();
    await session.close();
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

function json({ report, command, pid }: Explained): object {
  const causes = report.causes.map((cause) => ({ ...cause, ...causeWords(cause) }));
  return { ...report, command, pid, causes };
}
