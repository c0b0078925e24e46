import { Bitfield, MIB } from "@bittern/protocol/base";
import { encodeMessage } from "@bittern/protocol/peer";
import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import { PiecePicker } from "../../picker/picker.ts";
import { UNDER_WAY_MIN } from "../../picker/super-seed.ts";
import type { SessionOutput } from "../../session/output.ts";
import { Giving } from "./giving.ts";

const PIECE_COUNT = 40;
const HAVE_LENGTH = encodeMessage({ type: "have", piece: 0 }).length;

describe("The only seed", () => {
  let out: SessionOutput[];
  let peers: Map<number, Peer>;
  let isAnnounced: boolean;

  beforeEach(() => {
    out = [];
    peers = new Map();
    isAnnounced = true;
  });

  function begin(
    isForced = false,
    pieceCount = PIECE_COUNT,
    picker: PiecePicker = new PiecePicker({ pieceCount, random: { u32: () => 7 } }),
    onOver: () => void = () => {},
  ): Giving {
    const random = { u32: () => 7 };
    const have = Bitfield.full(pieceCount);
    const pieceByteLength = (): number => MIB;
    const giving = new Giving({ picker, random, have, pieceByteLength, peers, isAnnounced: () => isAnnounced, isForced, onOver });
    giving.begin();
    return giving;
  }

  function newcomer(link: number, now: number, fast = true): Peer {
    const peer = new Peer({ link, remote: { address: "10.0.0.1", port: link }, dialledByUs: false, source: "incoming", now });
    peer.isChokedByUs = false;
    peer.isInterested = true;
    const features = { extended: true, fast, dht: false, v2: false };
    peer.handshake = { infoHash: new Uint8Array(20), peerId: new Uint8Array(20), features };
    return peer;
  }

  function join(giving: Giving, link: number, now: number): void {
    const peer = newcomer(link, now);
    peers.set(link, peer);
    giving.joined(peer);
  }

  /** How many pieces each link was told of. */
  function told(): Readonly<Record<number, number>> {
    const counts: Record<number, number> = {};
    for (const output of out) {
      if (output.type !== "send") continue;
      expect(output.bytes.length).toBe(HAVE_LENGTH);
      counts[output.link] = (counts[output.link] ?? 0) + 1;
    }
    return counts;
  }

  it("tells the first of many of no more than the others", () => {
    const giving = begin();
    expect(giving.hidesFrom(newcomer(1, 0))).toBe(true);
    join(giving, 1, 0);
    giving.reveal(0, out);
    expect(told()).toEqual({ 1: UNDER_WAY_MIN });
    join(giving, 2, 300);
    for (let now = 300; now < 800; now += 100) giving.reveal(now, out);
    expect(told()).toEqual({ 1: UNDER_WAY_MIN });
  });

  it("hides nothing of a torrent whose haves would be megabytes at once", () => {
    expect(begin(false, 262_144).hidesFrom(newcomer(1, 0))).toBe(true);
    expect(begin(true, 262_145).hidesFrom(newcomer(1, 0))).toBe(false);
  });

  it("tells a downloader of everything that stays alone for a second", () => {
    const giving = begin();
    join(giving, 1, 0);
    giving.reveal(999, out);
    expect(told()).toEqual({ 1: UNDER_WAY_MIN });
    giving.reveal(1000, out);
    expect(told()).toEqual({ 1: PIECE_COUNT });
    giving.reveal(2000, out);
    expect(told()).toEqual({ 1: PIECE_COUNT });
  });

  // Giving piece by piece cost a lone downloader on a fast link a quarter of its rate.
  it.each([
    { takes: 2 * MIB, pieceCount: 16 },
    { takes: 2 * MIB, pieceCount: 32 },
    { takes: 4 * MIB, pieceCount: 64 },
    { takes: 16 * MIB, pieceCount: 256 },
    { takes: 16 * MIB, pieceCount: 1024 },
  ])("tells a lone downloader of everything once it has taken $takes bytes of $pieceCount MiB", ({ takes, pieceCount }) => {
    const giving = begin(false, pieceCount);
    join(giving, 1, 0);
    const peer = peers.get(1) as Peer;
    giving.sent(peer, 0, takes / 2);
    giving.reveal(10, out);
    expect(told()[1]).toBeLessThan(pieceCount);
    giving.sent(peer, 1, takes / 2);
    giving.reveal(20, out);
    expect(told()).toEqual({ 1: pieceCount });
  });

  // What an earlier one took alone once told the first of the next many of everything.
  it("takes nobody for alone by what another one took before", () => {
    const giving = begin();
    join(giving, 1, 0);
    const earlier = peers.get(1) as Peer;
    giving.sent(earlier, 0, 16 * MIB);
    giving.left(earlier);
    peers.delete(1);
    join(giving, 2, 10);
    giving.reveal(20, out);
    expect(told()[2]).toBe(UNDER_WAY_MIN);
  });

  describe("that has given every piece once", () => {
    const MANY = 80;
    let giving: Giving;
    let picker: PiecePicker;
    let now: number;

    beforeEach(() => {
      picker = new PiecePicker({ pieceCount: MANY, random: { u32: () => 7 } });
      giving = begin(false, MANY, picker);
      for (let link = 1; link <= 8; link++) join(giving, link, 0);
      for (const peer of peers.values()) peer.pieces = new Bitfield(MANY);
      // One piece every hundred milliseconds; the others have each of them two pieces later.
      const given: { readonly link: number; readonly piece: number }[] = [];
      let heard = 0;
      for (now = 0; given.length < MANY; now += 100) {
        giving.reveal(now, out);
        for (; heard < out.length; heard++) {
          const { link, bytes } = out[heard] as Extract<SessionOutput, { type: "send" }>;
          given.push({ link, piece: bytes[8] as number });
        }
        const next = given[now / 100 - 1];
        if (next !== undefined) has(next.link, next.piece);
        spread(given[now / 100 - 3]);
      }
      for (let at = now / 100 - 1; at < MANY; at++, now += 100) {
        has((given[at] as { link: number }).link, (given[at] as { piece: number }).piece);
        spread(given[at - 2]);
      }
      out.length = 0;
    });

    function has(link: number, piece: number): void {
      const peer = peers.get(link) as Peer;
      if (peer.pieces?.add(piece) !== true) return;
      picker.peerHas(piece);
      giving.sent(peer, piece, MIB);
      giving.peerHas(peer, piece, now);
    }

    function spread(given: { readonly piece: number } | undefined): void {
      if (given !== undefined) for (const link of peers.keys()) has(link, given.piece);
    }

    it("leaves the last ones to those who bring them to each other", () => {
      giving.reveal(now, out);
      expect(told()).toEqual({});
      expect(giving.isHiding).toBe(true);
    });

    it("tells everybody everything when they stop", () => {
      giving.reveal(now + 2000, out);
      expect(giving.isHiding).toBe(false);
      expect(Object.keys(told())).toHaveLength(8);
    });

    // One that announced and took back the same piece for ever kept the seed from the others for as long.
    it("tells everybody everything beside one that takes pieces back", () => {
      (peers.get(1) as Peer).hasTakenBack = true;
      giving.reveal(now, out);
      expect(giving.isHiding).toBe(false);
    });

    it("tells everybody everything when one of them is complete and leaves", () => {
      const first = peers.get(1) as Peer;
      for (let piece = 0; piece < MANY; piece++) first.pieces?.add(piece);
      giving.left(first);
      peers.delete(1);
      giving.reveal(now, out);
      expect(giving.isHiding).toBe(false);
    });
  });

  it("tells the last that is left of everything", () => {
    const giving = begin();
    join(giving, 1, 0);
    join(giving, 2, 0);
    giving.reveal(0, out);
    giving.left(peers.get(2) as Peer);
    peers.delete(2);
    giving.reveal(1500, out);
    expect(told()[1]).toBe(PIECE_COUNT);
  });

  // A tool that speaks BEP 3 alone was told of pieces one by one, where it waited for a bitfield.
  it("hides nothing from who can only be told by a bitfield, unless it was told to", () => {
    expect(begin().hidesFrom(newcomer(1, 0, false))).toBe(false);
    expect(begin(true).hidesFrom(newcomer(1, 0, false))).toBe(true);
  });

  it("hides nothing while no tracker sends downloaders, unless it was told to", () => {
    isAnnounced = false;
    expect(begin().hidesFrom(newcomer(1, 0))).toBe(false);
    expect(begin(true).hidesFrom(newcomer(1, 0))).toBe(true);
  });

  it("hides nothing any more once another seed came, unless it was told to", () => {
    for (const isForced of [false, true]) {
      const giving = begin(isForced);
      const other = newcomer(9, 0);
      other.pieces = Bitfield.full(PIECE_COUNT);
      giving.toldField(other, out);
      expect(giving.hidesFrom(newcomer(1, 0))).toBe(isForced);
    }
  });

  it("lets it be known that it hides nothing any more before it tells anybody of what was hidden", () => {
    const said: (number | undefined)[] = [];
    const giving = begin(false, PIECE_COUNT, undefined, () => said.push(giving.isHiding ? undefined : told()[1]));
    join(giving, 1, 0);
    giving.reveal(0, out);
    const other = newcomer(9, 0);
    other.pieces = Bitfield.full(PIECE_COUNT);
    giving.toldField(other, out);
    expect(said).toEqual([UNDER_WAY_MIN]);
    expect(told()).toEqual({ 1: PIECE_COUNT });
  });

  it("goes on hiding from one that is alone when it was told to", () => {
    const giving = begin(true);
    join(giving, 1, 0);
    giving.reveal(0, out);
    giving.reveal(1000, out);
    // Nobody asked for anything, so a few more were told of.
    expect(told()).toEqual({ 1: 2 * UNDER_WAY_MIN });
  });
});
