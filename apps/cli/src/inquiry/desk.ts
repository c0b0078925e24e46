/**
 * The desk of a running command: a local socket at which `bittern explain` asks how its torrents are.
 *
 * Nothing is written while nobody asks, and what is told is what is so at that moment; a status file would be old, or the
 * disk would never sleep. The socket lies in a folder that only its owner can enter.
 * @module
 */
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import type { Session } from "@bittern/client";
import { makeFolder } from "@bittern/node";
import { type DeskRecord, deskFolder, socketPath } from "./place.ts";
import { reportOf } from "./report.ts";

/** Bytes of a question. */
const QUESTION_LENGTH_MAX = 4096;
/** Milliseconds in which a question has to be asked and its answer taken. */
const PATIENCE_MILLIS = 5000;
const ASKERS_MAX = 8;

export interface DeskOptions {
  readonly session: Session;
  readonly stateDir: string;
  /** `bittern get`. */
  readonly command: string;
}

/** Opens the desk; it closes with the process. Where no socket can be made there is none, which stops nobody's transfer. */
export async function openDesk({ session, stateDir, command }: DeskOptions): Promise<void> {
  const { pid } = process;
  const socket = socketPath(stateDir, pid);
  const record = join(deskFolder(stateDir), `${pid}.json`);
  const server = createServer((asker) =>
    answer(asker, () => ({ version: 1, pid, command, torrents: [...session.torrents.values()].map(reportOf) })),
  );
  server.maxConnections = ASKERS_MAX;
  server.unref();
  try {
    makeFolder(deskFolder(stateDir), 0o700);
    // Left behind by a process that had our number and was killed.
    rmSync(socket, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(socket, resolve);
    });
    if (dirname(socket) !== deskFolder(stateDir) && process.platform !== "win32") chmodSync(socket, 0o600);
    writeFileSync(record, `${JSON.stringify({ pid, command, socket } satisfies DeskRecord)}\n`, { mode: 0o600 });
  } catch {
    server.close();
    return;
  }
  server.on("error", () => undefined);
  process.on("exit", () => {
    for (const path of [record, socket]) rmSync(path, { force: true });
  });
}

/** One line in, one line out. */
function answer(asker: Socket, report: () => object): void {
  let question = "";
  asker.unref();
  asker.setTimeout(PATIENCE_MILLIS, () => asker.destroy());
  asker.on("error", () => undefined);
  asker.setEncoding("utf8").on("data", (text: string) => {
    question += text;
    if (question.length > QUESTION_LENGTH_MAX) asker.destroy();
    if (asker.destroyed || !question.includes("\n")) return;
    asker.removeAllListeners("data");
    asker.end(
      question === "torrents\n" ? `${JSON.stringify(report())}\n` : `${JSON.stringify({ version: 1, error: "unknown question" })}\n`,
    );
  });
}
