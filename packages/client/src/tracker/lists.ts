/**
 * The lists an operator keeps in files beside a tracker, each turned into commands for it.
 * @module
 */
import { fromHex, UsageError } from "@bittern/protocol/base";
import type { TrackerCommand, TrackerRun } from "@bittern/tracker";
import { ListFile } from "./list-file.ts";
import type { TrackerOptions } from "./options.ts";

export class Lists {
  readonly #files: readonly ListFile[];
  readonly #run: () => TrackerRun | undefined;
  readonly #settled: { readonly allowed: readonly string[]; readonly denied: readonly string[] };
  #listed: ListedAddresses = { mixed: [], allowed: [] };

  /** `run`: the tracker, as soon as there is one. */
  constructor(options: TrackerOptions, run: () => TrackerRun | undefined, onWarning: (message: string) => void) {
    this.#run = run;
    const { torrentListPath, userListPath, addressListPath, addressAllowListPath, addressesAllowed = [], addressesDenied = [] } = options;
    this.#settled = { allowed: addressesAllowed, denied: addressesDenied };
    const file = (path: string | undefined, take: (entries: readonly string[]) => void): ListFile[] =>
      path === undefined ? [] : [new ListFile(path, take, onWarning)];
    this.#files = [
      ...file(torrentListPath, (entries) => this.#command({ type: "replace-torrents", infoHashes: entries.map(hashOf) })),
      ...file(userListPath, (passKeys) => this.#command({ type: "replace-users", passKeys })),
      ...file(addressListPath, (entries) => this.#setAddresses({ mixed: entries })),
      ...file(addressAllowListPath, (entries) => this.#setAddresses({ allowed: someOf(entries) })),
    ];
  }

  /** Reads all of them; the tracker must be there to be told. */
  async look(): Promise<void> {
    for (const file of this.#files) await file.look();
  }

  /** Looks now whether one of them has changed; resolves with what is wrong, which is a warning too when it is new. */
  async lookAgain(): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const file of this.#files) {
      const fault = await file.lookAgain();
      if (fault !== undefined) faults.push(fault);
    }
    return faults;
  }

  watch(): void {
    for (const file of this.#files) file.watch();
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  #command(command: TrackerCommand): void {
    this.#run()?.command(command);
  }

  /** Takes what one file says now. In a mixed one "+192.0.2.0/24" is allowed, anything else denied. */
  #setAddresses(said: Partial<ListedAddresses>): void {
    const listed = { ...this.#listed, ...said };
    const isAllowed = (entry: string): boolean => entry.startsWith("+");
    this.#command({
      type: "set-addresses",
      allowed: [...this.#settled.allowed, ...listed.allowed, ...listed.mixed.filter(isAllowed).map((entry) => entry.slice(1))],
      denied: [...this.#settled.denied, ...listed.mixed.filter((entry) => !isAllowed(entry)).map((entry) => entry.replace(/^-/, ""))],
    });
    // A file that is refused leaves the other as it was.
    this.#listed = listed;
  }
}

interface ListedAddresses {
  readonly mixed: readonly string[];
  readonly allowed: readonly string[];
}

/** Nothing allowed would mean that everybody is. */
function someOf(entries: readonly string[]): readonly string[] {
  if (entries.length === 0) throw new UsageError("ADDRESSES_MISSING", "no network is allowed; write one a line");
  return entries;
}

/** 40 hex digits; a hash of version 2 counts with its first 40, as it is announced. */
function hashOf(entry: string): Uint8Array {
  const bytes = fromHex(entry.toLowerCase());
  if (bytes?.length !== 20 && bytes?.length !== 32) throw new UsageError("INFO_HASH_WRONG", `"${entry}" is no info hash of 40 hex digits`);
  return bytes.slice(0, 20);
}
