/**
 * What a transfer adds up to: kept from its beginning, told at its end.
 * @module
 */
import type { Torrent } from "@bittern/client";
import type { TransferSummary } from "@bittern/faces";

/** Peers that are told apart; a seed of years meets more, and then the number stands for "at least". */
const PEERS_MAX = 100_000;

export class Tally {
  readonly #torrent: Torrent;
  readonly #startedAt: number = performance.now();
  readonly #peers = new Set<string>();

  constructor(torrent: Torrent) {
    this.#torrent = torrent;
    torrent.on("peer", ({ type, address }) => {
      // By address: who comes back from another port is the same peer. Several behind one router count as one.
      if (type === "joined" && this.#peers.size < PEERS_MAX) this.#peers.add(address);
    });
  }

  get summary(): TransferSummary {
    const { downloaded, uploaded, totalDone, ratio: ratioEver, wasted } = this.#torrent.status();
    // Of what is there, however much of it came in this run: a piece that was mended makes nobody generous.
    const ratio = totalDone === 0 ? 0 : uploaded / totalDone;
    const millis = performance.now() - this.#startedAt;
    const average = (byteLength: number): number => Math.round((1000 * byteLength) / Math.max(1, millis));
    return {
      name: this.#torrent.name,
      seconds: Math.round(millis) / 1000,
      downloaded,
      uploaded,
      downRate: average(downloaded),
      upRate: average(uploaded),
      ratio: Math.round(ratio * 1000) / 1000,
      ratioEver: Math.round(ratioEver * 1000) / 1000,
      peers: this.#peers.size,
      wasted,
    };
  }
}
