/**
 * Swarms that several trackers share: tells the others what was announced here, and takes over what was announced there.
 *
 * Every tracker keeps a whole copy and answers from it alone. What they share is a log of announces, one for each of a few
 * shards of torrents. It has to reach back as far as peers live and no further: whoever reads it from its start knows every
 * peer. Renewals are in it, for a peer that always comes to one tracker must not grow old in the others. That peers grow
 * old is not: each tracker sees that for itself. Farewells are remembered as long as peers live: of two words about a peer
 * the younger one wins, in whatever order they come.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { Announce } from "../announce.ts";
import type { TrackerOutput } from "../output.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { NOBODY } from "../swarms/open-block.ts";
import type { PeerTable } from "../swarms/peer-table.ts";
import type { PeerRecord, Swarms } from "../swarms/swarms.ts";
import { INFO_HASH_LENGTH, NO_TORRENT } from "../swarms/torrent-table.ts";
import { DOWNLOADER, type Zone } from "../swarms/zone.ts";
import { type Farewell, Farewells } from "./farewells.ts";
import { readShared, SHARED_RECORD_MAX, STOPPED_ZONE, writeShared } from "./shared-record.ts";

/** Logs; which one a torrent is in follows from its hash. */
export const SHARDS: number = 16;
/** Bytes of one message: some three hundred announces. */
const MESSAGE_LENGTH = 16 * 1024;
/** Milliseconds that an announce waits for others to go with it. */
const WAIT_MILLIS = 250;
/** Farewells, torrents and peers a tick tells again. */
const RETELL_BUDGET = 4000;
const SEEN_MASK = 0xffff;
/** Ages are kept modulo 65,536 seconds: what looks older than this is from the future. */
const AGE_HALF = 0x8000;

/** The log that a torrent is in. */
export function shardOf(infoHash: Uint8Array): number {
  return (infoHash[0] as number) % SHARDS;
}

/** Where the telling of everything stands: farewells come first, then torrent after torrent. */
interface Retelling {
  readonly farewells: Iterator<Farewell>;
  hasFarewells: boolean;
  torrent: number;
  family: 4 | 6;
  position: number;
}

class Message {
  bytes: Uint8Array = new Uint8Array(MESSAGE_LENGTH);
  length = 0;
  since: Millis = 0;
}

export class SharedSwarms {
  readonly #swarms: Swarms;
  readonly #keepsIds: boolean;
  readonly #messages: readonly Message[] = Array.from({ length: SHARDS }, () => new Message());
  readonly #out: TrackerOutput[] = [];
  /** By shard. */
  readonly #retelling: Map<number, Retelling> = new Map();
  readonly #farewells = new Farewells();
  readonly #key = paired(INFO_HASH_LENGTH);
  readonly #peer: { -readonly [Name in keyof PeerRecord]: PeerRecord[Name] } = {
    family: 4,
    endpoint: paired(18),
    zone: DOWNLOADER,
    peerId: new Uint8Array(20),
    key: 0,
  };

  constructor(swarms: Swarms, keepsIds: boolean) {
    this.#swarms = swarms;
    this.#keepsIds = keepsIds;
  }

  /** A peer announced here, as what it is now. */
  announced(request: Announce, zone: Zone, now: Millis): void {
    this.#write(
      {
        infoHash: request.infoHash.bytes,
        family: request.family,
        endpoint: request.endpoint.bytes,
        zone,
        peerId: this.#keepsIds ? request.peerId : undefined,
        key: request.key,
        age: 0,
      },
      now,
    );
  }

  /** A peer said farewell here. */
  stopped(request: Announce, now: Millis): void {
    const { infoHash, family, endpoint } = request;
    this.#farewells.add(infoHash.bytes, family, endpoint.bytes, Math.floor(now / 1000));
    this.#write({ infoHash: infoHash.bytes, family, endpoint: endpoint.bytes, zone: STOPPED_ZONE, peerId: undefined, key: 0, age: 0 }, now);
  }

  /** A download was completed here. */
  completed(infoHash: Uint8Array): void {
    this.#out.push({ type: "share-completed", infoHash: infoHash.slice(), known: undefined });
  }

  /** Takes over what another tracker wrote `age` seconds ago. Moves the finger. */
  hear(bytes: Uint8Array, age: number, seconds: number): void {
    for (const record of readShared(bytes)) {
      const seen = seconds - record.age - Math.max(0, age);
      this.#key.bytes.set(record.infoHash);
      this.#peer.family = record.family;
      this.#peer.endpoint.bytes.set(record.endpoint);
      if (record.zone === STOPPED_ZONE) this.#end(seen, seconds);
      else this.#put(record.zone as Zone, record.peerId, record.key, seen, seconds);
    }
  }

  /** Takes over how often a torrent was completed everywhere. Moves the finger. */
  hearCompleted(infoHash: Uint8Array, count: number, seconds: number): void {
    this.#key.bytes.set(infoHash);
    const torrent = this.#swarms.admit(this.#key, seconds);
    if (torrent === NO_TORRENT) return;
    this.#swarms.open(torrent);
    if (count > this.#swarms.completed) this.#swarms.setCompleted(count);
  }

  /** The log of a shard begins anew and knows nothing: tells all that is known here, a little at a time. */
  retell(shard: number): void {
    const farewells = this.#farewells[Symbol.iterator]();
    this.#retelling.set(shard, { farewells, hasFarewells: true, torrent: 0, family: 4, position: Number.MAX_SAFE_INTEGER });
  }

  /** Hands out what has waited long enough; everything when it is the end. Peers live for `ageMax` seconds. */
  flush(now: Millis, ageMax: number, out: TrackerOutput[], isEnd = false): void {
    this.#farewells.forget(Math.floor(now / 1000) - ageMax);
    for (const shard of this.#retelling.keys()) this.#retellMore(shard, now);
    for (const [shard, message] of this.#messages.entries()) {
      if (message.length > 0 && (isEnd || now - message.since >= WAIT_MILLIS)) this.#seal(shard, message);
    }
    out.push(...this.#out.splice(0));
  }

  #put(zone: Zone, peerId: Uint8Array | undefined, key: number, seen: number, seconds: number): void {
    const torrent = this.#swarms.admit(this.#key, seconds);
    if (torrent === NO_TORRENT) return;
    this.#swarms.open(torrent);
    if (this.#isNewer(seen)) return;
    this.#peer.zone = zone;
    this.#peer.peerId.set(peerId ?? NO_ID);
    this.#peer.key = key;
    this.#swarms.put(this.#peer, seen);
  }

  #end(seen: number, seconds: number): void {
    this.#farewells.add(this.#key.bytes, this.#peer.family, this.#peer.endpoint.bytes, seen);
    const torrent = this.#swarms.torrents.find(this.#key);
    if (torrent === NO_TORRENT) return;
    this.#swarms.open(torrent);
    if (!this.#isNewer(seen)) this.#swarms.expel(this.#peer, seconds);
  }

  /** Whether we know the peer at hand from a later announce than one at `seen`, or from a later farewell. */
  #isNewer(seen: number): boolean {
    const { family, endpoint } = this.#peer;
    const table = this.#swarms.table(family);
    const position = table.find(endpoint.halves);
    if (position === NOBODY) return (this.#farewells.seenOf(this.#key.bytes, family, endpoint.bytes) ?? seen) > seen;
    const later = (table.seenAt(position) - seen) & SEEN_MASK;
    return later > 0 && later < AGE_HALF;
  }

  #write(record: Parameters<typeof writeShared>[0], now: Millis): void {
    const shard = shardOf(record.infoHash);
    const message = this.#messages[shard] as Message;
    if (message.length === 0) message.since = now;
    message.length = writeShared(record, message.bytes, message.length);
    if (message.length + SHARED_RECORD_MAX > MESSAGE_LENGTH) this.#seal(shard, message);
  }

  #seal(shard: number, message: Message): void {
    this.#out.push({ type: "share", shard, bytes: message.bytes.slice(0, message.length) });
    message.length = 0;
  }

  /** Tells some more of a shard again. Positions are walked downwards: what moves into a hole comes from above. */
  #retellMore(shard: number, now: Millis): void {
    const state = this.#retelling.get(shard);
    if (state === undefined) return;
    const { torrents } = this.#swarms;
    const infoHash = new Uint8Array(INFO_HASH_LENGTH);
    let left = RETELL_BUDGET;
    for (; left > 0 && state.hasFarewells; left--) {
      const { value: farewell, done } = state.farewells.next();
      if (done === true) state.hasFarewells = false;
      else if (shardOf(farewell.infoHash) === shard) this.#retellFarewell(farewell, now);
    }
    for (; left > 0; left--) {
      if (state.torrent >= torrents.end) {
        this.#retelling.delete(shard);
        return;
      }
      const isOurs = torrents.isUsed(state.torrent) && torrents.hashByte(state.torrent, 0) % SHARDS === shard;
      if (!isOurs) {
        state.torrent++;
        continue;
      }
      torrents.copyHash(state.torrent, infoHash, 0);
      this.#swarms.open(state.torrent);
      const completed = torrents.completed(state.torrent);
      if (state.family === 4 && state.position === Number.MAX_SAFE_INTEGER && completed > 0) {
        this.#out.push({ type: "share-completed", infoHash: infoHash.slice(), known: completed });
      }
      const table = this.#swarms.table(state.family);
      const start = Math.min(state.position, table.peers);
      const end = Math.max(0, start - left);
      for (let position = start - 1; position >= end; position--) this.#retellPeer(infoHash, table, state.family, position, now);
      left -= start - end;
      state.position = end > 0 ? end : Number.MAX_SAFE_INTEGER;
      if (end > 0) return;
      if (state.family === 6) state.torrent++;
      state.family = state.family === 4 ? 6 : 4;
    }
  }

  #retellFarewell({ infoHash, family, endpoint, seen }: Farewell, now: Millis): void {
    const age = Math.max(0, Math.floor(now / 1000) - seen);
    this.#write({ infoHash, family, endpoint, zone: STOPPED_ZONE, peerId: undefined, key: 0, age }, now);
  }

  #retellPeer(infoHash: Uint8Array, table: PeerTable, family: 4 | 6, position: number, now: Millis): void {
    const endpoint = new Uint8Array(18);
    table.copyEndpoint(position, endpoint, 0);
    let peerId: Uint8Array | undefined;
    if (this.#keepsIds) {
      peerId = new Uint8Array(20);
      table.copyId(position, peerId, 0);
    }
    const age = (Math.floor(now / 1000) - table.seenAt(position)) & SEEN_MASK;
    const key = this.#keepsIds ? table.keyAt(position) : 0;
    this.#write({ infoHash, family, endpoint, zone: table.zoneAt(position), peerId, key, age }, now);
  }
}

const NO_ID = new Uint8Array(20);
