/** The examples, run as their readers would run them; one process runs them all, because reading the library is most of its time. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const EXAMPLES: readonly (readonly [name: string, says: RegExp])[] = [
  [
    "01-read-a-torrent.ts",
    /^01-read-a-torrent\.ts: hybrid, \d+ bytes in 1 pieces\n {2}01-read-a-torrent\.ts \(\d+ bytes\)\nmagnet:\?xt=urn:btih:/,
  ],
  ["02-download.ts", /this is poem\.txt, 640000 bytes\n[^]*poem\.txt is complete\n[^]*100\.0 % from \d peer\nevery byte is the same\n$/],
  ["03-stream-a-file.ts", /^read the last 200000 bytes, the download still goes on\nand the first sixteen are right\n$/],
  [
    "04-own-tracker.ts",
    /^tracking at http: and udp:\n[^]*met somebody at 127\.0\.0\.1\n[^]*The reeds are quiet tonight\.\n\nthe tracker knows \d names and somebody who is complete\n$/,
  ],
  ["05-simulate-a-swarm.ts", /downloader +20 of 20 complete[^]*twice the same, byte for byte\n$/],
];
/** Stands before what an example says. */
const MARK = "\u0000";

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Straight from the sources of the workspace: an example must never show yesterday's library. */
function runAll(): Promise<Ended> {
  const files = EXAMPLES.map(([name]) => new URL(name, import.meta.url).href);
  const script = `for (const file of ${JSON.stringify(files)}) {
    process.stdout.write("\\0");
    await import(file);
  }`;
  const child = spawn(process.execPath, ["--conditions=@bittern/source", "--import", "tsx", "--input-type=module", "--eval", script], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
  });
  return new Promise((resolve, reject) => {
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.on("error", reject).on("close", (status) => resolve({ status, out, err }));
  });
}

describe("The examples", () => {
  let said: readonly string[] = [];

  it("run, and end", async () => {
    const { status, out, err } = await runAll();
    expect(err).toBe("");
    expect(status).toBe(0);
    said = out.split(MARK).slice(1);
  });

  it.each(EXAMPLES.map(([name, says], at) => [name, says, at] as const))("%s says what it promises", (_name, says, at) => {
    expect(said[at]).toMatch(says);
  });
});
