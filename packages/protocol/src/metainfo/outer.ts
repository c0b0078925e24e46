/**
 * What a .torrent says outside its info dictionary: trackers, web seeds, DHT nodes, words (BEP 3, 5, 12, 19).
 *
 * None of it is under the info hash, so none of it can make a torrent invalid: what makes no sense is left out.
 * @module
 */
import { fromUtf8, NO_BYTES } from "../base/index.ts";
import type { BencodeDictionary, BencodeValue } from "../bencode/index.ts";

/** Characters of a URL. */
const URL_LENGTH_MAX = 2048;
/** Trackers, web seeds or nodes that are kept: far more than any honest torrent names. */
const ENTRIES_MAX = 1000;
/** Values in a list that is read at all. */
const LIST_ENTRIES_MAX = 10_000;
/** Characters of a comment. */
const WORDS_LENGTH_MAX = 65_536;

/** A node of the DHT, as a .torrent names it (BEP 5). */
export interface DhtNode {
  readonly host: string;
  readonly port: number;
}

/** Everything outside the info dictionary that we know the meaning of. */
export interface Outer {
  /** Tiers in order, URLs of one tier as given; a torrent without a tracker has none. */
  readonly announce: readonly (readonly string[])[];
  readonly webSeeds: readonly string[];
  readonly nodes?: readonly DhtNode[];
  readonly comment?: string;
  readonly createdBy?: string;
  /** Seconds since 1970. */
  readonly creationDate?: number;
}

export function readOuter(torrent: BencodeDictionary): Outer {
  const nodes = readNodes(torrent);
  const comment = readWords(torrent, "comment");
  const createdBy = readWords(torrent, "created by");
  const creationDate = torrent.integer("creation date");
  return {
    announce: readTiers(torrent),
    webSeeds: readWebSeeds(torrent),
    ...(nodes.length > 0 ? { nodes } : {}),
    ...(comment === undefined ? {} : { comment }),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(creationDate === undefined ? {} : { creationDate }),
  };
}

/** Words for people, by the key that promises UTF-8 where there is one. */
export function readWords(dictionary: BencodeDictionary, key: string): string | undefined {
  return (dictionary.text(`${key}.utf-8`) ?? dictionary.text(key))?.slice(0, WORDS_LENGTH_MAX);
}

/** `announce-list` where it names any tracker, else `announce` (BEP 12). */
function readTiers(torrent: BencodeDictionary): readonly (readonly string[])[] {
  const seen = new Set<string>();
  const tiers = shortList(torrent, "announce-list")
    // Some creators forget the inner lists: each tracker is a tier of its own then.
    .map((tier) => uniqueUrls(Array.isArray(tier) ? tier : [tier], seen))
    .filter((tier) => tier.length > 0);
  if (tiers.length > 0) return tiers;
  const announce = uniqueUrls([torrent.bytes("announce") ?? NO_BYTES], seen);
  return announce.length > 0 ? [announce] : [];
}

/** A list of URLs or a single one (BEP 19). */
function readWebSeeds(torrent: BencodeDictionary): readonly string[] {
  const single = torrent.bytes("url-list");
  const urls = uniqueUrls(single === undefined ? shortList(torrent, "url-list") : [single], new Set());
  return urls.filter((url) => /^https?:/i.test(url) && URL.canParse(url));
}

function readNodes(torrent: BencodeDictionary): DhtNode[] {
  const nodes: DhtNode[] = [];
  for (const node of shortList(torrent, "nodes")) {
    if (!Array.isArray(node)) continue;
    const [host, port] = node;
    if (!(host instanceof Uint8Array) || typeof port !== "number" || port < 1 || port > 65_535) continue;
    if (host.length > 0 && host.length <= 255) nodes.push({ host: fromUtf8(host), port });
  }
  return nodes;
}

/** A list that is short enough to be meant; empty otherwise. */
function shortList(torrent: BencodeDictionary, key: string): readonly BencodeValue[] {
  return torrent.entryCount(key) > LIST_ENTRIES_MAX ? [] : (torrent.list(key) ?? []);
}

/** The URLs not seen before, with the spaces around them cut off. */
function uniqueUrls(values: readonly BencodeValue[], seen: Set<string>): string[] {
  const urls: string[] = [];
  for (const value of values) {
    if (!(value instanceof Uint8Array) || value.length > URL_LENGTH_MAX || seen.size === ENTRIES_MAX) continue;
    const url = fromUtf8(value).trim();
    if (url === "" || seen.has(url)) continue;
    seen.add(url);
    urls.push(url);
  }
  return urls;
}
