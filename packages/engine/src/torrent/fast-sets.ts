/**
 * The pieces that newcomers may have while choked (BEP 6), by the network they come from, which is all that the set depends on: four
 * hashes for each of a thousand who come from a few networks, or come again, are the dearest part of a greeting.
 * @module
 */
import { parseAddress } from "@bittern/protocol/address";
import type { PieceIndex } from "@bittern/protocol/base";
import { allowedFastSet } from "@bittern/protocol/peer";

/** BEP 6: pieces a choked newcomer may take. */
const ALLOWED_FAST_COUNT = 5;
/** Networks remembered; then all are forgotten. */
const NETWORKS_MAX = 64;

export class FastSets {
  readonly #byNetwork = new Map<number, readonly PieceIndex[]>();

  /** For an IPv4 address, always with the same torrent. */
  of(infoHash: Uint8Array, address: string, pieceCount: number): readonly PieceIndex[] {
    const [first = 0, second = 0, third = 0] = parseAddress(address) ?? [];
    const network = first * 65_536 + second * 256 + third;
    let set = this.#byNetwork.get(network);
    if (set === undefined) {
      set = allowedFastSet(infoHash, address, pieceCount, ALLOWED_FAST_COUNT);
      if (this.#byNetwork.size === NETWORKS_MAX) this.#byNetwork.clear();
      this.#byNetwork.set(network, set);
    }
    return set;
  }
}
