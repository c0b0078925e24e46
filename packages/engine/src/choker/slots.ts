/**
 * How many peers are served at once: as many as the uplink carries, measured and never configured.
 *
 * In a small swarm that is everybody: who waits for a slot there cannot pass anything on. In a large one every slot beyond
 * what fills the uplink makes each piece arrive later at its first holder, and it is whole pieces that spread. So slots
 * grow while the uplink has room, and fall back slowly towards a number that grows with the root of the rate when it has
 * none: an uplink a hundred times as fast serves ten times as many peers, each ten times as fast.
 * @module
 */
import type { Rate } from "@bittern/protocol/base";
import { KIB } from "@bittern/protocol/base";
import type { ChokeContext } from "./peer.ts";

export interface SlotLimits {
  readonly min: number;
  readonly max: number;
  /** A number set by hand: nothing is measured then, and it is never exceeded. */
  readonly fixed?: number;
}

/** So many peers that want something are all served, whatever the uplink. */
export const SMALL_SWARM = 12;
/** A slot for the first of these, two for four times as much, and so on with the root: 10 at 200 KiB/s, 35 at 20 Mbit/s. */
const RATE_OF_ONE_SLOT: Rate = 2 * KIB;
/** What is left of the best rate after each round: an evening's peak is forgotten within minutes. */
const BEST_RATE_KEPT = 0.95;

export class Slots {
  #limits: SlotLimits;
  #count: number;
  #bestRate: Rate = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
    this.#count = this.#clamp(SMALL_SWARM);
  }

  /** Slots when so many peers want something. */
  count(interested: number): number {
    if (this.#limits.fixed !== undefined) return this.#limits.fixed;
    return interested <= SMALL_SWARM ? this.#clamp(Math.max(this.#count, interested)) : this.#count;
  }

  /** True when nobody has to wait for a slot. */
  isSmall(interested: number): boolean {
    return interested <= SMALL_SWARM && interested <= this.count(interested);
  }

  set limits(limits: SlotLimits) {
    this.#limits = limits;
    this.#count = this.#clamp(this.#count);
  }

  /** An eighth more than are used, because the uplink has room and somebody waits. False at the limit. */
  grow(used: number): boolean {
    if (this.#limits.fixed !== undefined) return false;
    this.#count = Math.max(this.#count, this.#clamp(used + Math.max(1, Math.floor(used / 8))));
    return this.#count > used;
  }

  /** Once a round: learns from what was uploaded. */
  measure({ uplinkRate, uplinkBusy }: ChokeContext): void {
    this.#bestRate = Math.max(this.#bestRate * BEST_RATE_KEPT, uplinkRate);
    const carried = this.#clamp(Math.ceil(Math.sqrt(this.#bestRate / RATE_OF_ONE_SLOT)));
    if (this.#count < carried) this.#count = carried;
    // A tenth at a time: a busy uplink is no emergency, and who was just unchoked should get something of it.
    else if (uplinkBusy && this.#count > carried) this.#count = Math.max(carried, this.#count - Math.ceil(this.#count / 10));
  }

  #clamp(count: number): number {
    return Math.min(this.#limits.max, Math.max(this.#limits.min, count));
  }
}
