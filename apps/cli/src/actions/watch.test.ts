/** @module */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { commandLine, Terminal } from "../classic/rows/terminal.ts";
import { endAllAfterTests, noise, Running, run, temporaryFolder, writeFiles } from "../testing.ts";

const cwd = temporaryFolder();
const FILES = { one: noise(300_000, "one"), two: noise(200_000, "two"), linked: noise(100_000, "linked") };
const watched = join(cwd, "torrents");
const state = join(cwd, "state");
let seedPort = 0;
let magnet = "";
endAllAfterTests();

const watch = (): Running =>
  new Running(["watch", watched, "--save-to", join(cwd, "data"), "--port", "0", "--state", state, "--json"], { cwd });
/** The line of a type that tells of a file. */
const line = (running: Running, type: string, file: string): Promise<Record<string, unknown>> =>
  running.until(() => running.lines.find((one) => one["type"] === type && one["file"] === file), `${type} ${file}`);

beforeAll(async () => {
  writeFiles(cwd, { "from/one": FILES.one, "from/two": FILES.two, "from/linked": FILES.linked, "torrents/readme.txt": "no torrent" });
  const share = (name: string): Running =>
    new Running(
      [
        "share",
        join(cwd, "from", name),
        "--port",
        "0",
        "--http",
        "0",
        "--public-host",
        "127.0.0.1",
        "--state",
        join(cwd, "state-share"),
        "--json",
      ],
      { cwd },
    );
  const [linked, one] = [share("linked"), share("one")];
  magnet = String((await linked.line("sharing"))["magnet"]);
  const page = await one.line("sharing");
  seedPort = Number(page["port"]);
  writeFileSync(join(cwd, "one.torrent"), Buffer.from(await (await fetch(String(page["torrent"]))).arrayBuffer()));
  await run(["create", "from/two", "-o", "two.torrent"], { cwd });
});

describe("bittern watch", () => {
  let running: Running;

  it("starts what is added, in nested folders too, and keeps their shape", async () => {
    running = watch();
    expect(await running.line("listening")).toMatchObject({ type: "listening" });
    writeFiles(watched, { "deep/er/one.torrent": readFileSync(join(cwd, "one.torrent")) });
    await line(running, "complete", "deep/er/one.torrent");
    expect(readFileSync(join(cwd, "data/deep/er/one")).equals(FILES.one)).toBe(true);
    expect(seedPort).toBeGreaterThan(0);
  });

  it("takes magnet links", async () => {
    writeFiles(watched, { "linked.magnet": `# from a friend\n${magnet}\n` });
    expect(await line(running, "complete", "linked.magnet")).toMatchObject({ name: "linked" });
    expect(readFileSync(join(cwd, "data/linked")).equals(FILES.linked)).toBe(true);
  });

  it("obeys the options of a folder", async () => {
    writeFiles(watched, { "slow/.bittern.json": '{"paused":true,"saveTo":"../../elsewhere"}' });
    writeFiles(watched, { "slow/two.torrent": readFileSync(join(cwd, "two.torrent")) });
    await line(running, "added", "slow/two.torrent");
    await running.until(() => running.lines.find((one) => one["type"] === "progress" && one["state"] === "paused"), "the paused one");
    expect(existsSync(join(cwd, "elsewhere/two"))).toBe(false);
  });

  it("stops what is removed and leaves its data", async () => {
    rmSync(join(watched, "deep/er/one.torrent"));
    await line(running, "removed", "deep/er/one.torrent");
    expect(existsSync(join(cwd, "data/deep/er/one"))).toBe(true);
  });

  it("says what it cannot work on, and takes it once it is right", async () => {
    writeFileSync(join(watched, "bad.torrent"), "no torrent at all");
    expect(await line(running, "error", "bad.torrent")).toMatchObject({
      error: { message: expect.stringContaining("bad.torrent") as string },
    });
    renameSync(join(watched, "slow/two.torrent"), join(watched, "bad.torrent"));
    expect(await line(running, "added", "bad.torrent")).toMatchObject({ name: "two" });
  });

  it("waits for a file that is made empty and filled later, as `bittern magnet x.torrent > x.magnet` does", async () => {
    const waiting = ["empty.torrent", "later.magnet"];
    // The one that is wrong comes last: when it is told of, the others were looked at.
    writeFiles(watched, { "empty.torrent": "", "later.magnet": "", "wrong.torrent": "no torrent either" });
    await line(running, "error", "wrong.torrent");
    expect(running.lines.filter((one) => one["type"] === "error" && waiting.includes(String(one["file"])))).toEqual([]);
    writeFileSync(join(watched, "later.magnet"), magnet);
    expect(await line(running, "error", "later.magnet")).toMatchObject({ error: { code: "TORRENT_EXISTS" } });
    for (const name of [...waiting, "wrong.torrent"]) rmSync(join(watched, name));
  });

  it("works on with what an options file said before, when somebody breaks it, and says so once", async () => {
    writeFiles(watched, { "kept/.bittern.json": '{"maxUp":"1MiB"}', "kept/bad.torrent": readFileSync(join(cwd, "one.torrent")) });
    await line(running, "added", "kept/bad.torrent");
    writeFiles(watched, { "kept/.bittern.json": '{"maxUp":"1MiB",}' });
    const told = await line(running, "error", "kept/.bittern.json");
    expect((told["error"] as Error).message).toMatch(/\.bittern\.json is no JSON; look for a comma/);
    await running.until(() => (running.err.includes("what it said before holds") ? true : undefined), "a word of what holds");
    // What comes now is taken with what it said before, and nothing was stopped.
    writeFiles(watched, { "kept/wrong.torrent": "no torrent" });
    await line(running, "error", "kept/wrong.torrent");
    writeFiles(watched, { "kept/.bittern.json": '{"maxUp":"1MiB"}', "kept/worse.torrent": "no torrent" });
    await line(running, "error", "kept/worse.torrent");
    expect(running.lines.filter(({ type, file }) => type === "removed" && String(file).startsWith("kept"))).toEqual([]);
    rmSync(join(watched, "kept"), { recursive: true });
    await line(running, "removed", "kept/bad.torrent");
  });

  it("starts nothing below an options file that was never right", async () => {
    writeFiles(watched, { "never/.bittern.json": "{", "never/one.torrent": readFileSync(join(cwd, "one.torrent")) });
    await line(running, "error", "never/.bittern.json");
    await running.until(() => (running.err.includes("no torrent below it is started") ? true : undefined), "a word of what waits");
    writeFiles(watched, { "never/.bittern.json": "{}" });
    await line(running, "added", "never/one.torrent");
    expect(running.lines.filter(({ type, file }) => type === "error" && file === "never/one.torrent")).toEqual([]);
    rmSync(join(watched, "never"), { recursive: true });
    await line(running, "removed", "never/one.torrent");
  });

  it("starts no torrent in which the options choose nothing, and says which patterns that were", async () => {
    const options = { "films/.bittern.json": '{"select":["*.mkv"]}' };
    writeFiles(watched, { ...options, "films/deep/one.torrent": readFileSync(join(cwd, "one.torrent")) });
    expect(await line(running, "error", "films/deep/one.torrent")).toMatchObject({
      error: { code: "SELECTION_EMPTY", message: "no file of one matches *.mkv; `bittern show` lists its files" },
    });
    rmSync(join(watched, "linked.magnet"));
    await line(running, "removed", "linked.magnet");
    writeFiles(watched, { "films/old/.bittern.json": '{"select":["*"]}', "films/old/linked.magnet": magnet });
    await line(running, "complete", "films/old/linked.magnet");
    writeFiles(watched, { "films/old/.bittern.json": '{"select":["*.avi"]}' });
    expect(await line(running, "error", "films/old/linked.magnet")).toMatchObject({ error: { code: "SELECTION_EMPTY" } });
    rmSync(join(watched, "films/old"), { recursive: true });
    writeFiles(watched, { "films/linked.magnet": magnet });
    expect(await line(running, "error", "films/linked.magnet")).toMatchObject({ error: { code: "SELECTION_EMPTY" } });
    const left = ["films/deep/one.torrent", "films/linked.magnet"];
    const told = running.lines.filter(({ file, type }) => left.includes(String(file)) && type !== "added" && type !== "removed");
    expect(told.map(({ type }) => type)).toEqual(["error", "error"]);
    rmSync(join(watched, "films"), { recursive: true });
    writeFiles(watched, { "linked.magnet": magnet });
    await running.until(
      () => (running.lines.filter(({ type, file }) => type === "added" && file === "linked.magnet").length > 1 ? true : undefined),
      "the link again",
    );
  });

  it("names the file that has the same torrent, and goes on with the other when it is taken away", async () => {
    writeFiles(watched, { "twin.magnet": magnet });
    expect(await line(running, "error", "twin.magnet")).toMatchObject({
      error: { code: "TORRENT_EXISTS", message: `${join(watched, "linked.magnet")} is the same torrent; one of the two files is enough` },
    });
    rmSync(join(watched, "linked.magnet"));
    expect(await line(running, "added", "twin.magnet")).toMatchObject({ name: "linked" });
    renameSync(join(watched, "twin.magnet"), join(watched, "linked.magnet"));
    await line(running, "removed", "twin.magnet");
  });

  it("ends well, and knows everything when it is started again", async () => {
    expect(await running.stop()).toBe(0);
    const again = watch();
    await line(again, "complete", "linked.magnet");
    expect(again.lines.find((one) => one["type"] === "added" && one["file"] === "linked.magnet")).toMatchObject({ name: "linked" });
    expect(await again.stop()).toBe(0);
  });

  it("says that it fetches the metadata of a link, as long as nobody sends it", async () => {
    writeFiles(cwd, { "lonely/nobody.magnet": `magnet:?xt=urn:btih:${"ab".repeat(20)}` });
    const line = commandLine("bittern", ["watch", "lonely", "--port", "0", "--state", join(cwd, "state-lonely"), "--lang", "en"]);
    const terminal = new Terminal(line, { cwd });
    await terminal.until(({ raw }) => raw.includes("1 torrent (1 fetching metadata)"), "the line of the link");
    terminal.press("q");
    await terminal.end();
  });

  it("wants a folder", async () => {
    expect(await run(["watch", join(cwd, "one.torrent")], { cwd })).toMatchObject({ status: 2 });
    expect(await run(["watch", join(cwd, "nothing")], { cwd })).toMatchObject({ status: 1 });
  });
});
