/**
 * Magnet links: a torrent by its name alone (BEP 9, 53).
 *
 *     magnet:?xt=urn:btih:<hash>&xt=urn:btmh:<multihash>&dn=<name>&tr=<tracker>&ws=<web seed>&x.pe=<host:port>&so=0,2,4-6
 *
 * `dht=<host:port>`, a node to ask first, is in no BEP: libtorrent writes it.
 *
 * Links are copied by hand and made by hundreds of programs: keys come in either case and numbered (`tr.1`), values escaped or not.
 * Only a missing or broken info hash makes a link useless; every other field that makes no sense is left out.
 * @module
 */
import { ProtocolError } from "../base/index.ts";
import { type InfoHashes, infoHashesOf } from "../metainfo/info-hash.ts";
import { type FileSelection, type MagnetParts, magnetUri } from "../metainfo/magnet-uri.ts";
import type { DhtNode } from "../metainfo/outer.ts";
import { notAnInfoHash, readMultihash, readV1Hash } from "./info-hash.ts";
import { percentDecoded } from "./percent.ts";

/** Characters. A link with a hundred trackers has about ten thousand. */
export const MAGNET_LENGTH_MAX: number = 65_536;
/** Fields of one link, trackers among them; more are not read. */
const FIELDS_MAX = 1000;
/** Characters of a URL. */
const URL_LENGTH_MAX = 2048;
/** One more than the largest file index that means anything: files and pads of the largest torrent. */
const FILE_INDEX_END = 400_000;

/** Keys whose values are words: forms write their spaces as "+". In a URL a "+" is a "+". */
const WORDS: ReadonlySet<string> = new Set(["dn", "kt"]);

/** A shell ends a command at the first "&": that is how most links lose their hash. */
const HASH_MISSING = "the magnet link has no info hash (xt=urn:btih:…): copy the whole of it, and put it between quotes in a shell";

const SCHEME = /^magnet:\?/i;
const V1_TOPIC = /^urn:btih:/i;
const V2_TOPIC = /^urn:btmh:/i;
const PEER = /^(?:\[[0-9a-f:.]+\]|[^\s:/?#@[\]&=%+]+):([0-9]{1,5})$/i;
const SELECTION = /^([0-9]{1,7})(?:-([0-9]{1,7}))?$/;

/** A magnet link, read (BEP 9, 53). What it names is what somebody wrote: nothing of it is verified but the form. */
export interface MagnetLink {
  readonly infoHashes: InfoHashes;
  /** What to call the torrent until its metadata came; shown, never a path. */
  readonly name?: string;
  /** Bytes of content. */
  readonly exactLength?: number;
  /** In the order of the link, each once. */
  readonly trackers: readonly string[];
  /** `ws` and `as`: URLs the content itself can be fetched from. */
  readonly webSeeds: readonly string[];
  /** `xs`: URLs of the .torrent file. */
  readonly exactSources: readonly string[];
  /** `host:port` with an address (IPv6 in brackets) or a name: peers to ask first. */
  readonly peers: readonly string[];
  /** `dht`: nodes of the DHT to ask first, IPv6 without brackets; absent when the link names none. */
  readonly nodes?: readonly DhtNode[];
  /** Only these files are wanted (BEP 53), ascending and apart; absent when all are. */
  readonly select?: readonly FileSelection[];
  /** `kt`: words to search for, in the order of the link. */
  readonly keywords: readonly string[];
}

/** What can be written as a link: a link, a torrent, or the parts by hand. */
export interface Linkable extends MagnetParts {
  /** Tiers, as a torrent has them; they follow `trackers`. */
  readonly announce?: readonly (readonly string[])[];
}

/** Reads a link; throws MAGNET_SCHEME, MAGNET_TOO_LONG, MAGNET_HASH_MISSING or MAGNET_INFO_HASH. */
export function parseMagnet(uri: string): MagnetLink {
  const text = uri.trim();
  if (text.length > MAGNET_LENGTH_MAX) throw new ProtocolError("MAGNET_TOO_LONG", `a magnet link of ${text.length} characters`);
  if (!SCHEME.test(text)) throw new ProtocolError("MAGNET_SCHEME", "a magnet link begins with magnet:?");
  const fields = splitFields(text.replace(SCHEME, ""));
  const name = fields.get("dn")?.find((value) => value !== "");
  const exactLength = readLength(fields.get("xl")?.[0]);
  const nodes = readNodes(fields.get("dht") ?? []);
  const select = readSelection(fields.get("so") ?? []);
  return {
    infoHashes: readTopics(fields.get("xt") ?? []),
    ...(name === undefined ? {} : { name }),
    ...(exactLength === undefined ? {} : { exactLength }),
    trackers: urls(fields.get("tr")),
    webSeeds: urls([...(fields.get("ws") ?? []), ...(fields.get("as") ?? [])]).filter(isHttp),
    exactSources: urls(fields.get("xs")).filter(isHttp),
    peers: unique((fields.get("x.pe") ?? []).filter(isPeer)),
    ...(nodes.length === 0 ? {} : { nodes }),
    ...(select === undefined ? {} : { select }),
    keywords: unique((fields.get("kt") ?? []).flatMap((words) => words.split(/\s+/)).filter((word) => word !== "")),
  };
}

/** Writes a link; `parseMagnet` reads it back to the same. */
export function formatMagnet(link: Linkable): string {
  const trackers = [...(link.trackers ?? []), ...(link.announce ?? []).flat()];
  return magnetUri({ ...link, trackers });
}

/** Values by key, in order: keys in lower case and without their number, values decoded. */
function splitFields(query: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  const parts = query.replace(/#.*$/s, "").split("&", FIELDS_MAX);
  for (const part of parts) {
    const equals = part.indexOf("=");
    if (equals < 1) continue;
    // A link that went through HTML keeps the rest of "&amp;" before its keys.
    const key = part
      .slice(0, equals)
      .toLowerCase()
      .replace(/^amp;/, "")
      .replace(/\.[0-9]+$/, "");
    const values = fields.get(key) ?? [];
    const value = part.slice(equals + 1);
    values.push(percentDecoded(WORDS.has(key) ? value.replaceAll("+", " ") : value).trim());
    fields.set(key, values);
  }
  return fields;
}

/** The first hash of each kind counts. A topic of another network is none of ours; a broken one of ours is an error. */
function readTopics(topics: readonly string[]): InfoHashes {
  const v1Topic = topics.find((topic) => V1_TOPIC.test(topic));
  const v2Topic = topics.find((topic) => V2_TOPIC.test(topic));
  const v1 = v1Topic === undefined ? undefined : readV1Hash(v1Topic.replace(V1_TOPIC, ""));
  const v2 = v2Topic === undefined ? undefined : readMultihash(v2Topic.replace(V2_TOPIC, ""));
  if (v1Topic !== undefined && v1 === undefined) throw notAnInfoHash(v1Topic);
  if (v2Topic !== undefined && v2 === undefined) throw notAnInfoHash(v2Topic);
  if (v1 === undefined && v2 === undefined) throw new ProtocolError("MAGNET_HASH_MISSING", HASH_MISSING);
  return infoHashesOf({ v1, v2 });
}

function readLength(text: string | undefined): number | undefined {
  const length = /^[0-9]{1,16}$/.test(text ?? "") ? Number(text) : Number.NaN;
  return Number.isSafeInteger(length) ? length : undefined;
}

function readSelection(values: readonly string[]): readonly FileSelection[] | undefined {
  const ranges: FileSelection[] = [];
  for (const part of values.flatMap((value) => value.split(","))) {
    const match = SELECTION.exec(part.trim());
    if (match === null) continue;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (first <= last && last < FILE_INDEX_END) ranges.push({ first, last });
  }
  return ranges.length === 0 ? undefined : merged(ranges);
}

/** Ascending, with overlapping and touching ranges joined. */
function merged(ranges: FileSelection[]): readonly FileSelection[] {
  const apart: FileSelection[] = [];
  for (const range of ranges.sort((left, right) => left.first - right.first)) {
    const before = apart.at(-1);
    if (before === undefined || range.first > before.last + 1) apart.push(range);
    else apart[apart.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
  }
  return apart;
}

function urls(values: readonly string[] | undefined): string[] {
  return unique((values ?? []).filter((url) => url !== "" && url.length <= URL_LENGTH_MAX));
}

function isHttp(url: string): boolean {
  return /^https?:/i.test(url) && URL.canParse(url);
}

function isPeer(text: string): boolean {
  const port = Number(PEER.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}

function readNodes(values: readonly string[]): DhtNode[] {
  return unique(values.filter(isPeer)).map((text) => {
    const colon = text.lastIndexOf(":");
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
  });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
