/** The house rules, as a test. It counts nothing: no limit on lines, no quota of comments. */
import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { VERSION } from "@bittern/protocol/peer";
import { describe, expect, it } from "vitest";
import { bepsNamed, bepsPage } from "./beps.ts";
import { moduleHeader, modulesOf, ROOT, readText, treeFiles } from "./tree.ts";

const files = treeFiles();
const modules = modulesOf(files);
const texts = files.filter((path) => !path.startsWith("vectors/") && statSync(join(ROOT, path)).size < 4 * 1024 * 1024);
const manifests = files.filter((path) => /^(packages|apps)\/[^/]+\/package\.json$/.test(path));

describe("The tree", () => {
  it("opens every module with a header that says what it is", () => {
    expect(modules.filter((path) => !moduleHeader(readText(path)))).toEqual([]);
  });

  it("has no import that climbs three folders", () => {
    const climbing = /^\s*(?:import|export)\b[^;]*?["'](?:\.\.\/){3}/m;
    expect(files.filter((path) => /\.(ts|tsx|mjs)$/.test(path) && climbing.test(readText(path)))).toEqual([]);
  });

  it("has no drawer named misc", () => {
    const drawer = /^(utils?|helpers?|common|misc|types)$/;
    const names = files.filter((path) => /^(packages|apps|tools|bench|examples|interop)\//.test(path));
    expect(names.filter((path) => path.split("/").some((part) => drawer.test(part.replace(/\..*$/, ""))))).toEqual([]);
  });

  it("gives every room a page of its own", () => {
    expect(manifests.map((path) => join(dirname(path), "README.md")).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it("gives every room its line in the layer table", () => {
    const table = readText(".dependency-cruiser.mjs");
    expect(manifests.map((path) => dirname(path)).filter((room) => !table.includes(`"${room}": [`))).toEqual([]);
  });

  it("has one version", () => {
    const { version } = JSON.parse(readText("package.json")) as { version: string };
    expect(VERSION).toBe(version);
    expect(manifests.filter((path) => (JSON.parse(readText(path)) as { version: string }).version !== version)).toEqual([]);
  });

  it("pins every dependency exactly", () => {
    const loose = ["package.json", ...manifests].flatMap((path) => {
      const manifest = JSON.parse(readText(path)) as Record<string, Record<string, string> | undefined>;
      const wanted = { ...manifest["dependencies"], ...manifest["devDependencies"], ...manifest["optionalDependencies"] };
      return Object.entries(wanted)
        .filter(([, version]) => !/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/.test(version))
        .map(([name]) => `${path}: ${name}`);
    });
    expect(loose).toEqual([]);
  });

  it("locks versions, not download addresses", () => {
    expect(readText("package-lock.json")).not.toContain('"resolved": "http');
  });

  it("locks the binaries of every platform, which a registry mirror may lack", () => {
    const { packages } = JSON.parse(readText("package-lock.json")) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const locked = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)));
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
    expect(wanted.filter((name) => !locked.has(name))).toEqual([]);
  });

  it("names no folder of anybody's machine", () => {
    const home = homedir();
    // A checkout at /src or /app would find itself in half of the paths of the tree.
    const own = [ROOT, dirname(ROOT), home].filter((folder) => folder.split(/[\\/]/).filter(Boolean).length >= 2 || folder === home);
    const needles = own.filter((folder) => folder !== "/" && folder !== "/root" && folder !== "/tmp").map((folder) => `${folder}/`);
    const someHome = /(?:\/home\/|\/Users\/|[A-Z]:\\Users\\)(?!me\b|you\b|alice\b|bob\b|user\b)[a-z][a-z0-9_-]*[\\/]/;
    const naming = texts.filter((path) => {
      const text = readText(path);
      return someHome.test(text) || needles.some((needle) => text.includes(needle));
    });
    expect(naming.filter((path) => basename(path) !== "tidy.test.ts")).toEqual([]);
  });

  it("has no link in its pages that leads nowhere", () => {
    const pages = files.filter((path) => path.endsWith(".md"));
    const broken = pages.flatMap((page) =>
      [...readText(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, target]) => join(dirname(page), target as string))
        .filter((target) => !existsSync(join(ROOT, target)))
        .map((target) => `${page} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("keeps every bound of docs/limits.md under its name", () => {
    const rows = [...readText("docs/limits.md").matchAll(/\[`(\w+)`\]\(\.\.\/([^)]+)\)/g)];
    expect(rows.length).toBeGreaterThan(30);
    const moved = rows.filter(
      ([, name, path]) => !existsSync(join(ROOT, path as string)) || !new RegExp(`\\b${name}\\b`).test(readText(path as string)),
    );
    expect(moved.map(([, name, path]) => `${name} in ${path}`)).toEqual([]);
  });

  it("keeps docs/beps.md as the headers say it (npm run docs)", () => {
    expect(readText("docs/beps.md")).toBe(bepsPage());
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
