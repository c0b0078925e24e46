/** @module */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run, temporaryFolder } from "../testing.ts";

const folder = temporaryFolder();
const home = join(folder, "home");
mkdirSync(home);

describe("bittern doctor", () => {
  it("looks at this machine and leaves nothing behind", async () => {
    const { json } = await run(["doctor", "--dir", home, "--state", join(folder, "state"), "--json"]);
    const checks = json["checks"] as { check: string; level: string; finding: string }[];
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["port", "addresses", "open files", "tcp window", "memory", "datagrams", "folder", "state folder"]),
    );
    expect(checks.every(({ level }) => ["good", "warning", "problem"].includes(level))).toBe(true);
    expect([readdirSync(home), readdirSync(folder)]).toEqual([[], ["home"]]);
  });

  it("fails where something is in the way, and says what to do", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen({ port: 0, host: "::", ipv6Only: false }, resolve));
    const { port } = taken.address() as AddressInfo;
    const file = join(folder, "file");
    writeFileSync(file, "");
    const { status, out } = await run([
      "doctor",
      "--dir",
      join(file, "below"),
      "--port",
      String(port),
      "-t",
      "http://127.0.0.1:1/announce",
    ]);
    expect(status).toBe(1);
    expect(out).toContain(`no port of ${port} is free`);
    expect(out).toMatch(/PROBLEM +folder .*below: /);
    expect(out).toMatch(/PROBLEM +tracker +http:\/\/127\.0\.0\.1:1\/announce: /);
    const spanish = await run(["doctor", "--dir", join(file, "below"), "-t", "http://127.0.0.1:1/announce", "--lang", "es"]);
    expect(spanish.out).toMatch(/PROBLEMA +tracker .*conexión rechazada/);
    expect(spanish.out).toMatch(/PROBLEMA +carpeta .*(?:parte de la ruta es un archivo|no existe|es un archivo)/);
    await new Promise((resolve) => taken.close(resolve));
  });
});
