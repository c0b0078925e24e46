/**
 * How the files of a store were found, kept as plain numbers: a torrent may have 200,000 of them.
 * @module
 */
import type { FileStamp, StoreStamps } from "@bittern/host";
import type { PlainStamps, SyncedStore } from "./jobs.ts";

const STAMP_LENGTH = 3;

export class StampBook {
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #numbers: PlainStamps;
  #rootIdentity: string;

  /** `paths`: by file index, "" for pads. */
  constructor(paths: readonly string[], numbers: PlainStamps, rootIdentity: string) {
    this.#indexes = new Map(paths.map((path, file) => [path, file]));
    this.#numbers = numbers;
    this.#rootIdentity = rootIdentity;
  }

  /** A copy, as of now. */
  all(): StoreStamps {
    const files = Array.from({ length: this.#numbers.length / STAMP_LENGTH }, (_, file) => stampAt(this.#numbers, file));
    return { files, rootIdentity: this.#rootIdentity };
  }

  update({ paths, stamps, rootIdentity }: SyncedStore): void {
    this.#rootIdentity = rootIdentity;
    for (const [at, path] of paths.entries()) {
      const file = this.#indexes.get(path);
      if (file === undefined) continue;
      this.#numbers.set(stamps.subarray(STAMP_LENGTH * at, STAMP_LENGTH * (at + 1)), STAMP_LENGTH * file);
    }
  }
}

/** `undefined` where no file was found. */
export function stampAt(numbers: PlainStamps, file: number): FileStamp | undefined {
  const length = numbers[STAMP_LENGTH * file] as number;
  if (Number.isNaN(length)) return undefined;
  return { length, modifiedMillis: numbers[STAMP_LENGTH * file + 1] as number, inode: numbers[STAMP_LENGTH * file + 2] as number };
}
