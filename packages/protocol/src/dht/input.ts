/**
 * Everything that can happen to a node of the DHT, and everything it can want done: plain data.
 * @module
 */
import { type AddressFamily, type Endpoint } from "../address/index.ts";
import type { Millis } from "../base/index.ts";
import type { NodeContact } from "./contact.ts";

export type DhtInput =
  | { readonly type: "tick" }
  /** A socket of the family stands: from now on this node is there. */
  | { readonly type: "online"; readonly family: AddressFamily }
  | { readonly type: "offline"; readonly family: AddressFamily }
  /** The view dies when `handle` returns. */
  | { readonly type: "datagram"; readonly bytes: Uint8Array; readonly from: Endpoint }
  /** Well-known nodes that lead newcomers further: asked while nobody else is known, and kept in no table. */
  | { readonly type: "routers"; readonly endpoints: readonly Endpoint[] }
  /** Somebody says that there are nodes: a peer, a torrent, the user. */
  | { readonly type: "hints"; readonly endpoints: readonly Endpoint[] }
  /** Looks for the peers of a torrent, and with an `announcePort` above 0 says that we are one of them. `search` is the caller's number. */
  | { readonly type: "search"; readonly search: number; readonly infoHash: Uint8Array; readonly announcePort: number }
  /** Nobody waits for the search any more. */
  | { readonly type: "forget"; readonly search: number }
  | { readonly type: "ping"; readonly ping: number; readonly to: Endpoint }
  /** Where the internet sees us: our id has to follow from it (BEP 42). */
  | { readonly type: "seen-at"; readonly address: string };

export interface SearchReport {
  /** Peers that were told of, each counted once for every node that told. */
  readonly peerCount: number;
  /** Nodes that answered. */
  readonly nodeCount: number;
  /** Nodes that have taken our announce. */
  readonly announcedCount: number;
}

/** What a node that was pinged said. */
export interface PingAnswer {
  readonly id: Uint8Array;
  /** As it travels; `undefined` when it says nothing. */
  readonly version: Uint8Array | undefined;
  /** Where it sees us. */
  readonly ourEndpoint: Endpoint | undefined;
  readonly millis: Millis;
}

export type DhtOutput =
  | { readonly type: "send-datagram"; readonly bytes: Uint8Array; readonly to: Endpoint }
  /** Nobody is known in the family: `routers` would help. */
  | { readonly type: "seek-routers"; readonly family: AddressFamily }
  | { readonly type: "ready"; readonly family: AddressFamily; readonly nodeCount: number }
  | { readonly type: "peers"; readonly search: number; readonly peers: readonly Endpoint[]; readonly from: Endpoint }
  | { readonly type: "search-ended"; readonly search: number; readonly report: SearchReport }
  /** `undefined`: it did not answer in time. */
  | { readonly type: "pinged"; readonly ping: number; readonly answer: PingAnswer | undefined }
  /** A node says where it sees us. */
  | { readonly type: "voice"; readonly from: string; readonly ours: string };

export interface NetworkSnapshot {
  readonly family: AddressFamily;
  /** `joining` until somebody is known. */
  readonly state: "joining" | "ready";
  readonly id: Uint8Array;
  readonly nodeCount: number;
  /** Of these, heard of within fifteen minutes. */
  readonly goodCount: number;
  readonly bucketCount: number;
}

export interface DhtSnapshot {
  readonly networks: readonly NetworkSnapshot[];
  /** Searches under way, and those that wait for their turn. */
  readonly searchCount: number;
  readonly waitingCount: number;
  /** Questions of ours on their way. */
  readonly askedCount: number;
  /** What others have announced to us. */
  readonly storedTorrentCount: number;
  readonly storedPeerCount: number;
  readonly datagramsReceived: number;
  readonly datagramsSent: number;
  /** Bytes of datagrams, headers not counted. */
  readonly received: number;
  readonly sent: number;
  /** Times that somebody who asked too much was shut out. */
  readonly blockedCount: number;
}

/** What outlives the process. */
export interface DhtMemory {
  /** Our ids, by family. */
  readonly ids: Partial<Record<AddressFamily, Uint8Array>>;
  readonly contacts: readonly NodeContact[];
}
