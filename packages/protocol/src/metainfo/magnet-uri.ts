/**
 * Writes magnet links (BEP 9, 53). It stands here and not with the reader because every torrent can be written as one.
 *
 *     magnet:?xt=urn:btih:<40 hex>&xt=urn:btmh:1220<64 hex>&dn=<name>&xl=<bytes>&tr=<url>&ws=<url>&xs=<url>&x.pe=<host:port>&dht=<host:port>&so=<files>&kt=<words>
 * @module
 */
import { fromUtf8, utf8 } from "../base/index.ts";
import type { InfoHashes } from "./info-hash.ts";
import type { DhtNode } from "./outer.ts";

/** SHA-256, 32 bytes, in the notation of multihash. */
export const MULTIHASH_SHA256: string = "1220";

/** Files from `first` to `last`, both included, as `so=` selects them. */
export interface FileSelection {
  readonly first: number;
  readonly last: number;
}

/** What a magnet link says. Everything but the hashes may be missing. */
export interface MagnetParts {
  readonly infoHashes: Pick<InfoHashes, "v1" | "v2">;
  readonly name?: string | undefined;
  /** Bytes of content. */
  readonly exactLength?: number | undefined;
  readonly trackers?: readonly string[] | undefined;
  readonly webSeeds?: readonly string[] | undefined;
  /** URLs of the .torrent file. */
  readonly exactSources?: readonly string[] | undefined;
  /** `host:port`, IPv6 in brackets. */
  readonly peers?: readonly string[] | undefined;
  /** Nodes of the DHT to ask first. */
  readonly nodes?: readonly DhtNode[] | undefined;
  readonly select?: readonly FileSelection[] | undefined;
  readonly keywords?: readonly string[] | undefined;
}

/** The link, every value percent-encoded so that any reader splits it alike. */
export function magnetUri(parts: MagnetParts): string {
  const { v1, v2 } = parts.infoHashes;
  const fields = [
    ...(v1 === undefined ? [] : [`xt=urn:btih:${v1}`]),
    ...(v2 === undefined ? [] : [`xt=urn:btmh:${MULTIHASH_SHA256}${v2}`]),
    ...(parts.name === undefined ? [] : [`dn=${escape(parts.name)}`]),
    ...(parts.exactLength === undefined ? [] : [`xl=${parts.exactLength}`]),
    ...(parts.trackers ?? []).map((url) => `tr=${escape(url)}`),
    ...(parts.webSeeds ?? []).map((url) => `ws=${escape(url)}`),
    ...(parts.exactSources ?? []).map((url) => `xs=${escape(url)}`),
    ...(parts.peers ?? []).map((peer) => `x.pe=${peer}`),
    ...(parts.nodes ?? []).map(({ host, port }) => `dht=${host.includes(":") ? `[${host}]` : host}:${port}`),
    ...(parts.select === undefined ? [] : [`so=${parts.select.map(selectionText).join(",")}`]),
    ...(parts.keywords === undefined || parts.keywords.length === 0 ? [] : [`kt=${parts.keywords.map(escape).join("+")}`]),
  ];
  return `magnet:?${fields.join("&")}`;
}

function selectionText({ first, last }: FileSelection): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function escape(text: string): string {
  // Half a surrogate pair has no UTF-8 and would throw: through the encoder it becomes U+FFFD.
  return encodeURIComponent(fromUtf8(utf8(text)));
}
