/** @module */
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { RETRY_MILLIS, Roster, TRIES_MAX, type WatchedFile } from "./roster.ts";

const listing = (...names: readonly string[]) => ({
  type: "listing" as const,
  files: new Map<string, WatchedFile>(
    names.map((name) => {
      const [path = "", stamp = "1"] = name.split("@");
      return [path, { stamp, isLink: path.endsWith(".magnet") }];
    }),
  ),
});
const start = (path: string) => ({ type: "start", path });
const failed = (path: string, reason = "it is broken") => ({ type: "failed" as const, path, reason });
const tell = (path: string) => ({ type: "tell", path });
const stop = (path: string) => ({ type: "stop", path });

describe("A roster of watched files", () => {
  let roster: Roster;
  beforeEach(() => {
    roster = new Roster();
  });

  it("checks one at a time", () => {
    expect(roster.handle(listing("a", "b", "c"), 0)).toEqual([start("a")]);
    expect(roster.handle({ type: "checked", path: "a" }, 1)).toEqual([start("b")]);
    expect([...roster.entries].map(({ phase }) => phase)).toEqual(["running", "checking", "waiting"]);
  });

  it("lets links pass, which have nothing to check yet", () => {
    expect(roster.handle(listing("a", "b", "l.magnet"), 0)).toEqual([start("a"), start("l.magnet")]);
  });

  it("stops what vanished and starts what appeared", () => {
    roster.handle(listing("a", "b"), 0);
    expect(roster.handle(listing("b", "c"), 1)).toEqual([stop("a"), start("b")]);
  });

  it("begins anew with what changed", () => {
    roster.handle(listing("a"), 0);
    expect(roster.handle(listing("a@2"), 1)).toEqual([stop("a"), start("a")]);
  });

  it("tries what failed again after ten seconds, six times, and then leaves it until its file goes", () => {
    roster.handle(listing("a"), 0);
    let now = 0;
    for (let tries = 1; tries < TRIES_MAX; tries++) {
      expect(roster.handle(failed("a"), now)).toEqual(tries === 1 ? [tell("a")] : []);
      expect(roster.deadline).toBe(now + RETRY_MILLIS);
      now += RETRY_MILLIS;
      expect(roster.handle({ type: "tick" }, now - 1)).toEqual([]);
      expect(roster.handle({ type: "tick" }, now)).toEqual([start("a")]);
    }
    expect(roster.handle(failed("a"), now)).toEqual([]);
    expect(roster.deadline).toBeUndefined();
    expect(roster.handle(listing("a"), now + 1e9)).toEqual([]);
    roster.handle(listing(), now + 1e9);
    expect(roster.handle(listing("a"), now + 1e9)).toEqual([start("a")]);
  });

  it("does not try again what no try would help, until its file changes", () => {
    roster.handle(listing("a", "b"), 0);
    expect(roster.handle({ ...failed("a"), isLasting: true }, 1)).toEqual([tell("a"), start("b")]);
    expect(roster.deadline).toBeUndefined();
    expect(roster.handle(listing("a@2", "b"), 2)).toEqual([]);
    expect(roster.handle({ type: "checked", path: "b" }, 3)).toEqual([start("a")]);
  });

  it("tries again what failed, dead or not, when the reason has gone, and does not tell the same failure anew", () => {
    roster.handle(listing("a"), 0);
    expect(roster.handle({ type: "retry", path: "a" }, 1)).toEqual([]);
    roster.handle({ ...failed("a"), isLasting: true }, 2);
    expect(roster.handle({ type: "retry", path: "a" }, 3)).toEqual([start("a")]);
    expect(roster.handle(failed("a"), 4)).toEqual([]);
    expect(roster.handle({ type: "retry", path: "a" }, 5)).toEqual([start("a")]);
  });

  it("lets the next be checked when one fails", () => {
    roster.handle(listing("a", "b"), 0);
    expect(roster.handle(failed("a"), 1)).toEqual([tell("a"), start("b")]);
  });

  it("has the same failure told once, another one too, and all of them anew after a success or for a file that changed", () => {
    let now = 0;
    const tellsOf = (reason: string, running = false): boolean => {
      if (running) roster.handle({ type: "checked", path: "a" }, now);
      const told = roster.handle(failed("a", reason), now).some(({ type }) => type === "tell");
      roster.handle({ type: "tick" }, (now += RETRY_MILLIS));
      return told;
    };
    roster.handle(listing("a"), now);
    expect([tellsOf("broken"), tellsOf("broken"), tellsOf("locked"), tellsOf("locked", true)]).toEqual([true, false, true, true]);
    roster.handle(listing("a@2"), now);
    expect(tellsOf("locked")).toBe(true);
  });

  it("never has two checks at once, and stops only what it started", () => {
    const path = fc.constantFrom("a", "b", "c", "l.magnet");
    const input = fc.oneof(
      fc.uniqueArray(path).map((paths) => listing(...paths)),
      fc.record({ type: fc.constantFrom("checked" as const, "failed" as const), path, reason: fc.constantFrom("x", "y") }),
      path.map((path) => ({ type: "retry" as const, path })),
      fc.constant({ type: "tick" as const }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(input, fc.nat(20_000))), (inputs) => {
        const tested = new Roster();
        const atWork = new Set<string>();
        let now = 0;
        for (const [next, millis] of inputs) {
          now += millis;
          if (next.type === "failed") atWork.delete(next.path);
          for (const output of tested.handle(next, now)) {
            if (output.type === "tell") continue;
            expect(atWork.has(output.path)).toBe(output.type === "stop");
            if (output.type === "stop") atWork.delete(output.path);
            else atWork.add(output.path);
          }
          expect([...tested.entries].filter(({ phase, file }) => phase === "checking" && !file.isLink).length).toBeLessThan(2);
        }
      }),
    );
  });
});
