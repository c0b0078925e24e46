/**
 * `bittern doctor`: what of this machine would hold a transfer back.
 * @module
 */
import { resolve } from "node:path";
import { scrapeTrackers } from "@bittern/client";
import { printable, tableLines } from "@bittern/faces";
import { isNativeAvailable } from "@bittern/node";
import { DEFAULT_PORTS, type PortRange } from "../arguments.ts";
import {
  type Finding,
  judgeAddresses,
  judgeDatagrams,
  judgeFolder,
  judgeMemory,
  judgeOpenFiles,
  judgePorts,
  judgeTracker,
  judgeWindow,
} from "../doctor/checks.ts";
import { probeAddresses, probeFolder, probeOpenFiles, probePorts, probeWindow } from "../doctor/probe.ts";
import { failureOf } from "../failure.ts";
import type { Action } from "../invocation.ts";
import type { Catalogue } from "../messages/catalogue.ts";
import { loadCatalogue } from "../messages/language.ts";
import type { DoctorMessages } from "../messages/tool-messages.ts";

interface DoctorOptions {
  readonly dir?: string;
  readonly port?: PortRange;
  readonly tracker?: readonly string[];
}

type Words = Pick<Catalogue, "doctor" | "failure">;

/** A hash no torrent has: a tracker that answers at all is well. */
const NO_TORRENT = "0".repeat(40);
const TRACKER_MILLIS = 10_000;

export const doctor: Action<DoctorOptions> = async ({ output, stop, stateDir }, _words, options) => {
  const range = options.port ?? DEFAULT_PORTS;
  // Programs read English, whoever started them.
  const { doctor: words, failure } = output.isJson ? await loadCatalogue("en") : output.messages;
  const dir = resolve(options.dir ?? ".");
  const findings: readonly Finding[] = [
    judgePorts(await probePorts(range), [...new Set(range)].join("-"), words),
    judgeAddresses(probeAddresses(), words),
    judgeOpenFiles(probeOpenFiles(), words),
    judgeWindow(probeWindow(), words),
    judgeMemory(process.availableMemory(), words),
    judgeDatagrams(await isNativeAvailable(), words),
    ...judgeFolder("folder", dir, await probeFolder(dir, failure), words.folder),
    ...judgeFolder("state folder", stateDir, await probeFolder(stateDir, failure), words.folder),
    ...(await askTrackers(options.tracker ?? [], stop.signal, { doctor: words, failure })),
  ];
  output.result({ checks: findings }, linesOf(findings, words).join("\n"));
  return findings.some(({ level }) => level === "problem") ? 1 : 0;
};

async function askTrackers(urls: readonly string[], signal: AbortSignal, { doctor: words, failure }: Words): Promise<readonly Finding[]> {
  const reports = await scrapeTrackers(urls, [NO_TORRENT], { signal, timeoutMillis: TRACKER_MILLIS });
  return reports.map(({ url, error }) => {
    // Who refuses the torrent has answered; so has who takes no scrapes.
    if (error === null) return judgeTracker(url, undefined, words);
    const { code, message } = failureOf(error);
    return judgeTracker(url, code === "TRACKER_FAILURE" ? undefined : failure(code, message), words);
  });
}

function linesOf(findings: readonly Finding[], { levels, checks }: DoctorMessages): readonly string[] {
  const rows = findings.flatMap(({ level, check, finding, advice }) => [
    [levels[level], checks[check], printable(finding)],
    ...(advice === "" ? [] : [["", "", `-> ${printable(advice)}`]]),
  ]);
  return tableLines([{ title: "" }, { title: "" }, { title: "" }], rows);
}
