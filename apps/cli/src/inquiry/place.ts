/**
 * Where the desks of running commands are found: a record for each in the state folder, which names its socket.
 * @module
 */
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes of a path that every system's socket addresses have room for. */
const SOCKET_PATH_MAX = 100;

/** What a record says. */
export interface DeskRecord {
  readonly pid: number;
  /** `bittern get`. */
  readonly command: string;
  /** Path of the socket, or the name of a pipe. */
  readonly socket: string;
}

/** The folder of records. */
export function deskFolder(stateDir: string): string {
  return join(stateDir, "sessions");
}

/** Beside the record, unless that is too long for a socket's address. */
export function socketPath(stateDir: string, pid: number, platform: NodeJS.Platform = process.platform): string {
  const name = createHash("sha256").update(stateDir).digest("hex").slice(0, 16);
  if (platform === "win32") return `\\\\.\\pipe\\bittern-${name}-${pid}`;
  const near = join(deskFolder(stateDir), `${pid}.sock`);
  return Buffer.byteLength(near) <= SOCKET_PATH_MAX ? near : join(tmpdir(), `bittern-${name}-${pid}.sock`);
}
