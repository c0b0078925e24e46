/**
 * Fetches the piece layers that a magnet link did not bring (BEP 52).
 *
 * A torrent of version 2 cannot be checked without the piece layers of its longer files, so they belong to its metadata:
 * they are fetched in chunks of 512 hashes, each proven up to the root the info dictionary names, before anything else. A hybrid can be
 * checked by its SHA-1 hashes as well, and many a swarm has nobody who knows others: it takes the layers where they are to be had, and
 * does not wait for them elsewhere.
 * @module
 */
import { type Millis, toHex } from "@bittern/protocol/base";
import { HashTree } from "@bittern/protocol/merkle";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { encodeMessage, type HashesMessage, type HashRange, type HashRangeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../../peers/peer.ts";
import type { SessionOutput } from "../../session/output.ts";

/** Requests under way with one peer. */
const REQUESTS_MAX = 2;
const REQUEST_TIMEOUT_MILLIS = 10_000;

interface Chunk {
  readonly tree: HashTree;
  readonly request: HashRange;
}

/** A chunk on its way. */
interface Asked {
  readonly chunk: Chunk;
  readonly at: Millis;
}

/** Fetches the piece layers of all files that need one. No step depends on how many chunks there are: a torrent may have 200,000. */
export class LayersFetch {
  readonly #metainfo: Metainfo;
  readonly #trees = new Map<string, HashTree>();
  /** Those nobody is asked for, the next one last. */
  readonly #open: Chunk[] = [];
  readonly #asked = new Map<Peer, readonly Asked[]>();
  readonly #refused = new Set<Peer>();

  constructor(metainfo: Metainfo) {
    this.#metainfo = metainfo;
    for (const file of metainfo.files) {
      if (file.piecesRoot === undefined || file.length <= metainfo.pieceLength) continue;
      const root = toHex(file.piecesRoot);
      if (this.#trees.has(root)) continue;
      const tree = new HashTree({ root: file.piecesRoot, fileLength: file.length, pieceLength: metainfo.pieceLength });
      this.#trees.set(root, tree);
      for (const range of tree.missingRequests()) this.#open.push({ tree, request: { ...range, root: file.piecesRoot } });
    }
    this.#open.reverse();
  }

  /** Whether the torrent cannot be checked without piece layers that it lacks. */
  static isNeeded(metainfo: Metainfo): boolean {
    return metainfo.version === "v2" && LayersFetch.isOfUse(metainfo);
  }

  /** Whether the torrent lacks piece layers. */
  static isOfUse(metainfo: Metainfo): boolean {
    return metainfo.files.some(
      (file) => file.piecesRoot !== undefined && file.length > metainfo.pieceLength && !metainfo.pieceLayers.has(toHex(file.piecesRoot)),
    );
  }

  fill(peer: Peer, now: Millis, out: SessionOutput[]): void {
    if (!peer.speaksV2 || this.#refused.has(peer)) return;
    const asked = [...(this.#asked.get(peer) ?? [])];
    while (asked.length < REQUESTS_MAX) {
      const chunk = this.#open.pop();
      if (chunk === undefined) break;
      asked.push({ chunk, at: now });
      out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "hash-request", ...chunk.request }) });
    }
    if (asked.length > 0) this.#asked.set(peer, asked);
  }

  /** Takes an answer; a list of liars is empty for honest ones. */
  arrived(peer: Peer, message: HashesMessage | HashRangeMessage): "taken" | "refused" | "false" | "whole" {
    const asked = this.#asked.get(peer) ?? [];
    const answered = asked.find(({ chunk }) => isSameRange(chunk.request, message));
    if (answered === undefined) return "refused";
    this.#keepAsked(
      peer,
      asked.filter((one) => one !== answered),
    );
    const { chunk } = answered;
    const hashes = "hashes" in message ? message.hashes : undefined;
    if (hashes !== undefined && chunk.tree.accept(chunk.request, hashes)) return this.#isWhole ? "whole" : "taken";
    this.#open.push(chunk);
    this.#refused.add(peer);
    return hashes === undefined ? "refused" : "false";
  }

  /** Somebody is expected to answer. */
  get isUnderWay(): boolean {
    return this.#asked.size > 0;
  }

  get #isWhole(): boolean {
    return this.#open.length === 0 && this.#asked.size === 0;
  }

  #keepAsked(peer: Peer, asked: readonly Asked[]): void {
    if (asked.length > 0) this.#asked.set(peer, asked);
    else this.#asked.delete(peer);
  }

  /** The metainfo with all its layers. Call it once everything is here. */
  whole(): Metainfo {
    const layers = new Map<string, Uint8Array>();
    for (const [root, tree] of this.#trees) layers.set(root, tree.pieceLayer());
    return this.#metainfo.withPieceLayers(layers);
  }

  left(peer: Peer): void {
    for (const { chunk } of this.#asked.get(peer) ?? []) this.#open.push(chunk);
    this.#asked.delete(peer);
    this.#refused.delete(peer);
  }

  tick(now: Millis): void {
    for (const [peer, asked] of this.#asked) {
      const late = asked.filter(({ at }) => now - at >= REQUEST_TIMEOUT_MILLIS);
      if (late.length === 0) continue;
      this.#refused.add(peer);
      for (const { chunk } of late) this.#open.push(chunk);
      this.#keepAsked(
        peer,
        asked.filter((one) => !late.includes(one)),
      );
    }
    if (this.#asked.size === 0) this.#refused.clear();
  }
}

function isSameRange(left: HashRange, right: HashRange): boolean {
  return (
    left.baseLayer === right.baseLayer &&
    left.index === right.index &&
    left.length === right.length &&
    left.proofLayers === right.proofLayers &&
    toHex(left.root) === toHex(right.root)
  );
}
