/**
 * The torrents of a session, by number and by info hash, and when each of them wants to be woken.
 * @module
 */
import type { Torrent } from "../torrent/torrent.ts";
import type { Agenda } from "./agenda.ts";
import type { TorrentId } from "./ids.ts";

export class TorrentTable {
  readonly #agenda: Agenda;
  readonly #byId = new Map<TorrentId, Torrent>();
  readonly #byHash = new Map<string, Torrent>();

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  get count(): number {
    return this.#byId.size;
  }

  get(id: TorrentId): Torrent | undefined {
    return this.#byId.get(id);
  }

  /** Whom a handshake means. */
  withHash(infoHash: string): Torrent | undefined {
    return this.#byHash.get(infoHash);
  }

  /** All of them, in the order they were added. */
  [Symbol.iterator](): IterableIterator<Torrent> {
    return this.#byId.values();
  }

  /** The latest with an info hash is the one that answers to it. */
  add(torrent: Torrent): void {
    this.#byId.set(torrent.id, torrent);
    for (const infoHash of torrent.infoHashes) this.#byHash.set(infoHash, torrent);
  }

  /** Metadata has told further hashes (BEP 52); who answers to them already goes on to. */
  named(id: TorrentId): void {
    const torrent = this.#byId.get(id);
    for (const infoHash of torrent?.infoHashes ?? []) if (!this.#byHash.has(infoHash)) this.#byHash.set(infoHash, torrent as Torrent);
  }

  forget(torrent: Torrent): void {
    this.#byId.delete(torrent.id);
    this.#agenda.set(torrent.id, undefined);
    for (const infoHash of torrent.infoHashes) if (this.#byHash.get(infoHash) === torrent) this.#byHash.delete(infoHash);
  }

  /** Lets a torrent act, and puts its next deadline on the agenda. */
  run(torrent: Torrent, act: () => void): void {
    act();
    torrent.wakesAt = torrent.deadline;
    this.#agenda.set(torrent.id, torrent.wakesAt);
  }

  /** The same for the hot path, which has read already and makes no closure. */
  hasRead(torrent: Torrent): void {
    const at = torrent.deadlineAfterRead;
    if (at === torrent.wakesAt) return;
    torrent.wakesAt = at;
    this.#agenda.set(torrent.id, at);
  }
}
