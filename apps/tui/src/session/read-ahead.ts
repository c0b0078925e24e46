/**
 * Sources as they are typed or dropped, and their files read a few ahead: thousands that are given at the start would each wait for the
 * disk a few times, one after the other.
 * @module
 */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { loadSource, type TorrentSource } from "@bittern/client";

/** Files that are read before it is their turn. */
const READ_AHEAD_MAX = 16;

/** In the order of `sources`. What cannot be read rejects when it is asked. */
export function* readAhead(sources: readonly string[]): Generator<Promise<TorrentSource>, void, void> {
  const reading: Promise<TorrentSource>[] = [];
  let next = 0;
  while (next < sources.length || reading.length > 0) {
    while (next < sources.length && reading.length < READ_AHEAD_MAX) {
      const one = readTyped(sources[next++] as string);
      // Heard of when its turn comes.
      one.catch(() => undefined);
      reading.push(one);
    }
    yield reading.shift() as Promise<TorrentSource>;
  }
}

/** What only a session may fetch, by its own interface, stays an address. */
export async function readTyped(source: string): Promise<TorrentSource> {
  // A file that is dragged into a terminal comes in quotes.
  const typed = source.replace(/^(['"])(.*)\1$/s, "$2");
  if (/^(?:https?|magnet):|^[0-9a-f]{40}$|^[0-9a-f]{64}$|^[2-7a-z]{32}$/i.test(typed)) return typed;
  const known = await loadSource(expanded(typed));
  return known.type === "metainfo" ? known.metainfo : known.magnet;
}

/** `~/music` is what a shell would make of it. */
export function expanded(path: string): string {
  return resolve(path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path);
}
