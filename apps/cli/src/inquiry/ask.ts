/**
 * Asks every running command of a state folder how its torrents are.
 * @module
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { type DeskRecord, deskFolder } from "./place.ts";
import { isRecord, parseReport, type TorrentReport } from "./report.ts";

/** Bytes of an answer: ten thousand torrents with all that could be wrong. */
const ANSWER_LENGTH_MAX = 64 * 1024 * 1024;
const RECORD_LENGTH_MAX = 4096;
/** Milliseconds without a word from the other side. */
const PATIENCE_MILLIS = 3000;
/** Desks that are asked. */
const DESKS_MAX = 256;

/** A command that answered. */
export interface RunningCommand {
  readonly pid: number;
  readonly command: string;
  readonly torrents: readonly TorrentReport[];
}

/** Those that answer, in the order of their process ids; records of the dead are taken away. */
export async function askRunning(stateDir: string, signal?: AbortSignal): Promise<readonly RunningCommand[]> {
  const answers = await Promise.all(records(stateDir).map((record) => ask(record, stateDir, signal)));
  return answers.filter((answer) => answer !== undefined).toSorted((one, other) => one.pid - other.pid);
}

function records(stateDir: string): readonly DeskRecord[] {
  try {
    const names = readdirSync(deskFolder(stateDir)).filter((name) => /^\d+\.json$/.test(name));
    return names
      .slice(0, DESKS_MAX)
      .map((name) => parseRecord(join(deskFolder(stateDir), name)))
      .filter((record) => record !== undefined);
  } catch {
    // Nothing ever ran with this folder.
    return [];
  }
}

function parseRecord(path: string): DeskRecord | undefined {
  try {
    const text = readFileSync(path, "utf8");
    const value: unknown = text.length > RECORD_LENGTH_MAX ? undefined : JSON.parse(text);
    if (!isRecord(value)) return undefined;
    const { pid, command, socket } = value;
    return typeof pid === "number" && typeof command === "string" && typeof socket === "string" ? { pid, command, socket } : undefined;
  } catch {
    return undefined;
  }
}

async function ask(record: DeskRecord, stateDir: string, signal?: AbortSignal): Promise<RunningCommand | undefined> {
  const text = await exchange(record.socket, signal);
  if (text === "nobody") {
    rmSync(join(deskFolder(stateDir), `${record.pid}.json`), { force: true });
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || !Array.isArray(value["torrents"])) return undefined;
    const torrents = value["torrents"].map(parseReport).filter((report) => report !== undefined);
    return { pid: record.pid, command: record.command, torrents };
  } catch {
    return undefined;
  }
}

/** Its answer; "" when it gave none, "nobody" when nobody is there any more. */
function exchange(path: string, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(path);
    const end = (answer: string): void => {
      signal?.removeEventListener("abort", abort);
      socket.destroy();
      resolve(answer);
    };
    const abort = (): void => end("");
    signal?.addEventListener("abort", abort, { once: true });
    socket.setTimeout(PATIENCE_MILLIS, () => end(""));
    socket.on("error", (error: NodeJS.ErrnoException) => end(error.code === "ECONNREFUSED" || error.code === "ENOENT" ? "nobody" : ""));
    socket.on("connect", () => socket.write("torrents\n"));
    socket.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.length > ANSWER_LENGTH_MAX) end("");
    });
    socket.on("end", () => end(said));
  });
}
