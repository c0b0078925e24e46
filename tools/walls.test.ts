/**
 * Every wall, crossed: a small street with the real configuration is green, and each crossing turns the wall meant for it red.
 * The street is built outside of the checkout, from the rooms' real manifests and a few lines of source.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
afterAll(() => {
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

/** One way to break a rule: a file of its own, so that many crossings share one street and one run of the tool. */
interface Crossing {
  readonly wall: keyof typeof TOOLS;
  /** Finishes "the wall of types ...". */
  readonly claim: string;
  readonly path: string;
  readonly text: string;
  /** Found in what the tool says of this file. */
  readonly says: readonly (string | RegExp)[];
}

const CROSSINGS: readonly Crossing[] = [
  {
    wall: "types",
    claim: "gives a pure room no timers",
    path: "packages/engine/src/timer.ts",
    text: "setTimeout(() => {}, 1);\n",
    says: [/timer\.ts.*Cannot find name 'setTimeout'/],
  },
  {
    wall: "types",
    claim: "gives a pure room no Node",
    path: "packages/engine/src/place.ts",
    text: "export const PLACE: string = process.cwd();\n",
    says: [/place\.ts.*Cannot find name 'process'/],
  },
  {
    wall: "types",
    claim: "asks an export for its type",
    path: "packages/engine/src/sum.ts",
    text: "export const SUM = [1, 2].map((n) => n + 1);\n",
    says: [/sum\.ts.*TS9010/],
  },
  ...(
    [
      ["the wall clock", "clock", "export const AT: number = Date.now();\n", ["no-restricted-globals", "take `now: Millis`"]],
      ["a timer", "timer", "setTimeout(() => {}, 1);\n", ["no-restricted-globals", "through `deadline`"]],
      ["dice", "dice", "export const LUCK: number = Math.random();\n", ["no-restricted-properties", "take `random: Random`"]],
      ["waiting", "wait", "export async function wait(): Promise<void> {}\n", ["no-async-await"]],
      ["any", "any", "export const ANY: any = 1;\n", ["no-explicit-any"]],
    ] as const
  ).map(([what, file, text, says]) => ({
    wall: "judgement" as const,
    claim: `keeps ${what} out of a pure room`,
    path: `packages/engine/src/${file}.ts`,
    text,
    says,
  })),
  {
    wall: "judgement",
    claim: "finds a promise nobody waits for",
    path: "packages/node/src/floating.ts",
    text: 'import { read } from "./index.ts";\n\nread("a");\n',
    says: ["no-floating-promises"],
  },
  {
    wall: "judgement",
    claim: "finds one in a test as well, across rooms",
    path: "packages/tracker/src/tracker.test.ts",
    text: 'import { read } from "@bittern/node";\n\nread("a");\n',
    says: ["no-floating-promises"],
  },
  {
    wall: "judgement",
    claim: "finds a promise where nobody looks at it",
    path: "packages/node/src/misused.ts",
    text: 'import { read } from "./index.ts";\n\nif (read("a")) throw new Error("always");\n',
    says: ["no-misused-promises"],
  },
  {
    wall: "judgement",
    claim: "finds the case a switch forgot",
    path: "packages/engine/src/word.ts",
    text: 'export function say(word: "yes" | "no"): number {\n  switch (word) {\n    case "yes":\n      return 1;\n  }\n  return 0;\n}\n',
    says: ["switch-exhaustiveness-check"],
  },
  {
    wall: "judgement",
    claim: "keeps 32-bit shifts away from sizes",
    path: "packages/protocol/src/metainfo/index.ts",
    text: `${HEADER}export function half(byteLength: number): number {\n  return byteLength >> 1;\n}\n`,
    says: ["no-bitwise"],
  },
  ...(["judgement", "arrows"] as const).flatMap((wall) => [
    {
      wall,
      claim: "finds a cycle, even of types",
      path: "packages/engine/src/left.ts",
      text: `${HEADER}import type { Right } from "./right.ts";\n\nexport type Left = Right | 1;\n`,
      says: [wall === "arrows" ? "error no-cycle:" : "no-cycle"],
    },
    {
      wall,
      claim: "finds it from the other side as well",
      path: "packages/engine/src/right.ts",
      text: `${HEADER}import type { Left } from "./left.ts";\n\nexport type Right = Left[];\n`,
      says: [wall === "arrows" ? "error no-cycle:" : "no-cycle"],
    },
  ]),
  ...(
    [
      ["a room from a room on its right", "packages/host/src/right.ts", 'export { THREE } from "@bittern/engine";\n', "room-host"],
      ["a type of it as well", "packages/host/src/type.ts", 'export type { THREE } from "@bittern/engine";\n', "room-host"],
      ["a world from an engine", "packages/engine/src/world.ts", 'export { FIVE } from "@bittern/node";\n', "room-engine"],
      [
        "a conversation from what lies below it",
        "packages/protocol/src/base/up.ts",
        'export { TWO } from "../peer/index.ts";\n',
        "corner-base",
      ],
      ["Node from a pure room", "packages/engine/src/path.ts", 'export { join } from "node:path";\n', "pure-no-node"],
      ["a package from a pure room", "packages/engine/src/package.ts", 'export type { Server } from "undici-types";\n', "pure-no-npm"],
      ["a file that is not there", "packages/engine/src/missing.ts", 'export { SIX } from "./six.ts";\n', "no-unknown"],
      [
        "conversations from each other",
        "packages/protocol/src/tracker/index.ts",
        `${HEADER}export { TWO } from "../peer/index.ts";\n`,
        "corner-tracker",
      ],
      [
        "a new corner that has no line yet",
        "packages/protocol/src/gossip/index.ts",
        `${HEADER}export { ONE } from "../base/index.ts";\n`,
        "corner-unknown",
      ],
    ] as const
  ).map(([what, path, text, rule]) => ({ wall: "arrows" as const, claim: `hides ${what}`, path, text, says: [`error ${rule}:`] })),
  {
    wall: "dead code",
    claim: "finds a package nobody listed",
    path: "packages/node/src/index.ts",
    text: `${STREET["packages/node/src/index.ts"]}export type { Agent } from "undici-types";\n`,
    says: [/Unlisted dependencies[\s\S]*undici-types/],
  },
  {
    wall: "dead code",
    claim: "finds a file nobody imports",
    path: "packages/engine/src/attic.ts",
    text: `${HEADER}export const DUST: number = 1;\n`,
    says: [/Unused files[\s\S]*attic\.ts/],
  },
  {
    wall: "layout",
    claim: "finds a line that is not laid out",
    path: "packages/engine/src/wide.ts",
    text: "export const   WIDE:number=1\n",
    says: [/wide\.ts format/],
  },
  {
    wall: "layout",
    claim: "finds imports out of order",
    path: "packages/engine/src/order.ts",
    text: `${HEADER}import { TWO } from "@bittern/protocol/peer";\nimport { ONE } from "@bittern/host";\n\nexport const THREE: number = ONE + TWO;\n`,
    says: [/order\.ts[\s\S]*organizeImports/],
  },
];

describe.each(Object.keys(TOOLS) as (keyof typeof TOOLS)[])("The wall of %s", (wall) => {
  const crossings = CROSSINGS.filter((crossing) => crossing.wall === wall);

  it("is green on a street that keeps the rules", () => {
    const { holds, says } = walk(wall);
    expect(holds, says).toBe(true);
  });

  describe("on a street that breaks them", () => {
    let says = "";
    beforeAll(() => {
      const red = walk(wall, Object.fromEntries(crossings.map(({ path, text }) => [path, text])));
      expect(red.holds).toBe(false);
      says = red.says;
    });

    it.each(crossings.map((crossing) => [crossing.claim, crossing] as const))("%s", (_claim, crossing) => {
      // This one makes lists and puts the words above them.
      const about = wall === "dead code" ? says : aboutFile(says, crossing.path);
      for (const words of crossing.says) expect(about).toMatch(typeof words === "string" ? new RegExp(escaped(words)) : words);
    });
  });
});

/** The paragraphs and lines that name the file. Under `CI=true` oxlint paints whatever it is told of colours. */
function aboutFile(says: string, path: string): string {
  return stripVTControlCharacters(says)
    .split(/\n(?=\S)|\n\n/)
    .filter((part) => part.includes(path))
    .join("\n");
}

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
