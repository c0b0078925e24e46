/** @module */
import type { JournalStore } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { WatchedJournal } from "./watched-journal.ts";

describe("A journal that is watched", () => {
  // Until now a full disk was seen by whoever asked /healthz, and by nobody who read the log.
  it("tells once that it cannot be written, and once that it is whole again", () => {
    let fault: HostError | undefined;
    const store: JournalStore = {
      load: (_, done) => done(),
      append: (_, __, done) => done(fault),
      begin: (done) => done(fault),
      commit: (done) => done(fault),
    };
    const warnings: string[] = [];
    const outcomes: unknown[] = [];
    const journal = new WatchedJournal(store, (message) => warnings.push(message));
    const done = (outcome: unknown): void => void outcomes.push(outcome);
    journal.append("current", new Uint8Array(1), done);
    fault = new HostError("DISK_FULL", "no space left");
    journal.append("current", new Uint8Array(1), done);
    journal.begin(done);
    expect(warnings).toEqual(["the journal cannot be written (no space left); the tracker goes on and tries again"]);
    const full = fault;
    fault = undefined;
    journal.begin(done);
    journal.append("next", new Uint8Array(1), done);
    expect(warnings.length).toBe(1);
    journal.commit(done);
    journal.commit(done);
    expect(warnings.slice(1)).toEqual(["the journal is written again, and whole"]);
    expect(outcomes).toEqual([undefined, full, full, undefined, undefined, undefined, undefined]);
  });
});
