/** @module */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { type Cause, Session } from "@bittern/client";
import { CAUSE_CODES, causeWords, SPANISH_CAUSE_CODES } from "@bittern/faces";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../testing.ts";
import { askRunning } from "./ask.ts";
import { openDesk } from "./desk.ts";
import { deskFolder, socketPath } from "./place.ts";
import { causeItem, parseReport } from "./report.ts";

const stateDir = temporaryFolder();
let session: Session;

beforeAll(async () => {
  session = await Session.open({ listen: ["127.0.0.1:0"] });
  await session.add("a".repeat(40), { path: stateDir });
  await openDesk({ session, stateDir, command: "bittern test" });
});
afterAll(() => session.close());

/** Says something at the desk and hears what comes back until it hangs up. */
function say(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = "";
    const socket = connect(socketPath(stateDir, process.pid));
    socket.on("error", reject);
    socket.setEncoding("utf8").on("data", (part: string) => {
      heard += part;
    });
    socket.on("close", () => resolve(heard));
    socket.write(text);
  });
}

const folder = temporaryFolder();

describe("A running command", () => {
  it("tells who asks how its torrents are", async () => {
    const [running, ...others] = await askRunning(stateDir);
    expect(others).toEqual([]);
    expect(running).toMatchObject({ pid: process.pid, command: "bittern test" });
    expect(running?.torrents).toMatchObject([
      { infoHash: "a".repeat(40), infoHashV2: null, state: "metadata", pace: "stands", peers: 0, totalDone: 0, secondsLeft: null },
    ]);
    expect(running?.torrents[0]?.causes.map(({ code }) => code)).toEqual(["metadata-missing", "no-trackers"]);
  });

  it("understands one question, and hears none that is too long", async () => {
    expect(JSON.parse(await say("what?\n"))).toEqual({ version: 1, error: "unknown question" });
    expect(await say("x".repeat(10_000)).catch(() => "")).toBe("");
    expect(await askRunning(stateDir)).toHaveLength(1);
  });
});

describe("A cause that travels", () => {
  it("has whole numbers, and no secret of a tracker", () => {
    const url = "https://t.example/0123456789abcdef0123/announce?key=secret";
    const cause = { weight: "stops", code: "tracker-silent", url, message: "no", isLast: true, retryMillis: 5.4 } as const;
    expect(causeItem(cause)).toEqual({ ...cause, url: "https://t.example/…/announce?key=…", retryMillis: 5 });
    expect(causeItem({ weight: "stops", code: "checking", progress: 0.25 })).toEqual({ weight: "stops", code: "checking", progress: 0.25 });
    expect(causeItem({ ...cause, retryMillis: Number.POSITIVE_INFINITY })).toMatchObject({ retryMillis: null });
  });
});

describe("Who asks", () => {
  it("takes away what the dead left behind, and is not confused by what is no record", async () => {
    const other = join(folder, "state");
    mkdirSync(deskFolder(other), { recursive: true });
    const dead = join(deskFolder(other), "4.json");
    writeFileSync(dead, JSON.stringify({ pid: 4, command: "bittern get", socket: join(other, "none.sock") }));
    for (const [at, text] of ["", "{", "[]", '{"pid":"4"}'].entries()) writeFileSync(join(deskFolder(other), `${at + 10}.json`), text);
    expect(await askRunning(other)).toEqual([]);
    expect(existsSync(dead)).toBe(false);
    expect(await askRunning(join(other, "nothing"))).toEqual([]);
  });

  it("finds a socket beside the record, unless that is too long for one", () => {
    expect(socketPath("/state", 7, "linux")).toBe(join("/state", "sessions", "7.sock"));
    expect(Buffer.byteLength(socketPath(`/${"long".repeat(40)}`, 7, "linux"))).toBeLessThan(100);
    expect(socketPath("C:\\state", 7, "win32")).toMatch(/^\\\\\.\\pipe\\bittern-[0-9a-f]{16}-7$/);
  });

  it("believes no field of a report", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseReport(value)).not.toThrow();
      }),
    );
    const report = {
      state: "downloading",
      pace: "stands",
      causes: [{ code: "x", weight: "stops" }, 7, { code: 1 }, { code: "y", weight: "?" }],
    };
    const causes = Array.from({ length: 101 }, (_, at) => ({ code: `cause-${at}`, weight: "stops" }));
    expect(parseReport({ ...report, causes })?.causes.map(({ code }) => code)).toEqual(causes.slice(0, 100).map(({ code }) => code));
    expect(parseReport({ ...report, peers: "many" })).toMatchObject({ name: "", peers: 0, causes: [{ code: "x" }] });
    expect(parseReport({ ...report, state: "tired" })).toBeUndefined();
  });
});

describe("The causes of the engine", () => {
  it("deny no DHT that is asked, and say when it is off and why", () => {
    const words = (dht: string): string => Object.values(causeWords({ code: "no-trackers", weight: "stops", dht, nodes: 3 })).join("; ");
    expect(words("asked")).toContain("the DHT knows nobody who has it; 3 nodes of the DHT answered");
    expect(words("silent")).toContain("the DHT is being joined");
    expect(words("private")).toContain("it is private, so the DHT is not asked");
    expect(words("off")).toContain("the DHT is off; start it without --no-dht and BITTERN_DHT=off");
  });

  it("tell a tracker that is not there and one that is broken from one that says no", () => {
    const words = (message: string): string =>
      Object.values(causeWords({ code: "tracker-refuses", weight: "stops", url: "http://t/a", message, isLast: true })).join("; ");
    expect(words("HTTP status 404")).toMatch(/^there is no tracker at that address: HTTP status 404; .*take the torrent anew/);
    expect(words("HTTP status 503")).toMatch(/^the tracker is out of order: HTTP status 503; .*asked again by itself/);
    expect(words("unregistered torrent")).toMatch(/^the tracker refuses: unregistered torrent; .*ask whoever runs/);
  });

  it("all have words", () => {
    // A cause that is new in the engine fails to compile here.
    const codes: Record<Cause["code"], true> = {
      paused: true,
      fault: true,
      "disk-full": true,
      "data-damaged": true,
      checking: true,
      "metadata-missing": true,
      "layers-missing": true,
      "no-trackers": true,
      "tracker-refuses": true,
      "tracker-silent": true,
      "no-peers": true,
      "peers-unreachable": true,
      "all-choke": true,
      snubbed: true,
      "false-data": true,
      "pieces-absent": true,
      limit: true,
      "disk-slow": true,
      "not-listening": true,
      "port-closed": true,
      "peers-slow": true,
      "nobody-wants": true,
    };
    expect(CAUSE_CODES.toSorted()).toEqual(Object.keys(codes).toSorted());
    expect(SPANISH_CAUSE_CODES.toSorted()).toEqual(Object.keys(codes).toSorted());
  });
});
