/**
 * Dials peers back to see whether they can be reached, as the classic tracker does: connects, sends the start of a handshake,
 * and expects the peer's own id in the answer (BEP 3).
 *
 *     <19> <"BitTorrent protocol"> <8 bytes> <info hash: 20>              out; our own id is left out
 *     <19> <"BitTorrent protocol"> <8 bytes> <info hash: 20> <peer id: 20>    in
 *
 * It cannot be aimed at anybody else: only the address an announce itself came from is dialled, no port below 1024, each
 * address a few times a minute, and few at once.
 * @module
 */
import { formatAddress } from "@bittern/protocol/address";
import { equalBytes, type Millis, NO_BYTES, type Random, utf8 } from "@bittern/protocol/base";
import { RateLimit } from "../access/rate-limit.ts";
import type { Announce } from "../announce.ts";
import type { TrackerOutput } from "../output.ts";
import { STARTED } from "../statistics.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { NOBODY, REACHABLE } from "../swarms/open-block.ts";
import type { PeerRecord, Swarms } from "../swarms/swarms.ts";
import { NO_TORRENT } from "../swarms/torrent-table.ts";
import { DOWNLOADER } from "../swarms/zone.ts";

/** Dials at once. */
const DIALS_MAX = 64;
/** Milliseconds a peer has from the dial to the end of its handshake. */
const DIAL_MILLIS = 15_000;
/** Dials to one address: so many at once, and one in so many seconds in the long run. */
const ADDRESS_BURST = 6;
const ADDRESS_RATE = 1 / 10;
const PORT_LEAST = 1024;

const PROTOCOL = utf8("\u0013BitTorrent protocol");
const INFO_HASH_AT = PROTOCOL.length + 8;
const PEER_ID_AT = INFO_HASH_AT + 20;
const HANDSHAKE_LENGTH = PEER_ID_AT + 20;

interface Dial {
  readonly infoHash: Uint8Array;
  readonly peer: PeerRecord;
  readonly since: Millis;
  received: Uint8Array;
}

/** How many peers were dialled, and how many answered as they should. */
export interface NatCheckCounts {
  readonly dials: number;
  readonly reached: number;
}

export class NatCheck {
  /** What is to be done; whoever does it empties this. */
  readonly out: TrackerOutput[] = [];
  readonly #swarms: Swarms;
  readonly #triesMax: number;
  readonly #limit: RateLimit;
  /** In the order of their start. */
  readonly #dials: Map<number, Dial> = new Map();
  readonly #hash = paired(20);
  #lastDial = 0;
  #reached = 0;

  constructor(swarms: Swarms, triesMax: number, random: Random) {
    this.#swarms = swarms;
    this.#triesMax = triesMax;
    this.#limit = new RateLimit(ADDRESS_RATE, ADDRESS_BURST, random);
  }

  get counts(): NatCheckCounts {
    return { dials: this.#lastDial, reached: this.#reached };
  }

  /** Looks at a peer that has just announced, at its place in the open torrent; dials it when that is due. */
  consider(request: Announce, now: Millis): void {
    const { position } = this.#swarms;
    if (position === NOBODY || request.port < PORT_LEAST || this.#dials.size >= DIALS_MAX || !isOwnAddress(request)) return;
    const reach = this.#swarms.table(request.family).reachAt(position);
    // Who begins anew may have opened his port meanwhile.
    if (reach === REACHABLE || (reach >= this.#triesMax && request.event !== STARTED)) return;
    if (!this.#limit.allows(request.asker, request.askerLength, now)) return;
    const endpoint = paired(18);
    endpoint.bytes.set(request.endpoint.bytes);
    const peer = { family: request.family, endpoint, zone: DOWNLOADER, peerId: request.peerId.slice(), key: 0 };
    const dial = ++this.#lastDial;
    this.#dials.set(dial, { infoHash: request.infoHash.bytes.slice(), peer, since: now, received: NO_BYTES });
    this.out.push({
      type: "dial",
      dial,
      to: { address: formatAddress(request.asker.subarray(0, request.askerLength)), port: request.port },
    });
  }

  dialled(id: number): void {
    const dial = this.#dials.get(id);
    if (dial === undefined) return;
    const bytes = new Uint8Array(PEER_ID_AT);
    bytes.set(PROTOCOL);
    bytes.set(dial.infoHash, INFO_HASH_AT);
    this.out.push({ type: "dial-send", dial: id, bytes });
  }

  receive(id: number, bytes: Uint8Array): void {
    const dial = this.#dials.get(id);
    if (dial === undefined) return;
    const received = new Uint8Array(Math.min(HANDSHAKE_LENGTH, dial.received.length + bytes.length));
    received.set(dial.received);
    received.set(bytes.subarray(0, received.length - dial.received.length), dial.received.length);
    dial.received = received;
    if (received.length === HANDSHAKE_LENGTH) this.#finish(id, dial, isHandshake(received, dial));
  }

  /** The other side ended it, or there was none. */
  ended(id: number): void {
    const dial = this.#dials.get(id);
    if (dial !== undefined) this.#note(id, dial, false);
  }

  tick(now: Millis): void {
    for (const [id, dial] of this.#dials) {
      if (now - dial.since < DIAL_MILLIS) break;
      this.#finish(id, dial, false);
    }
  }

  #finish(id: number, dial: Dial, isReached: boolean): void {
    this.out.push({ type: "dial-close", dial: id });
    this.#note(id, dial, isReached);
  }

  #note(id: number, { infoHash, peer }: Dial, isReached: boolean): void {
    this.#dials.delete(id);
    if (isReached) this.#reached++;
    this.#hash.bytes.set(infoHash);
    const torrent = this.#swarms.torrents.find(this.#hash);
    if (torrent === NO_TORRENT) return;
    this.#swarms.open(torrent);
    const table = this.#swarms.table(peer.family);
    const position = table.find(peer.endpoint.halves);
    if (position !== NOBODY) table.setReach(position, isReached ? REACHABLE : Math.min(REACHABLE - 1, table.reachAt(position) + 1));
  }
}

/** Whether the peer is where the announce came from: an address that was only named is never dialled. */
function isOwnAddress({ asker, askerLength, family, endpoint }: Announce): boolean {
  const length = family === 4 ? 4 : 16;
  return length === askerLength && equalBytes(asker.subarray(0, length), endpoint.bytes.subarray(0, length));
}

function isHandshake(received: Uint8Array, { infoHash, peer }: Dial): boolean {
  return (
    equalBytes(received.subarray(0, PROTOCOL.length), PROTOCOL) &&
    equalBytes(received.subarray(INFO_HASH_AT, PEER_ID_AT), infoHash) &&
    equalBytes(received.subarray(PEER_ID_AT), peer.peerId)
  );
}
