import { Bitfield, BLOCK_LENGTH, type Millis, NO_BYTES } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { encodeHandshake, type Handshake, messagesOf, PeerWire } from "@bittern/protocol/peer";
import { beforeEach, describe, expect, it } from "vitest";
import { PiecePool } from "../../disk/pool.ts";
import { Peer } from "../../peers/peer.ts";
import { PiecePicker } from "../../picker/picker.ts";
import { Limiter } from "../../rate/limiter.ts";
import type { SessionOutput } from "../../session/output.ts";
import { DEFAULT_SETTINGS } from "../../session/settings.ts";
import { Blame } from "./blame.ts";
import { Requests } from "./requests.ts";

const BLOCKS = [0, 1, 2, 3];
const BLOCK = new Uint8Array(BLOCK_LENGTH);

function handshake(fast: boolean): Handshake {
  return { infoHash: new Uint8Array(20), peerId: new Uint8Array(20), features: { extended: false, fast, dht: false, v2: false } };
}

function makePeer(link: number, fast: boolean): Peer {
  const peer = new Peer({ link, remote: { address: `10.0.0.${link}`, port: 1 }, dialledByUs: false, source: "incoming", now: 0 });
  peer.handshake = handshake(fast);
  peer.pieces = Bitfield.full(1);
  peer.isChokingUs = false;
  return peer;
}

/** One piece of four blocks, asked of a busy peer; another one has it as well and nothing to do. */
describe("a takeover", () => {
  let requests: Requests;
  let busy: Peer;
  let idle: Peer;

  beforeEach(() => {
    requests = new Requests({
      picker: new PiecePicker({ pieceCount: 1, random: seededRandom(1) }),
      pool: new PiecePool(1 << 20),
      blame: new Blame(1),
      shapes: { pieceCount: 1, pieceByteLength: () => BLOCKS.length * BLOCK_LENGTH, padRanges: () => [] },
      settings: () => DEFAULT_SETTINGS,
      limiter: new Limiter([]),
      hasManyLinks: () => false,
    });
    busy = makePeer(1, true);
    idle = makePeer(2, true);
  });

  /** What is said to whom: `1 request 0` and so on. */
  const said = (act: (out: SessionOutput[]) => void): readonly string[] => {
    const out: SessionOutput[] = [];
    act(out);
    return out.flatMap((output) => {
      if (output.type !== "send") return [];
      const wire = new PeerWire();
      const events = [encodeHandshake(handshake(true)), output.bytes ?? NO_BYTES]
        .flatMap((bytes) => wire.receive(bytes))
        .flatMap(messagesOf)
        .slice(1);
      return events.map((event) => `${output.link} ${event.type} ${"begin" in event ? event.begin / BLOCK_LENGTH : ""}`);
    });
  };
  const fill = (peer: Peer, now: Millis): readonly string[] => said((out) => requests.fill(peer, now, out));
  const reject = (peer: Peer, block: number): void =>
    requests.rejected(peer, { piece: 0, begin: block * BLOCK_LENGTH, length: BLOCK_LENGTH });
  const all = (peer: Peer, what: string): readonly string[] => BLOCKS.map((block) => `${peer.link} ${what} ${block}`);

  it("asks who has not begun to leave the piece, and the other one only when it has left it", () => {
    fill(busy, 0);
    expect(fill(idle, 100)).toEqual(all(busy, "cancel"));
    expect(fill(idle, 110)).toEqual([]);
    for (const block of BLOCKS) reject(busy, block);
    expect(busy.requests.outstanding).toBe(0);
    expect(requests.takeSuccessors()).toEqual([idle]);
    expect(fill(busy, 120)).toEqual([]);
    expect(fill(idle, 120)).toEqual(all(idle, "request"));
  });

  it("does not happen to what was asked for just now, or has begun to come", () => {
    fill(busy, 0);
    expect(fill(idle, 99)).toEqual([]);
    said((out) => requests.receive(busy, 0, 0, BLOCK, 100, out));
    expect(fill(idle, 200)).toEqual([]);
  });

  it("is tried once only with one that never gave anything: it would collect what others were about to send", () => {
    fill(busy, 0);
    fill(idle, 100);
    for (const block of BLOCKS) reject(busy, block);
    fill(idle, 120);
    expect(fill(makePeer(3, true), 300)).toEqual(all(idle, "cancel"));
    expect(fill(idle, 600)).toEqual([]);
  });

  it("does not happen to one that cannot say that it leaves a piece", () => {
    busy = makePeer(1, false);
    fill(busy, 0);
    expect(fill(idle, 200)).toEqual([]);
  });

  it("fetches nothing twice when the answer is the piece itself", () => {
    fill(busy, 0);
    fill(idle, 100);
    for (const block of BLOCKS) {
      const arrival = said((out) =>
        expect(requests.receive(busy, 0, block * BLOCK_LENGTH, BLOCK, 150, out).type).toBe(block < 3 ? "taken" : "run-complete"),
      );
      expect(arrival).toEqual([]);
    }
    expect(fill(idle, 160)).toEqual([]);
    expect([busy.requests.outstanding, idle.requests.outstanding]).toEqual([0, 0]);
  });

  it("waits two seconds for an answer, and asks who gave none to leave nothing again", () => {
    fill(busy, 0);
    fill(idle, 100);
    said((out) => requests.tick(2_099, out));
    expect(requests.takeSuccessors()).toEqual([]);
    said((out) => requests.tick(2_100, out));
    expect(requests.takeSuccessors()).toEqual([idle]);
    expect(fill(idle, 2_100)).toEqual(all(idle, "request"));
    expect(busy.requests.keepsCancelled).toBe(true);
    // A late answer concerns nobody.
    for (const block of BLOCKS) reject(busy, block);
    expect([busy.requests.outstanding, idle.requests.outstanding]).toEqual([0, 4]);
  });

  it("goes back to whoever is left when the one that was to take over goes", () => {
    fill(busy, 0);
    fill(idle, 100);
    for (const block of BLOCKS) reject(busy, block);
    requests.forget(idle);
    expect(requests.takeSuccessors()).toEqual([]);
    expect(fill(busy, 120)).toEqual(all(busy, "request"));
  });

  it("is over when whoever left the piece is asked for it anew: it is not taken for one that does not answer", () => {
    fill(busy, 0);
    fill(idle, 100);
    for (const block of BLOCKS) reject(busy, block);
    idle.isChokingUs = true;
    expect(fill(busy, 120)).toEqual(all(busy, "request"));
    expect(said((out) => requests.tick(2_200, out))).toEqual([]);
    // In a swarm of a hundred it was asked for the same blocks a second time here, and what it then sent came for nothing.
    expect(fill(busy, 2_200)).toEqual([]);
    expect(busy.requests.keepsCancelled).toBe(false);
    expect(busy.requests.outstanding).toBe(BLOCKS.length);
  });

  describe("where the request stands behind our own blocks", () => {
    /** Blocks for the peer were given to the system, which has taken none of them since. */
    const block = (peer: Peer, since: Millis): void => {
      peer.uploads.inFlight = 16 * BLOCK_LENGTH;
      peer.uploads.unsentSince = since;
    };

    it("waits for nobody: five seconds later it would still not have been heard", () => {
      block(busy, 0);
      fill(busy, 300);
      expect(fill(idle, 500)).toEqual([...all(busy, "cancel"), ...all(idle, "request")]);
      expect([busy.requests.outstanding, idle.requests.outstanding]).toEqual([0, 4]);
      // The answer to what it hears in the end concerns nobody.
      for (const each of BLOCKS) reject(busy, each);
      expect(idle.requests.outstanding).toBe(4);
      expect(fill(busy, 510)).toEqual([]);
      for (const each of BLOCKS) said((out) => requests.receive(idle, 0, each * BLOCK_LENGTH, BLOCK, 600, out));
      expect(idle.requests.outstanding).toBe(0);
    });

    it("waits no longer for an answer that was waited for", () => {
      block(busy, 0);
      idle.down.add(BLOCK_LENGTH, 0);
      fill(busy, 300);
      expect(fill(idle, 499)).toEqual(all(busy, "cancel"));
      expect(fill(idle, 500)).toEqual(all(idle, "request"));
      said((out) => requests.tick(2_600, out));
      expect(busy.requests.keepsCancelled).toBe(false);
    });

    it("happens to one that takes turns as well, when another one offers a piece", () => {
      block(busy, 0);
      busy.requests.takesTurns = true;
      busy.requests.isOffered = true;
      fill(busy, 300);
      idle.requests.takesTurns = true;
      expect(fill(idle, 600)).toEqual([]);
      idle.requests.isOffered = true;
      expect(fill(idle, 600)).toEqual([...all(busy, "cancel"), ...all(idle, "request")]);
    });

    it("is left to one that our words reach", () => {
      block(busy, 0);
      block(idle, 0);
      fill(busy, 300);
      expect(fill(idle, 600)).toEqual([]);
    });

    it("goes as ever when the system takes what it was given, or had taken what went before the request", () => {
      block(busy, 350);
      fill(busy, 300);
      expect(fill(idle, 900)).toEqual(all(busy, "cancel"));
      expect(fill(idle, 910)).toEqual([]);
    });
  });
});
