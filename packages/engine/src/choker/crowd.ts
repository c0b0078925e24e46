/**
 * How many peers there are of each kind that the choker tells apart, kept as they come, change and go: a newcomer among ten
 * thousand is answered without a look at the others.
 * @module
 */
import { assert } from "@bittern/protocol/base";
import type { ChokerPeer } from "./peer.ts";

/** What a peer counts as, a sum of the bits below; 0 counts as nothing. */
export type CrowdKind = number;

const OPEN = 1;
const INTERESTED = 2;
const UNCHOKED = 4;
const GUEST = 8;

/** What the choker asks of it. */
export type CrowdCounts = Pick<Crowd, "open" | "interested" | "unchoked" | "served">;

export class Crowd {
  #open = 0;
  #guests = 0;
  #interested = 0;
  #unchoked = 0;
  #served = 0;

  /** Of these peers as they are now. */
  static of(peers: Iterable<ChokerPeer>): Crowd {
    const crowd = new Crowd();
    for (const peer of peers) crowd.change(0, kindOf(peer));
    return crowd;
  }

  /** Those who are unchoked beside the slots; the other counts are without them. */
  get guests(): number {
    return this.#guests;
  }
  /** Who may ever want something: no seeds. */
  get open(): number {
    return this.#open;
  }
  /** Those of them who want something. */
  get interested(): number {
    return this.#interested;
  }
  /** By us, whatever they want. */
  get unchoked(): number {
    return this.#unchoked;
  }
  /** Interested and unchoked. */
  get served(): number {
    return this.#served;
  }

  /** A peer that counted as `from` counts as `to` now; who comes was 0, who goes is 0. */
  change(from: CrowdKind, to: CrowdKind): void {
    this.#count(from, -1);
    this.#count(to, 1);
    assert(
      this.#served <= this.#interested && this.#interested <= this.#open,
      "who is served is interested, and who is interested is open",
    );
  }

  #count(kind: CrowdKind, by: 1 | -1): void {
    if ((kind & GUEST) !== 0) this.#guests += by;
    if ((kind & OPEN) !== 0) this.#open += by;
    if ((kind & UNCHOKED) !== 0) this.#unchoked += by;
    if ((kind & INTERESTED) === 0) return;
    this.#interested += by;
    if ((kind & UNCHOKED) !== 0) this.#served += by;
  }
}

/** What a peer counts as. */
export function kindOf({
  isInterested,
  isUnchoked,
  isUploadOnly,
  isGuest = false,
}: Pick<ChokerPeer, "isInterested" | "isUnchoked" | "isUploadOnly"> & { readonly isGuest?: boolean }): CrowdKind {
  if (isGuest) return isUploadOnly ? 0 : GUEST;
  const wants = isUploadOnly ? 0 : isInterested ? OPEN + INTERESTED : OPEN;
  return isUnchoked ? wants + UNCHOKED : wants;
}
