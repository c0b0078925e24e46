/**
 * What somebody waits for, told to seeds that hide what they have.
 *
 * The only seed of a swarm gives its pieces away in an order of its own (`picker/super-seed.ts`). Who reads in order, or
 * waits for certain pieces, would wait until their turn comes. So a seed that hides hears which pieces are needed soon and that nobody
 * else has, and tells of them at once. Few at a time: what is wished for is not given to somebody who passes it on.
 * @module
 */
import type { PieceIndex } from "@bittern/protocol/base";
import type { Peer } from "../peers/peer.ts";
import type { PiecePicker } from "../picker/picker.ts";
import type { SessionOutput } from "../session/output.ts";
import { sendWish } from "./greeting.ts";

/** Pieces wished for ahead of the reader. */
const WISHES_MAX = 8;

/** Tells hiding seeds of what is needed next and was not told yet. Cheap where nobody hides, or nobody waits. */
export function tellWishes(peers: Iterable<Peer>, picker: PiecePicker, isSequential: boolean, out: SessionOutput[]): void {
  // Once a second of every torrent: not a look at all peers where nobody waits.
  if (!isSequential && !picker.hasDeadlines) return;
  let wishes: readonly PieceIndex[] | undefined;
  for (const peer of peers) {
    if (peer.extensions.wish === 0 || peer.isSeed) continue;
    wishes ??= picker.nextNeeded(WISHES_MAX, isSequential).filter((piece) => picker.availability(piece) === 0);
    for (const piece of wishes) {
      peer.requests.wished ??= new Set();
      if (peer.requests.wished.has(piece)) continue;
      peer.requests.wished.add(piece);
      sendWish(peer, piece, out);
    }
  }
}
