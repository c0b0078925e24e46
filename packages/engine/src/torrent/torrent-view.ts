/**
 * How a torrent looks from outside: asked for, never told, and nothing changes by looking.
 * @module
 */
import type { Bitfield, Millis } from "@bittern/protocol/base";
import type { TorrentSymptoms } from "../diagnosis/symptoms.ts";
import type { PeerSnapshot, TorrentSnapshot, TrackerSnapshot } from "../session/snapshot.ts";
import type { TorrentCore } from "./core.ts";
import type { TorrentLife } from "./life.ts";
import { missingPieces, type PieceMap, pieceMap } from "./piece-map.ts";
import { peerSnapshot, torrentSnapshot } from "./snapshot.ts";

export class TorrentView {
  readonly #core: TorrentCore;
  readonly #life: TorrentLife;

  constructor(core: TorrentCore, life: TorrentLife) {
    this.#core = core;
    this.#life = life;
  }

  snapshot(now: Millis): TorrentSnapshot {
    const { id, state, body, peers, down, up, wasted, discovery, fault, addedAt } = this.#core;
    const { swarm } = discovery.announces;
    return torrentSnapshot({ torrent: id, state, body, peers: peers.values(), down, up, wasted, swarm, fault, addedAt }, now);
  }

  peerSnapshots(now: Millis): PeerSnapshot[] {
    return [...this.#core.peers.values()].map((peer) => peerSnapshot(peer, now));
  }

  trackerSnapshots(now: Millis): TrackerSnapshot[] {
    return this.#core.discovery.announces.snapshot(now);
  }

  pieceMap(): PieceMap | undefined {
    return this.#core.body === undefined ? undefined : pieceMap(this.#core.body);
  }

  symptoms(now: Millis): TorrentSymptoms {
    const { body, swarm, blame, dht, downBucket, upBucket } = this.#core;
    return {
      now: this.snapshot(now),
      peers: this.peerSnapshots(now),
      trackers: this.trackerSnapshots(now),
      isPausedByUser: this.#life.isPausedByUser,
      dht: dht.standing,
      dhtNodeCount: dht.report.nodeCount,
      candidateCount: swarm.candidateCount,
      falsePieceCount: blame.falsePieceCount,
      diallingCount: swarm.diallingCount,
      unreachableCount: swarm.unreachableCount,
      ...missingPieces(body?.picker),
      storingLength: body?.content.storingLength ?? 0,
      downRateMax: downBucket.rate,
      upRateMax: upBucket.rate,
    };
  }

  record(): Uint8Array | undefined {
    return this.#core.body?.content.record();
  }

  verifiedPieces(): Bitfield | undefined {
    return this.#core.body?.content.have.copy();
  }

  filesProgress(): readonly number[] {
    return this.#core.body?.content.filesProgress() ?? [];
  }
}
