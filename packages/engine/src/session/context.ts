/**
 * What a session lends to its torrents.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import type { Millis, Random } from "@bittern/protocol/base";
import type { PiecePool } from "../disk/pool.ts";
import type { Bans } from "../peers/ban.ts";
import type { Transport } from "../peers/candidate.ts";
import type { Peer, PeerSource } from "../peers/peer.ts";
import type { TokenBucket } from "../rate/token-bucket.ts";
import type { Allowance } from "./allowance.ts";
import type { DhtNodeOfSession } from "./dht-node.ts";
import type { TorrentId } from "./ids.ts";
import type { OurAddresses } from "./our-addresses.ts";
import type { Settings } from "./settings.ts";
import type { TrackerPreferences } from "./tracker-preferences.ts";
import type { UdpTrackers } from "./udp-trackers.ts";

/** Whom to dial, and how. */
export interface Dial {
  readonly to: Endpoint;
  readonly source: PeerSource;
  readonly transport: Transport;
}

export interface SessionContext {
  readonly random: Random;
  readonly settings: Settings;
  /** 20 bytes, one a session. */
  readonly peerId: Uint8Array;
  /** 32 random bits that tell trackers that we are we, whatever our address. */
  readonly key: number;
  /** Port told to trackers and peers; 0 while nothing listens. */
  readonly listenPort: number;
  readonly pool: PiecePool;
  /** Where others see us. */
  readonly ourAddresses: OurAddresses;
  /** For info dictionaries that are being fetched. */
  readonly metadataAllowance: Allowance;
  readonly bans: Bans;
  readonly downBucket: TokenBucket;
  readonly upBucket: TokenBucket;
  readonly udpTrackers: UdpTrackers;
  readonly trackerPreferences: TrackerPreferences;
  readonly dht: DhtNodeOfSession;
  wallSeconds(): number;
  /** Numbers a question to the host (HTTP request, DNS query); the answer comes back to `torrent`. */
  nextRequest(torrent: TorrentId): number;
  /** The torrent's metadata told of an info hash that its link did not name: peers may come by that, too. */
  named(torrent: TorrentId): void;
  /** Makes a peer for a dial of `torrent`; the caller sends the `connect`. */
  dial(dial: Dial, torrent: TorrentId, now: Millis): Peer;
  /** Whether one more dial may begin now. */
  mayDial(now: Millis): boolean;
  /** The torrent has candidates and waits for a place to dial. */
  waitToDial(torrent: TorrentId): void;
  /** Ends a connection at the end of this turn; `leave` of its torrent follows. */
  drop(peer: Peer, reason: string): void;
}
