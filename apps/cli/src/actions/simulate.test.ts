/** @module */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { endAllAfterTests, Running, run, temporaryFolder } from "../testing.ts";
import { scenarioOptions } from "./simulate.ts";

const folder = temporaryFolder();
endAllAfterTests();

describe("bittern simulate", () => {
  it("gives the same run for the same seed, and another for another", async () => {
    const args = ["simulate", "swarm", "--peers", "4", "--total-length", "1MiB", "--json"];
    const [one, two, other] = await Promise.all([
      run([...args, "--seed", "7"]),
      run([...args, "--seed", "7"]),
      run([...args, "--seed", "8"]),
    ]);
    expect([one?.status, two?.status, other?.status]).toEqual([0, 0, 0]);
    expect(one?.json).toMatchObject({ scenario: "swarm", seed: 7, isGood: true });
    expect(one?.json["traceHash"]).toBe(two?.json["traceHash"]);
    expect(one?.json["traceHash"]).not.toBe(other?.json["traceHash"]);
  });

  it("draws the curve of the scenario that has one, and of no other", async () => {
    const file = join(folder, "curve.svg");
    const { status, out } = await run(["simulate", "scaling", "--peers", "3", "--total-length", "256KiB", "--svg", file]);
    expect(status).toBe(0);
    expect(out).toMatch(/downloaders +last +least possible/);
    expect(readFileSync(file, "utf8")).toContain("256.0 KiB from one seed of 20 Mbit/s");
    expect((await run(["simulate", "swarm", "--svg", file])).status).toBe(2);
    // Minutes of computing were lost to a folder that is not there.
    const lost = await run(["simulate", "scaling", "--svg", join(folder, "no/curve.svg")]);
    expect(lost).toMatchObject({ status: 1, err: expect.stringContaining(`there is no folder ${join(folder, "no")}`) as string });
  });

  it("heads its table and its picture in Spanish too", async () => {
    const file = join(folder, "curva.svg");
    const words = ["simulate", "scaling", "--peers", "2", "--total-length", "64KiB", "--svg", file, "--lang", "es"];
    const { out } = await run(words);
    expect(out).toMatch(/descargan +el último +mínimo posible +último \/ mín\. +copias +servidor HTTP/);
    expect(out).toMatch(/semilla +1 de 1 completos/);
    const picture = readFileSync(file, "utf8");
    for (const text of ["Tiempo hasta que todos los que descargan están completos", "un servidor HTTP", "64.0 KiB de una semilla"])
      expect(picture).toContain(text);
    expect(picture).not.toMatch(/downloader|least possible/);
  });

  it.skipIf(process.platform !== "linux")(
    "ends at once when it is told to, however deep it computes",
    { meta: { skipReason: "needs Linux" } },
    async () => {
      const long = new Running(["simulate", "scaling", "--peers", "1000"]);
      const ticks = (): number => Number(readFileSync(`/proc/${long.child.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[11]);
      // It used to answer once it was through, minutes later.
      await expect.poll(ticks, { timeout: 20_000 }).toBeGreaterThan(100);
      expect(await long.stop("SIGINT")).toBeNull();
      expect(long.child.signalCode).toBe("SIGINT");
    },
  );

  it("lists what there is", async () => {
    const { status, out } = await run(["simulate"]);
    expect(status).toBe(0);
    expect(out).toMatch(/^swarm: .*\n {2}--peers /);
  });

  it("refuses scenarios and options that do not exist", async () => {
    for (const args of [["frob"], ["swarm", "--frob", "1"], ["swarm", "--peers", "many"], ["swarm", "--peers", "0"], ["swarm", "extra"]]) {
      expect((await run(["simulate", ...args])).status, args.join(" ")).toBe(2);
    }
    const { err } = await run(["simulate", "swarm", "--piece-length", "1"]);
    expect(err).toBe("bittern simulate: --piece-length lies between 16384 and 16777216, not at 1\n");
  });

  it("reads the options of a scenario in both spellings", () => {
    expect(scenarioOptions(["--total-length", "1MiB", "--latency=2.5"])).toEqual({ totalLength: 1_048_576, latency: 2.5 });
    for (const words of [["x"], ["--a"], ["--a", "b"]]) expect(() => scenarioOptions(words)).toThrow(UsageError);
  });
});
