/**
 * Where our programs meet those of others: a private network with an address each, and a folder that goes afterwards.
 * @module
 */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Program, run } from "../bench/measure.ts";
import { Namespace } from "../bench/namespace.ts";

const BITTERN = fileURLToPath(new URL("../apps/cli/bin/bittern.js", import.meta.url));
const ADDRESSES = 12;
/** How often a condition is looked at. */
const POLL_MILLIS = 250;

export class Lab {
  readonly folder: string;
  readonly namespace: Namespace;
  readonly #programs: Program[] = [];
  #folderCount = 0;

  private constructor(folder: string, namespace: Namespace) {
    this.folder = folder;
    this.namespace = namespace;
  }

  static async open(): Promise<Lab> {
    return new Lab(await mkdtemp(join(tmpdir(), "bittern-interop-")), await Namespace.open(ADDRESSES));
  }

  /** Address number `place`, from 1; the first is where trackers listen. */
  address(place: number): string {
    const address = this.namespace.addresses[place - 1];
    if (address === undefined) throw new Error(`the lab has ${ADDRESSES} addresses`);
    return address;
  }

  /** A fresh empty folder. */
  async makeFolder(name: string): Promise<string> {
    const folder = join(this.folder, `${++this.#folderCount}-${name}`);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** Starts a program inside the network; it ends with the lab. */
  start(command: readonly string[], options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {}): Program {
    const program = new Program(command, { ...options, namespace: this.namespace });
    program.ended().catch(() => undefined);
    this.#programs.push(program);
    return program;
  }

  /** An address that WebRTC takes: it wants none of the loopback device, and those of the lab are nowhere else. */
  async addWebRtcAddress(): Promise<void> {
    await this.run(["ip", "link", "add", "wan0", "type", "veth", "peer", "name", "wan1"]);
    await this.run(["ip", "address", "add", "10.98.0.1/24", "dev", "wan0"]);
    for (const device of ["wan0", "wan1"]) await this.run(["ip", "link", "set", device, "up"]);
  }

  /** Runs a program inside the network to its end; fails when it fails. */
  async run(command: readonly string[], cwd?: string): Promise<void> {
    await run(command, { namespace: this.namespace, ...(cwd === undefined ? {} : { cwd }) });
  }

  /** Starts our own program with a state folder of its own. */
  bittern(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    const state = join(this.folder, `state-${++this.#folderCount}`);
    return this.start([process.execPath, BITTERN, ...args], { env: { ...env, BITTERN_STATE: state } });
  }

  /**
   * Starts our own program as a peer at one of the addresses, as foreign ones are: left to the system it would come from the very
   * address that it dials, and who knows peers by their addresses would take it for itself.
   */
  peer(address: string, args: readonly string[]): Program {
    return this.bittern([...args, "--interface", address]);
  }

  /** Ends programs, all of them when none is named, and waits until they are gone. */
  async stop(...programs: readonly Program[]): Promise<void> {
    const ending = programs.length > 0 ? programs : this.#programs.splice(0);
    for (const program of ending) program.kill("SIGTERM");
    const killer = setTimeout(() => {
      for (const program of ending) program.kill("SIGKILL");
    }, 5_000);
    await Promise.all(ending.map((program) => program.ended().catch(() => undefined)));
    clearTimeout(killer);
  }

  async close(): Promise<void> {
    await this.stop();
    this.namespace.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits for something a program does not say. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, timeoutSeconds = 60): Promise<void> {
  const end = performance.now() + timeoutSeconds * 1000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what} did not happen within ${timeoutSeconds} s`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
  }
}

const EMPTY = createHash("sha256").digest("hex");

/** SHA-256 of every file below a folder, by path. */
export async function digestTree(root: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  if ((await stat(root)).isFile()) {
    digests.set(
      "",
      createHash("sha256")
        .update(await readFile(root))
        .digest("hex"),
    );
    return digests;
  }
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    digests.set(
      relative(root, path),
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    );
  }
  return digests;
}

/**
 * True when both hold the same files with the same bytes; false as well while one of them is not there yet. Empty files
 * of the left side may be missing on the right where `mayLackEmpty`.
 */
export async function isSameTree(left: string, right: string, mayLackEmpty = false): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([digestTree(left), digestTree(right)]);
    const expected = [...one].filter(([path, digest]) => !(mayLackEmpty && digest === EMPTY && !other.has(path)));
    return expected.length === other.size && expected.every(([path, digest]) => other.get(path) === digest);
  } catch {
    return false;
  }
}

/** Bytes that look random and are the same in every run. */
export function pseudoRandomBytes(length: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed >>> 0 || 1;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** One file of 48 MiB. */
export async function makeBigFile(folder: string): Promise<string> {
  const path = join(folder, "big file é.bin");
  await writeFile(path, pseudoRandomBytes(48 * 1024 * 1024, 7));
  return path;
}

/** Hidden files, and names whose order differs between bytes of the path and one folder after the other. */
export async function makeAwkwardFiles(folder: string): Promise<string> {
  const root = join(folder, "awkward");
  const names = [".dot", ".hid/4", "a-c", "a.b", "a b/2", "a/1", "a/x/9", "a/x.y", "~t", "\u00c4"];
  for (const [index, name] of names.entries()) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, pseudoRandomBytes(1000 + 50_000 * index, index + 1));
  }
  return root;
}

/** 200 files of odd sizes in nested folders, empty ones among them. */
export async function makeManyFiles(folder: string): Promise<string> {
  const root = join(folder, "many files");
  for (let index = 0; index < 200; index++) {
    const path = join(root, `folder ${index % 7}`, index % 3 === 0 ? "tiefer ü" : "", `file ${index}.dat`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, pseudoRandomBytes(index % 11 === 0 ? 0 : 1 + ((index * 7919) % 90_000), index + 1));
  }
  return root;
}
