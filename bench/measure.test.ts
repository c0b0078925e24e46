/** Measuring is only as good as its own tests: known costs must come out as known. */
import { existsSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Contender, formatTable, interleave, summarize } from "./figures.ts";
import { Program, run } from "./measure.ts";
import { Namespace } from "./namespace.ts";

const MIB = 1024 * 1024;
const isLinux = existsSync("/proc/self/status");
/** Spends CPU, then says how many seconds it spent. */
const burn = (seconds: number): string => `
  const spent = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
  while (spent() < ${seconds});
  console.log("spent " + spent());`;

describe.runIf(isLinux)("A measured program", () => {
  it("costs the CPU it burns, to its very end", async () => {
    const program = new Program([process.execPath, "-e", burn(0.5)]);
    const { cpuSeconds, exitCode } = await program.ended();
    const spent = Number(/spent ([\d.]+)/.exec(program.output)?.[1]);
    expect(exitCode).toBe(0);
    expect(cpuSeconds).toBeGreaterThan(spent - 0.001);
    expect(cpuSeconds).toBeLessThan(spent + 0.3);
  });

  it("does not pay for the certificates that the shell names", async () => {
    vi.stubEnv("NODE_EXTRA_CA_CERTS", "/nowhere.pem");
    const program = new Program([process.execPath, "-p", "process.env.NODE_EXTRA_CA_CERTS"]);
    await program.ended();
    expect(program.output).toBe("undefined\n");
    vi.unstubAllEnvs();
  });

  it("costs the memory it holds, what only it holds apart", async () => {
    const hold = `const held = Buffer.alloc(${200 * MIB}, 1); setTimeout(() => process.exit(held[7] - 1), 300);`;
    const { residentPeak, anonymousPeak } = await run([process.execPath, "-e", hold]);
    expect(anonymousPeak).toBeGreaterThan(200 * MIB);
    expect(anonymousPeak).toBeLessThan(400 * MIB);
    expect(residentPeak).toBeGreaterThan(anonymousPeak);
  });

  it("counts what its children burn", async () => {
    const parent = `require("child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(burn(0.4))}]);`;
    expect((await run([process.execPath, "-e", parent])).cpuSeconds).toBeGreaterThan(0.4);
  });

  it("can be heard, asked and ended", async () => {
    const program = new Program([process.execPath, "-e", `${burn(0.2)} console.log("ready at 42"); setInterval(() => {}, 1000);`]);
    expect((await program.says(/ready at (\d+)/))[1]).toBe("42");
    expect(program.cpuSecondsSoFar()).toBeGreaterThan(0.15);
    program.kill();
    const { cpuSeconds, exitCode } = await program.ended();
    expect(exitCode).toBe(143);
    expect(cpuSeconds).toBeGreaterThan(0.2);
  });

  it("fails aloud", async () => {
    await expect(run([process.execPath, "-e", "console.error('why'); process.exit(3)"])).rejects.toThrow(/ended with 3:\nwhy/);
    const program = new Program([process.execPath, "-e", ""]);
    await expect(program.says(/never/)).rejects.toThrow("before it said");
  });
});

describe.runIf(isLinux && Namespace.isPossible())("A namespace", () => {
  let namespace: Namespace | undefined;
  afterEach(() => namespace?.close());

  it("has its own addresses and no way out", async () => {
    namespace = await Namespace.open(3);
    expect(namespace.addresses).toEqual(["10.99.0.1", "10.99.0.2", "10.99.0.3"]);
    const program = new Program(["ip", "-4", "-o", "addr"], { namespace });
    await program.ended();
    expect(program.output).toContain("10.99.0.3/32");
    const routes = new Program(["ip", "-4", "route"], { namespace });
    await routes.ended();
    expect(routes.output).toBe("");
  });
});

describe("Figures", () => {
  it("are a median between its bounds", () => {
    expect(summarize([5, 1, 9])).toEqual({ median: 5, least: 1, greatest: 9 });
    expect(summarize([4, 1, 9, 5])).toEqual({ median: 5, least: 1, greatest: 9 });
  });

  it("come from contenders that take turns", async () => {
    const order: string[] = [];
    const contender = (name: string): Contender<"value"> => ({
      name,
      run: async () => {
        order.push(name);
        return { value: order.length };
      },
    });
    const samples = await interleave([contender("a"), contender("b")], { runs: 2 });
    expect(order).toEqual(["a", "b", "b", "a", "a", "b"]);
    expect(samples.get("a")).toEqual([{ value: 4 }, { value: 5 }]);
  });

  it("stand in a table", () => {
    const samples = new Map([
      ["ours", [{ seconds: 1 }, { seconds: 2 }, { seconds: 4 }]],
      ["theirs", [{ seconds: 10.25 }]],
    ]);
    expect(formatTable(samples, [{ figure: "seconds", title: "wall s", digits: 1 }])).toBe(
      ["|        | wall s        |", "| ------ | ------------- |", "| ours   | 2.0 (1.0-4.0) |", "| theirs | 10.3          |"].join("\n"),
    );
  });
});
