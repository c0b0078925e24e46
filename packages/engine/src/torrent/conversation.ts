/**
 * What each message of a peer means for the corners of its torrent. Throws `ProtocolError` for what no honest peer sends.
 * @module
 */
import { formatAddress } from "@bittern/protocol/address";
import { BLOCK_LENGTH, type Millis, type PieceIndex, ProtocolError, unreachable } from "@bittern/protocol/base";
import {
  decodeDontHave,
  decodeExtensionHandshake,
  decodeTurn,
  decodeUploadOnly,
  decodeWish,
  EXTENDED_HANDSHAKE_ID,
  type TurnWord,
} from "@bittern/protocol/extension";
import {
  type BitfieldMessage,
  type BlockRange,
  type BlockRun,
  type ExtendedMessage,
  encodeMessage,
  type HashesMessage,
  type HashRangeMessage,
  type MessageRun,
  type PeerMessage,
  type PieceMessage,
  type RequestRun,
} from "@bittern/protocol/peer";
import type { Peer } from "../peers/peer.ts";
import type { SessionOutput } from "../session/output.ts";
import type { Body } from "./body.ts";
import type { Fields } from "./fields.ts";
import { DONT_HAVE_ID, dialableEndpoint, EXCHANGE_ID, HOLEPUNCH_ID, METADATA_ID, TURN_ID, UPLOAD_ONLY_ID, WISH_ID } from "./greeting.ts";
import { rejectMetadata } from "./metadata/metadata.ts";

/** BEP 6: more allowed-fast pieces and suggestions than this are not kept. */
const FAST_PIECES_MAX = 32;
const INTERESTED: Uint8Array = encodeMessage({ type: "interested" });
const NOT_INTERESTED: Uint8Array = encodeMessage({ type: "not-interested" });

/** The torrent as a conversation sees it. */
export interface Listener {
  readonly body: Body | undefined;
  /** The info dictionary is being fetched. */
  readonly wantsMetadata: boolean;
  readonly fields: Fields;
  metadataArrived(peer: Peer, payload: Uint8Array, now: Millis, out: SessionOutput[]): void;
  blockArrived(peer: Peer, message: PieceMessage, now: Millis, out: SessionOutput[]): void;
  blocksArrived(peer: Peer, run: BlockRun, now: Millis, out: SessionOutput[]): void;
  hashesArrived(peer: Peer, message: HashesMessage | HashRangeMessage, now: Millis, out: SessionOutput[]): void;
  /** The peer told of other peers. */
  peersHeard(peer: Peer, payload: Uint8Array, now: Millis): void;
  /** The peer is a node of the DHT, too. */
  nodeHeard(peer: Peer, port: number, now: Millis, out: SessionOutput[]): void;
  /** The peer speaks of bringing peers together. */
  holepunchHeard(peer: Peer, payload: Uint8Array, now: Millis, out: SessionOutput[]): void;
  /** The peer told its listening port, its queue, its metadata, and perhaps where it sees us. */
  introduced(peer: Peer, ourAddress: string | undefined, now: Millis, out: SessionOutput[]): void;
  /** The peer has more than it had. */
  peerHasMore(peer: Peer, now: Millis, out: SessionOutput[]): void;
}

export function hear(torrent: Listener, peer: Peer, message: PeerMessage | MessageRun, now: Millis, out: SessionOutput[]): void {
  switch (message.type) {
    case "block-run":
      return torrent.blocksArrived(peer, message, now, out);
    case "request-run":
      return hearRequests(torrent, peer, message, out);
    case "piece":
      return torrent.blockArrived(peer, message, now, out);
    case "request":
      return hearRequest(torrent, peer, message, out);
    case "cancel":
      return torrent.body?.uploads.cancelled(peer, message, out);
    case "have":
      return hearHave(torrent, peer, message.piece, now, out);
    case "have-run":
      return hearHaves(torrent, peer, message.pieces, now, out);
    case "bitfield":
      return hearField(torrent, peer, message.bytes, now, out);
    case "have-all":
      return hearField(torrent, peer, "all", now, out);
    case "have-none":
      return hearField(torrent, peer, "none", now, out);
    case "choke":
      peer.isChokingUs = true;
      torrent.body?.requests.choked(peer);
      return;
    case "unchoke":
      peer.isChokingUs = false;
      return;
    case "interested":
      peer.isInterested = true;
      peer.wasInterested = true;
      torrent.body?.choking.offer(peer, now, out);
      return;
    case "not-interested":
      peer.isInterested = false;
      return;
    case "reject":
      return torrent.body?.requests.rejected(peer, message);
    case "suggest":
      if (peer.requests.suggested.length < FAST_PIECES_MAX) peer.requests.suggested.push(message.piece);
      return;
    case "allowed-fast":
      if (peer.requests.allowedFast.size < FAST_PIECES_MAX) peer.requests.allowedFast.add(message.piece);
      return;
    case "extended":
      return hearExtended(torrent, peer, message, now, out);
    case "hash-request":
      return torrent.body === undefined ? undefined : torrent.body.hashes.requested(peer, message, now, out);
    case "hashes":
    case "hash-reject":
      return torrent.hashesArrived(peer, message, now, out);
    case "port":
      return torrent.nodeHeard(peer, message.port, now, out);
    case "keep-alive":
    case "unknown":
      return;
    default:
      return unreachable(message);
  }
}

function hearHave(torrent: Listener, peer: Peer, piece: PieceIndex, now: Millis, out: SessionOutput[]): void {
  peer.uploads.hasAnnounced = true;
  if (!torrent.fields.toldPiece(peer, piece)) return;
  torrent.body?.giving.peerHas(peer, piece, now);
  torrent.body?.uploads.peerHas(peer, piece, now);
  torrent.peerHasMore(peer, now, out);
}

/** What follows from having more follows once. Hot: in a crowd nearly half of all messages. */
function hearHaves(torrent: Listener, peer: Peer, pieces: readonly PieceIndex[], now: Millis, out: SessionOutput[]): void {
  const { body, fields } = torrent;
  peer.uploads.hasAnnounced = true;
  let hasMore = false;
  // Most who announce something got it from somebody else.
  const isServed = body?.uploads.hasTurns(peer) === true;
  for (const piece of pieces) {
    if (!fields.toldPiece(peer, piece)) continue;
    hasMore = true;
    body?.giving.peerHas(peer, piece, now);
    if (isServed) body?.uploads.peerHas(peer, piece, now);
  }
  if (hasMore) torrent.peerHasMore(peer, now, out);
}

/** As many as may be queued are queued at once; what has to be refused, or is an offence, is so one by one. */
function hearRequests(torrent: Listener, peer: Peer, { piece, begin, count }: RequestRun, out: SessionOutput[]): void {
  if (torrent.body === undefined) return;
  torrent.body.offers.asked(peer);
  for (let block = torrent.body.uploads.requestedRun(peer, piece, begin, count); block < count; block++) {
    hearRequest(torrent, peer, { piece, begin: begin + block * BLOCK_LENGTH, length: BLOCK_LENGTH }, out);
  }
}

function hearRequest(torrent: Listener, peer: Peer, message: BlockRange, out: SessionOutput[]): void {
  if (torrent.body === undefined) return;
  torrent.body.offers.asked(peer);
  const verdict = torrent.body.uploads.requested(peer, { piece: message.piece, begin: message.begin, length: message.length }, out);
  if (verdict === "invalid")
    throw new ProtocolError("REQUEST_RANGE", `request of ${message.length} bytes at ${message.begin} of piece ${message.piece}`);
  if (verdict === "flood") throw new ProtocolError("REQUEST_FLOOD", "more requests than the queue we advertise can hold");
}

function hearField(
  torrent: Listener,
  peer: Peer,
  field: BitfieldMessage["bytes"] | "all" | "none",
  now: Millis,
  out: SessionOutput[],
): void {
  for (const piece of torrent.fields.toldField(peer, field)) {
    torrent.body?.giving.peerHas(peer, piece, now);
    torrent.body?.uploads.peerHas(peer, piece, now);
  }
  torrent.body?.giving.toldField(peer, out);
  torrent.peerHasMore(peer, now, out);
}

function hearExtended(torrent: Listener, peer: Peer, message: ExtendedMessage, now: Millis, out: SessionOutput[]): void {
  switch (message.id) {
    case EXTENDED_HANDSHAKE_ID:
      return torrent.introduced(peer, hearIntroduction(peer, message.payload), now, out);
    case EXCHANGE_ID:
      return torrent.peersHeard(peer, message.payload, now);
    case METADATA_ID:
      if (torrent.wantsMetadata) return torrent.metadataArrived(peer, message.payload, now, out);
      if (torrent.body !== undefined) return torrent.body.metadata.receive(peer, message.payload, now, out);
      return rejectMetadata(peer, message.payload, out);
    case DONT_HAVE_ID:
      return torrent.fields.lostPiece(peer, decodeDontHave(message.payload));
    case UPLOAD_ONLY_ID:
      peer.isUploadOnly = decodeUploadOnly(message.payload);
      return;
    case HOLEPUNCH_ID:
      return torrent.holepunchHeard(peer, message.payload, now, out);
    case TURN_ID:
      return hearTurn(torrent, peer, decodeTurn(message.payload), now);
    case WISH_ID:
      return torrent.body?.giving.wished(peer, decodeWish(message.payload), out);
    default:
      // BEP 10: ids we did not name are not for us.
      return;
  }
}

/** What it offers is asked for, or passed, when the read is through (`Requests.fill`). */
function hearTurn(torrent: Listener, peer: Peer, word: TurnWord, now: Millis): void {
  const { requests } = peer;
  if (word === "pass") return torrent.body?.offers.passed(peer, now);
  requests.takesTurns = word !== "free";
  requests.isOffered = word === "offer";
}

/** Returns where the peer sees us. */
function hearIntroduction(peer: Peer, payload: Uint8Array): string | undefined {
  const introduction = decodeExtensionHandshake(payload);
  peer.extensions.exchange = introduction.messages.get("ut_pex") ?? peer.extensions.exchange;
  peer.extensions.metadata = introduction.messages.get("ut_metadata") ?? peer.extensions.metadata;
  peer.extensions.dontHave = introduction.messages.get("lt_donthave") ?? peer.extensions.dontHave;
  peer.extensions.uploadOnly = introduction.messages.get("upload_only") ?? peer.extensions.uploadOnly;
  peer.extensions.holepunch = introduction.messages.get("ut_holepunch") ?? peer.extensions.holepunch;
  peer.extensions.turn = introduction.messages.get("by_turn") ?? peer.extensions.turn;
  peer.extensions.wish = introduction.messages.get("by_wish") ?? peer.extensions.wish;
  peer.metadataLength = introduction.metadataSize ?? peer.metadataLength;
  peer.queueMax = Math.max(1, introduction.reqq ?? peer.queueMax);
  peer.client = introduction.client ?? peer.client;
  peer.isUploadOnly = introduction.uploadOnly ?? peer.isUploadOnly;
  // The first word counts: each place it names is taken for linked while the peer is here.
  const isNamed = peer.dialledByUs || peer.endpoint !== peer.remote;
  if (introduction.port !== undefined && !isNamed) peer.endpoint = dialableEndpoint(peer.remote, introduction.port);
  return introduction.yourIp === undefined ? undefined : formatAddress(introduction.yourIp);
}

/** Tells the peer whether we want something of it, when that changed. */
export function updateInterest(peer: Peer, wants: boolean, out: SessionOutput[]): void {
  if (peer.areWeInterested === wants) return;
  peer.areWeInterested = wants;
  const bytes = (wants ? INTERESTED : NOT_INTERESTED).slice();
  // Who offers in turns sees by itself what we lack of its pieces; the word goes with the next one, or within a second.
  out.push({ type: "send", link: peer.link, bytes, mayWait: peer.requests.takesTurns });
}
