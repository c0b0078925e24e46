/**
 * Answers hash requests (BEP 52): from the piece layers, and for what lies below the pieces from the content itself.
 *
 * Leaves are kept nowhere: a thousand times the metadata would not fit into memory. So the pieces that a question needs are hashed
 * again where they lie, one at a time and for one question at a time; meanwhile others wait, and peers take turns. What was hashed is
 * kept for the file looked at last, because who asks for leaves asks for those of a piece in parts.
 *
 * BEP 52 forbids to refuse leaves of a piece that is being served. We refuse who asks for those of far more than anybody can have
 * got wrong: fifty bytes would make us read hundreds of megabytes.
 * @module
 */
import { assert, type HostError, MIB, type Millis, type PieceIndex, toHex } from "@bittern/protocol/base";
import { HashTree } from "@bittern/protocol/merkle";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { encodeMessage, type HashRange } from "@bittern/protocol/peer";
import type { Peer } from "../../peers/peer.ts";
import type { TorrentId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";
import type { Content } from "../content/content.ts";
import type { Answers, Question } from "./answers.ts";

/** Bytes that are read for the leaves one connection asks for, in so many milliseconds; one piece is always read. */
export const LEAVES_READ_MAX: number = 1024 * MIB;
const LEAVES_PERIOD_MILLIS: Millis = 600_000;
/** Milliseconds that leaves are kept after they were last asked for. */
const LEAVES_KEPT_MILLIS: Millis = 30_000;

export interface HashServeOptions {
  readonly torrent: TorrentId;
  readonly metainfo: Metainfo;
  readonly content: Pick<Content, "have" | "isOpen">;
  readonly answers: Answers;
}

/** The question whose pieces are being hashed. */
interface Reading {
  readonly question: Question;
  readonly tree: HashTree;
  /** The piece counted in its file, and in the torrent; those of the last read. */
  readonly place: number;
  readonly piece: PieceIndex;
  isUnderWay: boolean;
}

export class HashServe {
  readonly #options: HashServeOptions;
  /** Of files with a piece layer; made when first asked for. */
  readonly #trees = new Map<string, HashTree>();
  /** Places in the list of files by the root of the tree; made with the first question that needs it, because a torrent may have 200,000. */
  #files: ReadonlyMap<string, number> | undefined;
  /** The only tree that may hold leaves, and when it was used. */
  #leafy: HashTree | undefined;
  #leafyAt: Millis = 0;
  #reading: Reading | undefined;
  /** Could not be read in this turn. */
  #unreadable: PieceIndex | undefined;
  readonly #read = new WeakMap<Peer, { since: Millis; byteLength: number }>();

  constructor(options: HashServeOptions) {
    this.#options = options;
  }

  requested(peer: Peer, request: HashRange, now: Millis, out: SessionOutput[]): void {
    const range = {
      root: request.root.slice(),
      baseLayer: request.baseLayer,
      index: request.index,
      length: request.length,
      proofLayers: request.proofLayers,
    };
    const question: Question = {
      refuse: () => encodeMessage({ type: "hash-reject", ...range }),
      answer: (turn) => {
        const hashes = this.#hashes(question, peer, range, now, turn);
        if (hashes === "later") return undefined;
        return hashes === undefined ? question.refuse() : encodeMessage({ type: "hashes", ...range, hashes });
      },
    };
    this.#options.answers.asked(peer, question, out);
  }

  #hashes(question: Question, peer: Peer, range: HashRange, now: Millis, out: SessionOutput[]): Uint8Array | "later" | undefined {
    const tree = this.#treeOf(toHex(range.root));
    const lacking = tree?.lacking(range);
    if (tree === undefined || lacking === undefined) return undefined;
    const [place] = lacking;
    if (place === undefined) return tree.answer(range);
    const piece = this.#firstPieceOf(tree) + place;
    if (piece === this.#unreadable) return undefined;
    if (this.#reading !== undefined && (this.#reading.question !== question || this.#reading.isUnderWay)) return "later";
    if (!this.#mayRead(piece, peer, now)) return undefined;
    this.#keepLeavesOf(tree, now);
    this.#reading = { question, tree, place, piece, isUnderWay: true };
    const expected = this.#options.metainfo.layout.expectation(piece)?.merkle;
    assert(expected !== undefined, "a file whose tree is known has the hashes of its pieces");
    out.push({ type: "hash-leaves", torrent: this.#options.torrent, piece, expected });
    return "later";
  }

  /** A piece was hashed; no leaves, or a fault, when it is not what it should be. */
  hashed(outcome: Uint8Array | HostError | undefined, out: SessionOutput[]): void {
    const { answers } = this.#options;
    const reading = this.#reading;
    assert(reading !== undefined && reading.isUnderWay, "leaves come when they were asked for");
    reading.isUnderWay = false;
    const isGood = outcome instanceof Uint8Array && reading.tree.setLeaves(reading.place, outcome);
    if (!isGood) this.#unreadable = reading.piece;
    answers.resume(out);
    this.#unreadable = undefined;
    if (this.#reading?.isUnderWay === true) return;
    // That question has its answer, or nobody who waits for it: the next.
    this.#reading = undefined;
    answers.resume(out);
  }

  left(peer: Peer): void {
    this.#options.answers.left(peer);
  }

  /** Once a second. */
  tick(now: Millis): void {
    if (this.#reading === undefined && now - this.#leafyAt >= LEAVES_KEPT_MILLIS) this.#forgetLeaves();
  }

  #mayRead(piece: PieceIndex, peer: Peer, now: Millis): boolean {
    const { content, metainfo } = this.#options;
    if (!content.isOpen || !content.have.has(piece)) return false;
    let read = this.#read.get(peer);
    if (read === undefined || now - read.since > LEAVES_PERIOD_MILLIS) {
      read = { since: now, byteLength: 0 };
      this.#read.set(peer, read);
    }
    const byteLength = read.byteLength + metainfo.layout.pieceByteLength(piece);
    if (byteLength > LEAVES_READ_MAX) return false;
    read.byteLength = byteLength;
    return true;
  }

  #keepLeavesOf(tree: HashTree, now: Millis): void {
    if (this.#leafy !== tree) this.#forgetLeaves();
    this.#leafy = tree;
    this.#leafyAt = now;
  }

  #forgetLeaves(): void {
    this.#leafy?.forgetLeaves();
    this.#leafy = undefined;
  }

  #treeOf(root: string): HashTree | undefined {
    const known = this.#trees.get(root) ?? (this.#leafy !== undefined && toHex(this.#leafy.root) === root ? this.#leafy : undefined);
    if (known !== undefined) return known;
    const { metainfo } = this.#options;
    const file = metainfo.files[this.#filesByRoot().get(root) ?? -1];
    if (file?.piecesRoot === undefined || file.length === 0) return undefined;
    const tree = new HashTree({ root: file.piecesRoot, fileLength: file.length, pieceLength: metainfo.pieceLength });
    // A file of one piece has no layer, and its tree costs nothing to make again.
    if (tree.pieceCount === 1) return tree;
    const layer = metainfo.pieceLayers.get(root);
    if (layer === undefined || !tree.setLayer(layer)) return undefined;
    this.#trees.set(root, tree);
    return tree;
  }

  #firstPieceOf(tree: HashTree): PieceIndex {
    const { metainfo } = this.#options;
    const file = metainfo.files[this.#filesByRoot().get(toHex(tree.root)) ?? -1];
    assert(file !== undefined, "a tree belongs to a file");
    // Files of version 2 begin at the border of a piece.
    return file.offset / metainfo.pieceLength;
  }

  #filesByRoot(): ReadonlyMap<string, number> {
    this.#files ??= new Map(
      this.#options.metainfo.files.flatMap(({ piecesRoot }, place) => (piecesRoot === undefined ? [] : [[toHex(piecesRoot), place]])),
    );
    return this.#files;
  }
}
