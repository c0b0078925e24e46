/**
 * The SOURCE of a command: `-` is standard input, the rest is for the library.
 * @module
 */

import { resolve } from "node:path";
import { type HttpAnswer, type KnownSource, loadBytes, loadSource, type Metainfo, parseTorrent } from "@bittern/client";
import { printable } from "@bittern/faces";
import { ProtocolError, UsageError } from "@bittern/protocol/base";
import { patiently } from "./compiler-patience.ts";
import type { Invocation } from "./invocation.ts";

/** `chosen`: the network interface to ask from, where one is. */
export async function readSourceArgument(
  source: string,
  { stop, output }: Pick<Invocation, "stop" | "output">,
  chosen?: string,
): Promise<KnownSource> {
  const what = source === "-" ? await loadBytes(process.stdin) : source;
  const follow = async (page: HttpAnswer): Promise<string> => {
    const link = await linkOnPage(page);
    output.note(output.messages.pageLeadsTo(printable(page.url), printable(link)));
    return link;
  };
  return await patiently(async () => await loadSource(what, { signal: stop.signal, linkOnPage: follow, interface: chosen }));
}

/** Where a page leads. Only who names one pays for what reads it. */
export async function linkOnPage(page: HttpAnswer): Promise<string> {
  const { torrentOnPage } = await import("./feed/torrent-on-page.ts");
  return torrentOnPage(page);
}

/** For commands that need the hashes: a link does not do. */
export async function readTorrentArgument(
  source: string,
  invocation: Pick<Invocation, "stop" | "output">,
  chosen?: string,
): Promise<Metainfo> {
  const known = await readSourceArgument(source, invocation, chosen);
  if (known.type === "metainfo") return known.metainfo;
  throw new UsageError("TORRENT_NEEDED", `${source} is only a link; give the .torrent file, which \`bittern get\` can fetch by it`);
}

/** The bytes of a .torrent, and what they say. */
interface TorrentFile {
  readonly bytes: Uint8Array;
  readonly metainfo: Metainfo;
}

/** A .torrent that is to be changed or shown. An error names the file. */
export async function readTorrentFile(from: string | AsyncIterable<Uint8Array>): Promise<TorrentFile> {
  const bytes = await loadBytes(from);
  try {
    return { bytes, metainfo: parseTorrent(bytes) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const name = typeof from === "string" ? from : "standard input";
    throw new ProtocolError(error.code, `${name} is no valid torrent: ${error.message}`);
  }
}

/** Absolute path of a file or folder that is named. An unset variable would otherwise name whatever folder one happens to be in. */
export function namedPath(argument: string): string {
  if (argument === "") throw new UsageError("PATH_EMPTY", "no file or folder is named; give its path, or . for this folder");
  return resolve(argument);
}

/** Absolute path of the .torrent, for the output; null where the source is no file. */
export function pathOfSource(source: string, known: KnownSource): string | null {
  return known.type === "metainfo" && source !== "-" && !/^https?:\/\//i.test(source) ? resolve(source) : null;
}
