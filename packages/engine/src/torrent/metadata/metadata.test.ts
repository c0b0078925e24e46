import { MIB, toHex } from "@bittern/protocol/base";
import { sha1 } from "@bittern/protocol/crypto";
import { decodeMetadataMessage, encodeMetadataMessage, METADATA_LENGTH_MAX, METADATA_PIECE_LENGTH } from "@bittern/protocol/extension";
import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import { Allowance } from "../../session/allowance.ts";
import type { SessionOutput } from "../../session/output.ts";
import { Answers } from "./answers.ts";
import { MetadataFetch, MetadataServe } from "./metadata.ts";

const PIECE_COUNT = 10;
const INFO = Uint8Array.from({ length: PIECE_COUNT * METADATA_PIECE_LENGTH - 100 }, (_, at) => at * 7);
const HASHES = { v1: toHex(sha1(INFO)) };
/** Length prefix, id of BEP 10, id of the extension. */
const HEADER_LENGTH = 6;

function makePeer(link: number, length = INFO.length): Peer {
  const peer = new Peer({ link, remote: { address: "10.0.0.1", port: link }, dialledByUs: true, source: "user", now: 0 });
  peer.extensions.metadata = 3;
  peer.metadataLength = length;
  return peer;
}

function dataOf(piece: number, from: Uint8Array = INFO): Uint8Array {
  const begin = piece * METADATA_PIECE_LENGTH;
  const bytes = from.subarray(begin, begin + METADATA_PIECE_LENGTH);
  return encodeMetadataMessage({ type: "data", piece, totalSize: from.length, bytes });
}

describe("Metadata that is fetched", () => {
  let out: SessionOutput[];
  beforeEach(() => {
    out = [];
  });

  /** The pieces that were asked of a peer since the last time. */
  function askedOf(peer: Peer): number[] {
    const pieces: number[] = [];
    for (const output of out) {
      if (output.type !== "send" || output.link !== peer.link) continue;
      pieces.push(decodeMetadataMessage(output.bytes.subarray(HEADER_LENGTH))?.piece ?? -1);
    }
    out = out.filter((output) => output.type !== "send" || output.link !== peer.link);
    return pieces;
  }

  /** Asks and answers until nothing more is asked. */
  function converse(fetch: MetadataFetch, peer: Peer, now: number, from: Uint8Array = INFO): ReturnType<MetadataFetch["receive"]> {
    let last: ReturnType<MetadataFetch["receive"]> = { type: "none" };
    for (;;) {
      fetch.fill(peer, now, out);
      const pieces = askedOf(peer);
      if (pieces.length === 0) return last;
      for (const piece of pieces) last = fetch.receive(peer, dataOf(piece, from), now);
    }
  }

  it("is whole when all of its pieces are here and it has the right hash", () => {
    const allowance = new Allowance(MIB);
    const fetch = new MetadataFetch(HASHES, allowance);
    expect(converse(fetch, makePeer(1), 0)).toEqual({ type: "whole", bytes: INFO });
    expect(allowance.takenLength).toBe(INFO.length);
    fetch.end();
    expect(allowance.takenLength).toBe(0);
  });

  it("is asked of a peer that claims 16 MiB, and of none that claims a byte more", () => {
    const fetch = new MetadataFetch(HASHES, new Allowance(2 * METADATA_LENGTH_MAX));
    const [longest, longer] = [makePeer(1, METADATA_LENGTH_MAX), makePeer(2, METADATA_LENGTH_MAX + 1)];
    for (const peer of [longest, longer]) fetch.fill(peer, 0, out);
    expect(askedOf(longest)).not.toEqual([]);
    expect(askedOf(longer)).toEqual([]);
  });

  it("that is false is given up with its memory, and the peer that gave all of it is named", () => {
    const allowance = new Allowance(MIB);
    const fetch = new MetadataFetch(HASHES, allowance);
    const liar = makePeer(1);
    const arrival = converse(fetch, liar, 0, new Uint8Array(INFO.length));
    expect(arrival).toEqual({ type: "false", contributors: [liar] });
    expect(allowance.takenLength).toBe(0);
    expect(converse(fetch, makePeer(2), 0).type).toBe("whole");
  });

  it("comes although liars claim other lengths, many each, and say no more", () => {
    const fetch = new MetadataFetch(HASHES, new Allowance(MIB));
    const liars = [1, 2, 3, 4, 5, 6].map((link) => makePeer(link, 1000 * link));
    for (let time = 0; time < 10; time++) {
      for (const liar of liars) {
        fetch.fill(liar, 0, out);
        liar.metadataLength++;
      }
    }
    expect(converse(fetch, makePeer(7), 0).type).toBe("whole");
  });

  it("that honest peers and liars gave to together is taken from one peer alone the next time, until one is honest", () => {
    const fetch = new MetadataFetch(HASHES, new Allowance(MIB));
    const [liar, honest] = [makePeer(1), makePeer(2)];
    const kinds: string[] = [];
    for (let round = 0; round < 20 && !kinds.includes("whole"); round++) {
      for (const peer of [liar, honest]) fetch.fill(peer, 0, out);
      for (const [peer, from] of [[liar, new Uint8Array(INFO.length)] as const, [honest, INFO] as const]) {
        for (const piece of askedOf(peer)) {
          const arrival = fetch.receive(peer, dataOf(piece, from), 0);
          if (arrival.type !== "none") kinds.push(arrival.type === "false" ? `false of ${arrival.contributors.length}` : arrival.type);
        }
      }
    }
    expect(kinds).toEqual(["false of 2", "false of 1", "whole"]);
  });

  it("that is taken from one peer alone is begun anew with another when that one falls silent, refuses or leaves", () => {
    for (const end of ["silence", "refusal", "leaving", "dripping"]) {
      const fetch = new MetadataFetch(HASHES, new Allowance(MIB));
      const [first, second] = [makePeer(1), makePeer(2)];
      // Both lie at first, so that the next try is one peer's.
      for (let round = 0; round < 4; round++) {
        for (const peer of [first, second]) fetch.fill(peer, 0, out);
        for (const peer of [first, second])
          for (const piece of askedOf(peer)) fetch.receive(peer, dataOf(piece, new Uint8Array(INFO.length)), 0);
      }
      out = [];
      fetch.left(first, 0);
      fetch.left(second, 0);
      const [sole, other] = [makePeer(3), makePeer(4)];
      for (const peer of [sole, other]) fetch.fill(peer, 0, out);
      const [piece] = askedOf(sole);
      expect(piece).toBe(0);
      expect(askedOf(other)).toEqual([]);
      if (end === "silence") fetch.tick(10_000);
      else if (end === "dripping") {
        for (let dripped = 0; dripped < PIECE_COUNT - 1; dripped++) {
          fetch.receive(sole, dataOf(dripped), 5_000 * dripped);
          fetch.fill(sole, 5_000 * dripped, out);
          fetch.tick(5_000 * dripped);
        }
      } else if (end === "leaving") fetch.left(sole, 0);
      else fetch.receive(sole, encodeMetadataMessage({ type: "reject", piece: 0 }), 0);
      expect(converse(fetch, other, 10_000).type).toBe("whole");
    }
  });

  it("of one torrent waits while others take all the memory there is, and goes on when it comes back", () => {
    const allowance = new Allowance(INFO.length + METADATA_PIECE_LENGTH);
    const [first, second] = [new MetadataFetch(HASHES, allowance), new MetadataFetch(HASHES, allowance)];
    expect(converse(first, makePeer(1), 0).type).toBe("whole");
    expect(converse(second, makePeer(2), 0).type).toBe("none");
    expect(allowance.takenLength).toBeLessThanOrEqual(allowance.lengthMax);
    first.end();
    expect(converse(second, makePeer(2), 0).type).toBe("whole");
  });

  it("drops what comes when the memory went meanwhile, and asks for it again later", () => {
    const allowance = new Allowance(METADATA_PIECE_LENGTH);
    const fetch = new MetadataFetch(HASHES, allowance);
    const peer = makePeer(1);
    fetch.fill(peer, 0, out);
    const pieces = askedOf(peer);
    for (const piece of pieces) fetch.receive(peer, dataOf(piece), 0);
    expect(allowance.takenLength).toBe(METADATA_PIECE_LENGTH);
  });

  it("that has not grown for a minute makes room for the others", () => {
    const allowance = new Allowance(INFO.length + METADATA_PIECE_LENGTH);
    const stalled = new MetadataFetch(HASHES, allowance);
    const fetch = new MetadataFetch(HASHES, allowance);
    const silent = makePeer(1, 2 * INFO.length);
    const junk = new Uint8Array(2 * INFO.length);
    converse(stalled, silent, 0, junk);
    expect(converse(fetch, makePeer(2), 0).type).toBe("none");
    stalled.tick(59_000);
    expect(allowance.takenLength).toBeGreaterThan(INFO.length);
    stalled.tick(61_000);
    expect(allowance.takenLength).toBe(0);
    expect(converse(fetch, makePeer(2), 61_000).type).toBe("whole");
  });
});

describe("Metadata that is served", () => {
  const request = (piece: number): Uint8Array => encodeMetadataMessage({ type: "request", piece });

  it("comes twice in ten minutes, and is refused after that", () => {
    const out: SessionOutput[] = [];
    const answers = new Answers();
    const serve = new MetadataServe(INFO, answers);
    const peer = makePeer(1);
    const ask = (copies: number, now: number): void => {
      for (let asked = 0; asked < copies * PIECE_COUNT; asked++) {
        serve.receive(peer, request(asked % PIECE_COUNT), now, out);
        for (const output of out) if (output.type === "send-answer") answers.sent(peer, output.bytes.length, []);
      }
    };
    ask(3, 0);
    expect(out.filter(({ type }) => type === "send-answer")).toHaveLength(2 * PIECE_COUNT);
    expect(out.filter(({ type }) => type === "send")).toHaveLength(PIECE_COUNT);
    out.length = 0;
    ask(1, 600_001);
    expect(out.filter(({ type }) => type === "send-answer")).toHaveLength(PIECE_COUNT);
  });

  it("is refused past its end", () => {
    const out: SessionOutput[] = [];
    new MetadataServe(INFO, new Answers()).receive(makePeer(1), request(PIECE_COUNT), 0, out);
    expect(out.map(({ type }) => type)).toEqual(["send"]);
  });
});
