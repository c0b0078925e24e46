import { Bitfield, ProtocolError } from "@bittern/protocol/base";
import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../peers/peer.ts";
import { PiecePicker } from "../picker/picker.ts";
import { Fields } from "./fields.ts";

const PIECES = 20;
const random = { u32: () => 7 };

function peerOf(link: number): Peer {
  return new Peer({ link, remote: { address: "10.0.0.1", port: link }, dialledByUs: true, source: "user", now: 0 });
}

function fieldOf(...pieces: number[]): Bitfield {
  const field = new Bitfield(PIECES);
  for (const piece of pieces) field.add(piece);
  return field;
}

describe("Fields", () => {
  let picker: PiecePicker;
  let fields: Fields;
  let peer: Peer;

  beforeEach(() => {
    picker = new PiecePicker({ pieceCount: PIECES, random });
    fields = new Fields();
    peer = peerOf(1);
  });

  it("counts what a peer has once, however it is told", () => {
    fields.open(picker, []);
    fields.joined(peer);
    fields.toldField(peer, fieldOf(1, 2).bytes);
    expect(fields.toldPiece(peer, 3)).toBe(true);
    expect(fields.toldPiece(peer, 3)).toBe(false);
    expect([1, 2, 3, 4].map((piece) => picker.availability(piece))).toEqual([1, 1, 1, 0]);
    expect(peer.wantedPieces).toBe(3);
    fields.left(peer);
    expect([1, 2, 3].map((piece) => picker.availability(piece))).toEqual([0, 0, 0]);
  });

  it("refuses a field of another length, and a piece past the end", () => {
    fields.open(picker, []);
    fields.joined(peer);
    expect(() => fields.toldField(peer, new Uint8Array(2))).toThrow(ProtocolError);
    expect(() => fields.toldPiece(peer, PIECES)).toThrow(ProtocolError);
  });

  it("takes a second field for haves, as aria2 sends it in place of many", () => {
    fields.open(picker, []);
    fields.joined(peer);
    fields.toldField(peer, "none");
    fields.toldPiece(peer, 0);
    fields.toldField(peer, fieldOf(0, 5, 6).bytes);
    expect([...(peer.pieces ?? [])]).toEqual([0, 5, 6]);
    expect([0, 5, 6].map((piece) => picker.availability(piece))).toEqual([1, 1, 1]);
  });

  it("makes nothing of fields that come again and again", () => {
    fields.open(picker, []);
    fields.joined(peer);
    fields.toldField(peer, "all");
    for (const again of ["all", "none", fieldOf(3).bytes] as const) expect(fields.toldField(peer, again)).toEqual([]);
    expect(peer.isSeed).toBe(true);
    expect(picker.distributedCopies()).toBe(1);
  });

  it("lets a seed take back pieces a few times, and has enough of one that gains and loses them for ever", () => {
    fields.open(picker, []);
    fields.joined(peer);
    fields.toldField(peer, "all");
    const fall = (): void => {
      fields.lostPiece(peer, 0);
      fields.toldPiece(peer, 0);
    };
    for (let time = 0; time < 16; time++) fall();
    expect(fall).toThrow(ProtocolError);
    // One that fell can lose all the rest.
    const other = peerOf(2);
    fields.joined(other);
    fields.toldField(other, "all");
    for (let piece = 0; piece < PIECES; piece++) fields.lostPiece(other, piece);
    expect(other.pieces?.isEmpty).toBe(true);
    expect(other.hasTakenBack).toBe(true);
  });

  it("keeps what is told before the piece count is known, and checks it then", () => {
    const liar = peerOf(2);
    const seed = peerOf(3);
    for (const one of [peer, liar, seed]) fields.joined(one);
    fields.toldField(peer, fieldOf(4).bytes);
    fields.toldPiece(peer, 5);
    fields.toldField(liar, new Uint8Array(99));
    fields.toldField(seed, "all");
    expect(fields.open(picker, [peer, liar, seed])).toEqual([liar]);
    expect(picker.availability(4)).toBe(2);
    expect(picker.availability(5)).toBe(2);
    expect(seed.isSeed).toBe(true);
  });

  it("keeps 4096 haves before the piece count is known", () => {
    picker = new PiecePicker({ pieceCount: 5000, random });
    fields.joined(peer);
    for (let piece = 0; piece < 4097; piece++) fields.toldPiece(peer, piece);
    fields.open(picker, [peer]);
    expect([4095, 4096].map((piece) => peer.has(piece))).toEqual([true, false]);
  });
});
