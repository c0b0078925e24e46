/**
 * For tests: this program as a user has it. What goes on is a real process, heard through its pipes; what ends runs in a process
 * that is started once and serves the test files of a thread one after another. What runs is the bundle that `npm run build` made.
 * @module
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeHandshake, PeerWire } from "@bittern/protocol/peer";
import { afterAll } from "vitest";

export const PROGRAM: string = fileURLToPath(new URL("../bin/bittern.js", import.meta.url));
/** Milliseconds that a command may take that ends. */
const RUN_MILLIS_MAX = 55_000;
const WARM_PROGRAM = fileURLToPath(new URL("../../../tools/warm-program.mjs", import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
  /** The JSON objects of standard output, one a line. */
  readonly lines: readonly Record<string, unknown>[];
  /** The first of them, where it should be the only one. */
  readonly json: Record<string, unknown>;
}

export interface RunOptions {
  /** Name of a program beside `bittern`. */
  readonly program?: string;
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A state folder of none: whoever wants to write there was to have a folder of the test's own. */
const NO_STATE = "/dev/null/no-state";
let stateOfFile = NO_STATE;

/** A folder that goes away with the test file: to be asked for outside its tests. State is kept there unless a run says otherwise. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "bittern-cli-test-"));
  stateOfFile = join(folder, "state-of-nobody");
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    stateOfFile = NO_STATE;
  });
  return folder;
}

/** Writes files below a folder: path -> content. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Bytes that look random and are the same in every run. */
export function noise(length: number, seed: string): Uint8Array {
  const bytes = new Uint8Array(length);
  let block = Buffer.from(seed);
  for (let at = 0; at < length; at += block.length) {
    block = createHash("sha512").update(block).digest();
    bytes.set(block.subarray(0, Math.min(block.length, length - at)), at);
  }
  return bytes;
}

const running = new Set<ChildProcess>();

/** Notes a process that `endAllAfterTests` ends, if it is still there by then. */
export function minded(child: ChildProcess): ChildProcess {
  running.add(child);
  return child.on("close", () => running.delete(child));
}

/** A command that goes on. */
export class Running {
  readonly lines: Record<string, unknown>[] = [];
  out = "";
  err = "";
  status: number | null | undefined;
  readonly child: ChildProcess;
  readonly #looks = new Set<() => void>();

  constructor(args: readonly string[], options: RunOptions = {}) {
    const env = environment(options.env);
    const program = options.program === undefined ? PROGRAM : join(dirname(PROGRAM), `${options.program}.js`);
    this.child = minded(spawn(process.execPath, [program, ...args], { cwd: options.cwd, env, stdio: "pipe" }));
    this.child.stdin?.on("error", () => undefined);
    this.child.stdin?.end(options.input ?? "");
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.err += text;
      this.#look();
    });
    this.child.on("close", (status) => {
      this.status = status;
      this.#look();
    });
  }

  /** The first JSON line of a type. */
  line(type: string): Promise<Record<string, unknown>> {
    return this.until(() => this.lines.find((line) => line["type"] === type), `a line of type ${type}`);
  }

  until<Answer>(ask: () => Answer | undefined, what: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const answer = ask();
        if (answer === undefined && this.status === undefined) return;
        this.#looks.delete(look);
        if (answer !== undefined) resolve(answer);
        else reject(new Error(`ended with ${this.status} before ${what}: ${this.err}${this.out}`));
      };
      this.#looks.add(look);
      look();
    });
  }

  async end(): Promise<number | null> {
    await this.until(() => (this.status === undefined ? undefined : true), "the end");
    return this.status ?? null;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.child.kill(signal);
    return await this.end();
  }

  #rest = "";

  #hear(text: string): void {
    this.out += text;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("{")) this.lines.push(JSON.parse(line) as Record<string, unknown>);
    this.#look();
  }

  #look(): void {
    for (const look of [...this.#looks]) look();
  }
}

/** Runs a command that ends; those of a file run one after another. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  if (options.input !== undefined) return await runAlone(args, options);
  const before = lastRun;
  const answer = before.then(() => runWarm(args, options));
  lastRun = answer.catch(() => undefined);
  return await answer;
}

/** The same in a process of its own: for what reads standard input, and for claims about the process itself. */
export async function runAlone(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const command = new Running(args, options);
  await command.end();
  return endedOf({ status: command.status ?? null, out: command.out, err: command.err });
}

let lastRun: Promise<unknown> = Promise.resolve();
let warm: ChildProcess | undefined;

/** The process that runs what ends; it goes when its channel closes, which is when the thread does. */
function warmProgram(): ChildProcess {
  const child = fork(WARM_PROGRAM, { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  child.once("exit", () => {
    if (warm === child) warm = undefined;
  });
  return child;
}

function runWarm(args: readonly string[], { program = "bittern", cwd = process.cwd(), env }: RunOptions): Promise<Ended> {
  warm ??= warmProgram();
  const child = warm;
  return new Promise((resolve, reject) => {
    // A run that hangs fails its own test, and must not hold up those of the next file.
    const patience = setTimeout(() => child.kill("SIGKILL"), RUN_MILLIS_MAX);
    const fail = (status: number | null): void => {
      clearTimeout(patience);
      reject(new Error(`${program} ${args.join(" ")}: the process ended with ${status}`));
    };
    child.once("exit", fail);
    child.once("message", (answer) => {
      clearTimeout(patience);
      child.off("exit", fail);
      resolve(endedOf(answer as Pick<Ended, "status" | "out" | "err">));
    });
    child.send({ program, args, cwd, env: environment(env) });
  });
}

function endedOf(said: Pick<Ended, "status" | "out" | "err">): Ended {
  const lines = said.out.split("\n").filter((text) => text.startsWith("{"));
  const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { ...said, lines: objects, json: objects[0] ?? {} };
}

/** Ours, without a state folder of the user. */
function environment(more: RunOptions["env"]): NodeJS.ProcessEnv {
  return { ...process.env, BITTERN_STATE: stateOfFile, NO_COLOR: "1", ...more };
}

/** Ends whatever a failed test left behind. */
export function endAllAfterTests(): void {
  afterAll(() => {
    for (const child of running) child.kill("SIGKILL");
  });
}

/** What a peer on this machine says first, after the handshake, to a newcomer that speaks the fast extension. */
export async function firstMessage(port: number, infoHash: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const wire = new PeerWire();
  const features = { extended: false, fast: true, dht: false, v2: false };
  socket.write(encodeHandshake({ infoHash: Buffer.from(infoHash, "hex"), peerId: noise(20, "newcomer"), features }));
  for await (const bytes of socket as AsyncIterable<Uint8Array>)
    for (const { type } of wire.receive(bytes)) if (type !== "handshake") return type;
  return "the end";
}

/** `bittern seed` at work on any free port, telling what happens as JSON. */
export function runningSeed(torrent: string, dir: string, state: string, ...more: readonly string[]): Running {
  return new Running(["seed", torrent, "--dir", dir, "--port", "0", "--json", "--state", state, ...more]);
}
