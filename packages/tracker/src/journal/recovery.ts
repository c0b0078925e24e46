/**
 * Brings back what a journal remembers, frame by frame.
 *
 * Renewals are not in it: every peer comes back as if it had been seen just long enough ago to have one interval left
 * for its next announce. If the tracker was away for longer than peers live, none comes back, only the counts.
 * @module
 */
import type { Access } from "../access/access.ts";
import type { Accounts } from "../access/accounts.ts";
import { decodeSamples, type History } from "../history.ts";
import type { SwarmHistory } from "../swarm-history.ts";
import { paired } from "../swarms/keyed-hash.ts";
import type { PeerRecord, Seconds, Swarms } from "../swarms/swarms.ts";
import { NO_TORRENT } from "../swarms/torrent-table.ts";
import { DOWNLOADER } from "../swarms/zone.ts";
import { type Frame, FrameReader } from "./frame.ts";
import { FRAME_HISTORY, FRAME_ORDERS, FRAME_SWARM_HISTORY, FRAME_SWARMS, FRAME_USERS } from "./kinds.ts";
import { decodeOrders } from "./order-record.ts";
import { type RecordedPeer, type RecordHandler, readRecords } from "./record.ts";
import { decodeUsers } from "./user-record.ts";

/** What a journal is about. */
export interface Remembered {
  readonly swarms: Swarms;
  readonly access: Access;
  readonly history: History;
  readonly swarmHistory: SwarmHistory;
}

export class Recovery implements RecordHandler {
  readonly #swarms: Swarms;
  readonly #access: Access;
  readonly #accounts: Accounts;
  readonly #history: History;
  readonly #swarmHistory: SwarmHistory;
  readonly #reader = new FrameReader();
  readonly #now: Seconds;
  /** When recovered peers count as seen. */
  readonly #seen: Seconds;
  readonly #hash = paired(20);
  readonly #peer: { -readonly [Name in keyof PeerRecord]: PeerRecord[Name] } = {
    family: 4,
    endpoint: paired(18),
    zone: DOWNLOADER,
    peerId: new Uint8Array(20),
    key: 0,
  };
  #writtenAt = 0;

  /** `ageSeconds`: how long ago recovered peers count as seen. */
  constructor({ swarms, access, history, swarmHistory }: Remembered, now: Seconds, ageSeconds: number) {
    this.#swarms = swarms;
    this.#access = access;
    this.#accounts = access.accounts;
    this.#history = history;
    this.#swarmHistory = swarmHistory;
    this.#now = now;
    this.#seen = now - ageSeconds;
  }

  /** Bytes that belonged to no frame. */
  get damagedLength(): number {
    return this.#reader.damagedLength;
  }

  /** Takes the next bytes of the journal. */
  read(bytes: Uint8Array): void {
    for (const frame of this.#reader.read(bytes)) this.#take(frame);
  }

  /** Ends it. Peers go again when the last frame is older than `ageMax` seconds. */
  end(wallSeconds: number, ageMax: number): void {
    for (const frame of this.#reader.end()) this.#take(frame);
    const isStale = this.#writtenAt > 0 && wallSeconds - this.#writtenAt > ageMax;
    if (isStale) while (!this.#swarms.sweep(this.#now, -1, Number.MAX_SAFE_INTEGER)) continue;
  }

  #take({ kind, wallSeconds, payload }: Frame): void {
    this.#writtenAt = Math.max(this.#writtenAt, wallSeconds);
    if (kind === FRAME_SWARMS) readRecords(payload, this);
    if (kind === FRAME_HISTORY) for (const sample of decodeSamples(payload)) this.#history.restore(sample);
    if (kind === FRAME_SWARM_HISTORY) this.#swarmHistory.restore(payload);
    if (kind === FRAME_ORDERS) for (const order of decodeOrders(payload)) this.#access.restore(order);
    if (kind !== FRAME_USERS) return;
    for (const { passKey, account } of decodeUsers(payload)) {
      if (account === undefined) this.#accounts.remove(passKey);
      else this.#accounts.set(passKey, account.uploaded, account.downloaded);
    }
  }

  peer(infoHash: Uint8Array, recorded: RecordedPeer): void {
    if (!this.#admit(infoHash)) return;
    const peer = this.#peer;
    this.#setEndpoint(recorded.family, recorded.endpoint);
    peer.zone = recorded.zone;
    peer.peerId = recorded.peerId ?? NO_ID;
    peer.key = recorded.key;
    this.#swarms.put(peer, this.#seen);
  }

  gone(infoHash: Uint8Array, family: 4 | 6, endpoint: Uint8Array): void {
    if (!this.#find(infoHash)) return;
    this.#setEndpoint(family, endpoint);
    this.#swarms.expel(this.#peer, this.#now);
  }

  completed(infoHash: Uint8Array, count: number): void {
    if (this.#admit(infoHash)) this.#swarms.setCompleted(count);
  }

  forgotten(infoHash: Uint8Array): void {
    this.#hash.bytes.set(infoHash);
    const torrent = this.#swarms.torrents.find(this.#hash);
    if (torrent !== NO_TORRENT) this.#swarms.forget(torrent);
  }

  #setEndpoint(family: 4 | 6, endpoint: Uint8Array): void {
    this.#peer.family = family;
    this.#peer.endpoint.bytes.set(endpoint);
  }

  #admit(infoHash: Uint8Array): boolean {
    this.#hash.bytes.set(infoHash);
    const torrent = this.#swarms.admit(this.#hash, this.#now);
    if (torrent === NO_TORRENT) return false;
    this.#swarms.open(torrent);
    return true;
  }

  #find(infoHash: Uint8Array): boolean {
    this.#hash.bytes.set(infoHash);
    const torrent = this.#swarms.torrents.find(this.#hash);
    if (torrent === NO_TORRENT) return false;
    this.#swarms.open(torrent);
    return true;
  }
}

const NO_ID = new Uint8Array(20);
