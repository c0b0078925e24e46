/**
 * Bytes that all of a session may keep together for one purpose, whoever they are from.
 * @module
 */
import { assert } from "@bittern/protocol/base";

export class Allowance {
  readonly lengthMax: number;
  #takenLength = 0;

  constructor(lengthMax: number) {
    assert(lengthMax > 0, "an allowance allows something");
    this.lengthMax = lengthMax;
  }

  get takenLength(): number {
    return this.#takenLength;
  }

  mayTake(byteLength: number): boolean {
    return this.#takenLength + byteLength <= this.lengthMax;
  }

  take(byteLength: number): void {
    assert(this.mayTake(byteLength), "only what may be taken is");
    this.#takenLength += byteLength;
  }

  give(byteLength: number): void {
    assert(byteLength <= this.#takenLength, "nobody gives back more than was taken");
    this.#takenLength -= byteLength;
  }
}
