/**
 * Keeps two instances from working at one place.
 *
 * Everybody locks the record of their torrent in their own state folder. Whoever writes locks the place too, in the one
 * folder all instances of the user share, because another instance may have another state folder, and another torrent a
 * file of the same name; whoever only reads may do so beside others.
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { lockFile, lockFolder, type TargetLock } from "@bittern/node";
import { HostError, UsageError } from "@bittern/protocol/base";
import type { Logger } from "./logger.ts";

export interface ClaimOptions {
  /** Without it no record is kept, and none locked. */
  readonly stateDir: string | undefined;
  readonly recordKey: string;
  /** Real paths that are going to be written; none for who only reads. */
  readonly writes: readonly string[];
  /** For messages. */
  readonly shownTarget: string;
  readonly logger: Logger | undefined;
}

/** What one torrent holds of its place. */
export class Claim {
  readonly #locks: readonly TargetLock[];

  constructor(locks: readonly TargetLock[]) {
    this.#locks = locks;
  }

  release(): void {
    for (const lock of this.#locks) lock.release();
  }
}

/** Throws a `UsageError` (TARGET_IN_USE) when another instance works there. */
export function claimPlace(options: ClaimOptions): Claim {
  const locks: TargetLock[] = [];
  try {
    for (const path of lockPaths(options)) locks.push(lockFile(path));
  } catch (error) {
    for (const lock of locks) lock.release();
    return refused(error, options);
  }
  return new Claim(locks);
}

function* lockPaths({ stateDir, recordKey, writes }: ClaimOptions): Generator<string> {
  if (stateDir !== undefined) yield join(stateDir, "locks", `record-${recordKey}`);
  for (const path of writes) yield join(lockFolder(), `place-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`);
}

function refused(error: unknown, { shownTarget, logger }: ClaimOptions): Claim {
  if (error instanceof UsageError) {
    const owner = /process \d+/.exec(error.message)?.[0];
    const who = owner === undefined ? "another instance" : `another instance (${owner})`;
    throw new UsageError("TARGET_IN_USE", `${shownTarget} is in use by ${who}; end it, or choose another folder`);
  }
  if (!(error instanceof HostError)) throw error;
  logger?.warn(`no lock could be taken for ${shownTarget}: ${error.message}`);
  return new Claim([]);
}
