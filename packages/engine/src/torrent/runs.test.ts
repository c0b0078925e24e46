import { Bitfield, BLOCK_LENGTH, type Millis, ProtocolError, toHex } from "@bittern/protocol/base";
import { sha1 } from "@bittern/protocol/crypto";
import { seededRandom } from "@bittern/protocol/fuzz";
import type { PieceRange } from "@bittern/protocol/metainfo";
import { blockOfRun, type MessageRun, messagesOf, type PeerMessage } from "@bittern/protocol/peer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PiecePool } from "../disk/pool.ts";
import { Peer } from "../peers/peer.ts";
import { PiecePicker } from "../picker/picker.ts";
import { Limiter } from "../rate/limiter.ts";
import { Meter } from "../rate/meter.ts";
import type { SessionOutput } from "../session/output.ts";
import { DEFAULT_SETTINGS } from "../session/settings.ts";
import type { PartialPiece } from "./content/partial-piece.ts";
import { hear, type Listener, updateInterest } from "./conversation.ts";
import type { TorrentCore } from "./core.ts";
import { Blame } from "./download/blame.ts";
import { Requests } from "./download/requests.ts";
import { Fields } from "./fields.ts";
import { Traffic } from "./traffic.ts";
import { Uploads } from "./upload/uploads.ts";

const PIECES = 3;
const BLOCKS = 6;
/** The last piece is shorter, and ends within a block. */
const LAST_LENGTH = 3 * BLOCK_LENGTH + 100;
const QUEUE_MAX = 9;
const FRAME_LENGTH = 13 + BLOCK_LENGTH;
/** Of any run: no two blocks begin alike. */
const CONTENT = new Uint8Array((BLOCKS + 1) * FRAME_LENGTH).map((_, at) => (at * 7) >> 8);

interface World {
  /** False where it was an offence: whoever says such a thing is heard no more. */
  readonly say: (peer: number, message: PeerMessage | MessageRun, now: Millis) => boolean;
  readonly act: (step: Exclude<Step, { type: "say" }>, now: Millis) => void;
  readonly facts: () => unknown;
}

type Step =
  | { readonly type: "say"; readonly peer: number; readonly message: PeerMessage | MessageRun; readonly passed: Millis }
  | { readonly type: "fill" | "serve"; readonly peer: number; readonly passed: Millis }
  | { readonly type: "tick"; readonly passed: Millis }
  | { readonly type: "fail"; readonly piece: number; readonly passed: Millis };

/** Two peers that give and take, one of them by the fast extension, and all that blocks and requests concern. */
function makeWorld(pads: readonly PieceRange[], keptBlockLength: number | undefined): World {
  const pieceByteLength = (piece: number): number => (piece === PIECES - 1 ? LAST_LENGTH : BLOCKS * BLOCK_LENGTH);
  const settings = { ...DEFAULT_SETTINGS, requestTimeoutMillis: 3000 };
  const limiter = new Limiter([]);
  const peers = [1, 2].map((link) => {
    const peer = new Peer({ link, remote: { address: "10.0.0.1", port: link }, dialledByUs: true, source: "user", now: 0 });
    const features = { extended: true, fast: link === 1, dht: false, v2: false };
    peer.handshake = { infoHash: new Uint8Array(20), peerId: new Uint8Array(20), features };
    peer.pieces = Bitfield.full(PIECES);
    peer.isChokingUs = false;
    peer.isChokedByUs = false;
    return peer;
  });
  const requests = new Requests({
    picker: new PiecePicker({ pieceCount: PIECES, random: seededRandom(7) }),
    pool: new PiecePool(1 << 20, keptBlockLength),
    blame: new Blame(PIECES),
    shapes: { pieceCount: PIECES, pieceByteLength, padRanges: (piece) => (piece === 1 ? pads : []) },
    settings: () => settings,
    limiter,
    hasManyLinks: () => false,
  });
  const have = Bitfield.full(PIECES);
  have.remove(1);
  const uploads = new Uploads({
    torrent: 1,
    have,
    pieceByteLength,
    emptyRanges: () => [],
    queueMax: () => QUEUE_MAX,
    isCrowded: () => false,
    hasManyLinks: () => false,
    holders: () => 0,
    limiter,
  });
  const out: SessionOutput[] = [];
  const told: unknown[] = [];
  const stored: unknown[] = [];
  const store = (partial: PartialPiece, run: number): void => {
    partial.runsInFlight++;
    stored.push([partial.piece, run, toHex(sha1(partial.takeBuffer(run)))]);
  };
  const body = { requests, uploads, content: { store }, offers: { asked: () => undefined } };
  const core = { body, down: new Meter(), wasted: 0 } as unknown as TorrentCore;
  const traffic = new Traffic(core);
  const listener = {
    body,
    blockArrived: (...given: Parameters<Listener["blockArrived"]>) => traffic.blockArrived(...given),
    blocksArrived: (...given: Parameters<Listener["blocksArrived"]>) => traffic.blocksArrived(...given),
  } as unknown as Listener;
  const peerAt = (place: number): Peer => peers[place] as Peer;
  return {
    say: (place, message, now) => {
      try {
        hear(listener, peerAt(place), message, now, out);
        return true;
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        told.push(error.message);
        return false;
      }
    },
    act: (step, now) => {
      if (step.type === "fill") requests.fill(peerAt(step.peer), now, out);
      else if (step.type === "serve") uploads.serve(now, out);
      else if (step.type === "tick") requests.tick(now, out);
      else if (step.type === "fail" && requests.partial(step.piece) !== undefined) requests.failed(step.piece, out);
    },
    facts: () => ({
      out,
      told,
      stored,
      wasted: core.wasted,
      down: core.down,
      pending: uploads.pendingLength,
      peers: peers.map((peer) => [peer.down, peer.isSnubbed, peer.requests, peer.uploads]),
      partials: [...requests.partials.values()].map((partial) => [
        partial.piece,
        partial.receivedCount,
        partial.openCount,
        Array.from({ length: partial.blockCount }, (_, block) => [
          partial.state(block),
          partial.from(block)?.link,
          partial.second(block)?.link,
        ]),
      ]),
    }),
  };
}

const place = fc.record({
  piece: fc.nat({ max: PIECES }),
  begin: fc.oneof(
    { weight: 9, arbitrary: fc.nat({ max: BLOCKS - 1 }).map((block) => block * BLOCK_LENGTH) },
    { weight: 1, arbitrary: fc.nat(90_000) },
  ),
  count: fc.integer({ min: 2, max: BLOCKS + 1 }),
});
const run: fc.Arbitrary<MessageRun> = fc.oneof(
  place.map((drawn) => ({ type: "request-run", ...drawn }) as const),
  place.map((drawn) => {
    return { type: "block-run", ...drawn, bytes: CONTENT.subarray(0, drawn.count * FRAME_LENGTH - 13) } as const;
  }),
);
const single: fc.Arbitrary<PeerMessage> = fc.oneof(
  fc.constantFrom<PeerMessage>({ type: "choke" }, { type: "unchoke" }),
  place.map(({ piece, begin }) => ({ type: "reject", piece, begin, length: BLOCK_LENGTH }) as const),
);
const passed = fc.constantFrom(0, 0, 3, 200, 4000);
const peer = fc.nat({ max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("say" as const), peer, message: run, passed }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("say" as const), peer, message: single, passed }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom("fill" as const, "serve" as const), peer, passed }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("tick" as const), passed }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("fail" as const), piece: fc.nat({ max: PIECES - 1 }), passed }) },
);

describe("A run of blocks or requests", () => {
  it.each([
    ["where all of each block is kept", undefined],
    ["where its beginning is", 16],
  ])("is the same as its messages, %s", (_, keptBlockLength) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), fc.boolean(), (steps, hasPads) => {
        const pads = hasPads ? [{ begin: 10_000, length: 30_000 }] : [];
        const [whole, singly] = [makeWorld(pads, keptBlockLength), makeWorld(pads, keptBlockLength)];
        let now = 0;
        for (const one of steps) {
          now += one.passed;
          if (one.type !== "say") {
            for (const world of [whole, singly]) world.act(one, now);
            continue;
          }
          whole.say(one.peer, one.message, now);
          messagesOf(one.message).every((message) => singly.say(one.peer, message, now));
        }
        expect(whole.facts()).toEqual(singly.facts());
      }),
    );
  });

  it("is taken as one where all of it was asked for", () => {
    const world = makeWorld([], undefined);
    world.act({ type: "fill", peer: 0, passed: 0 }, 0);
    const bytes = new Uint8Array(BLOCKS * FRAME_LENGTH - 13);
    for (let piece = 0; piece < PIECES; piece++) world.say(0, { type: "block-run", piece, begin: 0, count: 3, bytes }, 1);
    expect(blockOfRun({ type: "block-run", piece: 0, begin: 0, count: BLOCKS, bytes }, BLOCKS - 1)).toHaveLength(BLOCK_LENGTH);
    expect(world.facts()).toMatchObject({ down: { total: 9 * BLOCK_LENGTH }, told: [], wasted: 0 });
  });
});

describe("A run of haves", () => {
  /** A peer that has told nothing yet and is in the middle of a turn, and what came of what it says. */
  function makeNewcomer(): { readonly say: (message: PeerMessage | MessageRun) => void; readonly facts: () => unknown } {
    const picker = new PiecePicker({ pieceCount: PIECES, random: seededRandom(7) });
    picker.markHave(2);
    const fields = new Fields();
    fields.open(picker, []);
    const peer = new Peer({ link: 1, remote: { address: "10.0.0.1", port: 1 }, dialledByUs: true, source: "user", now: 0 });
    fields.joined(peer);
    const given: unknown[] = [];
    const note = (verb: string) => (_: Peer, piece: number) => void given.push([verb, piece]);
    const body = { giving: { peerHas: note("giving") }, uploads: { hasTurns: () => true, peerHas: note("uploads") } };
    const out: SessionOutput[] = [];
    const peerHasMore = (): void => updateInterest(peer, peer.wantedPieces > 0, out);
    const listener = { body, fields, peerHasMore } as unknown as Listener;
    return {
      say: (message) => hear(listener, peer, message, 0, out),
      facts: () => [out, given, [...(peer.pieces ?? [])], peer.wantedPieces, [0, 1, 2].map((piece) => picker.availability(piece))],
    };
  }

  it("is the same as its messages", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat({ max: PIECES - 1 }), { minLength: 2, maxLength: 6 }), { maxLength: 4 }), (runs) => {
        const [whole, singly] = [makeNewcomer(), makeNewcomer()];
        for (const pieces of runs) {
          const message = { type: "have-run", count: pieces.length, pieces } as const;
          whole.say(message);
          for (const one of messagesOf(message)) singly.say(one);
        }
        expect(whole.facts()).toEqual(singly.facts());
      }),
    );
  });
});
