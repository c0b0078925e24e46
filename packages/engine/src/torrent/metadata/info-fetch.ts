/**
 * What has to come from peers before content can be opened: the info dictionary of a magnet link (BEP 9), and the piece
 * layers that a version 2 torrent cannot be checked without (BEP 52).
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { Metainfo } from "@bittern/protocol/metainfo";
import type { HashesMessage, HashRangeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../../peers/peer.ts";
import type { Allowance } from "../../session/allowance.ts";
import type { AddTorrent } from "../../session/command.ts";
import type { LinkId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";
import { LayersFetch } from "./layers-fetch.ts";
import { MetadataFetch } from "./metadata.ts";
import { parseMetadata } from "./metadata-source.ts";

export type InfoArrival =
  | { readonly type: "none" }
  /** Everything is here. */
  | { readonly type: "whole"; readonly metainfo: Metainfo }
  /** The dictionary has the right hash and is no valid torrent. */
  | { readonly type: "invalid" }
  /** The peer, and nobody else, sent what is not true. */
  | { readonly type: "false"; readonly liar: Peer; readonly reason: string };

const NONE: InfoArrival = { type: "none" };
/** How long a hybrid waits for piece layers while they are coming: its content can be checked without them. */
const HYBRID_PATIENCE_MILLIS: Millis = 30_000;

export class InfoFetch {
  readonly #source: AddTorrent["source"];
  readonly #peers: ReadonlyMap<LinkId, Peer>;
  readonly #allowance: Allowance;
  #dictionary: MetadataFetch | undefined;
  #layers: LayersFetch | undefined;
  /** What a hybrid goes on with when no more layers come, and when. */
  #without: { readonly metainfo: Metainfo; readonly until: Millis } | undefined;

  constructor(source: AddTorrent["source"], peers: ReadonlyMap<LinkId, Peer>, allowance: Allowance) {
    this.#source = source;
    this.#peers = peers;
    this.#allowance = allowance;
  }

  /** Whether anything is left to fetch when this is known. */
  static isNeeded(metainfo: Metainfo | undefined): boolean {
    return metainfo === undefined || LayersFetch.isNeeded(metainfo);
  }

  /** Begins with what is known; peers are asked in `fill`. */
  begin(metainfo: Metainfo | undefined): void {
    if (metainfo !== undefined) this.#layers = new LayersFetch(metainfo);
    else if (this.#source.type === "magnet") this.#dictionary = new MetadataFetch(this.#source.magnet.infoHashes, this.#allowance);
  }

  end(): void {
    this.#endDictionary();
    this.#layers = undefined;
    this.#without = undefined;
  }

  #endDictionary(): void {
    this.#dictionary?.end();
    this.#dictionary = undefined;
  }

  /** What is being fetched: the info dictionary, or what it leaves out. */
  get wants(): "metadata" | "layers" {
    return this.#layers === undefined ? "metadata" : "layers";
  }

  /** The info dictionary is being fetched. */
  get wantsDictionary(): boolean {
    return this.#dictionary !== undefined;
  }

  /** Asks a peer for what is missing. */
  fill(peer: Peer, now: Millis, out: SessionOutput[]): void {
    this.#dictionary?.fill(peer, now, out);
    this.#layers?.fill(peer, now, out);
  }

  left(peer: Peer, now: Millis): void {
    this.#dictionary?.left(peer, now);
    this.#layers?.left(peer);
  }

  /** Once a second. */
  tick(now: Millis, out: SessionOutput[]): InfoArrival {
    this.#dictionary?.tick(now);
    this.#layers?.tick(now);
    const without = this.#without;
    if (without !== undefined && (now >= without.until || this.#layers?.isUnderWay !== true)) {
      return { type: "whole", metainfo: without.metainfo };
    }
    for (const peer of this.#peers.values()) this.fill(peer, now, out);
    return NONE;
  }

  dictionaryArrived(peer: Peer, payload: Uint8Array, now: Millis, out: SessionOutput[]): InfoArrival {
    const arrival = this.#dictionary?.receive(peer, payload, now);
    if (arrival?.type === "false") {
      const [liar] = arrival.contributors;
      if (arrival.contributors.length !== 1 || liar === undefined) return NONE;
      return { type: "false", liar, reason: "sent false metadata" };
    }
    if (arrival?.type !== "whole") return NONE;
    const metainfo = parseMetadata({ info: arrival.bytes }, this.#source);
    if (metainfo === undefined) return { type: "invalid" };
    if (!LayersFetch.isOfUse(metainfo)) return { type: "whole", metainfo };
    this.#endDictionary();
    this.#layers = new LayersFetch(metainfo);
    for (const other of this.#peers.values()) this.#layers.fill(other, now, out);
    if (LayersFetch.isNeeded(metainfo)) return NONE;
    if (!this.#layers.isUnderWay) return { type: "whole", metainfo };
    this.#without = { metainfo, until: now + HYBRID_PATIENCE_MILLIS };
    return NONE;
  }

  hashesArrived(peer: Peer, message: HashesMessage | HashRangeMessage, now: Millis, out: SessionOutput[]): InfoArrival {
    const layers = this.#layers;
    if (layers === undefined) return NONE;
    const arrival = layers.arrived(peer, message);
    if (arrival === "false") return { type: "false", liar: peer, reason: "sent false hashes" };
    if (arrival === "whole") return { type: "whole", metainfo: layers.whole() };
    layers.fill(peer, now, out);
    return NONE;
  }
}
