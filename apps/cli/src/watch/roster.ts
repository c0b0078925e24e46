/**
 * Which of the files in a watched folder are at work, which wait, which failed: a machine.
 *
 *     appears ──► waiting ──► checking ──► running ──► its file goes
 *                    ▲            │            │
 *                    └─ 10 s ── failed ◄───────┘        after six tries: dead until its file goes
 *
 * One at a time is checked: two checks on one disk take longer than one after the other.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";

export const RETRY_MILLIS: Millis = 10_000;
export const TRIES_MAX = 6;

/** A watched file, by its path. */
export interface WatchedFile {
  /** Changes with the file: what is at work then begins anew. */
  readonly stamp: string;
  /** It has nothing to check until somebody sent its metadata, so it waits for nobody. */
  readonly isLink: boolean;
}

export type RosterInput =
  /** All there is. */
  | { readonly type: "listing"; readonly files: ReadonlyMap<string, WatchedFile> }
  /** What is in place has been checked. */
  | { readonly type: "checked"; readonly path: string }
  /** `isLasting`: trying again would not help. */
  | { readonly type: "failed"; readonly path: string; readonly reason: string; readonly isLasting?: boolean }
  /** What it failed for has gone. */
  | { readonly type: "retry"; readonly path: string }
  | { readonly type: "tick" };

export type RosterOutput =
  | { readonly type: "start" | "stop"; readonly path: string }
  /** Why it failed is worth saying: the tries before it did not fail in this way. */
  | { readonly type: "tell"; readonly path: string };

export type RosterPhase = "waiting" | "checking" | "running" | "failed" | "dead";

export interface RosterEntry {
  readonly path: string;
  readonly file: WatchedFile;
  readonly phase: RosterPhase;
  /** Failures so far. */
  readonly tries: number;
  /** When it is tried again; only of what failed. */
  readonly retryAt: Millis;
  /** Of its last failure, until it runs. */
  readonly reason: string | undefined;
}

interface Mutable extends RosterEntry {
  phase: RosterPhase;
  tries: number;
  retryAt: Millis;
  reason: string | undefined;
}

export class Roster {
  readonly #entries = new Map<string, Mutable>();
  #out: RosterOutput[] = [];

  handle(input: RosterInput, now: Millis): readonly RosterOutput[] {
    this.#out = [];
    switch (input.type) {
      case "listing":
        this.#compare(input.files);
        break;
      case "checked":
        this.#change(input.path, "checking", (entry) => {
          entry.phase = "running";
          entry.reason = undefined;
        });
        break;
      case "failed":
        this.#failed(input, now);
        break;
      case "retry":
        for (const phase of ["failed", "dead"] as const)
          this.#change(input.path, phase, (entry) => Object.assign(entry, { phase: "waiting", tries: 0 }));
        break;
      case "tick":
        break;
    }
    for (const entry of this.#entries.values()) if (entry.phase === "failed" && entry.retryAt <= now) entry.phase = "waiting";
    this.#fill();
    return this.#out;
  }

  /** When the next try is due. */
  get deadline(): Millis | undefined {
    const due = [...this.#entries.values()].filter(({ phase }) => phase === "failed").map(({ retryAt }) => retryAt);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** In the order they came. */
  get entries(): Iterable<RosterEntry> {
    return this.#entries.values();
  }

  #compare(files: ReadonlyMap<string, WatchedFile>): void {
    for (const [path, entry] of this.#entries) {
      if (files.get(path)?.stamp === entry.file.stamp) continue;
      this.#entries.delete(path);
      if (entry.phase === "checking" || entry.phase === "running") this.#out.push({ type: "stop", path });
    }
    for (const [path, file] of files) {
      if (!this.#entries.has(path)) this.#entries.set(path, { path, file, phase: "waiting", tries: 0, retryAt: 0, reason: undefined });
    }
  }

  #failed({ path, reason, isLasting = false }: Extract<RosterInput, { type: "failed" }>, now: Millis): void {
    const entry = this.#entries.get(path);
    if (entry === undefined || (entry.phase !== "checking" && entry.phase !== "running")) return;
    entry.tries++;
    entry.phase = isLasting || entry.tries >= TRIES_MAX ? "dead" : "failed";
    entry.retryAt = now + RETRY_MILLIS;
    if (entry.reason !== reason) this.#out.push({ type: "tell", path });
    entry.reason = reason;
  }

  /** Starts what may start. */
  #fill(): void {
    let isChecking = [...this.#entries.values()].some(({ phase, file }) => phase === "checking" && !file.isLink);
    for (const entry of this.#entries.values()) {
      if (entry.phase !== "waiting" || (isChecking && !entry.file.isLink)) continue;
      entry.phase = "checking";
      isChecking ||= !entry.file.isLink;
      this.#out.push({ type: "start", path: entry.path });
    }
  }

  #change(path: string, from: RosterPhase, change: (entry: Mutable) => void): void {
    const entry = this.#entries.get(path);
    if (entry?.phase === from) change(entry);
  }
}
