/**
 * For tests: a copy of this system that forgets everything, to install a package into. Scripts run in it by themselves, or under
 * a systemd of its own, in namespaces of their own: nothing of it reaches the machine.
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Milliseconds that a script may take. */
const PATIENCE_MILLIS = 300_000;

export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Mounts the copy at `ROOT`; what is written there is in memory, and gone with the namespace. `folder` is /given in it. */
const copyOf = (folder: string): string => `set -e
ROOT=${folder}/mount/root
mkdir -p ${folder}/mount; mount -t tmpfs tmpfs ${folder}/mount
mkdir ${folder}/mount/upper ${folder}/mount/work $ROOT
mount -t overlay overlay -o lowerdir=/,upperdir=${folder}/mount/upper,workdir=${folder}/mount/work $ROOT
mount -t tmpfs tmpfs $ROOT/run
mkdir $ROOT/given; mount --bind ${folder} $ROOT/given
`;

const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LC_ALL: "C.UTF-8",
  DEBIAN_FRONTEND: "noninteractive",
};

/** Runs a script in a copy. */
export function runInCopy(folder: string, script: string): Said {
  writeFileSync(join(folder, "script"), script);
  const around = `${copyOf(folder)}
mount --bind /proc $ROOT/proc; mount --bind /dev $ROOT/dev
exec chroot $ROOT sh /given/script`;
  return inNamespaces(["-m"], around);
}

/**
 * What a manager of services would look for or do to the machine: all of it is taken out, so that it starts what it is told to
 * and nothing else. /sys and /proc/sys are there to be read.
 */
const BARE_MACHINE = `
mount -t proc proc $ROOT/proc; mount --bind $ROOT/proc/sys $ROOT/proc/sys; mount -o remount,ro,bind $ROOT/proc/sys
mount -t sysfs -o ro sysfs $ROOT/sys; mount -t cgroup2 cgroup2 $ROOT/sys/fs/cgroup
mount -t tmpfs tmpfs $ROOT/tmp; mount -t tmpfs -o mode=755 tmpfs $ROOT/dev; mkdir $ROOT/dev/shm $ROOT/dev/pts
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=:; set -- $node; unset IFS; mknod -m 666 $ROOT/dev/$1 c $2 $3
done
ln -s pts/ptmx $ROOT/dev/ptmx; ln -s /proc/self/fd $ROOT/dev/fd
cd $ROOT
rm -rf etc/fstab usr/lib/systemd/system-generators/* usr/lib/systemd/system/*.wants etc/systemd/system/*.wants etc/systemd/system/*.service
`;

/** Runs a script as a service of a systemd that has just started in a copy. */
export function runUnderSystemd(folder: string, script: string): Said {
  const said = { stdout: join(folder, "said"), stderr: join(folder, "complaints") };
  for (const file of [said.stdout, said.stderr]) writeFileSync(file, "");
  writeFileSync(join(folder, "script"), script);
  writeFileSync(
    join(folder, "test.service"),
    `[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
Environment=HOME=/root LC_ALL=C.UTF-8
ExecStart=sh -c 'sh /given/script > /given/said 2> /given/complaints; systemctl exit $$?'
`,
  );
  mkdirSync(join(folder, "mount"), { recursive: true });
  const around = `${copyOf(folder)}${BARE_MACHINE}
cp ${folder}/test.service $ROOT/etc/systemd/system/
mkdir run/before; pivot_root . run/before; umount -l run/before
exec chroot . env -i container=test PATH=$PATH /lib/systemd/systemd --system --unit=test.service`;
  const { status, stderr } = inNamespaces(["-m", "-p", "-f", "-u", "-i", "-n", "-C", "--kill-child"], around);
  return { status, stdout: readFileSync(said.stdout, "utf8"), stderr: readFileSync(said.stderr, "utf8") + stderr };
}

/** A manager of services reads its cgroups by the second version of their interface. */
export function hasCgroups(): boolean {
  return /\bcgroup2\b/.test(readFileSync("/proc/filesystems", "utf8"));
}

function inNamespaces(flags: readonly string[], script: string): Said {
  return spawnSync("unshare", [...flags, "sh", "-c", script], {
    encoding: "utf8",
    timeout: PATIENCE_MILLIS,
    killSignal: "SIGKILL",
    maxBuffer: 2 ** 26,
    env: ENVIRONMENT,
  });
}
