import { type Millis, toHex } from "@bittern/protocol/base";
import { merkleRoot } from "@bittern/protocol/merkle";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { encodeHandshake, type HashesMessage, type HashRangeMessage, PeerWire } from "@bittern/protocol/peer";
import { describe, expect, it } from "vitest";
import { Peer } from "../peers/peer.ts";
import type { SessionOutput } from "../session/output.ts";
import { Answers } from "./answers.ts";
import { HashServe, LayersFetch } from "./hash-exchange.ts";

const PIECE_LENGTH = 16_384;
const HANDSHAKE = {
  infoHash: new Uint8Array(20),
  peerId: new Uint8Array(20),
  features: { extended: true, fast: true, dht: false, v2: true },
};

/** The piece layer of a file of two pieces; its leaves are its pieces. */
function layerOf(file: number): Uint8Array {
  return new Uint8Array(64).fill(file + 1).fill(file + 2, 32);
}

/** A torrent of version 2 of so many files of two pieces each, and how often its list of files was looked through. */
function torrentOf(fileCount: number): { metainfo: Metainfo; layers: Map<string, Uint8Array>; looks: () => number } {
  let looks = 0;
  const layers = new Map<string, Uint8Array>();
  const files = Array.from({ length: fileCount }, (_, file) => {
    const root = merkleRoot(layerOf(file), 2);
    layers.set(toHex(root), layerOf(file));
    return {
      length: 2 * PIECE_LENGTH,
      get piecesRoot(): Uint8Array {
        looks++;
        return root;
      },
    };
  });
  const metainfo = { files, pieceLength: PIECE_LENGTH, pieceLayers: layers } as unknown as Metainfo;
  return { metainfo, layers, looks: () => looks };
}

function makePeer(link: number): Peer {
  const peer = new Peer({ link, remote: { address: "10.0.0.1", port: link }, dialledByUs: true, source: "user", now: 0 });
  peer.handshake = HANDSHAKE;
  return peer;
}

function heard(out: SessionOutput[], link: number): readonly (HashesMessage | HashRangeMessage)[] {
  const wire = new PeerWire();
  wire.receive(encodeHandshake(HANDSHAKE));
  return out.flatMap((output) => {
    if (!("bytes" in output) || !("link" in output) || output.link !== link) return [];
    return wire.receive(output.bytes).map((event) => structuredClone(event) as HashRangeMessage);
  });
}

describe("Hashes that are served", () => {
  it("are found without a look at all files, asked for or made up", () => {
    const { metainfo, looks } = torrentOf(100);
    const out: SessionOutput[] = [];
    const answers = new Answers();
    const serve = new HashServe(metainfo, answers);
    const peer = makePeer(1);
    const ask = (root: Uint8Array): void => {
      serve.requested(peer, { root, baseLayer: 0, index: 0, length: 2, proofLayers: 0 }, out);
      answers.sent(peer, 1 << 20, out);
    };
    for (let time = 0; time < 50; time++) ask(new Uint8Array(32).fill(time));
    expect(heard(out, 1).every(({ type }) => (type as string) === "hash-reject")).toBe(true);
    expect(looks()).toBe(0);
    for (let file = 0; file < 50; file++) ask(merkleRoot(layerOf(file), 2));
    expect(heard(out, 1).filter(({ type }) => (type as string) === "hashes")).toHaveLength(50);
    // Each file once for the index, and a few times for its own tree.
    expect(looks()).toBeLessThan(500);
  });
});

describe("Piece layers that are fetched", () => {
  /** What the peer answers is right unless `lies`. */
  function answer(fetch: LayersFetch, peer: Peer, out: SessionOutput[], lies = false): string[] {
    const asked = heard(out.splice(0), peer.link);
    return asked.map((request) => {
      const file = Array.from({ length: 10 }, (_, index) => index).find(
        (one) => toHex(merkleRoot(layerOf(one), 2)) === toHex(request.root),
      );
      const hashes = lies ? new Uint8Array(64) : layerOf(file ?? 0);
      return fetch.arrived(peer, { ...request, type: "hashes", hashes });
    });
  }
  const stage = (): { fetch: LayersFetch; out: SessionOutput[]; fill: (peer: Peer, now?: Millis) => void } => {
    const fetch = new LayersFetch(torrentOf(5).metainfo);
    const out: SessionOutput[] = [];
    return { fetch, out, fill: (peer, now = 0) => fetch.fill(peer, now, out) };
  };

  it("are asked for two at a time and whole when all are here", () => {
    const { fetch, out, fill } = stage();
    const peer = makePeer(1);
    const arrivals: string[] = [];
    for (let round = 0; round < 3; round++) {
      fill(peer);
      arrivals.push(...answer(fetch, peer, out));
    }
    expect(arrivals).toEqual(["taken", "taken", "taken", "taken", "whole"]);
  });

  it("are asked of somebody else when a peer lies, leaves or says nothing", () => {
    const { fetch, out, fill } = stage();
    const [liar, leaver, silent, honest] = [1, 2, 3, 4].map(makePeer) as [Peer, Peer, Peer, Peer];
    fill(liar);
    expect(answer(fetch, liar, out, true)).toEqual(["false", "false"]);
    fill(leaver);
    fetch.left(leaver);
    fill(silent);
    fetch.tick(10_000);
    out.length = 0;
    const arrivals: string[] = [];
    for (let round = 0; round < 3; round++) {
      fill(honest, 10_000);
      arrivals.push(...answer(fetch, honest, out));
    }
    expect(arrivals.at(-1)).toBe("whole");
  });

  it("that come unasked are nobody's", () => {
    const { fetch } = stage();
    const root = merkleRoot(layerOf(0), 2);
    const message: HashesMessage = { type: "hashes", root, baseLayer: 0, index: 0, length: 2, proofLayers: 0, hashes: layerOf(0) };
    expect(fetch.arrived(makePeer(9), message)).toBe("refused");
  });
});
