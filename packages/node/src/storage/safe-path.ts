/**
 * Names from a torrent as paths below a folder: what is none is refused, whoever let it through.
 * @module
 */
import { sep } from "node:path";
import { HostError } from "@bittern/protocol/base";

/** A torrent's own limits are stricter (64 folders deep, 240 bytes a name); this is the last line. */
const PARTS_MAX = 256;

/** Parts were made safe when the torrent was read; a path that is not is ours to refuse. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  if (!isSafe(path)) throw new HostError("FILE_UNSAFE", `${JSON.stringify(path.slice(0, 200))} is no path below a folder`);
  const last = path.lastIndexOf("/");
  return { folder: last < 0 ? "" : path.slice(0, last), name: path.slice(last + 1) };
}

/** Hot where files are small: no part is cut out to be looked at. */
function isSafe(path: string): boolean {
  let count = 0;
  for (let at = 0; at <= path.length; count++) {
    const slash = path.indexOf("/", at);
    const end = slash < 0 ? path.length : slash;
    if (end === at || path.startsWith("./", at) || path.startsWith("../", at)) return false;
    at = end + 1;
  }
  return count <= PARTS_MAX && !path.endsWith("/.") && !path.endsWith("/..") && path !== "." && path !== ".." && !isOdd(path);
}

/** NUL ends a path for the system; on Windows a backslash divides one. */
function isOdd(path: string): boolean {
  return path.includes("\0") || (sep === "\\" && (path.includes("\\") || path.includes(":")));
}
