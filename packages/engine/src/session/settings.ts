/**
 * Everything about a session that can be set, with its default.
 * @module
 */
import type { Millis, Rate } from "@bittern/protocol/base";
import { MIB } from "@bittern/protocol/base";
import { KEEPALIVE_IDLE_MILLIS, PEER_ID_PREFIX, VERSION } from "@bittern/protocol/peer";
import type { DhtSettings } from "./dht-node.ts";

export interface Settings {
  /** 20 bytes as a latin-1 string, or a shorter prefix that is filled with random letters. */
  readonly peerIdPrefix: string;
  /** What the extension handshake calls us. */
  readonly clientName: string;
  /** Sent as User-Agent to trackers. */
  readonly userAgent: string;
  /** Bytes per second; 0 is unlimited. */
  readonly downRateMax: Rate;
  readonly upRateMax: Rate;
  readonly peersMax: number;
  readonly peersPerTorrentMax: number;
  /** With so many peers a torrent dials no more, and leaves the other places to those who dial it. */
  readonly dialPeersMax: number;
  /** Dials under way at once. */
  readonly halfOpenMax: number;
  /** Bytes of piece buffers: an empty pool means no new requests. */
  readonly piecePoolLength: number;
  /** Bytes of messages that have begun to arrive and are not whole, of all peers together. */
  readonly receivedLengthMax: number;
  /** Peers of torrents that are not private tell each other of peers (PEX, BEP 11). */
  readonly exchangesPeers: boolean;
  /** A node of the DHT (BEP 5); none when absent. Decided when the session begins. */
  readonly dht?: DhtSettings | undefined;
  /** Peers may come by uTP (BEP 29), and are dialled by it where TCP leads nowhere; those who know each other meet by hole punching (BEP 55). */
  readonly speaksUtp: boolean;
  /** Upload slots a torrent; 0: as many as the uplink carries. */
  readonly uploadSlots: number;
  /** Requests a peer may queue with us, told to it as `reqq`. */
  readonly requestQueueMax: number;
  /** Most requests we keep open with one peer, below its own `reqq`. */
  readonly requestsOutstandingMax: number;
  /** Address told to trackers (`ip=`); "" for none. */
  readonly announceAddress: string;
  readonly handshakeTimeoutMillis: Millis;
  readonly idleTimeoutMillis: Millis;
  readonly requestTimeoutMillis: Millis;
}

export const DEFAULT_SETTINGS: Settings = {
  peerIdPrefix: PEER_ID_PREFIX,
  clientName: `Bittern ${VERSION}`,
  userAgent: `Bittern/${VERSION}`,
  downRateMax: 0,
  upRateMax: 0,
  peersMax: 500,
  peersPerTorrentMax: 100,
  dialPeersMax: 100,
  halfOpenMax: 100,
  piecePoolLength: 64 * MIB,
  receivedLengthMax: 256 * MIB,
  exchangesPeers: true,
  speaksUtp: false,
  uploadSlots: 0,
  requestQueueMax: 500,
  requestsOutstandingMax: 256,
  announceAddress: "",
  handshakeTimeoutMillis: 10_000,
  idleTimeoutMillis: KEEPALIVE_IDLE_MILLIS,
  requestTimeoutMillis: 20_000,
};
