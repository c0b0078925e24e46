/**
 * One way over each wall, and several where a wall keeps several things out. Files of their own, so that all of them share one
 * street and one run of the tool.
 * @module
 */
import { ARROW_CROSSINGS } from "./arrow-crossings.ts";
import type { Crossing } from "./crossing.ts";
import { HEADER, manifestOf, PURE_ROOMS, STREET } from "./street.ts";

export const CROSSINGS: readonly Crossing[] = [
  ...ARROW_CROSSINGS,
  ...PURE_ROOMS.flatMap((room) => [
    {
      wall: "types" as const,
      claim: `gives ${room} no timers`,
      path: `${room}/src/timer.ts`,
      text: "setTimeout(() => {}, 1);\n",
      says: [/timer\.ts.*Cannot find name 'setTimeout'/],
    },
    {
      wall: "types" as const,
      claim: `gives ${room} no Node`,
      path: `${room}/src/place.ts`,
      text: "export const PLACE: string = process.cwd();\n",
      says: [/place\.ts.*Cannot find name 'process'/],
    },
    {
      wall: "types" as const,
      claim: `gives ${room} no page of a browser`,
      path: `${room}/src/title.ts`,
      text: "export const TITLE: string = document.title;\n",
      says: [/title\.ts.*Cannot find name 'document'/],
    },
  ]),
  {
    wall: "types",
    claim: "asks whether an item of a list is there",
    path: "packages/engine/src/first.ts",
    text: "export function first(list: readonly number[]): number {\n  return list[0];\n}\n",
    says: [/first\.ts.*'number \| undefined' is not assignable/],
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
      [
        "the clock of a run",
        "run-clock",
        "export const AT: number = performance.now();\n",
        ["no-restricted-globals", "take `now: Millis`"],
      ],
      ["a timer", "timer", "setTimeout(() => {}, 1);\n", ["no-restricted-globals", "through `deadline`"]],
      ["a timer that repeats", "interval", "setInterval(() => {}, 1);\n", ["no-restricted-globals", "through `deadline`"]],
      ["a timer of no time", "immediate", "setImmediate(() => {});\n", ["no-restricted-globals", "through `deadline`"]],
      ["the queue", "queue", "queueMicrotask(() => {});\n", ["no-restricted-globals", "return what must be done"]],
      ["the dice of the platform", "crypto", "export const LUCK: unknown = crypto;\n", ["no-restricted-globals", "take `random: Random`"]],
      ["the network", "fetch", "export const ASK: unknown = fetch;\n", ["no-restricted-globals", "the host asks"]],
      ["speech", "speech", 'console.log("here");\n', ["no-restricted-globals", "return what must be said"]],
      ["the process", "process", "export const PLACE: unknown = process;\n", ["no-restricted-globals", "knows no Node"]],
      ["promises", "promise", "export const LATER: unknown = Promise;\n", ["no-restricted-globals", "does not wait"]],
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
  ...(
    [
      ["var", "var", "var one = 1;\nexport const TWO: number = one + 1;\n", "no-var"],
      ["a let that never changes", "let", "let one = 1;\nexport const TWO: number = one + 1;\n", "prefer-const"],
      ["a comparison that converts", "equal", 'export function isOne(n: unknown): boolean {\n  return n == "1";\n}\n', "eqeqeq"],
      ["eval", "eval", 'export const ONE: unknown = eval("1");\n', "no-eval"],
      ["code made of text", "code", 'export const ONE: unknown = new Function("return 1");\n', "no-new-func"],
      ["a variable nobody reads", "unused", "const one = 1;\n", "no-unused-vars"],
      [
        "a spread of what has no items",
        "spread",
        "export function copy(map: Map<string, number>): object {\n  return { ...map };\n}\n",
        "no-misused-spread",
      ],
      [
        "a type imported as if it were a value",
        "import",
        'import { Stats } from "node:fs";\n\nexport function size(stats: Stats): number {\n  return stats.size;\n}\n',
        "consistent-type-imports",
      ],
      [
        "a claim that something is there",
        "claim",
        "export function first(list: readonly number[]): number {\n  return list[0]!;\n}\n",
        "no-non-null-assertion",
      ],
      [
        "a wait for what is no promise",
        "wait",
        "export async function wait(): Promise<number> {\n  return await 1;\n}\n",
        "await-thenable",
      ],
      ["a throw of what is no error", "throw", 'export function fail(): never {\n  throw "it failed";\n}\n', "only-throw-error"],
      [
        "numbers sorted as words",
        "sort",
        "export function sorted(list: number[]): number[] {\n  return list.sort();\n}\n",
        "require-array-sort-compare",
      ],
      ["an export without a name", "nameless", "export default 1;\n", "no-default-export"],
    ] as const
  ).map(([what, file, text, rule]) => ({
    wall: "judgement" as const,
    claim: `finds ${what}`,
    path: `packages/node/src/${file}.ts`,
    text,
    says: [rule],
  })),
  ...(
    [
      ["wall clock", "now", "export const AT: number = Date.now();\n", "of your own"],
      ["timer", "sleep", "setTimeout(() => {}, 1);\n", "does not sleep"],
      ["timer that repeats", "again", "setInterval(() => {}, 1);\n", "does not sleep"],
    ] as const
  ).map(([what, file, text, words]) => ({
    wall: "judgement" as const,
    claim: `leaves the tests of a pure room no ${what}`,
    path: `packages/engine/src/${file}.test.ts`,
    text,
    says: ["no-restricted-globals", words],
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
  {
    wall: "dead code",
    claim: "finds a package nobody listed",
    path: "packages/node/src/index.ts",
    text: `${STREET["packages/node/src/index.ts"]}export type { Agent } from "undici-types";\n`,
    says: [/Unlisted dependencies[\s\S]*undici-types/],
  },
  {
    wall: "dead code",
    claim: "finds a package listed and not used",
    path: "packages/faces/package.json",
    text: manifestOf("packages/faces", { "undici-types": "1.0.0" }),
    says: [/Unused dependencies[\s\S]*undici-types/],
  },
  {
    wall: "dead code",
    claim: "finds an export nobody uses, and a type",
    path: "packages/engine/src/index.ts",
    text: `${STREET["packages/engine/src/index.ts"]}export { USED } from "./part.ts";\n`,
    says: [/Unused exports[\s\S]*SPARE/, /Unused exported types[\s\S]*Spare/],
    beside: {
      "packages/engine/src/part.ts": `${HEADER}export const USED: number = 1;\nexport const SPARE: number = 2;\nexport type Spare = 3;\n`,
    },
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
