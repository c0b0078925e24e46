/**
 * What we say first: handshake, extension handshake, what we have, and the fast pieces.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { addressScope, parseAddress } from "@bittern/protocol/address";
import type { Bitfield, PieceIndex } from "@bittern/protocol/base";
import { EXTENDED_HANDSHAKE_ID, encodeDontHave, encodeExtensionHandshake, encodeUploadOnly, encodeWish } from "@bittern/protocol/extension";
import { encodeHandshake, encodeMessage } from "@bittern/protocol/peer";
import type { Peer } from "../peers/peer.ts";
import type { SessionOutput } from "../session/output.ts";
import type { FastSets } from "./fast-sets.ts";

/** Message ids we choose for extended messages sent to us (BEP 10). */
export const EXCHANGE_ID = 1;
export const METADATA_ID = 2;
export const DONT_HAVE_ID = 3;
export const UPLOAD_ONLY_ID = 4;
export const WISH_ID = 5;
export const HOLEPUNCH_ID = 6;
export const TURN_ID = 7;

export interface GreetingFacts {
  readonly infoHash: Uint8Array;
  readonly peerId: Uint8Array;
  readonly supportsV2: boolean;
  readonly clientName: string;
  readonly listenPort: number;
  readonly requestQueueMax: number;
  /** Bytes; 0 while unknown. */
  readonly metadataLength: number;
  /** `undefined` while the piece count is unknown. */
  readonly have: Bitfield | undefined;
  readonly isUploadOnly: boolean;
  /** Wants to be told of peers (BEP 11). */
  readonly exchangesPeers: boolean;
  /** Where our node of the DHT is reached; 0 where the peer is to hear of none. */
  readonly dhtPort: number;
  /** Helps peers to meet (BEP 55). */
  readonly punchesHoles: boolean;
  /** Announces nothing it has: super-seeding (BEP 16). */
  readonly isHiding: boolean;
  /** What a choked newcomer may have. */
  readonly fastSets: FastSets;
}

/** Goes out as soon as a dialled link stands, or once an accepted one told its info hash. */
export function sendHandshake(
  peer: Peer,
  facts: Pick<GreetingFacts, "infoHash" | "peerId" | "supportsV2" | "dhtPort">,
  out: SessionOutput[],
): void {
  peer.isGreeted = true;
  peer.isToldOfV2 = facts.supportsV2;
  const features = { extended: true, fast: true, dht: facts.dhtPort > 0, v2: facts.supportsV2 };
  out.push({ type: "send", link: peer.link, bytes: encodeHandshake({ infoHash: facts.infoHash, peerId: facts.peerId, features }) });
}

/** Goes out once the other handshake is here: its features say in which words to speak. */
export function sendGreeting(peer: Peer, facts: GreetingFacts, out: SessionOutput[]): void {
  const send = (bytes: Uint8Array): void => {
    out.push({ type: "send", link: peer.link, bytes });
  };
  // BEP 3 wants the bitfield first of all; BEP 10 lets the extension handshake follow at once.
  const field = fieldMessage(peer, facts);
  if (field !== undefined) send(field);
  if (peer.handshake?.features.extended === true) {
    send(encodeMessage({ type: "extended", id: EXTENDED_HANDSHAKE_ID, payload: extensionHandshake(peer, facts) }));
  }
  if (facts.dhtPort > 0 && peer.handshake?.features.dht === true) send(encodeMessage({ type: "port", port: facts.dhtPort }));
  if (peer.canFast && facts.have !== undefined && !facts.have.isEmpty && !facts.isHiding) sendAllowedFast(peer, facts, out);
}

function fieldMessage(peer: Peer, facts: GreetingFacts): Uint8Array | undefined {
  const have = facts.isHiding ? undefined : facts.have;
  if (have === undefined || have.isEmpty) return peer.canFast ? encodeMessage({ type: "have-none" }) : undefined;
  if (have.isFull && peer.canFast) return encodeMessage({ type: "have-all" });
  return encodeMessage({ type: "bitfield", bytes: have.bytes });
}

function extensionHandshake(peer: Peer, facts: GreetingFacts): Uint8Array {
  const yourIp = parseAddress(peer.remote.address);
  return encodeExtensionHandshake({
    messages: new Map([
      ...(facts.exchangesPeers ? ([["ut_pex", EXCHANGE_ID]] as const) : []),
      ["ut_metadata", METADATA_ID],
      ["lt_donthave", DONT_HAVE_ID],
      ["upload_only", UPLOAD_ONLY_ID],
      ["by_turn", TURN_ID],
      ...(facts.isHiding ? ([["by_wish", WISH_ID]] as const) : []),
      ...(facts.punchesHoles ? ([["ut_holepunch", HOLEPUNCH_ID]] as const) : []),
    ]),
    client: facts.clientName,
    reqq: facts.requestQueueMax,
    ...(facts.listenPort > 0 ? { port: facts.listenPort } : {}),
    ...(facts.metadataLength > 0 ? { metadataSize: facts.metadataLength } : {}),
    ...(yourIp === undefined ? {} : { yourIp }),
    ...(facts.isUploadOnly ? { uploadOnly: true } : {}),
  });
}

/** Newcomers of the open network get a few pieces while choked; BEP 6 computes them from a global address. */
function sendAllowedFast(peer: Peer, facts: GreetingFacts, out: SessionOutput[]): void {
  if (peer.remote.address.includes(":") || addressScope(peer.remote.address) !== "global" || facts.have === undefined) return;
  const pieces = facts.fastSets.of(facts.infoHash, peer.remote.address, facts.have.length);
  peer.uploads.allowedFast = pieces.filter((piece) => facts.have?.has(piece));
  for (const piece of peer.uploads.allowedFast)
    out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "allowed-fast", piece }) });
}

/** BEP 21: from now on we only give. */
export function sendUploadOnly(peer: Peer, out: SessionOutput[]): void {
  if (peer.extensions.uploadOnly === 0) return;
  const payload = encodeUploadOnly(true);
  out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "extended", id: peer.extensions.uploadOnly, payload }) });
}

/** BEP 54: these pieces are here no more. */
export function sendDontHave(peer: Peer, pieces: readonly PieceIndex[], out: SessionOutput[]): void {
  if (peer.extensions.dontHave === 0) return;
  for (const piece of pieces) {
    const payload = encodeDontHave(piece);
    out.push({ type: "send", link: peer.link, bytes: encodeMessage({ type: "extended", id: peer.extensions.dontHave, payload }) });
  }
}

/** The peer hides what it has: it hears that we need the piece soon. */
export function sendWish(peer: Peer, piece: PieceIndex, out: SessionOutput[]): void {
  const bytes = encodeMessage({ type: "extended", id: peer.extensions.wish, payload: encodeWish(piece) });
  out.push({ type: "send", link: peer.link, bytes });
}

/** Where an incoming peer can be dialled: its address with the port it names. */
export function dialableEndpoint(remote: Endpoint, port: number): Endpoint {
  return { address: remote.address, port };
}
