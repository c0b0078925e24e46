/**
 * What the peers have: bitfields and haves as they come, kept apart until the piece count is known.
 *
 * The picker counts every piece of every peer exactly once; this is the only place that tells it.
 * @module
 */
import { Bitfield, type PieceIndex, ProtocolError } from "@bittern/protocol/base";
import type { Peer } from "../peers/peer.ts";
import type { PiecePicker } from "../picker/picker.ts";

const EARLY_HAVES_MAX = 4_096;
/** Times a peer may take back a piece when it had them all: each makes us count it anew, piece by piece. */
const FALLS_MAX = 16;

export class Fields {
  #picker: PiecePicker | undefined;

  /** The piece count is known: what peers told before is now checked. Returns those that told nonsense. */
  open(picker: PiecePicker, peers: Iterable<Peer>): Peer[] {
    this.#picker = picker;
    const liars: Peer[] = [];
    for (const peer of peers) if (!this.#settle(peer, picker)) liars.push(peer);
    return liars;
  }

  #settle(peer: Peer, picker: PiecePicker): boolean {
    const { early } = peer;
    peer.early = undefined;
    const count = picker.pieceCount;
    let field: Bitfield | undefined = new Bitfield(count);
    if (early?.all === true) field = Bitfield.full(count);
    else if (early?.field !== undefined) field = Bitfield.fromBytes(early.field, count);
    if (field === undefined) return false;
    for (const piece of early?.have ?? []) {
      if (piece >= count) return false;
      field.add(piece);
    }
    peer.pieces = field;
    peer.wire.expectPieces(count);
    picker.peerJoined(field);
    peer.wantedPieces = picker.countWanted(field);
    return true;
  }

  /** A peer shook hands and has told nothing yet. */
  joined(peer: Peer): void {
    if (this.#picker === undefined) {
      peer.early = { all: false, field: undefined, have: [] };
      return;
    }
    peer.wire.expectPieces(this.#picker.pieceCount);
    peer.pieces = new Bitfield(this.#picker.pieceCount);
  }

  left(peer: Peer): void {
    if (peer.pieces !== undefined && this.#picker !== undefined) this.#picker.peerLeft(peer.pieces);
    peer.pieces = undefined;
    peer.early = undefined;
  }

  /**
   * `bitfield`, `have-all` or `have-none`. BEP 3 wants it once and first of all; but aria2 1.36 sends another one in place
   * of many haves at once, so a later field is taken for the haves it holds, and what it leaves out stays as it was:
   * those it added are returned.
   */
  toldField(peer: Peer, bytes: Uint8Array | "all" | "none"): readonly PieceIndex[] {
    const picker = this.#picker;
    if (picker === undefined) {
      peer.hasTold = true;
      keepEarly(peer, bytes);
      return [];
    }
    if (peer.hasTold && (bytes === "none" || peer.isSeed)) return [];
    const field = readField(bytes, picker.pieceCount);
    if (field === undefined) throw new ProtocolError("FIELD_LENGTH", `a bitfield that does not fit ${picker.pieceCount} pieces`);
    if (peer.hasTold) return [...field.without(peer.pieces ?? new Bitfield(0))].filter((piece) => this.toldPiece(peer, piece));
    peer.hasTold = true;
    peer.pieces = field;
    picker.peerJoined(field);
    peer.wantedPieces = picker.countWanted(field);
    return [];
  }

  /** True when the piece is news. */
  toldPiece(peer: Peer, piece: PieceIndex): boolean {
    peer.hasTold = true;
    const picker = this.#picker;
    if (picker === undefined || peer.pieces === undefined) {
      const { early } = peer;
      if (early !== undefined && early.have.length < EARLY_HAVES_MAX) early.have.push(piece);
      return false;
    }
    if (piece >= picker.pieceCount) throw new ProtocolError("PIECE_INDEX", `piece ${piece} of ${picker.pieceCount}`);
    if (!peer.pieces.add(piece)) return false;
    picker.peerHas(piece);
    if (picker.wants(piece)) peer.wantedPieces++;
    return true;
  }

  /** BEP 54. */
  lostPiece(peer: Peer, piece: PieceIndex): void {
    const picker = this.#picker;
    if (picker === undefined || peer.pieces === undefined) return;
    const wasSeed = peer.isSeed;
    if (!peer.pieces.remove(piece)) return;
    peer.hasTakenBack = true;
    if (wasSeed && ++peer.falls > FALLS_MAX)
      throw new ProtocolError("DONT_HAVE_FLOOD", `a seed that took back a piece ${peer.falls} times`);
    picker.peerLost(piece, peer.pieces);
    if (picker.wants(piece)) peer.wantedPieces--;
  }

  /** Priorities changed, or pieces were lost: counts anew. */
  recount(peers: Iterable<Peer>): void {
    const picker = this.#picker;
    if (picker === undefined) return;
    for (const peer of peers) peer.wantedPieces = peer.pieces === undefined ? 0 : picker.countWanted(peer.pieces);
  }
}

function keepEarly(peer: Peer, bytes: Uint8Array | "all" | "none"): void {
  const { early } = peer;
  if (early === undefined || bytes === "none") return;
  if (bytes === "all") early.all = true;
  else early.field = bytes.slice();
}

function readField(bytes: Uint8Array | "all" | "none", count: number): Bitfield | undefined {
  if (bytes === "all") return Bitfield.full(count);
  if (bytes === "none") return new Bitfield(count);
  return Bitfield.fromBytes(bytes, count);
}
