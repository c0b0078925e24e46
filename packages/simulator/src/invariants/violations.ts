/**
 * What went against the law, in words, with the moment and the node.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";

export interface Violation {
  /** "S6": the name of the invariant in the list of docs/simulator.md. */
  readonly invariant: string;
  readonly at: Millis;
  readonly node: string;
  /** A sentence. */
  readonly text: string;
}

/** Violations that are kept word for word; the rest is counted. */
const KEPT_MAX = 50;

/** Collects violations; an empty one is the proof a scenario wants. */
export class Violations {
  readonly #kept: Violation[] = [];
  #count = 0;

  add(violation: Violation): void {
    this.#count++;
    if (this.#kept.length < KEPT_MAX) this.#kept.push(violation);
  }

  get count(): number {
    return this.#count;
  }

  /** The first of them. */
  get kept(): readonly Violation[] {
    return this.#kept;
  }
}
