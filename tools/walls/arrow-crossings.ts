/**
 * Every line of the layer table, crossed: an import of what it hides.
 * @module
 */
import { dirname, relative } from "node:path";
import type { Crossing } from "./crossing.ts";
import { HEADER, STREET } from "./street.ts";

/** What the layer table forbids; each rule is crossed below. */
const { default: ARROWS } = (await import(new URL("../../.dependency-cruiser.mjs", import.meta.url).href)) as {
  default: { forbidden: readonly { name: string; from: { path?: string | readonly string[] }; to: { path?: string; pathNot?: string } }[] };
};
/** What some of the crossings below lead to. */
const HIDDEN: Readonly<Record<string, string>> = {
  "packages/protocol/src/fuzz/index.ts": `${HEADER}export const DAMAGE: number = 1;\n`,
  "packages/engine/src/engine.test.ts": "export const TESTED: number = 1;\n",
  "apps/tui/src/index.ts": `${HEADER}export const FACE: number = 1;\n`,
};

/** Places that a rule of arrows is about: rooms, corners of protocol, or parts of a torrent. */
const PLACES = {
  room: ARROWS.forbidden.filter(({ name }) => name.startsWith("room-")).map(folderOf),
  corner: ARROWS.forbidden.filter(({ name }) => /^corner-(?!unknown|fuzz-is)/.test(name)).map(folderOf),
  torrent: ARROWS.forbidden.filter(({ name }) => name.startsWith("torrent-")).map(folderOf),
};

function folderOf({ from }: (typeof ARROWS.forbidden)[number]): string {
  return String(from.path).replace(/^\^|\/$/g, "");
}

/** One import for each line of a table: from its place, of the first one that it may not see. */
function crossingsOfTable(kind: keyof typeof PLACES): readonly Crossing[] {
  return ARROWS.forbidden
    .filter((rule) => PLACES[kind].includes(folderOf(rule)) && rule.name.startsWith(kind))
    .map((rule) => {
      const from = folderOf(rule);
      const seen = new RegExp(rule.to.pathNot ?? "^$");
      const to = PLACES[kind].find((place) => !seen.test(`${place}/`)) ?? "";
      const target = kind === "room" ? `${to}/src/index.ts` : `${to}/index.ts`;
      const path = kind === "room" ? `${from}/src/crossing.ts` : `${from}/crossing.ts`;
      return {
        wall: "arrows" as const,
        claim: `keeps ${rule.name}: ${to} is hidden from it`,
        path,
        text: `export * from "${relative(dirname(path), target)}";\n`,
        says: [`error ${rule.name}:`],
        beside: { [target]: STREET[target] ?? `${HEADER}export const HERE: number = 1;\n` },
      };
    });
}

export const ARROW_CROSSINGS: readonly Crossing[] = [
  ...crossingsOfTable("room"),
  ...crossingsOfTable("corner"),
  ...crossingsOfTable("torrent"),
  ...(
    [
      [
        "a type of a room on its right as well",
        "packages/host/src/type.ts",
        'export type { THREE } from "@bittern/engine";\n',
        "room-host",
      ],
      ["Node from a pure room", "packages/engine/src/path.ts", 'export { join } from "node:path";\n', "pure-no-node"],
      ["a package from a pure room", "packages/engine/src/package.ts", 'export type { Server } from "undici-types";\n', "pure-no-npm"],
      ["a file that is not there", "packages/engine/src/missing.ts", 'export { SIX } from "./six.ts";\n', "no-unknown"],
      [
        "what damages bytes from all but tests",
        "packages/engine/src/damage.ts",
        'export * from "../../protocol/src/fuzz/index.ts";\n',
        "corner-fuzz-is-for-tests",
      ],
      ["tests from sources", "packages/engine/src/tested.ts", 'export * from "./engine.test.ts";\n', "not-to-test"],
      [
        "the terminal face from the start of a command",
        "apps/cli/src/face.ts",
        'export * from "../../tui/src/index.ts";\n',
        "cli-loads-faces-late",
      ],
      [
        "a new corner that has no line yet",
        "packages/protocol/src/gossip/index.ts",
        `${HEADER}export { ONE } from "../base/index.ts";\n`,
        "corner-unknown",
      ],
    ] as const
  ).map(([what, path, text, rule]) => ({
    wall: "arrows" as const,
    claim: `hides ${what}`,
    path,
    text,
    says: [`error ${rule}:`],
    beside: HIDDEN,
  })),
];

/** The rules of the table, by name. */
export const ARROW_RULES: readonly string[] = ARROWS.forbidden.map(({ name }) => name);
