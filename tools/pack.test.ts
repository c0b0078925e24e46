/**
 * What a stranger installs: both packages, packed as for publishing and installed into an empty folder, work there without
 * the checkout and without the rooms being on any registry.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "./tree.ts";

const NPM_ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS|VITEST|NODE_ENV)/i.test(name)),
);
/** What is published -> where it lies. */
const ROOMS = { bittern: "apps/cli", "@bittern/client": "packages/client" } as const;
const folder = mkdtempSync(join(tmpdir(), "bittern-pack-"));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

function npm(args: readonly string[], cwd: string): string {
  return execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd, encoding: "utf8", env: NPM_ENVIRONMENT });
}

/** The tarball of a room, packed with the other's as the last set-up left them. */
function tarball(room: keyof typeof ROOMS): string {
  packed ??= JSON.parse(
    npm(["pack", ...Object.keys(ROOMS).flatMap((name) => ["-w", name]), "--ignore-scripts", "--json", "--pack-destination", folder], ROOT),
  ) as typeof packed;
  const { filename = "" } = packed?.find(({ name }) => name === room) ?? {};
  return join(folder, filename.replace("@", "").replace("/", "-"));
}
let packed: readonly { readonly name: string; readonly filename: string }[] | undefined;

function emptyFolder(name: string): string {
  const made = join(folder, name);
  mkdirSync(made);
  return made;
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(Object.entries(ROOMS))("%s is never packed as it was built some other day", (_name, room) => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, room, "package.json"), "utf8")) as { scripts: Record<string, string> };
  expect(scripts["prepack"]).toBe("node ../../tools/setup.mjs");
});

describe("The package bittern", () => {
  let home = "";
  beforeAll(() => {
    home = emptyFolder("bittern");
    npm(["install", "--prefer-offline", tarball("bittern")], home);
  }, 120_000);

  it("installs a command that knows its version", () => {
    const { stdout, status } = spawnSync(join(home, "node_modules/.bin/bittern"), ["--version"], { cwd: home, encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout.trim()).toContain(version);
  });

  it("installs the classic programs, with and without .py", () => {
    writeFileSync(join(home, "classic.iso"), "classic");
    for (const [name, ...args] of [
      ["btmakemetafile.py", "classic.iso", "http://127.0.0.1/announce"],
      ["btshowmetainfo", "classic.iso.torrent"],
    ]) {
      const { stdout, status } = spawnSync(join(home, "node_modules/.bin", name as string), args, { cwd: home, encoding: "utf8" });
      expect({ name, status }).toEqual({ name, status: 0 });
      expect(stdout).toMatch(/100\.0% complete|file name\.\.\.\.\.: classic\.iso/);
    }
  });

  it("needs none of our rooms", () => {
    expect(existsSync(join(home, "node_modules/@bittern"))).toBe(false);
    const manifest = JSON.parse(readFileSync(join(home, "node_modules/bittern/package.json"), "utf8")) as { dependencies: object };
    expect(Object.keys(manifest.dependencies).filter((name) => name.startsWith("@bittern/"))).toEqual([]);
  });

  it("A1 A5 A6: brings every program, client and tracker, and a manual page for each", () => {
    const installed = join(home, "node_modules/bittern");
    const { bin, man } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
      bin: Record<string, string>;
      man: string[];
    };
    expect([...Object.values(bin), ...man].filter((path) => !existsSync(join(installed, path)))).toEqual([]);
    const described = new Set(man.map((path) => path.replace(/^.*\/|\.1$/g, "")));
    expect(Object.keys(bin).filter((name) => !described.has(name.replace(/\.py$/, "")))).toEqual([]);
  });

  it("makes a torrent and checks the data against it, worker and all", () => {
    writeFileSync(join(home, "a file.bin"), Buffer.alloc(300_000, 7));
    const bittern = (...args: string[]): string =>
      execFileSync(process.execPath, [join(home, "node_modules/bittern/bin/bittern.js"), ...args], { cwd: home, encoding: "utf8" });
    const made = JSON.parse(bittern("create", "a file.bin", "--json")) as { totalLength: number; file: string };
    expect(made.totalLength).toBe(300_000);
    expect(JSON.parse(bittern("verify", "a file.bin.torrent", "--json"))).toMatchObject({ bad: [], missingFiles: [] });
  });
});

describe("The package @bittern/client", () => {
  let home = "";
  let inside = "";
  beforeAll(() => {
    home = emptyFolder("client");
    npm(["install", "--prefer-offline", tarball("@bittern/client")], home);
    inside = join(home, "node_modules/@bittern/client");
  }, 120_000);

  it("carries the rooms it stands on, and names none", () => {
    expect(readdirSync(join(home, "node_modules/@bittern"))).toEqual(["client"]);
    const files = readdirSync(join(inside, "dist"), { recursive: true, encoding: "utf8" }).filter((name) => /\.(js|ts)$/.test(name));
    const naming = files.filter((name) => /(from|import)\s*\(?\s*"@bittern\//.test(readFileSync(join(inside, "dist", name), "utf8")));
    expect(naming).toEqual([]);
  });

  it("moves a file from one session to another", () => {
    writeFileSync(join(home, "work.mjs"), CONSUMER);
    const { stdout, stderr, status } = spawnSync(process.execPath, ["work.mjs"], { cwd: home, encoding: "utf8", timeout: 60_000 });
    expect(stderr).toBe("");
    expect(stdout.trim()).toBe("the same 300000 bytes");
    expect(status).toBe(0);
  });

  it("is typed for a strict consumer, and as its pages say", () => {
    const samples = { "work.ts": TYPED_CONSUMER, "front.ts": sampleOf("README.md"), "own.ts": sampleOf("packages/client/README.md") };
    writeFileSync(join(home, "package.json"), JSON.stringify({ type: "module", dependencies: { "@bittern/client": "*" } }));
    for (const [name, text] of Object.entries(samples)) writeFileSync(join(home, name), text);
    writeFileSync(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions: STRICT, files: Object.keys(samples) }));
    const { stdout, status } = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", home], {
      encoding: "utf8",
    });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});

/** The first TypeScript sample of a page. */
function sampleOf(page: string): string {
  const sample = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, page), "utf8"))?.[1];
  if (sample === undefined) throw new Error(`${page} shows no sample`);
  return sample;
}

/** No `skipLibCheck`: our declarations must stand by themselves. Those of the language need no look. */
const STRICT = {
  target: "ES2023",
  lib: ["ES2023", "ESNext.Disposable"],
  module: "NodeNext",
  strict: true,
  skipDefaultLibCheck: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  types: ["node"],
  typeRoots: [join(ROOT, "node_modules/@types")],
};

const CONSUMER = `
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { Session } from "@bittern/client";

await mkdir("from");
await writeFile("from/file.bin", Buffer.alloc(300_000, 7));
const seeder = await Session.open({ stateDir: "state-a", dht: false });
const seeded = await seeder.seed("from/file.bin");
const leecher = await Session.open({ stateDir: "state-b", dht: false });
const torrent = await leecher.add(seeded.metainfo, { path: "to" });
const port = seeder.listening[0].port;
torrent.addPeer("127.0.0.1:" + port);
await torrent.done({ signal: AbortSignal.timeout(30_000) });
await leecher.close();
await seeder.close();
const same = (await readFile("to/file.bin")).equals(await readFile("from/file.bin"));
console.log(same ? "the same 300000 bytes" : "other bytes");
`;

const TYPED_CONSUMER = `
import { parseMagnet, Session, type TorrentStatus } from "@bittern/client";

const session: Session = await Session.open({ stateDir: "state", dht: false });
const torrent = await session.add("magnet:?xt=urn:btih:0123456789012345678901234567890123456789", { path: "to" });
torrent.select({ only: ["*.mp4"] });
torrent.on("piece", (piece) => void piece);
for await (const status of torrent) {
  const now: TorrentStatus = status;
  console.log(now.progress, now.downRate);
}
const link = parseMagnet(torrent.magnet);
console.log(link);
await session.close();
`;
