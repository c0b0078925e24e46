/**
 * `npm run deb`: a Debian package with its own Node runtime: all programs, manual pages, completion, systemd units, and what a
 * desktop needs to open .torrent files and magnet links. The runtime is the Node that runs this script.
 *
 * Usage: `node tools/pack/deb.mjs [FOLDER]`; the package is written into `dist` unless another folder is named.
 * @module
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { manifest, programFiles, programNames, runtimeLicence } from "./program-files.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKAGING = join(ROOT, "packaging");
const HOME = "usr/lib/bittern";
/** Node's name of the machine -> Debian's. */
const ARCHITECTURES = { x64: "amd64", arm64: "arm64", arm: "armhf", ia32: "i386", ppc64: "ppc64el", s390x: "s390x", riscv64: "riscv64" };

/** The first packaging of this version. */
const VERSION = `${manifest.version}-1`;
const MAINTAINER = "The Bittern developers <bittern@example.org>";

const architecture = ARCHITECTURES[process.arch];
const folder = resolve(process.argv[2] ?? join(ROOT, "dist"));
const stage = mkdtempSync(join(tmpdir(), "bittern-deb-"));
try {
  chmodSync(stage, 0o755);
  placeProgram();
  placeManual();
  placeCompletion();
  placeShared();
  placeControl();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `bittern_${VERSION}_${architecture}.deb`);
  execFileSync("dpkg-deb", ["--root-owner-group", "-Zxz", "-z2", "--build", stage, file], { stdio: ["ignore", "ignore", "inherit"] });
  console.log(`${file} (${(statSync(file).size / 2 ** 20).toFixed(1)} MiB)`);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

function placeProgram() {
  for (const [path, source] of programFiles()) copy(source, `${HOME}/app/${path}`, path.startsWith("bin/") ? 0o755 : 0o644);
  copy(process.execPath, `${HOME}/node`, 0o755);
  copy(runtimeLicence(), `${HOME}/LICENSE.node`);
  // The names of symbols are a sixth of it and of no use here.
  execFileSync("strip", ["--strip-unneeded", join(stage, HOME, "node")]);
  for (const [name, script] of programNames()) {
    write(`usr/bin/${name}`, `#!/bin/sh\nexec /${HOME}/node /${HOME}/app/${script} "$@"\n`, 0o755);
  }
}

function placeManual() {
  for (const [from, to] of [
    ["man", "man1"],
    ["man/es/man1", "es/man1"],
  ]) {
    const pages = readdirSync(join(ROOT, "apps/cli", from)).filter((page) => page.endsWith(".1"));
    for (const page of pages) write(`usr/share/man/${to}/${page}.gz`, packed(readFileSync(join(ROOT, "apps/cli", from, page))));
    // The name with .py is the same program, and its page the same page.
    for (const name of programNames().keys()) {
      const bare = name.replace(/\.py$/, "");
      if (bare !== name && pages.includes(`${bare}.1`)) symlinkSync(`${bare}.1.gz`, join(stage, `usr/share/man/${to}/${name}.1.gz`));
    }
  }
}

function placeCompletion() {
  const places = {
    bash: "usr/share/bash-completion/completions/bittern",
    zsh: "usr/share/zsh/vendor-completions/_bittern",
    fish: "usr/share/fish/vendor_completions.d/bittern.fish",
  };
  for (const [shell, place] of Object.entries(places)) {
    write(place, execFileSync(process.execPath, [join(ROOT, "apps/cli/bin/bittern.js"), "completion", shell]));
    // bash and fish look for a file with the name of the program.
    if (shell === "zsh") continue;
    const [ending, read] = shell === "fish" ? [".fish", "source"] : ["", "."];
    for (const name of programNames().keys()) {
      if (name !== "bittern") write(join(dirname(place), `${name}${ending}`), `${read} /${place}\n`);
    }
  }
}

function placeShared() {
  for (const kind of ["system", "user"]) {
    const units = join(PACKAGING, "systemd", kind);
    for (const unit of readdirSync(units)) copy(join(units, unit), `usr/lib/systemd/${kind}/${unit}`);
  }
  copy(join(PACKAGING, "systemd/bittern.sysusers"), "usr/lib/sysusers.d/bittern.conf");
  copy(join(PACKAGING, "desktop/bittern.desktop"), "usr/share/applications/bittern.desktop");
  copy(join(PACKAGING, "desktop/bittern.xml"), "usr/share/mime/packages/bittern.xml");
  copy(join(PACKAGING, "desktop/bittern.svg"), "usr/share/icons/hicolor/scalable/apps/bittern.svg");
  write("usr/share/doc/bittern/changelog.gz", packed(readFileSync(join(ROOT, "CHANGELOG.md"))));
  write("usr/share/doc/bittern/changelog.Debian.gz", packed(Buffer.from(debianChangelog())));
  write("usr/share/doc/bittern/copyright", copyright());
}

/** What changed in the packaging alone; the program's own changes stand beside it. */
function debianChangelog() {
  const time = process.env.SOURCE_DATE_EPOCH === undefined ? new Date() : new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000);
  return `bittern (${VERSION}) unstable; urgency=low

  * Built from the sources of Bittern ${manifest.version}, with Node.js ${process.version}.

 -- ${MAINTAINER}  ${time.toUTCString().replace("GMT", "+0000")}
`;
}

/** Ours, Node's, and the licence of every package inside, which lies beside it. */
function copyright() {
  const licences = [...programFiles().keys()].filter((path) => /licen[cs]e/i.test(path)).map((path) => ` /${HOME}/app/${path}`);
  return `Bittern
${"=".repeat(7)}
${readFileSync(join(ROOT, "LICENSE"), "utf8").trim()}

The runtime /${HOME}/node is Node.js ${process.version}, https://nodejs.org, under its own licence (MIT) and those of what it contains:
/${HOME}/LICENSE.node

The packages inside the program have licences of their own:
${licences.join("\n")}
`;
}

function placeControl() {
  const files = filesUnder(stage);
  const kibibytes = files.reduce((sum, path) => sum + Math.ceil(statSync(join(stage, path)).size / 1024), 0);
  const control = readFileSync(join(PACKAGING, "debian/control"), "utf8")
    .replace("@VERSION@", VERSION)
    .replace("@MAINTAINER@", MAINTAINER)
    .replace("@ARCHITECTURE@", architecture)
    .replace("@INSTALLED_SIZE@", String(kibibytes));
  const sums = files.map(
    (path) =>
      `${createHash("md5")
        .update(readFileSync(join(stage, path)))
        .digest("hex")}  ${path}\n`,
  );
  write("DEBIAN/control", control);
  write("DEBIAN/md5sums", sums.join(""));
  for (const name of ["postinst", "prerm", "postrm"]) copy(join(PACKAGING, "debian", name), `DEBIAN/${name}`, 0o755);
}

function copy(source, path, mode = 0o644) {
  prepare(path);
  copyFileSync(source, join(stage, path));
  chmodSync(join(stage, path), mode);
}

function write(path, content, mode = 0o644) {
  prepare(path);
  writeFileSync(join(stage, path), content);
  chmodSync(join(stage, path), mode);
}

/** Folders get the same mode whatever the umask is. */
function prepare(path) {
  const folders = dirname(path).split("/");
  for (let count = 1; count <= folders.length; count++) {
    const made = join(stage, ...folders.slice(0, count));
    mkdirSync(made, { recursive: true });
    chmodSync(made, 0o755);
  }
}

/** As `gzip -9n`: no name and no time, so that the same content gives the same bytes. */
function packed(bytes) {
  return gzipSync(bytes, { level: 9 });
}

/** Links are no files: they have no content of their own to be counted or summed. */
function filesUnder(folder, prefix = "") {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(prefix, entry.name);
    if (entry.isDirectory()) return filesUnder(folder, path);
    return entry.isSymbolicLink() ? [] : [path];
  });
}
