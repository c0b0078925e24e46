/** The services of the machine and of a user, started by a real systemd inside the sandbox that their units ask for. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith, root } from "../describe-with.ts";
import { judges } from "../peers.ts";
import { ROOT } from "../tree.ts";
import { hasCgroups, runUnderSystemd } from "./system-copy.ts";

const folder = mkdtempSync(join(tmpdir(), "bittern-units-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What systemd-analyze may find exposed at most, of 10: a server on the network cannot do without the network. */
const EXPOSURE_MAX = 1.5;

const BUILD_MILLIS_MAX = 600_000;

const HELPERS = `set -e
dpkg -i /given/*.deb > /dev/null
until_true() {
  for try in $(seq 300); do if eval "$1" > /dev/null 2>&1; then return; fi; sleep 0.2; done
  echo "never: $1"; exit 1
}
`;

describeWith([judges(), root(), { present: hasCgroups(), reason: "needs control groups that may be written" }], "The services", () => {
  beforeAll(() => {
    const built = spawnSync(process.execPath, [join(ROOT, "tools/pack/deb.mjs"), folder], { encoding: "utf8" });
    expect(built.status, built.stderr).toBe(0);
  }, BUILD_MILLIS_MAX);

  it("C6 C7: track, seed and mirror inside their sandbox, as nobody's root, and end cleanly", () => {
    const { status, stdout, stderr } = runUnderSystemd(
      folder,
      `${HELPERS}
sandboxed() {
  pid=$(systemctl show -P MainPID "$1")
  echo "$1 $(awk '/^(NoNewPrivs|Seccomp|CapEff):/ { print $1 $2 }' /proc/$pid/status | tr '\\n' ' ')root=$(awk '/^Uid:/ { print ($2 == 0) }' /proc/$pid/status)"
}

mkdir -p /etc/systemd/system/bittern-track.service.d
printf '[Service]\\nEnvironment="BITTERN_TRACK_OPTIONS=--threads 2"\\n' > /etc/systemd/system/bittern-track.service.d/options.conf
systemctl daemon-reload
systemctl start bittern-track.service
until_true 'bash -c "exec 3<>/dev/tcp/127.0.0.1/6969"'
sandboxed bittern-track.service

install -d -o bittern -g bittern /var/lib/bittern /var/lib/bittern/seed /var/lib/bittern/torrents
head -c 3000000 /dev/urandom > /var/lib/bittern/seed/album
bittern create /var/lib/bittern/seed/album -t http://127.0.0.1:6969/announce --quiet > /dev/null
systemctl start bittern-seed@album.service
sandboxed bittern-seed@album.service
until_true 'bittern scrape /var/lib/bittern/seed/album.torrent --json | grep "\\"complete\\":1"'

cp /var/lib/bittern/seed/album.torrent /var/lib/bittern/torrents/
systemctl start bittern-watch.service
sandboxed bittern-watch.service
until_true 'cmp /var/lib/bittern/seed/album /var/lib/bittern/data/album'
echo mirrored by $(stat -c %U /var/lib/bittern/data/album)

systemctl restart bittern-track.service
until_true 'bittern scrape /var/lib/bittern/seed/album.torrent --json | grep "\\"complete\\":2"'
echo remembered
systemctl stop bittern-watch.service bittern-seed@album.service bittern-track.service
for unit in bittern-watch bittern-seed@album bittern-track; do echo $unit $(systemctl show -P Result -P ExecMainStatus -P NRestarts $unit.service); done
for unit in bittern-watch bittern-seed@album bittern-track; do echo exposure $unit $(systemd-analyze security --no-pager $unit.service | sed -n 's/.*exposure level for .*: \\([0-9.]*\\).*/\\1/p'); done
`,
    );
    expect(status, stderr + stdout).toBe(0);
    for (const unit of ["bittern-track.service", "bittern-seed@album.service", "bittern-watch.service"])
      expect(stdout).toContain(`${unit} CapEff:0000000000000000 NoNewPrivs:1 Seccomp:2 root=0\n`);
    expect(stdout).toContain("mirrored by bittern\nremembered\n");
    for (const unit of ["bittern-watch", "bittern-seed@album", "bittern-track"]) expect(stdout).toContain(`${unit} success 0 0\n`);
    const exposures = [...stdout.matchAll(/^exposure \S+ ([\d.]+)$/gm)].map(([, level]) => Number(level));
    expect(exposures).toHaveLength(3);
    expect(Math.max(...exposures)).toBeLessThanOrEqual(EXPOSURE_MAX);
  });

  it("C3 C7: track, seed and mirror for a user, under the user's own manager", () => {
    const { status, stdout, stderr } = runUnderSystemd(
      folder,
      `${HELPERS}
useradd -m alice
uid=$(id -u alice)
install -d -o alice -m 700 /run/user/$uid
mkdir -p /run/systemd/system
cat > /run/systemd/system/manager.service << END
[Unit]
DefaultDependencies=no
[Service]
Type=notify
User=alice
Delegate=yes
Environment=HOME=/home/alice XDG_RUNTIME_DIR=/run/user/$uid
ExecStart=/lib/systemd/systemd --user --unit=basic.target
END
systemctl daemon-reload
systemctl start manager.service
as_user() { setpriv --reuid=alice --regid=alice --init-groups env HOME=/home/alice XDG_RUNTIME_DIR=/run/user/$uid "$@"; }

as_user systemctl --user start bittern-track.service
until_true 'bash -c "exec 3<>/dev/tcp/127.0.0.1/6969"'
as_user mkdir -p /home/alice/Downloads /home/alice/Torrents
head -c 1000000 /dev/urandom | as_user tee /home/alice/Downloads/album > /dev/null
as_user bittern create /home/alice/Downloads/album -o /home/alice/Torrents/album.torrent -t http://127.0.0.1:6969/announce --quiet > /dev/null
for unit in bittern-watch.service bittern-seed@album.service; do
  as_user systemctl --user start $unit
  until_true 'bittern scrape /home/alice/Torrents/album.torrent --json | grep "\\"complete\\":1"'
  pid=$(as_user systemctl --user show -P MainPID $unit)
  echo "$unit $(awk '/^(NoNewPrivs|Seccomp):/ { print $1 $2 }' /proc/$pid/status | tr '\\n' ' ')"
  as_user systemctl --user stop $unit
  until_true '! bittern scrape /home/alice/Torrents/album.torrent --json | grep "\\"complete\\":1"'
  echo $unit $(as_user systemctl --user show -P Result $unit)
done
as_user systemctl --user stop bittern-track.service
echo track $(as_user systemctl --user show -P Result bittern-track.service)
`,
    );
    expect(status, stderr + stdout).toBe(0);
    for (const unit of ["bittern-watch.service", "bittern-seed@album.service"])
      expect(stdout).toContain(`${unit} NoNewPrivs:1 Seccomp:2 \n${unit} success\n`);
    expect(stdout).toContain("track success\n");
  });
});
