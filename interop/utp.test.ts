/**
 * uTP (BEP 29) with the program of somebody who has no TCP for us, and hole punching (BEP 55) between two that nobody can dial:
 * each has a network of its own, whose firewall lets in only what answers.
 * @module
 */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { Program, run } from "../bench/measure.ts";
import { type Network, openBridge, type Place } from "../bench/network.ts";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers } from "../tools/peers.ts";
import { isSameTree } from "./lab.ts";
import { bothLibtorrent, freeRidingBothLibtorrent, utpLibtorrent } from "./peers/libtorrent.ts";
import type { ForeignClient, Ground } from "./peers/peer.ts";

const BITTERN = fileURLToPath(new URL("../apps/cli/bin/bittern.js", import.meta.url));
const TIMEOUT_SECONDS = 100;
/** As good as nothing: who is between two gives neither what the other has. */
const MEAN_RATE = "16KiB";
/** Bytes per second: nobody between is complete, and gone, before the two have met. */
const SEED_RATE = "150KiB";
const LENGTH = 4 * 1024 ** 2;
const PORT = 6881;
/** Only answers come in. */
const FIREWALL = [
  "add table inet guard",
  "add chain inet guard in { type filter hook input priority 0; }",
  "add rule inet guard in meta l4proto { tcp, udp } ct state new drop",
];

describeWith([interopPeers()], "G12 uTP and hole punching", () => {
  let folder: string;
  let source: string;
  let torrent: string;
  let network: Network;
  let programs: Program[] = [];
  let count = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bittern-utp-"));
    source = join(await makeFolder("source"), "some.bin");
    await writeFile(source, randomBytes(LENGTH));
    torrent = join(folder, "it.torrent");
    await run([process.execPath, BITTERN, "create", source, "-o", torrent, "--piece-length", "256KiB"], {});
  });
  beforeEach(async () => {
    network = await openBridge([{}, {}, {}]);
  });
  afterEach(async () => {
    for (const program of programs) program.kill("SIGKILL");
    await Promise.all(programs.map((program) => program.ended().catch(() => undefined)));
    programs = [];
    network.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function makeFolder(name: string): Promise<string> {
    const made = join(folder, `${++count}-${name}`);
    await mkdir(made, { recursive: true });
    return made;
  }

  const placeAt = (at: number): Place => network.places[at] as Place;
  const endpointOf = (place: Place): string => `${place.address}:${PORT}`;

  function start(place: Place, command: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    const program = new Program(command, { namespace: place, env });
    program.ended().catch(() => undefined);
    programs.push(program);
    return program;
  }

  async function bittern(place: Place, args: readonly string[]): Promise<Program> {
    const more = ["--port", String(PORT), "--no-dht", "--json"];
    const program = start(place, [process.execPath, BITTERN, ...args, ...more], { BITTERN_STATE: await makeFolder("state") });
    await program.says(/"listening"/);
    return program;
  }

  function foreign(client: ForeignClient, place: Place, does: "seed" | "fetch", where: string, known?: Place): Promise<Program> {
    const lab: Ground = {
      start: (command) => start(place, command),
      run: async (command) => void (await run(command, { namespace: place })),
      makeFolder: () => makeFolder("foreign"),
    };
    const peer = known === undefined ? {} : { peer: { address: known.address, port: PORT } };
    return client[does]({ lab, torrent, folder: where, address: place.address, port: PORT, ...peer });
  }

  async function shield(place: Place): Promise<void> {
    await run(["/usr/sbin/nft", FIREWALL.join("; ")], { namespace: place });
  }

  const hasAll = (target: string): Promise<boolean> => isSameTree(source, join(target, basename(source)));
  const getInto = (target: string, from: Place): readonly string[] => [
    "get",
    torrent,
    "--dir",
    target,
    "--peer",
    endpointOf(from),
    "--exit",
  ];
  const seedOf = (known: Place): readonly string[] => [
    "seed",
    torrent,
    "--dir",
    dirname(source),
    "--max-up",
    SEED_RATE,
    "--peer",
    endpointOf(known),
  ];
  const meanGet = (target: string): readonly string[] => ["get", torrent, "--dir", target, "--max-up", MEAN_RATE, "--max-down", MEAN_RATE];

  it("fetches from libtorrent that speaks nothing else", async () => {
    await foreign(utpLibtorrent, placeAt(0), "seed", dirname(source));
    const target = await makeFolder("target");
    const get = await bittern(placeAt(1), getInto(target, placeAt(0)));
    await get.says(/"complete"/, TIMEOUT_SECONDS);
    expect(await hasAll(target)).toBe(true);
  });

  it("seeds to libtorrent that speaks nothing else", async () => {
    await bittern(placeAt(0), ["seed", torrent, "--dir", dirname(source)]);
    const target = await makeFolder("target");
    const fetcher = await foreign(utpLibtorrent, placeAt(1), "fetch", target, placeAt(0));
    await fetcher.says(/^complete$/m, TIMEOUT_SECONDS);
    expect(await hasAll(target)).toBe(true);
  });

  it("brings two of us together that nobody can dial, by one of us between them", async () => {
    await bittern(placeAt(0), meanGet(await makeFolder("between")));
    await shield(placeAt(1));
    await shield(placeAt(2));
    await bittern(placeAt(1), seedOf(placeAt(0)));
    const target = await makeFolder("target");
    const get = await bittern(placeAt(2), getInto(target, placeAt(0)));
    await get.says(/"complete"/, TIMEOUT_SECONDS);
    expect(await hasAll(target)).toBe(true);
  });

  it("finds a hidden libtorrent by one of us between", async () => {
    await bittern(placeAt(0), meanGet(await makeFolder("between")));
    await shield(placeAt(1));
    await shield(placeAt(2));
    await foreign(bothLibtorrent, placeAt(1), "seed", dirname(source), placeAt(0));
    const target = await makeFolder("target");
    const get = await bittern(placeAt(2), getInto(target, placeAt(0)));
    await get.says(/"complete"/, TIMEOUT_SECONDS);
    expect(await hasAll(target)).toBe(true);
  });

  it("meets a hidden one of us by libtorrent between", async () => {
    await foreign(freeRidingBothLibtorrent, placeAt(0), "fetch", await makeFolder("between"));
    await shield(placeAt(1));
    await shield(placeAt(2));
    await bittern(placeAt(1), [...seedOf(placeAt(0)), "--max-up", SEED_RATE]);
    const target = await makeFolder("target");
    const get = await bittern(placeAt(2), getInto(target, placeAt(0)));
    await get.says(/"complete"/, TIMEOUT_SECONDS);
    expect(await hasAll(target)).toBe(true);
  });
});
