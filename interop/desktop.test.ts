/** What surrounds the program on a system, read by the programs that will read it: systemd and the tools of the desktop. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { judge, judges } from "../tools/peers.ts";
import { ROOT } from "../tools/tree.ts";

const PACKAGING = join(ROOT, "packaging");
const folder = mkdtempSync(join(tmpdir(), "bittern-desktop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Copies of the units whose program is there; an instance stands for its template. */
function units(kind: "system" | "user"): readonly string[] {
  const target = join(folder, kind);
  mkdirSync(target, { recursive: true });
  return readdirSync(join(PACKAGING, "systemd", kind)).map((name) => {
    const text = readFileSync(join(PACKAGING, "systemd", kind, name), "utf8");
    const path = join(target, name.replace("@.", "@album."));
    for (const place of [join(target, name), path])
      writeFileSync(place, text.replace("ExecStart=bittern", `ExecStart=${process.execPath}`));
    return path;
  });
}

describeWith([judges()], "The units for systemd", () => {
  it.each(["system", "user"] as const)("C6: are taken without a word (%s)", (kind) => {
    const args = [`--${kind}`, "--man=no", "verify", ...units(kind)];
    const { status, stdout, stderr } = spawnSync(judge("systemd"), args, {
      encoding: "utf8",
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: "" });
  });

  it("leave a service little to do harm with", () => {
    for (const unit of units("system")) {
      const { stdout } = spawnSync(judge("systemd"), ["--offline=yes", "security", unit], { encoding: "utf8" });
      expect(Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]), unit).toBeLessThanOrEqual(2);
    }
  });

  it("start commands that there are", () => {
    const pages = readdirSync(join(ROOT, "apps/cli/man"));
    for (const kind of ["system", "user"] as const) {
      for (const unit of units(kind)) {
        const command = /^ExecStart=\S+ (\S+)/m.exec(readFileSync(unit, "utf8"))?.[1];
        expect(pages, unit).toContain(`bittern-${command}.1`);
      }
    }
  });
});

describeWith([judges()], "The files for the desktop", () => {
  it("B29 B30: are valid, and open torrents and magnet links", () => {
    const file = join(PACKAGING, "desktop/bittern.desktop");
    expect(spawnSync(judge("desktop-file-utils"), [file], { encoding: "utf8" })).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(readFileSync(file, "utf8")).toContain("MimeType=application/x-bittorrent;x-scheme-handler/magnet;");
  });

  it("give .torrent files their type", () => {
    const mime = join(folder, "mime");
    mkdirSync(join(mime, "packages"), { recursive: true });
    copyFileSync(join(PACKAGING, "desktop/bittern.xml"), join(mime, "packages/bittern.xml"));
    const { status } = spawnSync(judge("shared-mime-info"), [mime], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(readFileSync(join(mime, "globs2"), "utf8")).toContain(":application/x-bittorrent:*.torrent");
  });
});
