/**
 * Every wall, crossed: a small street with the real configuration is green, and each crossing turns the wall meant for it red.
 * The street is built outside of the checkout, from the rooms' real manifests and a few lines of source.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ROOT } from "./tree.ts";

const CONFIGURATION = [
  "biome.json",
  ".oxlintrc.json",
  ".dependency-cruiser.mjs",
  "knip.json",
  "tsconfig.base.json",
  "tsconfig.test.json",
  ".gitignore",
];
const ROOMS = ["packages/protocol", "packages/host", "packages/engine", "packages/tracker", "packages/node"];

const HEADER = "/**\n * A house on the street.\n * @module\n */\n";
/** The smallest street on which every wall has something to guard. */
const STREET: Readonly<Record<string, string>> = {
  "packages/protocol/src/base/index.ts": `${HEADER}export const ONE: number = 1;\n`,
  "packages/protocol/src/peer/index.ts": `${HEADER}import { ONE } from "../base/index.ts";\n\nexport const TWO: number = ONE + ONE;\n`,
  "packages/host/src/index.ts": `${HEADER}export { ONE } from "@bittern/protocol/base";\n`,
  "packages/engine/src/index.ts": `${HEADER}import { ONE } from "@bittern/host";\nimport { TWO } from "@bittern/protocol/peer";\n\nexport const THREE: number = ONE + TWO;\n`,
  "packages/tracker/src/index.ts": `${HEADER}import { ONE } from "@bittern/host";\nimport { TWO } from "@bittern/protocol/peer";\n\nexport const FOUR: number = ONE + TWO + 1;\n`,
  "packages/node/src/index.ts": `${HEADER}import { readFile } from "node:fs/promises";\nimport { ONE } from "@bittern/host";\nimport { TWO } from "@bittern/protocol/peer";\n\nexport const FIVE: number = ONE + TWO + 2;\nexport async function read(path: string): Promise<string> {\n  return await readFile(path, "utf8");\n}\n`,
};

const TOOLS = {
  layout: ["biome", "check"],
  judgement: ["oxlint"],
  types: ["tsc", "-b", "packages/engine", "packages/tracker", "packages/node"],
  arrows: ["depcruise", "--config", ".dependency-cruiser.mjs", "packages"],
  "dead code": ["knip", "--no-progress", "--no-config-hints", "--exclude", "devDependencies"],
} as const;

const streets: string[] = [];
afterEach(() => {
  for (const street of streets.splice(0)) rmSync(street, { recursive: true, force: true });
});

/** Builds the street with `changes` made to it and returns what the wall's tool says of it. */
function walk(wall: keyof typeof TOOLS, changes: Readonly<Record<string, string>> = {}): { holds: boolean; says: string } {
  const street = mkdtempSync(join(tmpdir(), "bittern-walls-"));
  streets.push(street);
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
  for (const [path, text] of Object.entries({ ...STREET, ...changes })) write(street, path, text);
  const [tool, ...args] = TOOLS[wall];
  const { status, stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin", tool), args, {
    cwd: street,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  return { holds: status === 0, says: stdout + stderr };
}

/** The room's real manifest; of its dependencies only the rooms the street uses, so that none counts as unused. */
function manifestOf(room: string): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, room, "package.json"), "utf8")) as Record<string, unknown>;
  const named = Object.entries((manifest["dependencies"] ?? {}) as Record<string, string>).filter(([name]) => name.startsWith("@bittern/"));
  delete manifest["devDependencies"];
  return `${JSON.stringify({ ...manifest, dependencies: Object.fromEntries(named) }, null, 2)}\n`;
}

function write(street: string, path: string, text: string): void {
  mkdirSync(dirname(join(street, path)), { recursive: true });
  writeFileSync(join(street, path), text);
}

function addTo(path: keyof typeof STREET, text: string): Readonly<Record<string, string>> {
  return { [path]: `${STREET[path]}${text}` };
}

describe("A street that keeps the rules", () => {
  it.each(Object.keys(TOOLS) as (keyof typeof TOOLS)[])("is green for %s", (wall) => {
    const { holds, says } = walk(wall);
    expect(holds, says).toBe(true);
  });
});

describe("The wall of types", () => {
  it("gives a pure room no timers", () => {
    const { holds, says } = walk("types", addTo("packages/engine/src/index.ts", "setTimeout(() => {}, THREE);\n"));
    expect(holds).toBe(false);
    expect(says).toMatch(/engine.*Cannot find name 'setTimeout'/);
  });

  it("gives a pure room no Node", () => {
    const { holds, says } = walk("types", addTo("packages/engine/src/index.ts", "export const PLACE: string = process.cwd();\n"));
    expect(holds).toBe(false);
    expect(says).toMatch(/engine.*Cannot find name 'process'/);
  });

  it("asks an export for its type", () => {
    const { holds, says } = walk("types", addTo("packages/engine/src/index.ts", "export const SUM = [1, 2].map((n) => n + THREE);\n"));
    expect(holds).toBe(false);
    expect(says).toContain("TS9010");
  });
});

describe("The wall of judgement", () => {
  it.each([
    ["the wall clock", "export const AT: number = Date.now();\n", "no-restricted-globals", "take `now: Millis`"],
    ["a timer", "setTimeout(() => {}, THREE);\n", "no-restricted-globals", "through `deadline`"],
    ["dice", "export const LUCK: number = Math.random();\n", "no-restricted-properties", "take `random: Random`"],
    ["waiting", "export async function wait(): Promise<void> {}\n", "no-async-await", ""],
    ["any", "export const ANY: any = THREE;\n", "no-explicit-any", ""],
  ])("keeps %s out of a pure room", (_what, text, rule, advice) => {
    const { holds, says } = walk("judgement", addTo("packages/engine/src/index.ts", text));
    expect(holds).toBe(false);
    expect(says).toContain(rule);
    expect(says).toContain(advice);
  });

  it("finds a promise nobody waits for", () => {
    const { holds, says } = walk("judgement", addTo("packages/node/src/index.ts", 'read("a");\n'));
    expect(holds).toBe(false);
    expect(says).toContain("no-floating-promises");
  });

  it("finds one in a test as well, across rooms", () => {
    const text = `import { read } from "@bittern/node";\n\nread("a");\n`;
    const { holds, says } = walk("judgement", { "packages/tracker/src/tracker.test.ts": text });
    expect(holds).toBe(false);
    expect(says).toContain("no-floating-promises");
  });

  it("finds a promise where nobody looks at it", () => {
    const { holds, says } = walk("judgement", addTo("packages/node/src/index.ts", 'if (read("a")) throw new Error("always");\n'));
    expect(holds).toBe(false);
    expect(says).toContain("no-misused-promises");
  });

  it("finds the case a switch forgot", () => {
    const text =
      'export function say(word: "yes" | "no"): number {\n  switch (word) {\n    case "yes":\n      return 1;\n  }\n  return 0;\n}\n';
    const { holds, says } = walk("judgement", addTo("packages/engine/src/index.ts", text));
    expect(holds).toBe(false);
    expect(says).toContain("switch-exhaustiveness-check");
  });

  it("keeps 32-bit shifts away from sizes", () => {
    const text = `${HEADER}export function half(byteLength: number): number {\n  return byteLength >> 1;\n}\n`;
    const { holds, says } = walk("judgement", { "packages/protocol/src/metainfo/index.ts": text });
    expect(holds).toBe(false);
    expect(says).toContain("no-bitwise");
  });

  it("finds a cycle", () => {
    const { holds, says } = walk("judgement", {
      "packages/engine/src/left.ts": `${HEADER}import type { Right } from "./right.ts";\n\nexport type Left = Right | 1;\n`,
      "packages/engine/src/right.ts": `${HEADER}import type { Left } from "./left.ts";\n\nexport type Right = Left[];\n`,
    });
    expect(holds).toBe(false);
    expect(says).toContain("no-cycle");
  });
});

describe("The wall of arrows", () => {
  it.each([
    ["a room from a room on its right", "packages/host/src/index.ts", 'export { THREE } from "@bittern/engine";\n', "room-host"],
    ["a type of it as well", "packages/host/src/index.ts", 'export type { THREE } from "@bittern/engine";\n', "room-host"],
    ["a world from an engine", "packages/engine/src/index.ts", 'export { FIVE } from "@bittern/node";\n', "room-engine"],
    [
      "a conversation from what lies below it",
      "packages/protocol/src/base/index.ts",
      'export { TWO } from "../peer/index.ts";\n',
      "corner-base",
    ],
    ["Node from a pure room", "packages/engine/src/index.ts", 'export { join } from "node:path";\n', "pure-no-node"],
    ["a package from a pure room", "packages/engine/src/index.ts", 'export type { Server } from "undici-types";\n', "pure-no-npm"],
    ["a file that is not there", "packages/engine/src/index.ts", 'export { SIX } from "./six.ts";\n', "no-unknown"],
  ])("hides %s", (_what, path, text, rule) => {
    const { holds, says } = walk("arrows", addTo(path, text));
    expect(holds).toBe(false);
    expect(says).toContain(`error ${rule}:`);
  });

  it("lets conversations not know each other", () => {
    const text = `${HEADER}export { TWO } from "../peer/index.ts";\n`;
    const { holds, says } = walk("arrows", { "packages/protocol/src/tracker/index.ts": text });
    expect(holds).toBe(false);
    expect(says).toContain("error corner-tracker:");
  });

  it("wants a line for a new corner", () => {
    const text = `${HEADER}export { ONE } from "../base/index.ts";\n`;
    const { holds, says } = walk("arrows", { "packages/protocol/src/gossip/index.ts": text });
    expect(holds).toBe(false);
    expect(says).toContain("error corner-unknown:");
  });

  it("finds a cycle, even of types", () => {
    const { holds, says } = walk("arrows", {
      "packages/engine/src/left.ts": `${HEADER}import type { Right } from "./right.ts";\n\nexport type Left = Right | 1;\n`,
      "packages/engine/src/right.ts": `${HEADER}import type { Left } from "./left.ts";\n\nexport type Right = Left[];\n`,
    });
    expect(holds).toBe(false);
    expect(says).toContain("error no-cycle:");
  });
});

describe("The wall of dead code", () => {
  it("finds a package nobody listed", () => {
    const { holds, says } = walk("dead code", addTo("packages/node/src/index.ts", 'export type { Agent } from "undici-types";\n'));
    expect(holds).toBe(false);
    expect(says).toMatch(/Unlisted dependencies[\s\S]*undici-types/);
  });

  it("finds a file nobody imports", () => {
    const { holds, says } = walk("dead code", { "packages/engine/src/attic.ts": `${HEADER}export const DUST: number = 1;\n` });
    expect(holds).toBe(false);
    expect(says).toMatch(/Unused files[\s\S]*attic\.ts/);
  });
});

describe("The wall of layout", () => {
  it("finds a line that is not laid out", () => {
    const { holds, says } = walk("layout", addTo("packages/engine/src/index.ts", "export const   WIDE:number=1\n"));
    expect(holds).toBe(false);
    expect(says).toContain("engine/src/index.ts");
    expect(says).toContain("format");
  });

  it("finds imports out of order", () => {
    const text = `${HEADER}import { TWO } from "@bittern/protocol/peer";\nimport { ONE } from "@bittern/host";\n\nexport const THREE: number = ONE + TWO;\n`;
    const { holds, says } = walk("layout", { "packages/engine/src/index.ts": text });
    expect(holds).toBe(false);
    expect(says).toContain("organizeImports");
  });
});
