import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFile } from "./lock.ts";
import { temporaryFolder } from "./storage/testing.ts";

let folder: ReturnType<typeof temporaryFolder>;
let path: string;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, "state/lock");
});

afterEach(() => folder.end());

const attempt = (): string => {
  try {
    lockFile(path).release();
    return "taken";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("lockFile", () => {
  it("gives the place to one, and to the next when it is free", () => {
    const lock = lockFile(path);
    expect(() => lockFile(path)).toThrow(`process ${process.pid} is using ${join(folder.path, "state")}`);
    lock.release();
    lock.release();
    expect(attempt()).toBe("taken");
    expect(readdirSync(join(folder.path, "state"))).toEqual([]);
  });

  // "is using .: choose another folder" was said of a journal, beside which another one works.
  it("names the one file that is taken, where it is about that alone", () => {
    const journal = join(folder.path, "a.journal");
    lockFile(`${journal}.lock`, { file: journal });
    expect(() => lockFile(`${journal}.lock`, { file: journal })).toThrow(
      `process ${process.pid} is using ${journal}: end it, or choose another file`,
    );
    lockFile(join(folder.path, "b.journal.lock")).release();
  });

  it("takes over from a process that is gone", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    lockFile(path);
    const owner = JSON.parse(readFileSync(path, "utf8")) as object;
    writeFileSync(path, JSON.stringify({ ...owner, pid }));
    expect(attempt()).toBe("taken");
  });

  it.runIf(existsSync("/proc/self/stat"))("takes over from one that was killed and is still in the list, as in a container", async () => {
    // Who replaces a shell this way has a child of which it knows nothing: nobody takes its status.
    const careless = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const pid = Number(String(await new Promise((resolve) => careless.stdout.once("data", resolve))));
      const stat = (): string[] => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      lockFile(path);
      const owner = JSON.parse(readFileSync(path, "utf8")) as object;
      writeFileSync(path, JSON.stringify({ ...owner, pid, started: stat()[19] }));
      expect(attempt()).toBe("LOCKED");
      process.kill(pid, "SIGKILL");
      await expect.poll(() => stat()[0]).toBe("Z");
      expect(attempt()).toBe("taken");
    } finally {
      careless.kill("SIGKILL");
    }
  });

  it("is not fooled by another process that has the number now, nor by a lock from before the machine started", () => {
    lockFile(path);
    const owner = JSON.parse(readFileSync(path, "utf8")) as { started: string };
    if (owner.started !== "") {
      writeFileSync(path, JSON.stringify({ ...owner, started: "12" }));
      expect(attempt()).toBe("taken");
    }
    writeFileSync(path, JSON.stringify({ ...owner, boot: "another" }));
    expect(attempt()).toBe("taken");
    writeFileSync(path, JSON.stringify(owner));
    expect(attempt()).toBe("LOCKED");
  });

  it("takes over what is no lock at all", () => {
    lockFile(path).release();
    for (const garbage of ["", "{", "null", "[]", '{"pid":"1"}', "\0\0\0"]) {
      writeFileSync(path, garbage);
      expect(attempt()).toBe("taken");
    }
  });

  it("waits for nobody who is taking over, unless that was long ago", () => {
    lockFile(path).release();
    writeFileSync(path, "garbage");
    writeFileSync(`${path}.takeover`, "");
    expect(attempt()).toBe("LOCKED");
  });

  it("names what it locks, and not the draft of its own, where nothing can be written", () => {
    expect(() => lockFile("/proc/no-folder/lock")).toThrow("locking /proc/no-folder/lock: ");
    expect(() => lockFile("/proc/no-lock", { doing: "keeping the journal /proc/no" })).toThrow(/^keeping the journal \/proc\/no: [^/]+$/);
  });

  it("leaves a lock alone that somebody else took meanwhile", () => {
    const lock = lockFile(path);
    writeFileSync(path, JSON.stringify({ pid: 1, started: "1", boot: "x" }));
    lock.release();
    expect(existsSync(path)).toBe(true);
  });
});
