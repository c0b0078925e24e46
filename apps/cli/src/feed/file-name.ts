/**
 * Names for files whose names strangers choose.
 * @module
 */
import { safePart } from "@bittern/protocol/metainfo";

/** Characters of a name before its ending. */
const STEM_LENGTH_MAX = 120;

/** `album.torrent` from a URL, a title or a torrent's own name: no folder, not hidden, fit for any system. */
export function torrentFileName(wanted: string, ending: ".torrent" | ".magnet"): string {
  const stem = wanted.replace(/\.(?:torrent|magnet)$/i, "").replace(/[\s\u200b\u2028\u2029\ufeff]+/g, " ");
  // A dot in front hides a file, a dash looks like an option.
  const visible = [...stem.trim()]
    .slice(0, STEM_LENGTH_MAX)
    .join("")
    .replace(/^[.-]+/, (front) => "_".repeat(front.length));
  return safePart(`${visible === "" ? "unnamed" : visible}${ending}`, "portable");
}

/** `album (2).torrent`. */
export function numberedName(name: string, number: number): string {
  return name.replace(/(\.\w+)$/, ` (${number})$1`);
}

/** The last part of a URL's path, without its escapes; "" where there is none that means anything. */
export function nameInUrl(url: string): string {
  const last = new URL(url).pathname.split("/").at(-1) ?? "";
  if (!/\.torrent$/i.test(last)) return "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
