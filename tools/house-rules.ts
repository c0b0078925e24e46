/**
 * The rules of the house: what no other wall looks at. Each is a claim about a tree and a function that names whatever breaks it.
 * They count nothing: no limit on lines, no quota of comments. `tools/tidy.test.ts` holds them to the checkout and crosses each of them.
 * @module
 */
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { bepsPage } from "./beps.ts";
import { moduleHeader, modulesOf, ROOT, type Tree } from "./tree.ts";

/** Answers with what breaks the rule: paths, or a few words about each. */
type Rule = (tree: Tree) => readonly string[];

/** Claim, which finishes "the tree ...", -> rule. */
export const HOUSE_RULES: Readonly<Record<string, Rule>> = {
  "opens every module with a header that says what it is": (tree) => modulesOf(tree.files).filter((path) => !moduleHeader(tree.read(path))),
  "has no import that climbs three folders": climbingImports,
  "has no drawer named misc": drawers,
  "gives every room a page of its own": (tree) =>
    manifestsOf(tree)
      .map((path) => join(dirname(path), "README.md"))
      .filter((path) => !tree.has(path)),
  "gives every room its line in the layer table": (tree) => {
    const table = tree.read(".dependency-cruiser.mjs");
    return manifestsOf(tree)
      .map((path) => dirname(path))
      .filter((room) => !table.includes(`"${room}": [`));
  },
  "has one version": versions,
  "pins every dependency exactly": looseDependencies,
  "locks versions, not download addresses": (tree) =>
    tree.read("package-lock.json").includes('"resolved": "http') ? ["package-lock.json"] : [],
  "locks the binaries of every platform, which a registry mirror may lack": unlockedBinaries,
  "names no folder of anybody's machine": foldersOfMachines,
  "has no link in its pages that leads nowhere": brokenLinks,
  "keeps every bound of docs/limits.md under its name": movedBounds,
  "names the test of every bound in docs/border-tests.md": unnamedBorders,
  "keeps docs/beps.md as the headers say it (npm run docs)": (tree) =>
    tree.read("docs/beps.md") === bepsPage(tree) ? [] : ["docs/beps.md"],
  "has nothing in an engine, a tracker or a host that only tests call": testedOnly,
};

/** Bytes of a file that is looked through for words; longer ones are data. */
const TEXT_LENGTH_MAX = 4 * 1024 * 1024;

function manifestsOf(tree: Tree): readonly string[] {
  return tree.files.filter((path) => /^(packages|apps)\/[^/]+\/package\.json$/.test(path));
}

function climbingImports(tree: Tree): readonly string[] {
  const climbing = /^\s*(?:import|export)\b[^;]*?["'](?:\.\.\/){3}/m;
  return tree.files.filter((path) => /\.(ts|tsx|mjs)$/.test(path) && climbing.test(tree.read(path)));
}

function drawers(tree: Tree): readonly string[] {
  const drawer = /^(utils?|helpers?|common|misc|types)$/;
  const named = tree.files.filter((path) => /^(packages|apps|tools|bench|examples|interop)\//.test(path));
  return named.filter((path) => path.split("/").some((part) => drawer.test(part.replace(/\..*$/, ""))));
}

/** The version stands in every manifest, and in what peers and trackers are told. */
function versions(tree: Tree): readonly string[] {
  const { version } = JSON.parse(tree.read("package.json")) as { version: string };
  const spoken = "packages/protocol/src/peer/peer-id.ts";
  const others = manifestsOf(tree).filter((path) => (JSON.parse(tree.read(path)) as { version: string }).version !== version);
  return tree.read(spoken).includes(`VERSION: string = "${version}";`) ? others : [spoken, ...others];
}

function looseDependencies(tree: Tree): readonly string[] {
  return ["package.json", ...manifestsOf(tree)].flatMap((path) => {
    const manifest = JSON.parse(tree.read(path)) as Record<string, Record<string, string> | undefined>;
    const wanted = { ...manifest["dependencies"], ...manifest["devDependencies"], ...manifest["optionalDependencies"] };
    return Object.entries(wanted)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/.test(version))
      .map(([name]) => `${path}: ${name}`);
  });
}

function unlockedBinaries(tree: Tree): readonly string[] {
  const { packages } = JSON.parse(tree.read("package-lock.json")) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const locked = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)));
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  return wanted.filter((name) => !locked.has(name));
}

function foldersOfMachines(tree: Tree): readonly string[] {
  const home = homedir();
  // A checkout at /src or /app would find itself in half of the paths of the tree.
  const own = [ROOT, dirname(ROOT), home].filter((folder) => folder.split(/[\\/]/).filter(Boolean).length >= 2 || folder === home);
  const needles = own.filter((folder) => folder !== "/" && folder !== "/root" && folder !== "/tmp").map((folder) => `${folder}/`);
  const someHome = /(?:\/home\/|\/Users\/|[A-Z]:\\Users\\)(?!me\b|you\b|alice\b|bob\b|user\b)[a-z][a-z0-9_-]*[\\/]/;
  return tree.files.filter((path) => {
    const text = path.startsWith("vectors/") ? "" : tree.read(path);
    return text.length <= TEXT_LENGTH_MAX && (someHome.test(text) || needles.some((needle) => text.includes(needle)));
  });
}

function brokenLinks(tree: Tree): readonly string[] {
  const pages = tree.files.filter((path) => path.endsWith(".md"));
  return pages.flatMap((page) =>
    [...tree.read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target]) => join(dirname(page), target as string))
      .filter((target) => !tree.has(target))
      .map((target) => `${page} -> ${target}`),
  );
}

/** What the table calls bounds, as "NAME in path"; a cell may name several of one file. */
function boundsOf(tree: Tree): readonly { readonly name: string; readonly path: string; readonly label: string }[] {
  return [...tree.read("docs/limits.md").matchAll(/\[((?:`\w+`(?:, )?)+)\]\(\.\.\/([^)]+)\)/g)].flatMap(([, names = "", path = ""]) =>
    [...names.matchAll(/\w+/g)].map(([name]) => ({ name, path, label: `${name} in ${path}` })),
  );
}

function movedBounds(tree: Tree): readonly string[] {
  const bounds = boundsOf(tree);
  if (bounds.length === 0) return ["docs/limits.md names no bound at all"];
  return bounds.filter(({ name, path }) => !tree.has(path) || !new RegExp(`\\b${name}\\b`).test(tree.read(path))).map(({ label }) => label);
}

/** Each bound has a claim that stands in its test, or is listed as one without: never both, never neither. */
function unnamedBorders(tree: Tree): readonly string[] {
  const page = tree.read("docs/border-tests.md");
  const crossed = [...page.matchAll(/^\| \[`(\w+)`\]\(\.\.\/([^)]+)\) \| (.+) \| \[[^\]]+\]\(\.\.\/([^)]+)\) \|$/gm)];
  const open = [...page.matchAll(/^- \[`(\w+)`\]\(\.\.\/([^)]+)\)$/gm)];
  const labels = [...crossed, ...open].map(([, name, path]) => `${name} in ${path}`);
  const bounds = new Set(boundsOf(tree).map(({ label }) => label));
  return [
    ...[...bounds].filter((label) => !labels.includes(label)),
    ...labels.filter((label, at) => !bounds.has(label) || labels.indexOf(label) !== at),
    ...crossed
      .filter(([, , , claim, test]) => !tree.read(test as string).includes(claim as string))
      .map(([, , , claim]) => claim as string),
  ];
}

/** Rooms that other people's programs do not stand on: what nobody here calls, nobody calls. */
const INNER_ROOMS = /^packages\/(engine|tracker|node)\/src\//;
const TEST = /\.(test|bench)\.tsx?$/;
const NAMES = /#?\b[A-Za-z_]\w*/g;

/** Members of classes and functions whose names stand nowhere outside of tests but where they are declared. */
function testedOnly(tree: Tree): readonly string[] {
  const sources = tree.files.filter((path) => /^(packages|apps|tools|bench|interop|examples)\/.*\.(ts|tsx|mjs|js)$/.test(path));
  const counts = new Map<string, number>();
  for (const path of sources) {
    if (TEST.test(path)) continue;
    for (const [name] of withoutComments(tree.read(path)).matchAll(NAMES)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const declared = /^ {2}(?:static |readonly |async |get |set |\*)*([a-z]\w*)(?:<[^>]*>)?\(.*\{\s*$|^export (?:async )?function (\w+)/gm;
  return sources
    .filter((path) => INNER_ROOMS.test(path) && !TEST.test(path) && !path.endsWith("/testing.ts"))
    .flatMap((path) =>
      [...tree.read(path).matchAll(declared)]
        .map(([, member, outer]) => member ?? outer ?? "")
        .filter((name) => name !== "constructor" && counts.get(name) === 1)
        .map((name) => `${name} in ${path}`),
    );
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
