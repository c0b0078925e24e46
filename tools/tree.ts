/**
 * The checkout as its house rules see it: which files it has, which of them are modules, what each header says.
 * @module
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute, without a slash at its end. */
export const ROOT: string = dirname(dirname(fileURLToPath(import.meta.url)));

/** What a rule may ask. Paths are from the root. */
export interface Tree {
  readonly files: readonly string[];
  readonly read: (path: string) => string;
  /** A file or a folder. */
  readonly has: (path: string) => boolean;
}

/** Every file git knows or would take. */
export function checkout(): Tree {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" });
  const has = (path: string): boolean => existsSync(join(ROOT, path));
  const files = [...new Set(listed.split("\0"))].filter((path) => path !== "" && has(path)).toSorted();
  return { files, has, read: (path) => readFileSync(join(ROOT, path), "utf8") };
}

/** The modules among `paths`: sources of rooms, apps, tools, benches, examples; not tests. */
export function modulesOf(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !/\.(test|bench|d)\.(ts|tsx)$/.test(path) && !path.startsWith("vectors/"));
}

/** The comment a module opens with, without its stars; `undefined` when it does not open with one marked `@module`. */
export function moduleHeader(source: string): string | undefined {
  const comment = /^(?:#!.*\n)?\s*\/\*\*([\s\S]*?)\*\//.exec(source)?.[1];
  if (comment === undefined || !comment.includes("@module")) return undefined;
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trimEnd());
  return lines.join("\n").replace("@module", "").trim();
}
