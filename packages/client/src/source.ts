/**
 * What people hand over to name a torrent, turned into what it is: the torrent itself, or a link to it.
 * @module
 */
import { createReadStream, stat as look, readFile } from "node:fs";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Http, HttpAnswer } from "@bittern/host";
import { createNodeHost, type NodeHost } from "@bittern/node";
import { concatBytes, HostError, MIB, ProtocolError, UsageError } from "@bittern/protocol/base";
import { type MagnetLink, parseInfoHash, parseMagnet } from "@bittern/protocol/magnet";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { parseTorrent } from "./parse-torrent.ts";
import { asked, type WaitOptions } from "./waits.ts";

/**
 * Path of a .torrent, http(s) URL of one, magnet link or bare info hash (40 hex, 32 base32 or 64 hex digits, the last also after
 * the `1220` of a multihash); the bytes of a
 * .torrent; or what was read from any of these before.
 */
export type TorrentSource = string | URL | Uint8Array | Metainfo | MagnetLink;

/** What a source turned out to be: a whole torrent, or a link whose metadata peers still have to send (BEP 9). */
export type KnownSource =
  | { readonly type: "metainfo"; readonly metainfo: Metainfo }
  | { readonly type: "magnet"; readonly magnet: MagnetLink };

/** Bytes. A torrent at the limit of pieces has 42 MB of hashes. */
export const TORRENT_LENGTH_MAX: number = 64 * MIB;
/** Milliseconds a server may take to give a .torrent. */
const FETCH_TIMEOUT_MILLIS = 60_000;
/** Bytes in which a page says that it is one. */
const PAGE_START_LENGTH = 256;

/** Whole or cut: so many hex digits, or as many of base32 as a hash has, name hardly anything else. */
const MEANT_AS_HASH = /^(?:[0-9a-f]{36,100}|[a-z2-7]{32})$/i;

/** What is done where a URL does not give a torrent at once. */
export interface LoadOptions extends WaitOptions {
  /**
   * Called where the server answers with a web page; gives the address of the torrent, or the magnet link, that the page means,
   * which is then read instead, or throws. Without it a page is refused with `SOURCE_IS_PAGE`.
   */
  readonly linkOnPage?: ((page: HttpAnswer) => string | Promise<string>) | undefined;
  /** Network interface ("tun0") or local address to ask from. */
  readonly interface?: string | undefined;
}

/** Reads the file, asks the server, or parses what is given. `http` is asked for only when it is needed. */
export async function readSource(source: TorrentSource, http: () => Http, options: LoadOptions = {}): Promise<KnownSource> {
  if (source instanceof Uint8Array) return metainfoOf(source);
  if (source instanceof URL) return readUrl(source, http, options);
  if (typeof source !== "string") return readKnown(source);
  if (/^magnet:/i.test(source)) return { type: "magnet", magnet: parseMagnet(source) };
  if (/^https?:\/\//i.test(source)) return readUrl(new URL(source), http, options);
  // A file may be named like a hash; then it is meant.
  if (MEANT_AS_HASH.test(source) && !(await isFile(source))) return { type: "magnet", magnet: linkOfHash(source) };
  return metainfoOf(await readTorrentFile(source), source);
}

function readKnown(source: Metainfo | MagnetLink): KnownSource {
  const isThere = typeof source === "object" && (source as object | null) !== null;
  if (isThere && "infoBytes" in source) return { type: "metainfo", metainfo: source };
  if (isThere && "exactSources" in source) return { type: "magnet", magnet: source };
  throw new UsageError(
    "SOURCE_INVALID",
    "that is no torrent; give a path, a URL, a magnet link, an info hash, bytes, or what was read of these",
  );
}

/** The link that says nothing but the hash. */
function linkOfHash(hash: string): MagnetLink {
  return { infoHashes: parseInfoHash(hash), trackers: [], webSeeds: [], exactSources: [], peers: [], keywords: [] };
}

/** An error names the place the bytes came from. */
function metainfoOf(bytes: Uint8Array, from = "the torrent"): KnownSource {
  try {
    return { type: "metainfo", metainfo: parseTorrent(bytes) };
  } catch (error) {
    if (error instanceof ProtocolError) throw new ProtocolError(error.code, `${from} is no valid torrent: ${error.message}`);
    throw error;
  }
}

async function readUrl(url: URL, http: () => Http, options: LoadOptions): Promise<KnownSource> {
  if (url.protocol === "magnet:") return { type: "magnet", magnet: parseMagnet(url.href) };
  if (url.protocol === "file:") return metainfoOf(await readTorrentFile(fileURLToPath(url)), url.pathname);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new UsageError("SOURCE_SCHEME", `${url.protocol.slice(0, -1)} is no way to fetch a torrent; give an http or https URL`);
  }
  const question = { url: url.href, source: "user", bodyLengthMax: TORRENT_LENGTH_MAX, timeoutMillis: FETCH_TIMEOUT_MILLIS } as const;
  const answer = await asked<HttpAnswer>((done) => http().request(question, done), options.signal).catch((error: unknown) => {
    if (error instanceof ProtocolError) throw new ProtocolError(error.code, `${url.href}: ${error.message}`);
    if (error instanceof HostError && error.code !== "ABORTED") throw new HostError(error.code, `${url.href}: ${error.message}`);
    throw error;
  });
  if (answer.status !== 200) throw new HostError("HTTP_BAD_ANSWER", `${url.href}: the server answered ${answer.status}`);
  try {
    return metainfoOf(answer.body, url.href);
  } catch (error) {
    if (!isPage(answer)) throw error;
    const { linkOnPage, ...rest } = options;
    if (linkOnPage !== undefined) return await readSource(await linkOnPage(answer), http, rest);
    const text = `${url.href} is a web page; give the address of the .torrent or the magnet link that stands on it`;
    throw new ProtocolError("SOURCE_IS_PAGE", text);
  }
}

/** Asked of what is no torrent: many servers call a torrent a text or a page, so the type alone says nothing. */
function isPage({ body, headers }: HttpAnswer): boolean {
  const start = new TextDecoder().decode(body.subarray(0, PAGE_START_LENGTH)).trimStart();
  return (
    /^<(?:!doctype html|html|head|body|!--)/i.test(start) ||
    /^(?:text\/html|application\/xhtml\+xml)\b/i.test(headers.get("content-type") ?? "")
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The bytes of a .torrent, from a path or a stream such as standard input. */
export async function loadBytes(from: string | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return typeof from === "string" ? readTorrentFile(from, true) : readAtMost(from, "standard input");
}

/** Reads a file, or a pipe, that is not longer than any torrent. A plain file without a stream: that costs twice as much, and a session may add thousands. */
async function readTorrentFile(path: string, isOnlyPath = false): Promise<Uint8Array> {
  if (path === "") throw new UsageError("SOURCE_EMPTY", "no torrent is named; give a path, a URL, a magnet link or an info hash");
  try {
    return (await readPlainFile(path)) ?? (await readAtMost(createReadStream(path), path));
  } catch (error) {
    throw readFault(error, path, isOnlyPath);
  }
}

/** `undefined` where it is no plain file, or a long one. By callbacks: promises of files are dear. */
function readPlainFile(path: string): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    look(path, (missing, found) => {
      if (missing) return reject(missing);
      if (!found.isFile() || found.size === 0 || found.size > TORRENT_LENGTH_MAX) return resolve(undefined);
      readFile(path, (fault, bytes) => (fault ? reject(fault) : resolve(bytes)));
    });
  });
}

/** Everything a stream brings; refuses one that is longer than any torrent. */
async function readAtMost(stream: AsyncIterable<Uint8Array>, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length > TORRENT_LENGTH_MAX)
      throw new ProtocolError("METAINFO_TOO_LONG", `${name} is longer than any torrent (${TORRENT_LENGTH_MAX} bytes)`);
    parts.push(part);
  }
  return concatBytes(parts);
}

function readFault(error: unknown, path: string, isOnlyPath: boolean): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") {
    if (isOnlyPath) return new HostError("FILE_MISSING", `${path}: there is no such file; give the path of a .torrent`, { cause: error });
    return new HostError(
      "FILE_MISSING",
      `${path}: there is no such file; give the path of a .torrent, a URL, a magnet link or an info hash`,
      { cause: error },
    );
  }
  if (code === "EISDIR") return new HostError("FILE_UNSAFE", `${path} is a folder; give the path of a .torrent`, { cause: error });
  if (code === "EACCES" || code === "EPERM")
    return new HostError("ACCESS_DENIED", `${path} may not be read; check its owner and mode`, { cause: error });
  return error;
}

/** Reads a source without a session. */
export async function loadSource(source: TorrentSource, options: LoadOptions = {}): Promise<KnownSource> {
  let host: NodeHost | undefined;
  try {
    const chosen = options.interface === undefined ? {} : { interface: options.interface };
    return await readSource(source, () => (host ??= createNodeHost(chosen)).http, options);
  } finally {
    await host?.close();
  }
}
