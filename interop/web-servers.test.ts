/**
 * What `bittern web-config` prints, believed by nginx and Apache: they take it, serve torrents as such, and lead to the tracker.
 * Rows F1, F2, F3 and F7 of the classic suite: all of it sits on one machine here.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { judge, judges } from "../tools/peers.ts";
import { ROOT } from "../tools/tree.ts";

const PROGRAM = join(ROOT, "apps/cli/bin/bittern.js");
const folder = mkdtempSync(join(tmpdir(), "bittern-web-"));
const site = join(folder, 'the "site"');
const running: ChildProcess[] = [];
let tracker = "";

function bittern(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: "utf8", cwd: site });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when the server of this child answers on the port. */
async function start(port: number, command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text: Buffer) => (said += text.toString()));
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command} ended: ${said}`);
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isUp) return;
  }
}

/** The answer to the announce of a peer that seems to be at `from` and says it is elsewhere. */
function announce(port: number, hash: string, peerPort: number, from: string): Promise<Buffer> {
  const query = `info_hash=${hash.repeat(20)}&peer_id=-XX0001-abcdefghij${10 + peerPort}&port=${peerPort}&uploaded=0&downloaded=0&left=1&compact=1`;
  const options = { host: "127.0.0.1", port, path: `/announce?${query}`, localAddress: from, headers: { "X-Forwarded-For": "8.8.8.8" } };
  return new Promise((resolve, reject) => {
    get(options, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => resolve(Buffer.concat(parts)));
    }).on("error", reject);
  });
}

/** What a browser and a client would ask. */
async function expectSite(port: number): Promise<void> {
  const torrent = await fetch(`http://127.0.0.1:${port}/a%20file.bin.torrent`);
  expect([torrent.status, torrent.headers.get("content-type")]).toEqual([200, "application/x-bittorrent"]);
  const page = await fetch(`http://127.0.0.1:${port}/index.html`);
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  const link = /<a href="(\.\/[^"]+)"/.exec(await page.text())?.[1] ?? "";
  expect(link).toBe("./a%20file.bin.torrent");
  const linked = await fetch(new URL(link, `http://127.0.0.1:${port}/index.html`));
  expect(linked.headers.get("content-type")).toBe("application/x-bittorrent");
  // A peer at another address, which claims a third one: the tracker must hear the second.
  await announce(port, "%02", 7, "127.0.0.2");
  const heard = await announce(port, "%02", 8, "127.0.0.1");
  expect(heard.toString("latin1")).toContain(`peers6:${Buffer.from([127, 0, 0, 2, 0, 7]).toString("latin1")}`);
  expect((await fetch(`http://127.0.0.1:${port}/scrape?info_hash=${"%01".repeat(20)}`)).status).toBe(200);
}

describeWith([judges()], "A web server", () => {
  beforeAll(async () => {
    mkdirSync(site);
    // Apache gives up root; what it serves must be readable.
    for (const path of [folder, site]) chmodSync(path, 0o755);
    writeFileSync(join(site, "a file.bin"), Buffer.alloc(100_000, 1));
    bittern("create", "a file.bin", "-t", "http://127.0.0.1/announce");
    bittern("web-config", "page", "-o", "index.html");
    const child = spawn(process.execPath, [PROGRAM, "track", "--port", "0", "--trust-proxy", "127.0.0.1", "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    running.push(child);
    const line = await new Promise<string>((resolve) => child.stdout.once("data", (text: Buffer) => resolve(text.toString())));
    tracker = `127.0.0.1:${(JSON.parse(line) as { http: number }).http}`;
  });
  afterAll(() => {
    for (const child of running) child.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ["as lines of a site", false],
    ["as a whole site", true],
  ])("F1 F2 F3 F7: nginx takes the configuration %s, serves torrents as such, and a page that links to them", async (_how, isWhole) => {
    const port = await freePort();
    const home = mkdtempSync(join(folder, "nginx-"));
    const own = bittern(
      "web-config",
      "nginx",
      "--tracker",
      tracker,
      ...(isWhole ? ["--server-name", "localhost", "--listen", String(port), "--root", site] : []),
    );
    const server = isWhole ? own.replace(/ *listen \[::\].*\n/, "") : `server { listen 127.0.0.1:${port}; root '${site}';\n${own}}`;
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${home}/${name};`).join(" ");
    writeFileSync(
      join(home, "nginx.conf"),
      `user root; daemon off; master_process off; pid ${home}/pid; error_log stderr;
events { } http { access_log off; include /etc/nginx/mime.types; ${paths}\n${server}\n}`,
    );
    const args = ["-p", home, "-c", join(home, "nginx.conf"), "-e", "stderr"];
    const checked = spawnSync(judge("nginx-light"), [...args, "-t"], { encoding: "utf8" });
    expect(checked.stderr).toContain("test is successful");
    await start(port, judge("nginx-light"), args);
    await expectSite(port);
  });

  it.each([
    ["as lines of a site", false],
    ["as a whole site", true],
  ])("F1 F2 F3 F7: Apache takes the configuration %s, serves torrents as such, and a page that links to them", async (_how, isWhole) => {
    const port = await freePort();
    const home = mkdtempSync(join(folder, "apache-"));
    chmodSync(home, 0o755);
    const own = bittern(
      "web-config",
      "apache",
      "--tracker",
      tracker,
      ...(isWhole ? ["--server-name", "localhost", "--listen", String(port), "--root", site] : []),
    );
    const modules = ["mpm_event", "authz_core", "mime", "headers", "proxy", "proxy_http"].filter((name) =>
      existsSync(`/usr/lib/apache2/modules/mod_${name}.so`),
    );
    const quoted = `"${site.replaceAll('"', '\\"')}"`;
    const rest = isWhole ? "" : `DocumentRoot ${quoted}\n<Directory ${quoted}>\nRequire all granted\n</Directory>\n`;
    writeFileSync(
      join(home, "httpd.conf"),
      `${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${home}/pid
ErrorLog ${home}/error.log
DefaultRuntimeDir ${home}
TypesConfig /etc/mime.types
User www-data
Group www-data
${rest}${own}`,
    );
    const args = ["-f", join(home, "httpd.conf")];
    const checked = spawnSync("apachectl", [...args, "-t"], { encoding: "utf8" });
    expect(checked.stderr).toContain("Syntax OK");
    await start(port, judge("apache2"), [...args, "-DFOREGROUND"]);
    await expectSite(port);
  });
});
