/**
 * What the slides say of the protocol, and the articles of platforms and ports, seen from outside of the real programs.
 * @module
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { get as httpGet } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { parseTorrent } from "@bittern/client";
import { encodeHandshake, encodeMessage, messagesOf, type PeerMessage, PeerWire } from "@bittern/protocol/peer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endAllAfterTests, noise, PROGRAM, Running, run, temporaryFolder, writeFiles } from "../../testing.ts";
import { Publisher } from "./publisher.ts";
import { commandLine, Terminal } from "./terminal.ts";

const cwd = temporaryFolder();
const NAME = "bbc-2.0.iso";
const DATA = noise(400_000, "bbc");
const torrent = join(cwd, "srv", `${NAME}.torrent`);
const env = { BITTERN_STATE: join(cwd, "state") };
let publisher: Publisher;
let magnet = "";
let infoHash: Uint8Array;
endAllAfterTests();

const folder = (name: string): string => {
  mkdirSync(join(cwd, name), { recursive: true });
  return join(cwd, name);
};
const start = (program: string, where: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Running =>
  new Running(args, { program, cwd: folder(where), env: { BITTERN_STATE: join(cwd, `state-${where}`), ...more } });
const until = (running: Running, pattern: RegExp): Promise<true> =>
  running.until(() => (pattern.test(running.out) ? true : undefined), String(pattern));

beforeAll(async () => {
  publisher = await Publisher.open();
  writeFiles(cwd, { [`srv/${NAME}`]: DATA });
  await run([join(cwd, "srv", NAME), `${publisher.url}/announce`, "--piece_size_pow2", "15"], { program: "btmakemetafile", cwd, env });
  const metainfo = parseTorrent(readFileSync(torrent));
  magnet = metainfo.toMagnet();
  infoHash = Buffer.from(metainfo.infoHashes.v1 ?? "", "hex");
});

/** A peer that says only what it is told to. */
class Stranger {
  readonly heard: PeerMessage[] = [];
  readonly #server: Server = createServer((socket) => this.#meet(socket));
  readonly #looks = new Set<() => void>();
  #socket: Socket | undefined;

  async open(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    afterAll(() => {
      this.#socket?.destroy();
      this.#server.close();
    });
    return (this.#server.address() as { port: number }).port;
  }

  say(message: PeerMessage): void {
    this.#socket?.write(encodeMessage(message));
  }

  until(type: string): Promise<PeerMessage> {
    return new Promise((resolve) => {
      const look = (): void => {
        const message = this.heard.find((one) => one.type === type);
        if (message === undefined) return;
        this.#looks.delete(look);
        resolve(message);
      };
      this.#looks.add(look);
      look();
    });
  }

  #meet(socket: Socket): void {
    this.#socket = socket;
    const wire = new PeerWire();
    const features = { extended: false, fast: false, dht: false, v2: false };
    socket.on("error", () => undefined);
    socket.write(encodeHandshake({ infoHash, peerId: noise(20, JSON.stringify(this.#server.address())), features }));
    socket.on("data", (bytes) => {
      for (const event of wire.receive(bytes).flatMap(messagesOf)) {
        if (event.type !== "handshake") this.heard.push(structuredClone(event) as PeerMessage);
      }
      for (const look of [...this.#looks]) look();
    });
  }
}

describe("The peer wire", () => {
  it("G9 G11 is symmetric: four flags show who is choked and interested, and a piece is asked for in blocks", async () => {
    const strangers = [new Stranger(), new Stranger()];
    for (const stranger of strangers) publisher.peers.push(await stranger.open());
    const args = [torrent, "--spew", "1", "--max_uploads", "1", "--display_interval", "0.1", "--random_port", "1"];
    const user = start("btdownloadheadless", "flags", args);
    const all = (...messages: readonly PeerMessage[]): void => {
      for (const stranger of strangers) for (const message of messages) stranger.say(message);
    };
    // Up: it is interested (i), we choke it (c); down: we are interested, it chokes us.
    const shown = (up: string, down: string): RegExp => new RegExp(`^127\\.0\\.0\\.1 +l +0\\.00 kB/s ${up} +0\\.00 kB/s ${down}`, "m");
    await until(user, shown("[* ] [c ]", " c "));
    // All but the last piece, which is shorter than a block: the dice may want it first.
    all({ type: "bitfield", bytes: Uint8Array.of(0b1111_1111, 0b1111_0000) });
    await until(user, shown("[* ] [c ]", "ic "));
    await Promise.all(strangers.map((stranger) => stranger.until("interested")));
    all({ type: "interested" });
    // There is one slot: one of them gets it.
    await until(user, shown("[* ]i ", "ic "));
    await until(user, shown("[* ]ic", "ic "));
    all({ type: "unchoke" });
    await until(user, shown("[* ]i[c ]", "i  "));
    expect(await (strangers[0] as Stranger).until("request")).toMatchObject({ length: 16_384 });
    publisher.peers.length = 0;
    await user.stop();
  });

  it("G8 sends the tracker its id back, and keeps it where an answer has none", async () => {
    const from = publisher.announces.length;
    publisher.trackerId = "bulma 7";
    const seed = start("btdownloadheadless", "id", [torrent, "--saveas", join(cwd, "srv", NAME), "--random_port", "1"]);
    expect((await publisher.announce(from)).get("trackerid")).toBeNull();
    publisher.trackerId = undefined;
    await until(seed, /Download Succeeded!/);
    await seed.stop();
    const last = publisher.announces.at(-1);
    expect([last?.get("event"), last?.get("trackerid")]).toEqual(["stopped", "bulma 7"]);
  });
});

describe("A magnet link", () => {
  beforeAll(async () => {
    const from = publisher.announces.length;
    start("btdownloadheadless", "seed", [torrent, "--saveas", join(cwd, "srv", NAME), "--random_port", "1"]);
    publisher.peers.push(Number((await publisher.announce(from)).get("port")));
  });

  it("G12 is enough for btdownloadheadless, which asks peers for the torrent first and then shows the same fields", async () => {
    const user = start("btdownloadheadless", "link", [magnet, "--display_interval", "0.1", "--random_port", "1"]);
    await until(user, /Download Succeeded!/);
    expect(readFileSync(join(cwd, "link", NAME)).equals(DATA)).toBe(true);
    expect(user.out).toMatch(
      new RegExp(
        `^\\n\\nsaving: +${NAME.replaceAll(".", "\\.")} \\(0\\.0 MB\\)\\npercent done: +0\\.0\\ntime left: +fetching the torrent from peers\\ndownload to: +/`,
      ),
    );
    expect(user.out).toContain(`saving:         ${NAME} (0.4 MB)`);
    expect(await user.stop()).toBe(0);
    const { searchParams } = new URL(magnet);
    expect(searchParams.get("xt")).toBe(`urn:btih:${Buffer.from(infoHash).toString("hex")}`);
  });

  it("G12 fills the screen of btdownloadcurses just so, and goes into a folder that was named", async () => {
    const place = join(folder("screen"), "into");
    mkdirSync(place);
    const terminal = new Terminal(commandLine("btdownloadcurses", [magnet, "--saveas", place, "--random_port", "1"]), {
      cwd: join(cwd, "screen"),
    });
    await terminal.until(({ screen }) => screen.some((row) => row.includes("download complete!")), "completion");
    expect(terminal.screen[1]).toMatch(new RegExp(`file: +${NAME}`));
    expect(terminal.screen[3]).toContain(`dest:     ${place}`.slice(0, 60));
    terminal.press("q");
    await terminal.end();
    expect(readFileSync(join(place, NAME)).equals(DATA)).toBe(true);
  });

  it("says which one is wrong, and what is", async () => {
    const wrong = await run(["magnet:?dn=x", "--random_port", "1"], { program: "btdownloadheadless", cwd, env });
    expect(wrong).toMatchObject({ status: 1, err: expect.stringMatching(/^error: .*magnet link has no info hash/) as string });
  });
});

describe("A tracker that refuses", () => {
  afterAll(() => {
    publisher.saying = undefined;
  });

  it("is told on the screen of btdownloadcurses, and once more when it ends", async () => {
    publisher.saying = "d14:failure reason8:not heree";
    const terminal = new Terminal(commandLine("btdownloadcurses", [torrent, "--random_port", "1"]), { cwd: folder("refused") });
    await terminal.until(({ screen }) => screen.some((row) => row.includes("rejected by tracker - not here")), "the error");
    expect(terminal.screen.find((row) => row.includes("rejected"))).toMatch(
      /^\| error\(s\): +\[\d\d:\d\d:\d\d\] rejected by tracker - not here/,
    );
    terminal.press("q");
    await terminal.end();
    expect(terminal.raw.slice(terminal.raw.lastIndexOf("\u001b[?1049l"))).toMatch(/^\S*\[[\d:]{8}\] rejected by tracker - not here\r\n/);
  });

  it("is told in the window of btdownloadgui", async () => {
    publisher.saying = "d14:failure reason8:not heree";
    const args = [torrent, "--saveas", join(folder("window"), NAME), "--random_port", "1"];
    const gui = start("btdownloadgui", "window", args, { BROWSER: "true" });
    const url = await gui.until(() => /(http:\S+)/.exec(gui.err)?.[1], "the address");
    const said = await new Promise<string>((resolve) => {
      const page = httpGet(`${url}events`, (response) => {
        response.setEncoding("utf8").on("data", (text: string) => {
          if (!text.includes("rejected")) return;
          resolve(text);
          page.destroy();
        });
      });
      page.on("error", () => undefined);
    });
    expect(said).toMatch(/"errors":\["\[\d\d:\d\d:\d\d\] rejected by tracker - not here"/);
    await gui.stop();
  });
});

describe("The three tasks of a swarm", () => {
  it("G13 are enrolment (a private tracker asks who you are), discovery (it tells of peers) and storage (peers keep the pieces)", async () => {
    const key = "0123456789abcdef0123456789abcdef";
    writeFileSync(join(cwd, "keys.txt"), `${key}\n`);
    const tracker = new Running(["track", "--port", "0", "--private", "--users", join(cwd, "keys.txt"), "--json"], { cwd, env });
    const { http } = (await tracker.line("listening")) as { http: number };
    const ask = (path: string) =>
      run(
        [
          "announce",
          Buffer.from(infoHash).toString("hex"),
          "-t",
          `http://127.0.0.1:${http}${path}/announce`,
          "--left",
          "0",
          "--event",
          "started",
          "--json",
        ],
        { cwd, env },
      );
    const refused = await ask("");
    expect(refused.status).toBe(1);
    expect(refused.json["trackers"]).toMatchObject([{ error: { code: "TRACKER_FAILURE" } }]);
    expect((await ask(`/${key}`)).status).toBe(0);
    const found = await run(
      ["announce", Buffer.from(infoHash).toString("hex"), "-t", `http://127.0.0.1:${http}/${key}/announce`, "--port", "6882", "--json"],
      { cwd, env },
    );
    expect(found.json["peers"]).toEqual(["127.0.0.1:6881"]);
    await tracker.stop();
  });
});

/** A network of its own, in which ports below 1024 are for who has the right to them, and a root without that right. */
const WITHOUT_PRIVILEGE = ["-n", "setpriv", "--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service"];
const canDropPrivilege = spawnSync("unshare", [...WITHOUT_PRIVILEGE, "true"]).status === 0;

describe("The tracker's port", () => {
  it.skipIf(!canDropPrivilege)(
    "D7 is for root alone below 1024: whoever is not root is told so, and what to choose",
    { meta: { skipReason: "needs root, to become somebody else" } },
    () => {
      const args = [...WITHOUT_PRIVILEGE, process.execPath, join(PROGRAM, "../bttrack.js"), "--dfile", join(cwd, "dfile")];
      const options = { encoding: "utf8", env: { ...process.env, ...env }, timeout: 20_000 } as const;
      const refused = spawnSync("unshare", args, options);
      expect([refused.status, refused.stderr]).toEqual([
        1,
        "error: port 80 is for root alone; choose one from 1024 on with --port; 6969 is what trackers use where they are not root\n",
      ]);
      const other = spawnSync("unshare", [...args, "--port", "443"], options);
      expect(other.stderr).toBe("error: port 443 is for root alone; choose one from 1024 on with --port\n");
    },
  );
});

describe("Other platforms", () => {
  /** What Node says there; the rest of it stays as it is. */
  const pretended = (platform: string): string => {
    const path = join(cwd, `${platform}.cjs`);
    writeFileSync(path, `Object.defineProperty(process, "platform", { value: "${platform}" });\n`);
    return `--require=${path}`;
  };

  it("A4 need nothing that was compiled for one of them", () => {
    const lock = JSON.parse(readFileSync(new URL("../../../../../package-lock.json", import.meta.url), "utf8")) as {
      packages: Record<string, { dependencies?: object; hasInstallScript?: boolean; os?: object; cpu?: object }>;
    };
    const seen = new Set<string>();
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      Object.keys(lock.packages[`node_modules/${name}`]?.dependencies ?? {}).forEach(visit);
    };
    Object.keys(lock.packages["apps/cli"]?.dependencies ?? {}).forEach(visit);
    expect(seen.size).toBeGreaterThan(5);
    for (const name of seen) {
      const { hasInstallScript, os, cpu } = lock.packages[`node_modules/${name}`] ?? {};
      expect({ name, hasInstallScript, os, cpu }).toEqual({ name, hasInstallScript: undefined, os: undefined, cpu: undefined });
    }
  });

  it("A4 are served by the same programs: a download where the system is said to be a Mac", async () => {
    publisher.saying = undefined;
    const user = start("btdownloadheadless", "mac", [torrent, "--random_port", "1"], { NODE_OPTIONS: pretended("darwin") });
    await until(user, /Download Succeeded!/);
    expect(readFileSync(join(cwd, "mac", NAME)).equals(DATA)).toBe(true);
    expect(await user.stop()).toBe(0);
  });
});
