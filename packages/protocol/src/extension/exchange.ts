/**
 * Peers telling each other about peers, PEX (BEP 11).
 *
 *     d 5:added <6 bytes a peer> 7:added.f <1 byte a peer> 6:added6 <18 bytes a peer> 8:added6.f 7:dropped 8:dropped6 e
 *
 * This is the message only; how many may come and how often is for the engine to judge, from the counts.
 * @module
 */
import {
  COMPACT4_LENGTH,
  COMPACT6_LENGTH,
  compactEndpointAt,
  type Endpoint,
  encodeCompact4,
  encodeCompact6,
  familyOf,
} from "../address/index.ts";
import { type Millis, NO_BYTES, ProtocolError } from "../base/index.ts";
import { BencodeDictionary, decodePrefix, encode, LIMITS_MESSAGE } from "../bencode/index.ts";

/** Peers added, and peers dropped, in one message, both families together; the first message of a link may hold more. */
export const PEX_PEERS_MAX: number = 50;
/** No more than one message in so long. */
export const PEX_INTERVAL_MILLIS: Millis = 60_000;
/** Entries read of each of the four lists: twice what the most generous client sends at first. The rest is counted only. */
const ENTRIES_READ_MAX = 200;

const FLAG = { prefersEncryption: 0x01, uploadOnly: 0x02, utp: 0x04, holepunch: 0x08, reachable: 0x10 } as const;

/** A peer somebody is connected to, and what they know of it. */
export interface ExchangedPeer extends Endpoint {
  readonly prefersEncryption: boolean;
  /** A seed, or a peer that wants nothing more. */
  readonly uploadOnly: boolean;
  readonly utp: boolean;
  /** Can be reached through the sender (BEP 55). */
  readonly holepunch: boolean;
  /** The sender has dialled it with success. */
  readonly reachable: boolean;
}

export interface PexMessage {
  readonly added: readonly ExchangedPeer[];
  readonly dropped: readonly Endpoint[];
}

export interface ReceivedPexMessage extends PexMessage {
  /** Entries in the message, those included that were not read or had port 0. */
  readonly addedCount: number;
  readonly droppedCount: number;
}

/** The payload of a `ut_pex` message. */
export function encodePex(message: PexMessage): Uint8Array<ArrayBuffer> {
  const added4 = message.added.filter((peer) => familyOf(peer) === 4);
  const added6 = message.added.filter((peer) => familyOf(peer) === 6);
  return encode({
    added: encodeCompact4(added4),
    "added.f": Uint8Array.from(added4, flagsOf),
    added6: encodeCompact6(added6),
    "added6.f": Uint8Array.from(added6, flagsOf),
    dropped: encodeCompact4(message.dropped),
    dropped6: encodeCompact6(message.dropped),
  });
}

/** Reads the payload of a `ut_pex` message. A list that is absent is empty; flags that are absent are clear. */
export function decodePex(payload: Uint8Array): ReceivedPexMessage {
  const { value } = decodePrefix(payload, LIMITS_MESSAGE);
  if (!(value instanceof BencodeDictionary)) throw new ProtocolError("EXTENSION_NOT_A_DICTIONARY", "peer exchange without a dictionary");
  const added = value.bytes("added") ?? NO_BYTES;
  const added6 = value.bytes("added6") ?? NO_BYTES;
  const dropped = value.bytes("dropped") ?? NO_BYTES;
  const dropped6 = value.bytes("dropped6") ?? NO_BYTES;
  return {
    added: [
      ...readPeers(added, value.bytes("added.f") ?? NO_BYTES, COMPACT4_LENGTH),
      ...readPeers(added6, value.bytes("added6.f") ?? NO_BYTES, COMPACT6_LENGTH),
    ],
    dropped: [...readEndpoints(dropped, COMPACT4_LENGTH), ...readEndpoints(dropped6, COMPACT6_LENGTH)],
    addedCount: entryCount(added, COMPACT4_LENGTH) + entryCount(added6, COMPACT6_LENGTH),
    droppedCount: entryCount(dropped, COMPACT4_LENGTH) + entryCount(dropped6, COMPACT6_LENGTH),
  };
}

/** The flags run beside the entries, so an entry with port 0 must not shift them: it is left out only here. */
function readPeers(bytes: Uint8Array, flags: Uint8Array, entryLength: number): ExchangedPeer[] {
  const peers: ExchangedPeer[] = [];
  const count = Math.min(entryCount(bytes, entryLength), ENTRIES_READ_MAX);
  for (let entry = 0; entry < count; entry++) {
    const { address, port } = compactEndpointAt(bytes, entry * entryLength, entryLength);
    if (port !== 0) peers.push({ address, port, ...flagged(flags[entry] ?? 0) });
  }
  return peers;
}

function readEndpoints(bytes: Uint8Array, entryLength: number): Endpoint[] {
  const endpoints: Endpoint[] = [];
  const count = Math.min(entryCount(bytes, entryLength), ENTRIES_READ_MAX);
  for (let entry = 0; entry < count; entry++) {
    const endpoint = compactEndpointAt(bytes, entry * entryLength, entryLength);
    if (endpoint.port !== 0) endpoints.push(endpoint);
  }
  return endpoints;
}

function entryCount(bytes: Uint8Array, entryLength: number): number {
  return Math.floor(bytes.length / entryLength);
}

function flagged(flags: number): Omit<ExchangedPeer, keyof Endpoint> {
  return {
    prefersEncryption: (flags & FLAG.prefersEncryption) !== 0,
    uploadOnly: (flags & FLAG.uploadOnly) !== 0,
    utp: (flags & FLAG.utp) !== 0,
    holepunch: (flags & FLAG.holepunch) !== 0,
    reachable: (flags & FLAG.reachable) !== 0,
  };
}

function flagsOf(peer: ExchangedPeer): number {
  let flags = 0;
  if (peer.prefersEncryption) flags |= FLAG.prefersEncryption;
  if (peer.uploadOnly) flags |= FLAG.uploadOnly;
  if (peer.utp) flags |= FLAG.utp;
  if (peer.holepunch) flags |= FLAG.holepunch;
  if (peer.reachable) flags |= FLAG.reachable;
  return flags;
}
