/** The Debian package, installed into a copy of this system that forgets everything: it runs without our Node, and goes without a trace. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { describeWith, root } from "../describe-with.ts";
import { judges } from "../peers.ts";
import { ROOT } from "../tree.ts";
import { runInCopy } from "./system-copy.ts";

const folder = mkdtempSync(join(tmpdir(), "bittern-deb-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { bin } = JSON.parse(readFileSync(join(ROOT, "apps/cli/package.json"), "utf8")) as { bin: Record<string, string> };

/** Where a package puts files, but for what the tools themselves note. */
const LIST =
  "find /usr /etc /opt /srv /var/lib -xdev \\( -path /var/lib/dpkg -o -path '/etc/*-' -o -path /etc/.pwd.lock \\) -prune -o -print | sort";

describeWith([judges(), root()], "The Debian package", () => {
  it("A1 A2 A3 A5 A7: installs every program with its own runtime, runs, and is removed without a trace", () => {
    const built = spawnSync(process.execPath, [join(ROOT, "tools/pack/deb.mjs"), folder], { encoding: "utf8" });
    expect(built.status, built.stderr).toBe(0);
    expect(readdirSync(folder)).toContainEqual(expect.stringMatching(/^bittern_.*\.deb$/));
    const { status, stdout, stderr } = runInCopy(
      folder,
      `set -e
# Our own runtime is the only one.
rm -f /usr/bin/node /usr/local/bin/node
${LIST} > /run/before
dpkg -i /given/*.deb > /dev/null
for name in ${Object.keys(bin).join(" ")}; do "$name" --version > /dev/null; man -w "$name" > /dev/null; done
man -w bittern-get
cd /run; head -c 3000000 /dev/zero > data
bittern create data --json > made
bittern verify data.torrent
mkdir /run/man; for page in /usr/share/man/man1/bittern*.gz /usr/share/man/man1/bt*.gz; do gunzip -c "$page" > "/run/man/\${page##*/}"; done
makewhatis -d /usr/share/man /usr/share/man/man1/bittern*.gz /usr/share/man/man1/bt*.gz
mandoc -Tlint /run/man/* && echo clean manual
# The name with .py has the page of the name without, and no stub.
for page in /usr/share/man/man1/bt*.py.1.gz; do test "$(readlink "$page")" = "$(basename "$page" .py.1.gz).1.gz"; done
rm /usr/share/man/mandoc.db
systemd-analyze verify --man=yes bittern-track.service bittern-watch.service bittern-seed@album.service
getent passwd bittern
grep '^application/x-bittorrent=.*bittern' /usr/share/applications/mimeinfo.cache
grep '^x-scheme-handler/magnet=.*bittern' /usr/share/applications/mimeinfo.cache
bash -c '. /usr/share/bash-completion/completions/bittern; COMP_TYPE=37 COMP_WORDS=(bittern ver) COMP_CWORD=1; _bittern; echo "completes \${COMPREPLY[0]}"'
dpkg --verify bittern
dpkg -r bittern > /dev/null
${LIST} > /run/after
diff /run/before /run/after && echo no trace
`,
    );
    expect(status, stderr + stdout).toBe(0);
    for (const said of [
      "/usr/share/man/man1/bittern-get.1.gz",
      "data: whole",
      "bittern:x:",
      "clean manual",
      "completes verify",
      "no trace",
    ]) {
      expect(stdout).toContain(said);
    }
  });
});
