/**
 * The hash messages of BEP 52: serves the trees we know, and fetches the piece layers a magnet link did not bring.
 *
 * A torrent of version 2 cannot be checked without the piece layers of its longer files, so they belong to its metadata:
 * they are fetched in chunks of 512 hashes, each proven up to the root the info dictionary names, before anything else.
 * @module
 */
import { type Millis, toHex } from "@bittern/protocol/base";
import { HashTree } from "@bittern/protocol/merkle";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { encodeMessage, type HashesMessage, type HashRange, type HashRangeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../peers/peer.ts";
import type { SessionOutput } from "../session/output.ts";
import type { Answers } from "./answers.ts";

/** Requests under way with one peer. */
const REQUESTS_MAX = 2;
const REQUEST_TIMEOUT_MILLIS = 10_000;

/** Answers hash requests from the piece layers. */
export class HashServe {
  readonly #metainfo: Metainfo;
  readonly #answers: Answers;
  /** Made when first asked for. */
  readonly #trees = new Map<string, HashTree>();

  constructor(metainfo: Metainfo, answers: Answers) {
    this.#metainfo = metainfo;
    this.#answers = answers;
  }

  requested(peer: Peer, request: HashRange, out: SessionOutput[]): void {
    const range = {
      root: request.root.slice(),
      baseLayer: request.baseLayer,
      index: request.index,
      length: request.length,
      proofLayers: request.proofLayers,
    };
    const refuse = (): Uint8Array => encodeMessage({ type: "hash-reject", ...range });
    const answer = (): Uint8Array => {
      const hashes = this.#treeOf(toHex(range.root))?.answer(range);
      return hashes === undefined ? refuse() : encodeMessage({ type: "hashes", ...range, hashes });
    };
    this.#answers.asked(peer, { answer, refuse }, out);
  }

  #treeOf(root: string): HashTree | undefined {
    const known = this.#trees.get(root);
    if (known !== undefined) return known;
    const file = this.#metainfo.files.find((one) => one.piecesRoot !== undefined && toHex(one.piecesRoot) === root);
    const layer = this.#metainfo.pieceLayers.get(root);
    if (file?.piecesRoot === undefined || layer === undefined) return undefined;
    const tree = new HashTree({ root: file.piecesRoot, fileLength: file.length, pieceLength: this.#metainfo.pieceLength });
    tree.setLayer(layer);
    this.#trees.set(root, tree);
    return tree;
  }
}

interface Chunk {
  readonly tree: HashTree;
  readonly request: HashRange;
  isHere: boolean;
  asked: { readonly peer: Peer; readonly at: Millis } | undefined;
}

/** Fetches the piece layers of all files that need one. */
export class LayersFetch {
  readonly #metainfo: Metainfo;
  readonly #trees = new Map<string, HashTree>();
  readonly #chunks: Chunk[] = [];
  readonly #refused = new Set<Peer>();

  constructor(metainfo: Metainfo) {
    this.#metainfo = metainfo;
    for (const file of metainfo.files) {
      if (file.piecesRoot === undefined || file.length <= metainfo.pieceLength) continue;
      const root = toHex(file.piecesRoot);
      if (this.#trees.has(root)) continue;
      const tree = new HashTree({ root: file.piecesRoot, fileLength: file.length, pieceLength: metainfo.pieceLength });
      this.#trees.set(root, tree);
      const chunks = tree
        .missingRequests()
        .map((range) => ({ tree, request: { ...range, root: file.piecesRoot as Uint8Array }, isHere: false, asked: undefined }));
      this.#chunks.push(...chunks);
    }
  }

  /** Whether the torrent lacks piece layers. */
  static isNeeded(metainfo: Metainfo): boolean {
    return metainfo.files.some(
      (file) => file.piecesRoot !== undefined && file.length > metainfo.pieceLength && !metainfo.pieceLayers.has(toHex(file.piecesRoot)),
    );
  }

  fill(peer: Peer, now: Millis, out: SessionOutput[]): void {
    if (peer.handshake?.features.v2 !== true || this.#refused.has(peer)) return;
    let underWay = 0;
    for (const chunk of this.#chunks) if (chunk.asked?.peer === peer) underWay++;
    for (const chunk of this.#chunks) {
      if (underWay >= REQUESTS_MAX) return;
      if (chunk.isHere || chunk.asked !== undefined) continue;
      chunk.asked = { peer, at: now };
      underWay++;
      out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "hash-request", ...chunk.request }) });
    }
  }

  /** Takes an answer; a list of liars is empty for honest ones. */
  arrived(peer: Peer, message: HashesMessage | HashRangeMessage): "taken" | "refused" | "false" | "whole" {
    const chunk = this.#chunks.find((one) => one.asked?.peer === peer && isSameRange(one.request, message));
    if (chunk === undefined) return "refused";
    chunk.asked = undefined;
    if (!("hashes" in message)) {
      this.#refused.add(peer);
      return "refused";
    }
    if (!chunk.tree.accept(chunk.request, message.hashes)) {
      this.#refused.add(peer);
      return "false";
    }
    chunk.isHere = true;
    return this.#chunks.every((one) => one.isHere) ? "whole" : "taken";
  }

  /** The metainfo with all its layers. Call it once everything is here. */
  whole(): Metainfo {
    const layers = new Map<string, Uint8Array>();
    for (const [root, tree] of this.#trees) layers.set(root, tree.pieceLayer());
    return this.#metainfo.withPieceLayers(layers);
  }

  left(peer: Peer): void {
    for (const chunk of this.#chunks) if (chunk.asked?.peer === peer) chunk.asked = undefined;
    this.#refused.delete(peer);
  }

  tick(now: Millis): void {
    for (const chunk of this.#chunks) {
      if (chunk.asked === undefined || now - chunk.asked.at < REQUEST_TIMEOUT_MILLIS) continue;
      this.#refused.add(chunk.asked.peer);
      chunk.asked = undefined;
    }
    if (this.#chunks.every((chunk) => chunk.asked === undefined)) this.#refused.clear();
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
