/**
 * What a torrent and its peers look like at one moment.
 * @module
 */
import type { HostError, Millis, ProtocolError } from "@bittern/protocol/base";
import type { Peer } from "../peers/peer.ts";
import type { Meter } from "../rate/meter.ts";
import type { TorrentId } from "../session/ids.ts";
import type { PeerSnapshot, TorrentSnapshot, TorrentState } from "../session/snapshot.ts";
import type { Body } from "./body.ts";

export interface TorrentFacts {
  readonly torrent: TorrentId;
  readonly state: TorrentState;
  readonly body: Body | undefined;
  readonly peers: Iterable<Peer>;
  readonly down: Meter;
  readonly up: Meter;
  readonly wasted: number;
  readonly swarm: { readonly seeds: number | undefined; readonly peers: number | undefined };
  readonly fault: HostError | ProtocolError | undefined;
  readonly addedAt: Millis;
}

const RECEIVING: ReadonlySet<TorrentState> = new Set(["metadata", "layers", "downloading", "error"]);

export function torrentSnapshot(facts: TorrentFacts, now: Millis): TorrentSnapshot {
  const { state, down, up } = facts;
  const content = facts.body?.content;
  // The meter looks back for seconds: of what is complete or paused it would tell what is over.
  const downRate = RECEIVING.has(state) ? down.rate(now) : 0;
  const wantedLength = content?.wantedLength ?? 0;
  const verifiedLength = content?.verifiedLength ?? 0;
  const left = wantedLength - verifiedLength;
  const peers = [...facts.peers];
  const whole = wantedLength === 0 ? 1 : verifiedLength / wantedLength;
  return {
    torrent: facts.torrent,
    state,
    progress: content === undefined ? 0 : state === "checking" ? content.checkProgress : whole,
    wantedLength,
    verifiedLength,
    pieceCount: content?.shown.length ?? 0,
    verifiedPieceCount: content?.shown.count ?? 0,
    downloaded: down.total,
    uploaded: up.total,
    downloadedEver: (content?.downloadedBefore ?? 0) + down.total,
    uploadedEver: (content?.uploadedBefore ?? 0) + up.total,
    obtainedEver: content?.obtainedEver ?? 0,
    wasted: facts.wasted,
    downRate,
    upRate: state === "paused" ? 0 : up.rate(now),
    peers: peers.length,
    seeds: peers.filter((peer) => peer.isSeed).length,
    swarmSeeds: facts.swarm.seeds,
    swarmPeers: facts.swarm.peers,
    availability: facts.body?.picker.distributedCopies() ?? 0,
    secondsLeft: content === undefined ? undefined : left === 0 ? 0 : downRate > 0 ? Math.ceil(left / downRate) : undefined,
    fault: facts.fault,
    ageMillis: now - facts.addedAt,
  };
}

export function peerSnapshot(peer: Peer, now: Millis): PeerSnapshot {
  const { pieces } = peer;
  return {
    endpoint: peer.remote,
    dialledByUs: peer.dialledByUs,
    transport: peer.transport,
    client: peer.client,
    isSeed: peer.isSeed,
    progress: pieces === undefined || pieces.length === 0 ? 0 : pieces.count / pieces.length,
    isChokingUs: peer.isChokingUs,
    isInterestedInUs: peer.isInterested,
    isChokedByUs: peer.isChokedByUs,
    areWeInterested: peer.areWeInterested,
    isSnubbed: peer.isSnubbed,
    isDistrusted: peer.isDistrusted,
    isOptimistic: peer.isOptimistic,
    downRate: peer.down.rate(now),
    upRate: peer.up.rate(now),
    downloaded: peer.down.total,
    uploaded: peer.up.total,
    requestsOutstanding: peer.requests.outstanding,
    source: peer.source,
  };
}
