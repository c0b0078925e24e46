import { BLOCK_LENGTH, concatBytes, type Millis } from "@bittern/protocol/base";
import { sha1, sha256 } from "@bittern/protocol/crypto";
import { decodeMetadataMessage, encodeMetadataMessage } from "@bittern/protocol/extension";
import { parseMagnet } from "@bittern/protocol/magnet";
import { buildTorrent, CreationPlan, type Metainfo, parseTorrent } from "@bittern/protocol/metainfo";
import { describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import { Allowance } from "../../session/allowance.ts";
import type { SessionOutput } from "../../session/output.ts";
import { type InfoArrival, InfoFetch } from "./info-fetch.ts";

/** Length prefix, id of BEP 10, id of the extension. */
const HEADER_LENGTH = 6;
const NONE: InfoArrival = { type: "none" };

/** One file of three pieces of one block. */
function torrentOf(version: "v2" | "hybrid"): Metainfo {
  const options = { name: "t", files: [{ path: ["t"], length: 3 * BLOCK_LENGTH }], pieceLength: BLOCK_LENGTH, version };
  const blocks = [0, 1, 2].map((piece) => new Uint8Array(BLOCK_LENGTH).fill(piece));
  const fileTrees = new CreationPlan(options).fileTrees(concatBytes(blocks.map((block) => sha256(block))));
  const pieces = version === "hybrid" ? { pieces: concatBytes(blocks.map((block) => sha1(block))) } : {};
  return parseTorrent(buildTorrent({ ...options, ...pieces, fileTrees }));
}

/** A link by its oldest name, the peers that are there, and what they were asked. */
class Stage {
  readonly metainfo: Metainfo;
  readonly peers = new Map<number, Peer>();
  readonly fetch: InfoFetch;
  out: SessionOutput[] = [];

  constructor(version: "v2" | "hybrid") {
    this.metainfo = torrentOf(version);
    const { v1, v2 } = this.metainfo.infoHashes;
    const magnet = parseMagnet(v1 === undefined ? `magnet:?xt=urn:btmh:1220${v2}` : `magnet:?xt=urn:btih:${v1}`);
    this.fetch = new InfoFetch({ type: "magnet", magnet }, this.peers, new Allowance(1 << 20));
    this.fetch.begin(undefined);
  }

  meet(link: number, speaksV2: boolean): Peer {
    const peer = new Peer({ link, remote: { address: "10.0.0.1", port: link }, dialledByUs: true, source: "user", now: 0 });
    peer.extensions.metadata = 3;
    peer.metadataLength = this.metainfo.infoBytes.length;
    peer.speaksV2 = speaksV2;
    this.peers.set(link, peer);
    return peer;
  }

  /** The peer sends the info dictionary. */
  bring(peer: Peer, now: Millis): InfoArrival {
    this.fetch.fill(peer, now, this.out);
    let last = NONE;
    for (const output of this.out.splice(0)) {
      if (output.type !== "send") continue;
      const { piece = 0 } = decodeMetadataMessage(output.bytes.subarray(HEADER_LENGTH)) ?? {};
      const bytes = this.metainfo.infoBytes;
      last = this.fetch.dictionaryArrived(
        peer,
        encodeMetadataMessage({ type: "data", piece, totalSize: bytes.length, bytes }),
        now,
        this.out,
      );
    }
    return last;
  }

  tick(now: Millis): InfoArrival {
    return this.fetch.tick(now, this.out);
  }
}

describe("The piece layers of a magnet link's torrent", () => {
  it("are not waited for by a hybrid among peers that speak the old version alone", () => {
    // It stood at "metadata" for ever among clients such as Transmission, though its SHA-1 hashes were all there.
    const stage = new Stage("hybrid");
    expect(stage.bring(stage.meet(1, false), 0)).toMatchObject({ type: "whole", metainfo: { version: "hybrid" } });
    expect(stage.out).toEqual([]);
  });

  it("are asked of a peer that speaks the new one, and given up when it says nothing or leaves", () => {
    for (const ending of ["silence", "leaving"] as const) {
      const stage = new Stage("hybrid");
      const peer = stage.meet(1, true);
      expect(stage.bring(peer, 0)).toEqual(NONE);
      expect(stage.out).toHaveLength(1);
      expect(stage.tick(1000)).toEqual(NONE);
      if (ending === "leaving") {
        stage.peers.delete(1);
        stage.fetch.left(peer, 2000);
      }
      expect(stage.tick(ending === "leaving" ? 2000 : 10_000)).toMatchObject({ type: "whole", metainfo: { version: "hybrid" } });
    }
  });

  it("are needed by a torrent of the new version alone, however long that takes", () => {
    const stage = new Stage("v2");
    const peer = stage.meet(1, true);
    expect(stage.fetch.wants).toBe("metadata");
    expect(stage.bring(peer, 0)).toEqual(NONE);
    expect(stage.fetch.wants).toBe("layers");
    for (const now of [1000, 12_000, 60_000, 600_000]) expect(stage.tick(now)).toEqual(NONE);
    expect(stage.out.length).toBeGreaterThan(1);
  });
});
