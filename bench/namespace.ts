/**
 * A private network with one address per peer: loopback only, no way out. Clients that take one connection per address, or
 * distrust 127.0.0.0/8, behave in it as they do outside. Needs Linux and root.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** The addresses are 10.99.0.1 to 10.99.0.<count>. */
const PREFIX = "10.99.0";

export class Namespace {
  readonly addresses: readonly string[];
  readonly #holder: ChildProcess;

  private constructor(addresses: readonly string[], holder: ChildProcess) {
    this.addresses = addresses;
    this.#holder = holder;
  }

  /** Whether this machine lets us make one. */
  static isPossible(): boolean {
    return process.platform === "linux" && process.getuid?.() === 0 && spawnSync("unshare", ["-n", "ip", "link"]).status === 0;
  }

  /** Makes one with `count` addresses (at most 250). It goes when `close` is called or this process ends. */
  static async open(count: number): Promise<Namespace> {
    const addresses = Array.from({ length: count }, (_, index) => `${PREFIX}.${index + 1}`);
    const script = ["set -e", "ip link set lo up", ...addresses.map((address) => `ip addr add ${address}/32 dev lo`), "echo ready", "cat"];
    // `cat` holds the namespace until its input ends, which the system sees to when we are gone.
    const holder = spawn("unshare", ["-n", "sh", "-c", script.join("\n")], { stdio: ["pipe", "pipe", "inherit"] });
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once("data", () => resolve());
      holder.once("error", reject);
      holder.once("exit", (code) => reject(new Error(`the namespace was not made (exit ${code})`)));
    });
    return new Namespace(addresses, holder);
  }

  /** What to put in front of a command so that it runs inside. */
  prefix(): readonly string[] {
    return ["nsenter", `--net=/proc/${this.#holder.pid}/ns/net`, "--"];
  }

  close(): void {
    this.#holder.stdin?.end();
    this.#holder.stdout?.destroy();
  }
}
