/** @module */
import { HostError, ProtocolError, UsageError } from "@bittern/protocol/base";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { CommandError, failureOf } from "./failure.ts";
import { Stop } from "./stop.ts";

describe("A failure", () => {
  it("has a stable code, one line, and 2 where typing something else helps", () => {
    const enoent = Object.assign(new Error("ENOENT: no such file or directory, open 'x'"), { code: "ENOENT", path: "x" });
    const failures = [
      new CommanderError(1, "commander.unknownOption", "error: unknown option '--x'\n(Did you mean --y?)"),
      new UsageError("SIZE_INVALID", "no size"),
      new UsageError("TARGET_IN_USE", "taken"),
      new HostError("DISK_FULL", "full"),
      new ProtocolError("METAINFO_PIECES", "bad"),
      new CommandError("DATA_INCOMPLETE", "not all"),
      enoent,
      new TypeError("x is undefined"),
      "thrown text",
    ].map(failureOf);
    expect(failures.map(({ code, status }) => `${code} ${status}`)).toEqual([
      ...["UNKNOWN_OPTION 2", "SIZE_INVALID 2", "TARGET_IN_USE 1", "DISK_FULL 1", "METAINFO_PIECES 1", "DATA_INCOMPLETE 1"],
      ...["FILE_MISSING 1", "INTERNAL 1", "INTERNAL 1"],
    ]);
    expect(failures[0]?.message).toBe("unknown option '--x' (Did you mean --y?)");
    expect(failures[6]?.message).toBe("x: there is no such file or folder");
    // Of a file that is open the system names no path.
    expect(failureOf(Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" })).message).toBe(
      "the disk is full; make room and try again",
    );
  });

  it("shows no folder by the number it is held open under", () => {
    const failure = failureOf(
      new HostError("FILE_UNSAFE", "allocating: EISDIR: illegal operation on a directory, open '/proc/self/fd/25/big.bin'"),
    );
    expect(failure.message).toBe("allocating: EISDIR: illegal operation on a directory, open 'big.bin'");
  });

  it("cannot drive the terminal", () => {
    expect(failureOf(new HostError("IO", "a\u001b[2Jb\nc")).message).toBe("a\\u{1b}[2Jb c");
  });
});

describe("A stop", () => {
  it("is clean the first time and now the second time", () => {
    const left: number[] = [];
    const stop = new Stop((status) => left.push(status));
    expect(stop.status).toBe(0);
    stop.request("SIGINT");
    expect([stop.signal.aborted, stop.status, stop.failedStatus, left]).toEqual([true, 130, 130, []]);
    stop.request("SIGTERM");
    expect([stop.reason, left]).toEqual(["SIGINT", [143]]);
  });

  it("is no failure of what only served, however often it is asked", () => {
    const left: number[] = [];
    let isComplete = false;
    const stop = new Stop((status) => left.push(status));
    stop.endsWellIf(() => isComplete);
    stop.request("SIGINT");
    stop.request("SIGINT");
    isComplete = true;
    stop.request("SIGINT");
    expect([stop.status, stop.failedStatus, left]).toEqual([0, 130, [130, 0]]);
  });

  it("by q is never a failure", async () => {
    const stop = new Stop(() => undefined);
    const waiting = stop.requested();
    stop.request("quit");
    await waiting;
    await stop.requested();
    expect(stop.status).toBe(0);
  });
});
