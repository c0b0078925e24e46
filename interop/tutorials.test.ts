/**
 * The tutorials, typed as they are printed: in a network of their own where their machines have their names and every port is
 * free. A block marked `background` goes on while the rest runs; one marked `elsewhere` needs another machine and is only read.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeWith } from "../tools/describe-with.ts";
import { interopPeers } from "../tools/peers.ts";
import { ROOT } from "../tools/tree.ts";

const TUTORIALS = join(ROOT, "docs/tutorials");
const PROGRAMS = JSON.parse(readFileSync(join(ROOT, "apps/cli/package.json"), "utf8")) as { bin: Record<string, string> };
/** Rows of the classic suite that a page shows at work. */
const ROWS: Readonly<Record<string, string>> = {
  "publish-a-file": "F4 F5 F6 F7, seven steps of a publisher and six of a user",
  "run-a-mirror": "C7 C8 C9, a mirror that keeps itself",
  "run-a-tracker": "E1 E5 E6, a tracker of its own",
};
/** English page -> the same in Spanish. */
const PAGES: Readonly<Record<string, string>> = {
  "publish-a-file": "publicar-un-fichero",
  "run-a-mirror": "montar-un-mirror",
  "run-a-tracker": "montar-un-tracker",
};
const ADDRESS = "10.20.0.1";

const folder = mkdtempSync(join(tmpdir(), "bittern-tutorials-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Step {
  /** `test` is a remark that readers do not see: a check, or `stop` to end what goes on. */
  readonly kind: "run" | "background" | "elsewhere" | "test";
  readonly text: string;
}

function stepsOf(language: "en" | "es", page: string): readonly Step[] {
  const text = readFileSync(join(TUTORIALS, language, `${page}.md`), "utf8");
  const found = text.matchAll(/^```sh(?: (background|elsewhere))?\n([\s\S]*?)^```$|^<!-- test: (.*) -->$/gm);
  return [...found].map(([, mark, block, test]) =>
    test === undefined ? { kind: (mark ?? "run") as Step["kind"], text: (block as string).trim() } : { kind: "test", text: test },
  );
}

/** What the readers' machine has before they begin: the program, and for the mirror a project to be mirrored. */
const ORIGIN = `
mkdir -p origin && head -c 200000 /dev/urandom > origin/release-1.txt
bittern create origin/release-1.txt -t http://project.example.org:7000/announce -o origin/release-1.txt.torrent --quiet
cat > origin/torrents.rss <<'RSS'
<rss version="2.0"><channel><title>releases</title><item><title>1</title><link>http://project.example.org/release-1.txt.torrent</link></item></channel></rss>
RSS
go bittern track --port 7000
go bittern seed origin/release-1.txt.torrent --dir origin --port 7001
go node -e 'require("node:http").createServer((q, a) => require("node:fs").createReadStream("origin" + q.url).on("error", () => a.writeHead(404).end()).pipe(a)).listen(80, () => console.log("up"))'
`;

function scriptOf(page: string): string {
  const lines = stepsOf("en", page).map(({ kind, text }) => {
    switch (kind) {
      case "run":
        return text;
      case "background":
        return `go ${text}`;
      case "elsewhere":
        return "";
      case "test":
        return text === "stop" ? "halt" : text;
    }
  });
  return `set -eu
jobs=""; count=0
# Starts what goes on, and waits until it has said that it is ready.
go() {
  count=$((count + 1)); "$@" > "said.$count" 2>&1 & jobs="$jobs $!"
  for wait in $(seq 200); do
    kill -0 $! 2> /dev/null || break
    if [ -s "said.$count" ]; then return 0; fi
    sleep 0.1
  done
  cat "said.$count" >&2; exit 1
}
halt() { for job in $jobs; do kill "$job" 2> /dev/null || true; done; wait; jobs=""; }
trap 'status=$?; halt; [ $status = 0 ] || cat said.* >&2' EXIT
${page === "run-a-mirror" ? ORIGIN : ""}
${lines.join("\n")}
`;
}

function run(page: string): { status: number | null; said: string } {
  const home = join(folder, page);
  const bin = join(home, "bin");
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of Object.entries(PROGRAMS.bin)) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "apps/cli", script)}" "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  writeFileSync(join(home, "hosts"), `127.0.0.1 localhost\n${ADDRESS} files.example.org tracker.example.org project.example.org\n`);
  writeFileSync(join(home, "script"), scriptOf(page));
  const around = `ip link set lo up; ip address add ${ADDRESS}/32 dev lo; mount --bind ${home}/hosts /etc/hosts; cd ${home}; exec timeout 90 bash script`;
  const { status, stdout, stderr } = spawnSync("unshare", ["-n", "-m", "sh", "-c", around], {
    encoding: "utf8",
    env: { PATH: `${bin}:${process.env["PATH"]}`, HOME: home, LC_ALL: "C.UTF-8" },
  });
  return { status, said: stdout + stderr };
}

describe("The tutorials", () => {
  it("are there in both languages, with the same commands", () => {
    expect(readdirSync(join(TUTORIALS, "en")).toSorted()).toEqual(Object.keys(PAGES).map((page) => `${page}.md`));
    for (const [english, spanish] of Object.entries(PAGES)) expect(stepsOf("es", spanish), spanish).toEqual(stepsOf("en", english));
  });

  it("name only units that we ship", () => {
    for (const page of Object.keys(PAGES)) {
      for (const { kind, text } of stepsOf("en", page)) {
        if (kind !== "elsewhere") continue;
        expect(spawnSync("bash", ["-n"], { input: text }).status).toBe(0);
        for (const [, user, unit] of text.matchAll(/systemctl (--user )?enable --now (\S+)/g)) {
          const place = join(ROOT, "packaging/systemd", user === undefined ? "system" : "user", `${unit}.service`);
          expect(existsSync(place), place).toBe(true);
        }
      }
    }
  });
});

describeWith([interopPeers()], "The tutorials", () => {
  it.each(Object.entries(ROWS))("work as printed: %s (%s)", (page) => {
    const { status, said } = run(page);
    expect(status, said).toBe(0);
  });
});
