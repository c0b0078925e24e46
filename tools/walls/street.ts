/**
 * The smallest street on which every wall has something to guard: built outside of the checkout from the real configuration, the
 * rooms' real manifests and a few lines of source, with whatever changes a test makes to it.
 * @module
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../tree.ts";

const CONFIGURATION = [
  "biome.json",
  ".oxlintrc.json",
  ".dependency-cruiser.mjs",
  "knip.json",
  "tsconfig.base.json",
  "tsconfig.test.json",
  ".gitignore",
];
export const PURE_ROOMS: readonly string[] = ["protocol", "host", "engine", "tracker", "simulator", "contract", "faces"].map(
  (room) => `packages/${room}`,
);
const ROOMS = [...PURE_ROOMS, "packages/node"];

export const HEADER: string = "/**\n * A house on the street.\n * @module\n */\n";
/** The smallest street on which every wall has something to guard. */
export const STREET: Readonly<Record<string, string>> = {
  "packages/protocol/src/base/index.ts": `${HEADER}export const ONE: number = 1;\n`,
  "packages/protocol/src/peer/index.ts": `${HEADER}import { ONE } from "../base/index.ts";\n\nexport const TWO: number = ONE + ONE;\n`,
  "packages/host/src/index.ts": `${HEADER}export { ONE } from "@bittern/protocol/base";\n`,
  "packages/engine/src/index.ts": `${HEADER}import { ONE } from "@bittern/host";\nimport { TWO } from "@bittern/protocol/peer";\n\nexport const THREE: number = ONE + TWO;\n`,
  "packages/tracker/src/index.ts": `${HEADER}import { ONE } from "@bittern/host";\nimport { TWO } from "@bittern/protocol/peer";\n\nexport const FOUR: number = ONE + TWO + 1;\n`,
  "packages/simulator/src/index.ts": `${HEADER}import { THREE } from "@bittern/engine";\nimport { ONE } from "@bittern/host";\nimport { TWO } from "@bittern/protocol/peer";\n\nexport const SIX: number = ONE + TWO + THREE;\n`,
  "packages/contract/src/index.ts": `${HEADER}export const NONE: number = 0;\n`,
  "packages/faces/src/index.ts": `${HEADER}export { TWO } from "@bittern/protocol/peer";\n`,
  "packages/faces/src/testing.ts": `${HEADER}export const SAMPLE: number = 1;\n`,
  "packages/node/src/index.ts": `${HEADER}import { readFile } from "node:fs/promises";\nimport { ONE } from "@bittern/host";\nimport { TWO } from "@bittern/protocol/peer";\n\nexport const FIVE: number = ONE + TWO + 2;\nexport async function read(path: string): Promise<string> {\n  return await readFile(path, "utf8");\n}\n`,
};

const TOOLS = {
  layout: ["biome", "check"],
  judgement: ["oxlint"],
  types: ["tsc", "-b", ...ROOMS],
  arrows: ["depcruise", "--config", ".dependency-cruiser.mjs", "packages", "apps"],
  "dead code": ["knip", "--no-progress", "--no-config-hints", "--exclude", "devDependencies"],
} as const;

export type Wall = keyof typeof TOOLS;
export const WALLS = Object.keys(TOOLS) as readonly Wall[];

/** Builds the street with `changes` made to it and returns what the wall's tool says of it. */
export function walk(wall: Wall, changes: Readonly<Record<string, string>> = {}): { holds: boolean; says: string } {
  const street = mkdtempSync(join(tmpdir(), "bittern-walls-"));
  try {
    build(street, changes);
    const [tool, ...args] = TOOLS[wall];
    const { status, stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin", tool), args, {
      cwd: street,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    });
    return { holds: status === 0, says: stdout + stderr };
  } finally {
    rmSync(street, { recursive: true, force: true });
  }
}

function build(street: string, changes: Readonly<Record<string, string>>): void {
  for (const file of [...CONFIGURATION, "tools/pure-globals.d.ts"]) cpSync(join(ROOT, file), join(street, file), { recursive: true });
  write(street, "package.json", `${JSON.stringify({ name: "street", private: true, type: "module", workspaces: ROOMS }, null, 2)}\n`);
  write(street, "tsconfig.json", '{ "files": [], "references": [{ "path": "./tsconfig.test.json" }] }\n');
  for (const room of ROOMS) {
    cpSync(join(ROOT, room, "tsconfig.json"), join(street, room, "tsconfig.json"), { recursive: true });
    write(street, `${room}/package.json`, manifestOf(room));
    mkdirSync(join(street, "node_modules/@bittern"), { recursive: true });
    symlinkSync(join(street, room), join(street, "node_modules", `@bittern/${room.split("/")[1]}`));
  }
  symlinkSync(join(ROOT, "node_modules/@types"), join(street, "node_modules/@types"));
  symlinkSync(join(ROOT, "node_modules/undici-types"), join(street, "node_modules/undici-types"));
  mkdirSync(join(street, "apps"));
  for (const [path, text] of Object.entries({ ...STREET, ...changes })) write(street, path, text);
}

/** The room's real manifest; of its dependencies only the rooms the street uses, so that none counts as unused. */
export function manifestOf(room: string, more: Readonly<Record<string, string>> = {}): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, room, "package.json"), "utf8")) as Record<string, unknown>;
  const named = Object.entries((manifest["dependencies"] ?? {}) as Record<string, string>).filter(([name]) => name.startsWith("@bittern/"));
  delete manifest["devDependencies"];
  return `${JSON.stringify({ ...manifest, dependencies: { ...Object.fromEntries(named), ...more } }, null, 2)}\n`;
}

function write(street: string, path: string, text: string): void {
  mkdirSync(dirname(join(street, path)), { recursive: true });
  writeFileSync(join(street, path), text);
}
