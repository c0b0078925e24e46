/** The house rules: the checkout keeps each of them, and a tree that breaks one is found out by it. */
import { describe, expect, it } from "vitest";
import { bepsNamed, bepsPage } from "./beps.ts";
import { HOUSE_RULES } from "./house-rules.ts";
import { checkout, moduleHeader, type Tree } from "./tree.ts";

const REAL = checkout();
const HEADER = "/**\n * A house on the street.\n * @module\n */\n";

/** A small tree that keeps every rule. */
const STREET: Readonly<Record<string, string>> = {
  ".dependency-cruiser.mjs": `${HEADER}export const ROOMS = {\n  "packages/protocol": [],\n};\n`,
  "README.md": "See [the bounds](docs/limits.md#peers), [the rooms](packages) and [the world](https://example.org/).\n",
  "docs/limits.md": "| [`PEERS_MAX`](../packages/protocol/src/peer/peer-id.ts) | 1 |\n",
  "docs/border-tests.md":
    "| [`PEERS_MAX`](../packages/protocol/src/peer/peer-id.ts) | are one | [peer-id.test.ts](../packages/protocol/src/peer/peer-id.test.ts) |\n",
  "packages/protocol/src/peer/peer-id.test.ts": 'it("are one", () => {});\n',
  "package.json": '{ "version": "1.2.3", "devDependencies": { "tool": "1.0.0-alpha.6" } }\n',
  "package-lock.json": JSON.stringify({
    packages: {
      "node_modules/tool": { version: "1.0.0", optionalDependencies: { "@tool/linux": "1.0.0" } },
      "node_modules/@tool/linux": { version: "1.0.0" },
    },
  }),
  "packages/protocol/README.md": "A room.\n",
  "packages/protocol/package.json": '{ "version": "1.2.3", "dependencies": { "part": "2.0.1" } }\n',
  "packages/protocol/src/peer/peer-id.ts": `${HEADER}export const VERSION: string = "1.2.3";\nexport const PEERS_MAX = 1;\n`,
  "packages/engine/src/picker.ts": `${HEADER}export class Picker {\n  pick(): number {\n    return 1;\n  }\n}\n`,
  "packages/engine/src/run.ts": `${HEADER}import { Picker } from "./picker.ts";\n\nexport const RUN: number = new Picker().pick();\n`,
};

/** `undefined` takes a file away. */
function treeOf(changes: Readonly<Record<string, string | undefined>> = {}): Tree {
  const texts = new Map(Object.entries({ ...STREET, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const files = [...texts.keys()].toSorted();
  const tree: Tree = {
    files,
    has: (path) => files.some((file) => file === path || file.startsWith(`${path}/`)),
    read: (path) => texts.get(path) ?? "",
  };
  if (!texts.has("docs/beps.md")) texts.set("docs/beps.md", bepsPage(tree));
  return tree;
}

type Claim = keyof typeof HOUSE_RULES;

/** Of each rule: what is done to the street, and what is named then. */
const CROSSINGS: readonly [claim: Claim, changes: Readonly<Record<string, string | undefined>>, named: string][] = [
  ["opens every module with a header that says what it is", { "tools/bare.ts": "export {};\n" }, "tools/bare.ts"],
  ["opens every module with a header that says what it is", { "apps/cli/src/empty.ts": "/** @module */\n" }, "apps/cli/src/empty.ts"],
  [
    "has no import that climbs three folders",
    { "packages/engine/src/a/b/c.ts": `${HEADER}import { PEERS_MAX } from "../../../../protocol/src/peer/peer-id.ts";\n` },
    "packages/engine/src/a/b/c.ts",
  ],
  ["has no drawer named misc", { "packages/engine/src/utils.ts": HEADER }, "packages/engine/src/utils.ts"],
  ["has no drawer named misc", { "tools/helpers/say.mjs": HEADER }, "tools/helpers/say.mjs"],
  ["gives every room a page of its own", { "packages/protocol/README.md": undefined }, "packages/protocol/README.md"],
  ["gives every room its line in the layer table", { "apps/web/package.json": '{ "version": "1.2.3" }' }, "apps/web"],
  ["has one version", { "packages/protocol/package.json": '{ "version": "1.2.4" }' }, "packages/protocol/package.json"],
  [
    "has one version",
    { "packages/protocol/src/peer/peer-id.ts": 'export const VERSION: string = "1.2.2";\n' },
    "packages/protocol/src/peer/peer-id.ts",
  ],
  ["pins every dependency exactly", { "package.json": '{ "devDependencies": { "tool": "^1.0.0" } }' }, "package.json: tool"],
  [
    "pins every dependency exactly",
    { "packages/protocol/package.json": '{ "optionalDependencies": { "part": "latest" } }' },
    "packages/protocol/package.json: part",
  ],
  [
    "locks versions, not download addresses",
    { "package-lock.json": '{\n  "resolved": "https://registry.example/tool.tgz"\n}' },
    "package-lock.json",
  ],
  [
    "locks the binaries of every platform, which a registry mirror may lack",
    { "package-lock.json": '{ "packages": { "node_modules/tool": { "optionalDependencies": { "@tool/darwin": "1.0.0" } } } }' },
    "@tool/darwin",
  ],
  // In two parts: the rule reads this file as well.
  ["names no folder of anybody's machine", { "docs/notes.md": `See ${"/ho"}me/carol/notes.\n` }, "docs/notes.md"],
  ["has no link in its pages that leads nowhere", { "docs/a.md": "[b](b.md)\n" }, "docs/a.md -> docs/b.md"],
  [
    "keeps every bound of docs/limits.md under its name",
    { "docs/limits.md": "[`LINKS_MAX`](../packages/protocol/src/peer/peer-id.ts)" },
    "LINKS_MAX in packages/protocol/src/peer/peer-id.ts",
  ],
  ["keeps every bound of docs/limits.md under its name", { "docs/limits.md": "None.\n" }, "docs/limits.md names no bound at all"],
  [
    "names the test of every bound in docs/border-tests.md",
    { "docs/border-tests.md": "None.\n" },
    "PEERS_MAX in packages/protocol/src/peer/peer-id.ts",
  ],
  [
    "names the test of every bound in docs/border-tests.md",
    { "packages/protocol/src/peer/peer-id.test.ts": 'it("are two", () => {});\n' },
    "are one",
  ],
  [
    "names the test of every bound in docs/border-tests.md",
    { "docs/border-tests.md": "- [`LINKS_MAX`](../packages/protocol/src/peer/peer-id.ts)\n" },
    "LINKS_MAX in packages/protocol/src/peer/peer-id.ts",
  ],
  [
    "keeps docs/beps.md as the headers say it (npm run docs)",
    { "docs/beps.md": bepsPage(treeOf()), "packages/engine/src/new.ts": "/**\n * Peer exchange (BEP 11).\n * @module\n */\n" },
    "docs/beps.md",
  ],
  [
    "has nothing in an engine, a tracker or a host that only tests call",
    {
      "packages/engine/src/run.ts": undefined,
      "packages/engine/src/picker.test.ts": 'import { Picker } from "./picker.ts";\n\nnew Picker().pick();\n',
    },
    "pick in packages/engine/src/picker.ts",
  ],
  [
    "has nothing in an engine, a tracker or a host that only tests call",
    { "packages/tracker/src/answer.ts": `${HEADER}/** answer() says it. */\nexport function answer(): number {\n  return 1;\n}\n` },
    "answer in packages/tracker/src/answer.ts",
  ],
];

describe("The tree", () => {
  it.each(Object.entries(HOUSE_RULES))("%s", (_claim, rule) => {
    expect(rule(REAL)).toEqual([]);
  });
});

describe("A tree in small", () => {
  it.each(Object.entries(HOUSE_RULES))("%s", (_claim, rule) => {
    expect(rule(treeOf())).toEqual([]);
  });

  it.each(CROSSINGS.map(([claim, changes, named]) => [claim, named, changes] as const))(
    "%s, or is found out: %s",
    (claim, named, changes) => {
      expect(HOUSE_RULES[claim]?.(treeOf(changes))).toContain(named);
    },
  );

  it("breaks every rule there is, in turn", () => {
    expect(new Set(CROSSINGS.map(([claim]) => claim))).toEqual(new Set(Object.keys(HOUSE_RULES)));
  });
});

describe("A module header", () => {
  it("is the comment at the top that says @module", () => {
    expect(moduleHeader("#!/usr/bin/env node\n/**\n * Says it.\n *\n *     <shape>\n * @module\n */\n")).toBe("Says it.\n\n    <shape>");
    expect(moduleHeader("/** Says it. */\nexport {};\n")).toBeUndefined();
    expect(moduleHeader("import a from 'a';\n/** @module */\n")).toBeUndefined();
  });

  it("names a BEP, or several", () => {
    expect(bepsNamed("Peer messages (BEP 3, 20 bytes), with BEPs 6, 9 and 10; see BEP 52 and 7 others")).toEqual([3, 6, 9, 10, 52]);
    expect(bepsNamed("known from its id (BEP 3, 6, 10)")).toEqual([3, 6, 10]);
  });
});
