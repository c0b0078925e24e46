/**
 * The places on disk that the torrents of a session hold: each is claimed before anything is written there.
 * @module
 */
import { join } from "node:path";
import { type Claim, claimPlace } from "./claims.ts";
import type { AddOptions, SessionOptions } from "./session-options.ts";
import { realTarget, recordKey } from "./target.ts";

/** Where a torrent lies: the folder around its file or folder, and what it is added with. */
export interface Place {
  readonly root: string;
  /** The root with every link resolved, as it was when somebody asked last. */
  readonly realRoot: string;
  readonly infoHash: string;
  readonly options: Pick<AddOptions, "name" | "readOnly">;
}

/** Asks the disk where the root really is. */
export function placeAt(place: Omit<Place, "realRoot">): Place {
  return { ...place, realRoot: realTarget(place.root) };
}

export class Places {
  readonly #options: Pick<SessionOptions, "stateDir" | "logger">;

  constructor(options: Pick<SessionOptions, "stateDir" | "logger">) {
    this.#options = options;
  }

  /** The name of the resume record of a torrent there. */
  recordKey({ realRoot, infoHash, options }: Place): string {
    return recordKey(infoHash, join(realRoot, options.name ?? ""));
  }

  /** Whoever writes claims the place, and the torrent in its folder: before its metadata is known a link has no name to claim. */
  claim(place: Place, name: string | undefined): Claim {
    const { root, realRoot, infoHash, options } = place;
    const writes = options.readOnly === true ? [] : [`${join(realRoot, options.name ?? "")}:${infoHash}`];
    if (name !== undefined && options.readOnly !== true) writes.push(join(realRoot, name));
    const { stateDir, logger } = this.#options;
    return claimPlace({ stateDir, recordKey: this.recordKey(place), writes, shownTarget: join(root, name ?? ""), logger });
  }

  /** The name that the metadata brought. */
  claimName({ root, options }: Omit<Place, "realRoot">, name: string): Claim {
    const writes = options.readOnly === true ? [] : [join(realTarget(root), name)];
    return claimPlace({ stateDir: undefined, recordKey: "", writes, shownTarget: join(root, name), logger: this.#options.logger });
  }
}
