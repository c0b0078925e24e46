/**
 * How a session looks from outside: asked for, never told, and nothing changes by looking.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import type { Bitfield, Millis } from "@bittern/protocol/base";
import type { DhtSnapshot } from "@bittern/protocol/dht";
import type { Diagnosis } from "../diagnosis/cause.ts";
import { diagnose } from "../diagnosis/diagnose.ts";
import type { SessionSymptoms } from "../diagnosis/symptoms.ts";
import type { PieceMap } from "../torrent/piece-map.ts";
import type { Connections } from "./connections.ts";
import type { SessionContext } from "./context.ts";
import type { TorrentId } from "./ids.ts";
import type { PortSockets } from "./port-sockets.ts";
import type { PeerSnapshot, SessionSnapshot, TorrentSnapshot, TrackerSnapshot } from "./snapshot.ts";
import type { TorrentTable } from "./torrent-table.ts";

export interface SessionViewParts {
  readonly context: SessionContext;
  readonly torrents: TorrentTable;
  readonly connections: Connections;
  readonly sockets: PortSockets;
  readonly listeningSince: () => Millis;
}

export class SessionView {
  readonly #parts: SessionViewParts;

  constructor(parts: SessionViewParts) {
    this.#parts = parts;
  }

  snapshot(id: TorrentId, now: Millis): TorrentSnapshot | undefined {
    return this.#parts.torrents.get(id)?.view.snapshot(now);
  }
  peers(id: TorrentId, now: Millis): readonly PeerSnapshot[] {
    return this.#parts.torrents.get(id)?.view.peerSnapshots(now) ?? [];
  }
  trackers(id: TorrentId, now: Millis): readonly TrackerSnapshot[] {
    return this.#parts.torrents.get(id)?.view.trackerSnapshots(now) ?? [];
  }
  record(id: TorrentId): Uint8Array | undefined {
    return this.#parts.torrents.get(id)?.view.record();
  }
  pieceMap(id: TorrentId): PieceMap | undefined {
    return this.#parts.torrents.get(id)?.view.pieceMap();
  }
  /** Why it is slow or stands still. */
  diagnosis(id: TorrentId, now: Millis): Diagnosis | undefined {
    const torrent = this.#parts.torrents.get(id);
    return torrent === undefined ? undefined : diagnose(torrent.view.symptoms(now), this.#symptoms(now));
  }
  #symptoms(now: Millis): SessionSymptoms {
    const { listenPort, pool, settings } = this.#parts.context;
    return {
      listenPort,
      acceptedCount: this.#parts.connections.acceptedCount,
      listeningMillis: listenPort === 0 ? 0 : now - this.#parts.listeningSince(),
      storingLengthMax: pool.storingLengthMax,
      downRateMax: settings.downRateMax,
      upRateMax: settings.upRateMax,
    };
  }
  pieces(id: TorrentId): Bitfield | undefined {
    return this.#parts.torrents.get(id)?.view.verifiedPieces();
  }
  filesProgress(id: TorrentId): readonly number[] {
    return this.#parts.torrents.get(id)?.view.filesProgress() ?? [];
  }
  /** Where datagrams reach it. */
  get datagramPlaces(): readonly Endpoint[] {
    return this.#parts.sockets.bound;
  }
  /** How the node of the DHT does; `undefined` while there is none. */
  dht(now: Millis): DhtSnapshot | undefined {
    return this.#parts.context.dht.snapshot(now);
  }
  session(now: Millis): SessionSnapshot {
    const { torrents, connections } = this.#parts;
    const { messageCount } = connections;
    const total = { torrentCount: torrents.count, peerCount: 0, messageCount, downRate: 0, upRate: 0, downloaded: 0, uploaded: 0 };
    for (const torrent of torrents) {
      const one = torrent.view.snapshot(now);
      total.peerCount += one.peers;
      total.downRate += one.downRate;
      total.upRate += one.upRate;
      total.downloaded += one.downloaded;
      total.uploaded += one.uploaded;
    }
    return total;
  }
}
