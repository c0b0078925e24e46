/**
 * Names with wildcards: which files of a torrent are meant.
 *
 *     *      anything but a slash          ?        one sign, no slash
 *     **     anything, slashes too         [a-z]    one of these signs, [!a-z] none of them
 *     {a,b}  one of these
 *
 * A pattern without a slash is matched against the last part of a path, as in .gitignore; one with a slash against the
 * whole path, with or without the torrent's own folder in front. Case counts.
 * @module
 */

/** Which files are wanted. A file is taken when one of `only` names it (all files when there is none) and none of `skip`. */
export interface FileSelection {
  /** Patterns with `*`, `**`, `?`, `[a-z]` and `{a,b}`; all files when absent or empty. */
  readonly only?: readonly string[];
  /** Patterns of files that are left out, whatever `only` says. */
  readonly skip?: readonly string[];
}

/** Tests a path below a torrent's folder, with "/"; `folder` is the name of that folder, "" for a single file. */
export type PathMatcher = (path: string, folder?: string) => boolean;

/** Makes a test of paths from a pattern. */
export function globMatcher(pattern: string): PathMatcher {
  const clean = pattern.replace(/^\.?\/+/, "").replace(/\/+$/, "/**");
  const whole = new RegExp(`^(?:${expression(clean)})$`, "su");
  if (!clean.includes("/")) return (path) => whole.test(path.slice(path.lastIndexOf("/") + 1));
  return (path, folder = "") => whole.test(path) || (folder !== "" && whole.test(`${folder}/${path}`));
}

/** Makes a test of paths from a selection. */
export function selectionMatcher(selection: FileSelection): PathMatcher {
  const only = selection.only?.map(globMatcher);
  const skip = selection.skip?.map(globMatcher) ?? [];
  return (path, folder) =>
    (only === undefined || only.some((matches) => matches(path, folder))) && !skip.some((matches) => matches(path, folder));
}

function expression(pattern: string): string {
  let result = "";
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at] as string;
    if (sign === "*") {
      // Adjacent stars are one: `***` must not cost a cube of time.
      let end = at;
      while (pattern[end + 1] === "*") end++;
      const isDeep = end > at;
      // `a/**/b` also means `a/b`.
      const swallowsSlash = isDeep && pattern[end + 1] === "/" && (at === 0 || pattern[at - 1] === "/");
      result += swallowsSlash ? "(?:.*/)?" : isDeep ? ".*" : "[^/]*";
      at = swallowsSlash ? end + 1 : end;
    } else if (sign === "?") {
      result += "[^/]";
    } else if (sign === "[" && pattern.indexOf("]", at + 2) > 0) {
      const end = pattern.indexOf("]", at + 2);
      result += signClass(pattern.slice(at + 1, end));
      at = end;
    } else if (sign === "{" && pattern.indexOf("}", at) > 0) {
      depth++;
      result += "(?:";
    } else if (sign === "}" && depth > 0) {
      depth--;
      result += ")";
    } else if (sign === "," && depth > 0) {
      result += "|";
    } else if (sign === "\\" && at + 1 < pattern.length) {
      result += escaped(pattern[++at] as string);
    } else {
      result += escaped(sign);
    }
  }
  return result + ")".repeat(depth);
}

/** `a-z` or `!a-z`; a range that runs backwards is taken for its three signs. */
function signClass(inside: string): string {
  const isNegated = inside.startsWith("!") || inside.startsWith("^");
  const signs = (isNegated ? inside.slice(1) : inside).replace(/([^])-([^])/gu, (range, first: string, last: string) =>
    first <= last ? range : `${first}\\-${last}`,
  );
  const safe = signs.replace(/[\]^[]|\\(?!-)/g, "\\$&");
  return `[${isNegated ? "^/" : ""}${safe}]`;
}

function escaped(sign: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(sign) ? `\\${sign}` : sign;
}
