import { type Millis, toHex } from "@bittern/protocol/base";
import { merkleRoot } from "@bittern/protocol/merkle";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { encodeHandshake, type HashesMessage, type HashRangeMessage, PeerWire } from "@bittern/protocol/peer";
import { describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import type { SessionOutput } from "../../session/output.ts";
import { LayersFetch } from "./layers-fetch.ts";

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

/** A torrent of version 2 of so many files of two pieces each. */
function torrentOf(fileCount: number): Metainfo {
  const files = Array.from({ length: fileCount }, (_, file) => ({ length: 2 * PIECE_LENGTH, piecesRoot: merkleRoot(layerOf(file), 2) }));
  return { files, pieceLength: PIECE_LENGTH, pieceLayers: new Map() } as unknown as Metainfo;
}

function makePeer(link: number): Peer {
  const peer = new Peer({ link, remote: { address: "10.0.0.1", port: link }, dialledByUs: true, source: "user", now: 0 });
  peer.handshake = HANDSHAKE;
  peer.speaksV2 = true;
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
    const fetch = new LayersFetch(torrentOf(5));
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
