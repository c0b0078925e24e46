/**
 * The downloaders as the founding articles call them, row by row.
 * @module
 */
import { once } from "node:events";
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { parseTorrent } from "@bittern/client";
import { beforeAll, describe, expect, it } from "vitest";
import { endAllAfterTests, noise, Running, run, temporaryFolder, writeFiles } from "../../testing.ts";
import { CLASSIC_PROGRAMS } from "../programs.ts";
import { Publisher } from "./publisher.ts";
import { Service } from "./service.ts";
import { commandLine, Terminal } from "./terminal.ts";

const cwd = temporaryFolder();
const ISO = "pg_live.1.3.3-SRAA.iso";
const ISO_LENGTH = 3_250_586;
const iso = noise(ISO_LENGTH, "live");
const env = { BITTERN_STATE: join(cwd, "state") };
let publisher: Publisher;
let seedPort = 0;
endAllAfterTests();

const folder = (name: string): string => {
  mkdirSync(join(cwd, name), { recursive: true });
  return join(cwd, name);
};
const start = (program: string, where: string, ...args: readonly string[]): Running =>
  new Running(args, { program, cwd: folder(where), env: { BITTERN_STATE: join(cwd, `state-${where}`) } });
/** The last block of a complete download. */
const blockOf = ({ out }: { readonly out: string }): string =>
  out
    .split("\n\n\n")
    .findLast((block) => block.includes("upload total:"))
    ?.trim() ?? "";
const until = (running: Running, text: string): Promise<true> => running.until(() => (running.out.includes(text) ? true : undefined), text);
beforeAll(async () => {
  publisher = await Publisher.open();
  writeFiles(cwd, { [`srv/${ISO}`]: iso });
  await run([join(cwd, "srv", ISO), `${publisher.url}/announce`], { program: "btmakemetafile", cwd, env });
  publisher.put(`/${ISO}.torrent`, readFileSync(join(cwd, "srv", `${ISO}.torrent`)));
});

describe("btdownloadheadless, publishing", () => {
  let seed: Running;
  beforeAll(() => {
    seed = start(
      "btdownloadheadless",
      "seed",
      "--url",
      `${publisher.url}/${ISO}.torrent`,
      "--saveas",
      join(cwd, "srv", ISO),
      "--display_interval",
      "0.2",
    );
  });

  it("B7 B22 takes the file that is there, downloads nothing and seeds", async () => {
    const query = await publisher.announce(0);
    seedPort = Number(query.get("port"));
    publisher.peers.push(seedPort);
    expect([query.get("left"), query.get("event"), query.get("downloaded")]).toEqual(["0", "started", "0"]);
    expect(statSync(join(cwd, "srv", ISO)).size).toBe(ISO_LENGTH);
  });

  it("B1 B32 B33 B34 B35 B36 B37 B38 prints what the article shows", async () => {
    await until(seed, "upload total");
    expect(blockOf(seed)).toBe(
      [
        `saving:         ${ISO} (3.1 MB)`,
        "percent done:   100",
        "time left:      Download Succeeded!",
        `download to:    ${join(cwd, "srv", ISO)}`,
        "upload rate:    0.00 kB/s",
        "upload total:   0.0 MiB",
      ].join("\n"),
    );
  });

  it("B13 listens on one of 6881 to 6999", () => {
    expect(seedPort >= 6881 && seedPort <= 6999).toBe(true);
  });

  it("B28 knows nothing of what it was not told to give", async () => {
    const socket = connect(seedPort, "127.0.0.1");
    socket.on("error", () => undefined);
    const zeros = Buffer.alloc(8);
    socket.write(Buffer.concat([Buffer.from("\u0013BitTorrent protocol"), zeros, Buffer.alloc(20, 7), Buffer.alloc(20, 65)]));
    let heard = 0;
    socket.on("data", (bytes) => (heard += bytes.length));
    await once(socket, "close");
    expect(heard).toBe(0);
  });
});

describe("btdownloadheadless, downloading", () => {
  let user: Running;
  let userPort = 0;

  it("B6 B11 B17 B18 B20 takes the URL, keeps the name, dials out, and says when it is complete", async () => {
    const from = publisher.announces.length;
    user = start("btdownloadheadless", "user", "--url", `${publisher.url}/${ISO}.torrent`, "--display_interval", "0.2");
    userPort = Number((await publisher.announce(from)).get("port"));
    await until(user, "Download Succeeded!");
    expect(readFileSync(join(cwd, "user", ISO)).equals(iso)).toBe(true);
  });

  it("B23 looks at what is there first", () => {
    expect(user.out).toMatch(/^\n\nsaving: .*\npercent done: +\d+\.\d\ntime left: +checking existing file\n/);
  });

  it("B21 goes on seeding, so that others get everything from it alone, and ends well when it is stopped", async () => {
    const known = publisher.peers.splice(0, publisher.peers.length, userPort);
    const other = start("btdownloadheadless", "other", join(cwd, "srv", `${ISO}.torrent`));
    await until(other, "Download Succeeded!");
    publisher.peers.splice(0, publisher.peers.length, ...known);
    expect(readFileSync(join(cwd, "other", ISO)).equals(iso)).toBe(true);
    expect(await other.stop()).toBe(0);
    expect(user.status).toBeUndefined();
    expect(await user.stop("SIGINT")).toBe(0);
    expect(user.out.trimEnd().split("\n").at(-1)).toBe("upload total:   3.1 MiB");
  });

  it("B8 B10 B24 takes a path as it stands and goes on with what is there, in the place that was chosen", async () => {
    const half = join(folder("resumed"), "half.iso");
    copyFileSync(join(cwd, "srv", ISO), half);
    const file = openSync(half, "r+");
    writeSync(file, Buffer.alloc(600_000), 0, 600_000, 2_000_000);
    closeSync(file);
    const from = publisher.announces.length;
    const resumed = start("btdownloadheadless", "resumed", join(cwd, "srv", `${ISO}.torrent`), "--saveas", half);
    const query = await publisher.announce(from);
    expect(Number(query.get("left"))).toBeLessThan(1_100_000);
    await until(resumed, "Download Succeeded!");
    expect(readFileSync(half).equals(iso)).toBe(true);
    expect(await resumed.stop()).toBe(0);
  });

  it.each([
    ["rejected by tracker - not here", "d14:failure reason8:not heree"],
    ["warning from tracker - be brief", "d8:intervali1800e5:peers0:15:warning message8:be briefe"],
  ])("shows what the tracker says: %s", async (line, answer) => {
    publisher.saying = answer;
    const told = start("btdownloadheadless", `told-${line.slice(0, 4)}`, join(cwd, "srv", `${ISO}.torrent`), "--display_interval", "0.2");
    await until(told, line);
    publisher.saying = undefined;
    expect(told.out).toContain(`ERROR:\n`);
    await told.stop();
  });

  it("B8 B12 B14 B19 takes a URL as it stands, reports the address it was given, and makes the file at its full size", async () => {
    const known = publisher.peers.splice(0);
    const from = publisher.announces.length;
    const args = ["--ip", "192.0.2.7", "--minport", "17411", "--maxport", "17419", `${publisher.url}/${ISO}.torrent`, "--spew", "1"];
    const alone = start("btdownloadheadless", "alone", ...args);
    const query = await publisher.announce(from);
    publisher.peers.push(...known);
    expect(query.get("ip")).toBe("192.0.2.7");
    expect(Number(query.get("port"))).toSatisfy((port: number) => port >= 17_411 && port <= 17_419);
    expect(statSync(join(cwd, "alone", ISO)).size).toBe(ISO_LENGTH);
    await until(alone, "connecting to peers");
    expect(await alone.stop("SIGINT")).toBe(130);
    expect(alone.out).toContain("percent done:   0\ntime left:      Download Failed!\n");
  });

  it("B9 says how it is called", async () => {
    const { status, out } = await run([], { program: "btdownloadheadless", cwd });
    expect(status).toBe(0);
    expect(out).toMatch(/^usage: btdownloadheadless \[ option \.\.\. \] torrent\n/);
    expect(out).toContain("--max_uploads <arg>");
    expect(out).toContain("(defaults to 6999)");
  });

  it("says what is wrong with a command line", async () => {
    const wrong = (...args: readonly string[]) => run(args, { program: "btdownloadheadless", cwd });
    expect(await wrong("--url")).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^error: .*\nrun btdownloadheadless without/) as string,
    });
    expect(await wrong("--saveas", "x")).toMatchObject({ status: 2, err: expect.stringContaining("no torrent is named") as string });
    expect(await wrong("nothing.torrent")).toMatchObject({ status: 1, err: expect.stringContaining("nothing.torrent") as string });
    const { err } = await wrong("nothing.torrent", "--rarest_first_cutoff", "4");
    expect(err).toMatch(/^btdownloadheadless: warning: --rarest_first_cutoff changes nothing: /);
  });

  it("takes what a relative took, with a line for each that means nothing any more", async () => {
    const old = ["--upnp_nat_access", "0", "--crypto_allowed", "1", "--max_connections", "9"];
    const { status, err } = await run(["nothing.torrent", ...old], { program: "btdownloadheadless", cwd });
    expect(err.match(/^btdownloadheadless: warning: .*$/gm)).toEqual([
      "btdownloadheadless: warning: --upnp_nat_access changes nothing: forward the port in the router by hand",
      "btdownloadheadless: warning: --crypto_allowed changes nothing: connections are not encrypted",
    ]);
    expect(status).toBe(1);
    const secret = await run(["nothing.torrent", "--crypto_only", "1"], { program: "btdownloadheadless", cwd });
    expect(secret).toMatchObject({ status: 2, err: expect.stringContaining("connections are not encrypted") as string });
  });

  it("B2 falls silent in the background", async () => {
    const line = commandLine("btdownloadheadless", ["--responsefile", join(cwd, "srv", `${ISO}.torrent`), "--display_interval", "0.2"]);
    const from = publisher.announces.length;
    const terminal = new Terminal(`bash -c 'set -m; ${line.replaceAll("'", `'\\''`)} & read line; kill $!; wait; echo over'`, {
      cwd: folder("user"),
    });
    await publisher.announce(from);
    terminal.press("\n");
    await terminal.end();
    expect(terminal.raw).toContain("over");
    expect(terminal.raw).not.toContain("saving:");
  });

  it("B2 is silent as a service, which has a session of its own and no terminal", async () => {
    const from = publisher.announces.length;
    const args = [join(cwd, "srv", `${ISO}.torrent`), "--display_interval", "0.1"];
    const service = new Service("btdownloadheadless", args, { cwd: folder("service"), env: { BITTERN_STATE: join(cwd, "state-service") } });
    await publisher.announce(from);
    expect(await service.stop()).toBe("");
  });
});

describe("btdownloadcurses", () => {
  let terminal: Terminal;

  it("B3 B31 fills the terminal, inside screen as well", async () => {
    terminal = new Terminal(commandLine("btdownloadcurses", ["--url", `${publisher.url}/${ISO}.torrent`]), {
      cwd: folder("curses"),
      env: { TERM: "screen" },
    });
    await terminal.until(({ screen }) => screen[5]?.includes("download complete!") === true, "completion");
    const { screen } = terminal;
    expect(screen).toHaveLength(24);
    expect(screen[0]).toBe(` ${"-".repeat(78)} `);
    expect(screen.slice(1, 6)).toEqual([
      `| file:     ${ISO}`.padEnd(79) + "|",
      "| size:     3,250,586 (3.1 MB)".padEnd(79) + "|",
      expect.stringMatching(/^\| dest: {5}\/.*\|$/) as string,
      `| progress: ${"#".repeat(66)} |`,
      "| status:   download complete!".padEnd(79) + "|",
    ]);
    expect(terminal.raw).toContain(`\u001b[1m${ISO}`);
  });

  it("draws everything again on Ctrl-L", async () => {
    const before = terminal.raw.length;
    terminal.press("\u000c");
    await terminal.until(({ raw }) => raw.slice(before).includes(ISO), "the second drawing");
    expect(terminal.screen[0]).toBe(` ${"-".repeat(78)} `);
  });

  it("ends on q, and gives the terminal back", async () => {
    terminal.press("q");
    await terminal.until(({ raw }) => raw.includes("shutting down..."), "a word of the end");
    await terminal.end();
    expect(terminal.raw).toMatch(/\u001b\[\?25h\u001b\[\?1049l$/);
  });

  it("wants a terminal", async () => {
    const { status, err } = await run([join(cwd, "srv", `${ISO}.torrent`)], { program: "btdownloadcurses", cwd, env });
    expect(status).toBe(2);
    expect(err).toContain("btdownloadcurses fills a terminal, and there is none");

    const dumb = new Terminal(commandLine("btdownloadcurses", [join(cwd, "srv", `${ISO}.torrent`)]), { cwd, env: { TERM: "dumb" } });
    await dumb.end();
    expect(dumb.raw).toContain("fills a terminal, and there is none");
    expect(dumb.raw).not.toContain("\u001b");
  });
});

describe("The downloaders", () => {
  it("B5 take the same options", () => {
    const [first, ...others] = CLASSIC_PROGRAMS.filter(({ name }) => name.startsWith("btdownload"));
    expect(others.length).toBeGreaterThan(0);
    for (const other of others) expect(other.options).toBe(first?.options);
  });

  it("have all the options of 3.4.2, with its defaults", () => {
    const { options } = CLASSIC_PROGRAMS.find(({ name }) => name === "btdownloadheadless") as {
      options: Record<string, { initial: unknown }>;
    };
    expect(
      Object.fromEntries(
        Object.entries(options)
          .slice(0, 30)
          .map(([name, { initial }]) => [name, initial]),
      ),
    ).toEqual({
      max_uploads: 7,
      keepalive_interval: 120,
      download_slice_size: 16_384,
      request_backlog: 5,
      max_message_length: 8_388_608,
      ip: "",
      minport: 6881,
      maxport: 6999,
      responsefile: "",
      url: "",
      saveas: "",
      timeout: 300,
      timeout_check_interval: 60,
      max_slice_length: 131_072,
      max_rate_period: 20,
      bind: "",
      upload_rate_fudge: 5,
      display_interval: 0.5,
      rerequest_interval: 300,
      min_peers: 20,
      http_timeout: 60,
      max_initiate: 35,
      max_allow_in: 55,
      check_hashes: 1,
      max_upload_rate: 0,
      snub_time: 30,
      spew: 0,
      rarest_first_cutoff: 4,
      min_uploads: 4,
      report_hash_failures: 0,
    });
  });

  it("B7 knows the torrent by what it wrote", () => {
    expect(parseTorrent(readFileSync(join(cwd, "srv", `${ISO}.torrent`))).name).toBe(ISO);
  });
});
