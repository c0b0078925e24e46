/**
 * The torrents of a session, found by every name they are known by.
 * @module
 */
import type { TorrentId } from "@bittern/engine";
import { type HostError, UsageError } from "@bittern/protocol/base";
import type { HeldPlaces } from "./held-places.ts";
import type { Torrent } from "./torrent.ts";
import type { TorrentInside } from "./torrent-parts.ts";

/** One torrent, and what its session holds of it. */
export interface Member {
  readonly torrent: Torrent;
  readonly inside: TorrentInside;
  readonly id: TorrentId;
  readonly places: HeldPlaces;
  /** Called once the engine has let go of it, each with the same answer. */
  readonly whenRemoved: ((fault: HostError | undefined) => void)[];
}

export class Members {
  readonly #torrents = new Map<string, Torrent>();
  /** By every hash it is known by: a walk over ten thousand torrents for each that is added would take minutes. */
  readonly #byHash = new Map<string, Torrent>();
  readonly #byId = new Map<TorrentId, Member>();
  readonly #idByTorrent = new WeakMap<Torrent, TorrentId>();
  /** Hashes of torrents that are being added. */
  readonly #coming = new Set<string>();

  /** By the hash that is the key of a session's map. */
  get torrents(): ReadonlyMap<string, Torrent> {
    return this.#torrents;
  }
  /** All of them as they are now. */
  get all(): readonly Member[] {
    return [...this.#byId.values()];
  }
  byId(id: TorrentId): Member | undefined {
    return this.#byId.get(id);
  }
  byHash(infoHash: string): Torrent | undefined {
    return this.#byHash.get(infoHash.toLowerCase());
  }
  /** `undefined` when it is no member, or no longer. */
  of(torrent: Torrent | undefined): Member | undefined {
    const id = torrent === undefined ? undefined : this.#idByTorrent.get(torrent);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** Keeps the hash for one who is being added. Throws a `UsageError` where one of that hash is there, or comes. */
  async admit(infoHash: string, add: () => Promise<Torrent>): Promise<Torrent> {
    if (this.byHash(infoHash) !== undefined || this.#coming.has(infoHash)) {
      throw new UsageError("TORRENT_EXISTS", `the torrent ${infoHash} is in this session already; Session.get finds it`);
    }
    this.#coming.add(infoHash);
    try {
      return await add();
    } finally {
      this.#coming.delete(infoHash);
    }
  }

  add(member: Member): void {
    const { id, torrent } = member;
    this.#byId.set(id, member);
    this.#idByTorrent.set(torrent, id);
    this.#torrents.set(torrent.infoHash, torrent);
    this.named(torrent);
  }

  /** It is known by hashes that it had not before: a link may have named one hash of two. */
  named(torrent: Torrent): void {
    for (const hash of hashesOf(torrent)) if (!this.#byHash.has(hash)) this.#byHash.set(hash, torrent);
  }

  /** It ends, and has its names until it is forgotten; false when it ended before. */
  end({ id }: Member): boolean {
    return this.#byId.delete(id);
  }

  forget({ torrent }: Member): void {
    this.#torrents.delete(torrent.infoHash);
    for (const hash of hashesOf(torrent)) if (this.#byHash.get(hash) === torrent) this.#byHash.delete(hash);
  }
}

/** The key of the session's map, the whole v2 hash, and what goes over the wire. */
function hashesOf({ infoHash, infoHashes }: Torrent): readonly string[] {
  return [infoHash, ...(infoHashes.v2 === undefined ? [] : [infoHashes.v2]), ...infoHashes.wire];
}
