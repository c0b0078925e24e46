/**
 * What went wrong, as one line for people, an object for programs, and an exit status.
 * @module
 */

import { printable } from "@bittern/faces";
import { HostError, ProtocolError, UsageError } from "@bittern/protocol/base";
import { CommanderError } from "commander";

/** 1: it failed; 2: the command line was wrong. */
export type FailureStatus = 1 | 2;

export interface Failure {
  /** Stable, in SCREAMING_SNAKE_CASE. */
  readonly code: string;
  /** One line that names the thing and says what to do. */
  readonly message: string;
  readonly status: FailureStatus;
}

/** A command could not do its work, and nothing else is to blame; the message says what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What Node calls it -> what we call it, and what to do about it. */
const SYSTEM: ReadonlyMap<string, readonly [code: string, words: string]> = new Map([
  ["ENOENT", ["FILE_MISSING", "there is no such file or folder"]],
  ["ENOTDIR", ["FILE_MISSING", "part of the path is a file, not a folder"]],
  ["EISDIR", ["FILE_UNSAFE", "it is a folder; name a file"]],
  ["EACCES", ["ACCESS_DENIED", "access is denied; check its owner and mode"]],
  ["EPERM", ["ACCESS_DENIED", "the system does not permit it"]],
  ["EROFS", ["DISK_READ_ONLY", "the file system is read-only"]],
  ["ENOSPC", ["DISK_FULL", "the disk is full; make room and try again"]],
  ["EDQUOT", ["DISK_FULL", "your disk quota is used up"]],
  ["EMFILE", ["TOO_MANY_FILES", "too many files are open; raise `ulimit -n`"]],
  ["EEXIST", ["FILE_EXISTS", "it exists already"]],
  ["EADDRINUSE", ["ADDRESS_IN_USE", "the port is taken; choose another, or 0 for any free one"]],
]);

/** What a user can mend, but not by typing something else. */
const BAD_LUCK: ReadonlySet<string> = new Set(["FILE_CHANGED", "LOCKED", "TARGET_IN_USE"]);

/** Reads any thrown value. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    return { code: codeOfCommander(error.code), message: oneLine(error.message.replace(/^error: /, "")), status: 2 };
  }
  if (error instanceof UsageError) return { code: error.code, message: oneLine(error.message), status: BAD_LUCK.has(error.code) ? 1 : 2 };
  if (error instanceof HostError || error instanceof ProtocolError) return { code: error.code, message: oneLine(error.message), status: 1 };
  if (error instanceof Error) {
    const system = SYSTEM.get((error as NodeJS.ErrnoException).code ?? "");
    const path = (error as NodeJS.ErrnoException).path;
    if (system !== undefined)
      return { code: system[0], message: oneLine(path === undefined ? system[1] : `${path}: ${system[1]}`), status: 1 };
    const { code } = error as { code?: unknown };
    if (typeof code === "string") return { code, message: oneLine(error.message), status: 1 };
    return {
      code: "INTERNAL",
      message: oneLine(`${error.name}: ${error.message} (please report this; BITTERN_DEBUG=1 shows where)`),
      status: 1,
    };
  }
  return { code: "INTERNAL", message: oneLine(String(error)), status: 1 };
}

/** `commander.unknownOption` -> `UNKNOWN_OPTION`. */
function codeOfCommander(code: string): string {
  return code
    .replace(/^commander\./, "")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toUpperCase();
}

/** How the sandbox of the host names a folder that it holds open; it means nothing to people. */
const HELD_FOLDER = /\/proc\/self\/fd\/\d+\//g;

function oneLine(text: string): string {
  const line = text
    .replace(HELD_FOLDER, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return printable(line.replace(/\.$/, ""));
}
