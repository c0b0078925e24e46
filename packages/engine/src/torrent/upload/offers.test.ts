import { Bitfield, type Millis } from "@bittern/protocol/base";
import { decodeTurn } from "@bittern/protocol/extension";
import { seededRandom } from "@bittern/protocol/fuzz";
import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import type { SessionOutput } from "../../session/output.ts";
import { mayWait, Offers, passUnused } from "./offers.ts";

const PIECE_LENGTH = 1000;
const PIECES = 8;
/** Length of the frame and the two ids before the payload. */
const HEAD_LENGTH = 6;

describe("offers", () => {
  let offers: Offers;
  let pendingLength: number;
  let isCrowded: boolean;
  let debtor: Peer | undefined;

  beforeEach(() => {
    pendingLength = 0;
    isCrowded = true;
    debtor = undefined;
    offers = new Offers({
      random: seededRandom(1),
      have: Bitfield.full(PIECES),
      pieceLength: PIECE_LENGTH,
      isCrowded: () => isCrowded,
      pendingLength: () => pendingLength,
      rate: () => 0,
      owes: (peer) => peer === debtor,
    });
  });

  function guest(link: number): Peer {
    const peer = new Peer({ link, remote: { address: `10.0.0.${link}`, port: 1 }, dialledByUs: false, source: "incoming", now: 0 });
    peer.extensions.turn = 6;
    peer.isChokedByUs = false;
    peer.isInterested = true;
    peer.pieces = new Bitfield(PIECES);
    offers.introduced(peer);
    return peer;
  }

  /** What is said to whom: `1 offer`, in the order of links. */
  const said = (now: Millis, readFrom?: Peer): readonly string[] => {
    const out: SessionOutput[] = [];
    if (readFrom === undefined) offers.make(now, out);
    else offers.makeAfterRead(readFrom, now, out);
    return out
      .flatMap((output) => (output.type === "send" ? [`${output.link} ${decodeTurn(output.bytes.subarray(HEAD_LENGTH))}`] : []))
      .toSorted();
  };

  it("say nothing while few are here, and tell everybody when that changes", () => {
    isCrowded = false;
    guest(1);
    guest(2);
    expect(said(0)).toEqual([]);
    isCrowded = true;
    pendingLength = 3 * PIECE_LENGTH;
    expect(said(1)).toEqual(["1 wait", "2 wait"]);
    expect(said(2)).toEqual([]);
    isCrowded = false;
    expect(said(3)).toEqual(["1 free", "2 free"]);
  });

  it("can tell how they are made before anything is offered, and say it once", () => {
    guest(1);
    const out: SessionOutput[] = [];
    offers.tellMode(out);
    expect(out).toHaveLength(1);
    expect(said(0)).toEqual(["1 offer"]);
    offers.tellMode(out);
    expect(out).toHaveLength(1);
  });

  it("look again, where there was nobody, at who was read from alone, and at all when somebody has rested", () => {
    const [one, other] = [guest(1), guest(2)];
    one.isChokedByUs = true;
    expect(said(0)).toEqual(["1 wait", "2 offer", "2 wait"]);
    offers.passed(other, 1);
    expect(said(1, other)).toEqual([]);
    one.isChokedByUs = false;
    expect(said(2, other)).toEqual([]);
    expect(said(3, one)).toEqual(["1 offer"]);
    offers.passed(one, 4);
    expect(said(4, one)).toEqual([]);
    expect(said(5, one)).toEqual(["2 offer"]);
  });

  it("go out ahead of what is asked for, three pieces altogether", () => {
    for (let link = 1; link <= 9; link++) guest(link);
    expect(said(0).filter((words) => words.endsWith("offer"))).toHaveLength(3);
    expect(said(1)).toEqual([]);
    pendingLength = 2 * PIECE_LENGTH;
    expect(said(60)).toHaveLength(1);
  });

  it("go on when one is answered, by a request or by passing", () => {
    const one = guest(1);
    expect(said(0)).toEqual(["1 offer", "1 wait"]);
    offers.asked(one);
    expect(said(1)).toEqual(["1 offer"]);
    offers.passed(one, 2);
    expect(said(3)).toEqual([]);
    expect(said(4)).toEqual(["1 offer"]);
  });

  it("leave alone who passes, for longer the more there are", () => {
    const guests = Array.from({ length: 20 }, (_, at) => guest(at + 1));
    pendingLength = 2 * PIECE_LENGTH;
    for (let now = 0; now < 20; now++) {
      expect(said(now).filter((words) => words.endsWith("offer"))).toHaveLength(1);
      for (const one of guests) offers.passed(one, now);
    }
    expect(said(39)).toEqual([]);
    expect(said(40)).toHaveLength(1);
  });

  it("wait no more for who does not answer, and offer it nothing for a while", () => {
    guest(1);
    said(0);
    guest(2);
    expect(said(60)).toEqual(["2 offer", "2 wait"]);
    expect(said(1_999)).toEqual([]);
    expect(said(2_000)).toEqual([]);
    expect(said(4_000)).toEqual(["1 offer"]);
  });

  it("go to nobody who wants nothing, is choked, or is served already", () => {
    const [content, choked, served] = [guest(1), guest(2), guest(3)];
    content.isInterested = false;
    content.pieces?.setAll();
    choked.isChokedByUs = true;
    served.uploads.inFlight = 1;
    expect(said(0)).toEqual(["1 wait", "2 wait", "3 wait"]);
  });

  it("go to one that sends us a piece, behind which its answer waits, only when the uplink has nothing else to do", () => {
    const sending = guest(1);
    sending.requests.outstanding = 1;
    const idle = guest(2);
    expect(said(0)).toEqual(["1 offer", "1 wait", "2 offer", "2 wait"]);
    offers.asked(sending);
    offers.asked(idle);
    pendingLength = PIECE_LENGTH;
    expect(said(1)).toEqual(["2 offer"]);
  });

  it("go to who lacks a piece before its interest is told, however many others it has", () => {
    const lacking = guest(1);
    lacking.isInterested = false;
    for (let piece = 1; piece < PIECES; piece++) lacking.pieces?.add(piece);
    const content = guest(2);
    content.isInterested = false;
    content.pieces?.setAll();
    expect(said(0)).toEqual(["1 offer", "1 wait", "2 wait"]);
  });

  it("go to who owes only when nobody else wants anything and nothing is under way", () => {
    debtor = guest(1);
    const other = guest(2);
    expect(said(0)).toEqual(["1 wait", "2 offer", "2 wait"]);
    offers.left(other);
    pendingLength = 1;
    expect(said(1)).toEqual([]);
    pendingLength = 0;
    expect(said(2)).toEqual(["1 offer"]);
  });

  // It was told "offer" by the number of a handshake, and a handshake that cannot be read ends a connection.
  it("are not made to one that said later that it speaks otherwise (BEP 10)", () => {
    const [one] = [guest(1), guest(2)];
    said(0);
    one.extensions.turn = 0;
    offers.introduced(one);
    isCrowded = false;
    expect(said(1)).toEqual(["2 free"]);
    expect(one.guest).toBeUndefined();
  });

  it("ask to be woken only while somebody wants something", () => {
    const one = guest(1);
    said(0);
    offers.passed(one, 0);
    said(1);
    expect(offers.deadline).toBe(51);
    one.isInterested = false;
    one.pieces?.setAll();
    said(60);
    expect(offers.deadline).toBeUndefined();
  });

  it("ask to be woken when an answer is late and nothing is under way", () => {
    guest(1);
    said(0);
    expect(offers.deadline).toBe(50);
    for (let link = 2; link <= 4; link++) guest(link);
    said(10);
    // Three are asked; the one that was asked first has until 60.
    expect(offers.deadline).toBe(60);
    pendingLength = PIECE_LENGTH;
    said(20);
    expect(offers.deadline).toBeUndefined();
  });

  it("carry news along, to who ever wanted something of us and was told to wait for them", () => {
    const [waiting, seed] = [guest(1), guest(2)];
    waiting.wasInterested = true;
    expect(mayWait(waiting)).toBe(false);
    said(0);
    expect([mayWait(waiting), mayWait(seed)]).toEqual([true, false]);
    isCrowded = false;
    said(1);
    expect(mayWait(waiting)).toBe(false);
  });

  it("are passed by who has nothing to ask for", () => {
    const peer = guest(1);
    const out: SessionOutput[] = [];
    passUnused(peer, out);
    expect(out).toEqual([]);
    peer.requests.isOffered = true;
    passUnused(peer, out);
    passUnused(peer, out);
    expect(out).toHaveLength(1);
  });
});
