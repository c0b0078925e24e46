/**
 * Dice nobody can foresee, from the CSPRNG of the system.
 * @module
 */
import { randomFillSync } from "node:crypto";
import type { Random } from "@bittern/protocol/base";

/** Numbers fetched at once: a call into the CSPRNG costs about a microsecond, whatever it brings. */
const POOL_COUNT = 1024;

export class NodeRandom implements Random {
  readonly #pool = new Uint32Array(POOL_COUNT);
  #used = POOL_COUNT;

  u32(): number {
    if (this.#used === POOL_COUNT) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const value = this.#pool[this.#used] as number;
    // A number is given once: whoever reads our memory later learns nothing of tokens already made.
    this.#pool[this.#used++] = 0;
    return value;
  }
}
