/**
 * Keeps two instances from working at one place: locks in the state folder, named after what they guard.
 *
 * Everybody locks the record of their torrent at its place. Whoever writes locks the place too, because another torrent
 * could have a file of the same name; whoever only reads may do so beside other readers.
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { lockFile, type TargetLock } from "@bittern/node";
import { HostError, UsageError } from "@bittern/protocol/base";
import type { Logger } from "./logger.ts";

export interface ClaimOptions {
  /** Without it nothing is remembered, and nothing locked. */
  readonly stateDir: string | undefined;
  readonly recordKey: string;
  /** Real path of the file or folder that is going to be written; `undefined` for who only reads. */
  readonly writes: string | undefined;
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
  const { stateDir, recordKey, writes } = options;
  if (stateDir === undefined) return new Claim([]);
  const names = [
    `record-${recordKey}`,
    ...(writes === undefined ? [] : [`place-${createHash("sha256").update(writes).digest("hex").slice(0, 32)}`]),
  ];
  const locks: TargetLock[] = [];
  try {
    for (const name of names) locks.push(lockFile(join(stateDir, "locks", name)));
  } catch (error) {
    for (const lock of locks) lock.release();
    return refused(error, options);
  }
  return new Claim(locks);
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
