/**
 * Keeps a folder to one process at a time: two clients in one state folder, or one download target, would overwrite
 * each other's work.
 *
 * The lock is a file that says who holds it: process number, start of the process, and which start of the machine. It is
 * made whole or not at all (a hard link of a file already written), and one whose process is gone, or that stems from
 * before the machine started, is taken over. A process number alone would not do: it is used again, in containers at once.
 * @module
 */
import { linkSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { dirname } from "node:path";
import { UsageError } from "@bittern/protocol/base";
import { codeOf, diskFault, errorOf } from "./faults.ts";
import { makeFolder } from "./make-folder.ts";

/** How often a lock that changes hands is looked at again. */
const TRIES = 20;
/** Milliseconds after which a take-over that was never finished counts as abandoned. */
const TAKEOVER_MAX = 10_000;
/** Seconds two reckonings of the machine's start may differ, where it has no name. */
const BOOT_TOLERANCE = 60;

interface Owner {
  readonly pid: number;
  /** Start of the process, in a form that only equality means anything for; "" where the system does not tell. */
  readonly started: string;
  /** Names this start of the machine. */
  readonly boot: string;
}

export class TargetLock {
  readonly path: string;
  #isHeld = true;

  constructor(path: string) {
    this.path = path;
  }

  /** Gives the place free. Again is fine. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const owner = readOwner(this.path);
    if (owner !== undefined && isSame(owner, self())) unlinkIfThere(this.path);
  }
}

export interface LockOptions {
  /** Begins errors of the disk: "keeping the journal x". */
  readonly doing?: string;
  /** The one file that is locked; the folder of the lock when absent. */
  readonly file?: string;
}

/** Takes the lock, or throws a `UsageError` (LOCKED) that names who has it. Folders above it are made. */
export function lockFile(path: string, { doing = `locking ${path}`, file }: LockOptions = {}): TargetLock {
  const place = file ?? dirname(path);
  const advice = `choose another ${file === undefined ? "folder" : "file"}`;
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      if (claim(path)) return new TargetLock(path);
      const owner = readOwner(path);
      if (owner !== undefined && isAlive(owner)) {
        throw new UsageError("LOCKED", `process ${owner.pid} is using ${place}: end it, or ${advice}`);
      }
      takeOver(path, owner);
    }
  } catch (error) {
    throw error instanceof UsageError ? error : diskFault(errorOf(error, dirname(path)), doing);
  }
  throw new UsageError("LOCKED", `somebody else keeps taking ${path}: ${advice}`);
}

/** False when somebody has it. */
function claim(path: string): boolean {
  const mine = `${path}.${process.pid}`;
  writeOwner(mine);
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "ENOSYS"].includes(codeOf(error))) throw error;
  } finally {
    unlinkIfThere(mine);
  }
  return claimWithoutLinks(path);
}

/** The folder is made when it is missed: a session locks a place a torrent, and to look for it each time costs as much as the rest. */
function writeOwner(path: string): void {
  const owner = JSON.stringify(self());
  try {
    writeFileSync(path, owner);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    makeFolder(dirname(path));
    writeFileSync(path, owner);
  }
}

/** On disks without hard links (FAT) the lock may for a moment be there without its content. */
function claimWithoutLinks(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(self()), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes a lock nobody holds any more. Only one process at a time may: another could remove the next one's lock. */
function takeOver(path: string, dead: Owner | undefined): void {
  const guard = `${path}.takeover`;
  try {
    writeFileSync(guard, "", { flag: "wx" });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > TAKEOVER_MAX) unlinkIfThere(guard);
    return;
  }
  try {
    const now = readOwner(path);
    const isStill = now === undefined || dead === undefined ? now === dead : isSame(now, dead);
    if (isStill) unlinkIfThere(path);
  } finally {
    unlinkIfThere(guard);
  }
}

/** `undefined` for what no process of ours wrote whole. */
function readOwner(path: string): Owner | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"));
    const owner = found as Partial<Owner> | null;
    if (typeof owner?.pid !== "number" || typeof owner.started !== "string" || typeof owner.boot !== "string") return undefined;
    return { pid: owner.pid, started: owner.started, boot: owner.boot };
  } catch {
    return undefined;
  }
}

/** What this process is stays so: asked of the system once, for a session locks a place a torrent. */
let knownSelf: Owner | undefined;

function self(): Owner {
  knownSelf ??= { pid: process.pid, started: startOf(process.pid), boot: bootName() };
  return knownSelf;
}

function isSame(left: Owner, right: Owner): boolean {
  return left.pid === right.pid && left.started === right.started && isSameBoot(left.boot, right.boot);
}

function isAlive(owner: Owner): boolean {
  if (!isSameBoot(owner.boot, bootName())) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
  }
  return startOf(owner.pid) === owner.started;
}

/**
 * Ticks since the machine started, the 22nd field of `/proc/<pid>/stat`. "ended" for a process that was killed and stays in the list
 * because nobody takes its status: in a container whose first process does not, that is for good.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before them may hold anything, even ")".
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ["Z", "X", "x"].includes(fields[0] ?? "") ? "ended" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

function bootName(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return String(Math.round(Date.now() / 1000 - uptime()));
  }
}

function isSameBoot(left: string, right: string): boolean {
  return left === right || Math.abs(Number(left) - Number(right)) <= BOOT_TOLERANCE;
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}
